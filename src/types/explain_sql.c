/*
 * explain_sql.c
 *	  fireiot.explain_frame and fireiot.explain_stream.
 */
#include "base/compat.h"

#include "fmgr.h"
#include "utils/jsonb.h"

#include "types/bytes_in.h"
#include "types/explain.h"

/*
 * A document is up to some thirty times as long as the bytes, and building it
 * takes several hundred times their length of memory: for this limit some
 * 400 MB at worst.
 */
#define STREAM_LIMIT (1024 * 1024)

PG_FUNCTION_INFO_V1(fireiot_explain_frame);
Datum
fireiot_explain_frame(PG_FUNCTION_ARGS)
{
	bytes_in	in;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	in = bytes_in_get(fcinfo, 0, 1);
	PG_RETURN_JSONB_P(explain_frame(in.bytes, in.len, in.profile));
}

PG_FUNCTION_INFO_V1(fireiot_explain_stream);
Datum
fireiot_explain_stream(PG_FUNCTION_ARGS)
{
	bytes_in	in;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	in = bytes_in_get(fcinfo, 0, 2);
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
