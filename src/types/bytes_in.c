/*
 * bytes_in.c
 *	  The bytes and the profile that an SQL caller gave.
 */
#include "types/bytes_in.h"

#include "base/report.h"

/* Two digits a byte, blanks between them allowed; false: no such text. */
static bool
undo_hex(bytes_in *in)
{
	uint8	   *out = palloc(in->len / 2 + 1);
	size_t		digits = 0;

	for (size_t i = 0; i < in->len; i++)
	{
		char		c = (char) in->bytes[i];
		int			nibble = c >= '0' && c <= '9' ? c - '0' :
			c >= 'a' && c <= 'f' ? c - 'a' + 10 :
			c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		if (strchr(" \t\r\n", c) != NULL && c != '\0')
			continue;
		if (nibble < 0)
			return false;
		if (digits % 2 == 0)
			out[digits / 2] = (uint8) (nibble << 4);
		else
			out[digits / 2] |= (uint8) nibble;
		digits++;
	}
	if (digits % 2 != 0)
		return false;
	in->bytes = out;
	in->len = digits / 2;
	return true;
}

bytes_in
bytes_in_get(FunctionCallInfo fcinfo, int bytes_arg, int profile_arg)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(bytes_arg);
	bytes_in	in;

	in.profile = profile_from_text(PG_ARGISNULL(profile_arg) ? NULL :
								   PG_GETARG_TEXT_PP(profile_arg));
	in.bytes = (const uint8 *) VARDATA_ANY(bytes);
	in.len = VARSIZE_ANY_EXHDR(bytes);
	if (gb_profile_has(in.profile, GB_P_HEX_TEXT))
		(void) undo_hex(&in);
	return in;
}
