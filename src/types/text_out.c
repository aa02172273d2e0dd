/*
 * text_out.c
 *	  Texts of devices in the server's encoding, and back.
 */
#include "types/text_out.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "mb/pg_wchar.h"

/* The conversion needs room for the longest outcome before it starts. */
#define ROOM_PER_BYTE 4

static bool
is_ascii(gb_slice text)
{
	for (int i = 0; i < text.len; i++)
		if (IS_HIGHBIT_SET(text.at[i]))
			return false;
	return true;
}

/* NULL when the conversion does not take every byte. */
static char *
gb18030_to_server(gb_slice text)
{
	Oid			proc = FindDefaultConversionProc(PG_GB18030, PG_UTF8);
	int			room = text.len * ROOM_PER_BYTE + 1;
	char	   *out = palloc(room);

	if (!OidIsValid(proc))
		return NULL;
	if (pg_do_encoding_conversion_buf(proc, PG_GB18030, PG_UTF8,
									  unconstify(unsigned char *, text.at),
									  text.len, (unsigned char *) out, room,
									  true) == text.len)
		return out;
	pfree(out);
	return NULL;
}

/* For profiles that allow it: the bytes are UTF-8 already. */
static char *
utf8_to_server(gb_slice text)
{
	if (!pg_verify_mbstr(PG_UTF8, (const char *) text.at, text.len, true))
		return NULL;
	return pnstrdup((const char *) text.at, text.len);
}

char *
text_from_device(gb_slice text, const gb_profile *profile,
				 gb_warnings *warnings)
{
	gb_slice	settled = text;
	gb_text_verdict verdict = gb_text_settle(&settled);
	char	   *result = NULL;

	if (verdict != GB_TEXT_INVALID)
		result = is_ascii(settled) ?
			pnstrdup((const char *) settled.at, settled.len) :
			gb18030_to_server(settled);
	if ((result == NULL || verdict == GB_TEXT_CUT) &&
		gb_profile_has(profile, GB_P_UTF8_TEXT))
	{
		char	   *as_utf8 = utf8_to_server(text);

		if (as_utf8 != NULL)
			return as_utf8;
	}
	if (result == NULL)
		*warnings |= GB_WARN_TEXT_INVALID;
	else if (verdict == GB_TEXT_CUT)
		*warnings |= GB_WARN_TEXT_TRUNCATED;
	return result;
}

uint8 *
text_to_device(const char *text, int *len)
{
	int			given = (int) strlen(text);
	uint8	   *out;

	out = pg_do_encoding_conversion(unconstify(unsigned char *,
											   (const unsigned char *) text),
									given, PG_UTF8, PG_GB18030);
	*len = out == (const uint8 *) text ? given : (int) strlen((char *) out);
	return out;
}
