/*
 * text_out.c
 *	  Texts of devices in the server's encoding, and back.
 */
#include "types/text_out.h"

#include "mb/pg_wchar.h"
#include "utils/fmgroids.h"

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

/*
 * The server's own conversion, by its fixed OID: a look-up of the default
 * conversion would go by the caller's search path.  NULL when it does not
 * take every byte.
 */
static char *
gb18030_to_server(gb_slice text)
{
	int			room = text.len * ROOM_PER_BYTE + 1;
	char	   *out = palloc(room);

	if (pg_do_encoding_conversion_buf(F_GB18030_TO_UTF8, PG_GB18030, PG_UTF8,
									  unconstify(unsigned char *, text.at),
									  text.len, (unsigned char *) out, room,
									  true) == text.len)
		return out;
	pfree(out);
	return NULL;
}

static int
without_blanks(const uint8 *text, int len)
{
	while (len > 0 && text[len - 1] == ' ')
		len--;
	return len;
}

/* Are these bytes a character of UTF-8 whose end is missing? */
static bool
is_cut_utf8(const uint8 *bytes, int len)
{
	if (len >= pg_utf_mblen(bytes))
		return false;
	for (int i = 1; i < len; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return false;
	return true;
}

/*
 * For profiles whose texts are UTF-8 already, with the same mercy for a last
 * character that the field's end has cut.
 */
static char *
utf8_to_server(gb_slice text, gb_warnings *warnings)
{
	const char *at = (const char *) text.at;
	int			good = pg_encoding_verifymbstr(PG_UTF8, at, text.len);

	if (good < text.len)
	{
		if (!is_cut_utf8(text.at + good, text.len - good))
			return NULL;
		*warnings |= GB_WARN_TEXT_TRUNCATED;
	}
	return pnstrdup(at, without_blanks(text.at, good));
}

static char *
gb18030_text(gb_slice text, gb_warnings *warnings)
{
	gb_text_verdict verdict = gb_text_settle(&text);
	char	   *result;

	if (verdict == GB_TEXT_INVALID)
		return NULL;
	result = is_ascii(text) ?
		pnstrdup((const char *) text.at, text.len) : gb18030_to_server(text);
	if (result != NULL && verdict == GB_TEXT_CUT)
		*warnings |= GB_WARN_TEXT_TRUNCATED;
	return result;
}

char *
text_from_device(gb_slice text, const gb_profile *profile,
				 gb_warnings *warnings)
{
	char	   *result = NULL;

	if (gb_profile_has(profile, GB_P_UTF8_TEXT))
		result = utf8_to_server(text, warnings);
	if (result == NULL)
		result = gb18030_text(text, warnings);
	if (result == NULL)
		*warnings |= GB_WARN_TEXT_INVALID;
	return result;
}

uint8 *
text_to_device(const char *text, const gb_profile *profile, int *len)
{
	int			given = (int) strlen(text);
	int			room = given * ROOM_PER_BYTE + 1;
	uint8	   *out;

	if (gb_profile_has(profile, GB_P_UTF8_TEXT))
	{
		*len = given;
		return (uint8 *) pstrdup(text);
	}
	out = palloc(room);
	pg_do_encoding_conversion_buf(F_UTF8_TO_GB18030, PG_UTF8, PG_GB18030,
								  (unsigned char *) unconstify(char *, text),
								  given, out, room, false);
	*len = (int) strlen((char *) out);
	return out;
}
