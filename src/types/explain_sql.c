/*
 * explain_sql.c
 *	  fireiot.explain_frame and fireiot.explain_stream.
 */
#include "base/compat.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "base/report.h"
#include "types/explain.h"

/*
 * A document is up to twenty times as long as the bytes and a jsonb ends at
 * 256 MB.
 */
#define STREAM_LIMIT (8 * 1024 * 1024)

/* The bytes that an SQL caller gave. */
typedef struct input
{
	const uint8 *bytes;
	size_t		len;
	const gb_profile *profile;
} input;

/* Two digits a byte, blanks between them allowed; false: no such text. */
static bool
undo_hex(input *in)
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

/* A profile of hexadecimal text is undone here; other bytes stay as sent. */
static input
get_input(FunctionCallInfo fcinfo, int profile_arg)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	input		in;

	in.profile = profile_from_text(PG_ARGISNULL(profile_arg) ? NULL :
								   PG_GETARG_TEXT_PP(profile_arg));
	in.bytes = (const uint8 *) VARDATA_ANY(bytes);
	in.len = VARSIZE_ANY_EXHDR(bytes);
	if (gb_profile_has(in.profile, GB_P_HEX_TEXT))
		(void) undo_hex(&in);
	return in;
}

PG_FUNCTION_INFO_V1(fireiot_explain_frame);
Datum
fireiot_explain_frame(PG_FUNCTION_ARGS)
{
	input		in;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	in = get_input(fcinfo, 1);
	PG_RETURN_JSONB_P(explain_frame(in.bytes, in.len, in.profile));
}

PG_FUNCTION_INFO_V1(fireiot_explain_stream);
Datum
fireiot_explain_stream(PG_FUNCTION_ARGS)
{
	input		in;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	in = get_input(fcinfo, 2);
	if (in.len > STREAM_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a stream of %zu bytes is too long to explain at once",
						in.len),
				 errdetail("The limit is %d bytes.", STREAM_LIMIT),
				 errhint("SELECT ... FROM fireiot.cut_stream(...) gives its frames as rows.")));
	PG_RETURN_JSONB_P(explain_stream(in.bytes, in.len,
									 PG_ARGISNULL(1) || PG_GETARG_BOOL(1),
									 in.profile));
}
