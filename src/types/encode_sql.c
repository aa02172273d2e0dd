/*
 * encode_sql.c
 *	  fireiot.encode_frame: any frame of the standard from named arguments.
 *
 * What the standard cannot carry is refused here; whoever wants to send it
 * all the same gives the application data as bytes.
 */
#include "base/compat.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "base/report.h"
#include "base/instant.h"
#include "codec/frame.h"
#include "codec/object.h"
#include "types/device_addr.h"
#include "types/object_in.h"

/* Arguments by position; keep with sql/rerun/51_codec.sql. */
enum
{
	ARG_COMMAND,
	ARG_TYPE,
	ARG_OBJECTS,
	ARG_PAYLOAD,
	ARG_COUNT,
	ARG_APP,
	ARG_SRC,
	ARG_DST,
	ARG_SEQ,
	ARG_SENT_AT,
	ARG_VER_MAIN,
	ARG_VER_USER,
	ARG_PROFILE
};

/* An integer argument that must be there and within its field. */
static int
get_number(FunctionCallInfo fcinfo, int arg, const char *name, int high)
{
	int			value;

	if (PG_ARGISNULL(arg))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s is null", name),
				 errdetail("The field holds 0 to %d.", high)));
	value = PG_GETARG_INT32(arg);
	if (value < 0 || value > high)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s = %d does not fit", name, value),
				 errdetail("The field holds 0 to %d.", high)));
	return value;
}

static uint8
get_command(FunctionCallInfo fcinfo, const gb_profile *profile)
{
	int			command = get_number(fcinfo, ARG_COMMAND, "command", 255);

	if (!gb_profile_command(profile, (uint8) command))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("command = %d is reserved", command),
				 errdetail("Commands are 1 to 6; 128 to 255 are free for users."),
				 errhint("SELECT code, name_en FROM fireiot.command_code WHERE kind = 'defined' lists them.")));
	return (uint8) command;
}

/* The wall clock of the devices; NULL is the all-zero tag. */
static gb_time
get_sent_at(FunctionCallInfo fcinfo)
{
	gb_time		t = {0};

	if (PG_ARGISNULL(ARG_SENT_AT))
		return t;
	t = tag_of_instant(PG_GETARG_TIMESTAMPTZ(ARG_SENT_AT));
	if (!t.known)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("sent_at does not fit into a time tag"),
				 errdetail("A time tag holds the years 2000 to 2099 in the zone of fireiot.time_zone.")));
	return t;
}

static void
check_room(int needed)
{
	if (needed > GB_MAX_APP)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%d bytes of application data do not fit into a frame",
						needed),
				 errdetail("The limit is %d bytes.", GB_MAX_APP),
				 errhint("Send the objects in several frames.")));
}

/* Bytes of an argument to out; their number. */
static int
put_bytes(FunctionCallInfo fcinfo, int arg, uint8 *out, int before)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(arg);
	int			len = (int) VARSIZE_ANY_EXHDR(bytes);

	check_room(before + len);
	memcpy(out, VARDATA_ANY(bytes), len);
	return len;
}

static void
check_layout(const gb_layout *layout, uint8 command, int count)
{
	if (command > 7 || (layout->commands & GB_CMD_BIT(command)) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("type %d does not stand under command %d",
						layout->type, command),
				 errhint("SELECT commands FROM fireiot.data_unit_type WHERE code = %d tells under which; app => sends any bytes.",
						 layout->type)));
	if (count < 1 || count > layout->max_count)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%d objects of type %d do not fit into a frame",
						count, layout->type),
				 errdetail("A unit of type %d holds 1 to %d objects.",
						   layout->type, layout->max_count)));
}

/* Type, count and the objects; their bytes in all. */
static int
put_objects(FunctionCallInfo fcinfo, const gb_layout *layout, uint8 command,
			const gb_profile *profile, uint8 *app)
{
	JsonbContainer *array = &PG_GETARG_JSONB_P(ARG_OBJECTS)->root;
	int			used = 2;
	int			count;

	if (!JsonContainerIsArray(array) || JsonContainerIsScalar(array))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("objects is not an array"),
				 errhint("For example: objects => '[{\"status\": 1, \"time\": \"2026-09-19T14:30:05\"}]'.")));
	count = (int) JsonContainerSize(array);
	check_layout(layout, command, count);
	for (int i = 0; i < count; i++)
	{
		gb_object	object;
		uint16		len;

		object_from_json(array, i, layout, profile, &object);
		len = gb_object_encode(layout, profile, &object, app + used,
							   (uint16) (GB_MAX_APP - used));
		check_room(len == 0 ? GB_MAX_APP + 1 : used + len);
		used += len;
	}
	app[0] = layout->type;
	app[1] = (uint8) count;
	return used;
}

/* Type and count before bytes that the caller knows the form of. */
static int
put_payload(FunctionCallInfo fcinfo, uint8 type, uint8 *app)
{
	app[0] = type;
	app[1] = (uint8) (PG_ARGISNULL(ARG_COUNT) ? 1 :
					  get_number(fcinfo, ARG_COUNT, "object_count", 255));
	return 2 + put_bytes(fcinfo, ARG_PAYLOAD, app + 2, 2);
}

/* The arguments that say what the application data are, one way only. */
static void
check_ways(FunctionCallInfo fcinfo)
{
	int			ways = !PG_ARGISNULL(ARG_APP) + !PG_ARGISNULL(ARG_OBJECTS) +
		!PG_ARGISNULL(ARG_PAYLOAD);

	if (ways > 1 || (!PG_ARGISNULL(ARG_APP) && !PG_ARGISNULL(ARG_TYPE)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("application data are given in more than one way"),
				 errhint("Give type and objects, or type and payload, or app alone.")));
	if (PG_ARGISNULL(ARG_TYPE) != (PG_ARGISNULL(ARG_OBJECTS) &&
								   PG_ARGISNULL(ARG_PAYLOAD)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("type goes with objects or with payload"),
				 errhint("For a frame without application data leave all three out.")));
	if (!PG_ARGISNULL(ARG_COUNT) && PG_ARGISNULL(ARG_PAYLOAD))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("object_count goes with payload"),
				 errhint("Leave object_count out: objects are counted, and app holds its own.")));
}

/* The application data unit behind app; its length. */
static int
put_app(FunctionCallInfo fcinfo, uint8 command, const gb_profile *profile,
		uint8 *app)
{
	const gb_layout *layout;
	uint8		type;

	check_ways(fcinfo);
	if (!PG_ARGISNULL(ARG_APP))
		return put_bytes(fcinfo, ARG_APP, app, 0);
	if (PG_ARGISNULL(ARG_TYPE))
		return 0;
	type = (uint8) get_number(fcinfo, ARG_TYPE, "type", 255);
	layout = gb_profile_layout(profile, type);
	if (!PG_ARGISNULL(ARG_PAYLOAD))
		return put_payload(fcinfo, type, app);
	if (layout == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("type = %d has no defined objects", type),
				 errhint("Give payload => the bytes behind type and count, or a profile that knows the type.")));
	return put_objects(fcinfo, layout, command, profile, app);
}

static uint64
get_address(FunctionCallInfo fcinfo, int arg)
{
	return PG_ARGISNULL(arg) ? 0 : DatumGetDeviceAddr(PG_GETARG_DATUM(arg));
}

PG_FUNCTION_INFO_V1(fireiot_encode_frame);
Datum
fireiot_encode_frame(PG_FUNCTION_ARGS)
{
	const gb_profile *profile =
		profile_from_text(PG_ARGISNULL(ARG_PROFILE) ? NULL :
						  PG_GETARG_TEXT_PP(ARG_PROFILE));
	bytea	   *result = palloc(VARHDRSZ + GB_FRAME_MAX);
	uint8	   *out = (uint8 *) VARDATA(result);
	gb_frame	frame = {0};

	frame.app = out + GB_AT_APP;
	frame.command = get_command(fcinfo, profile);
	frame.seq = (uint16) get_number(fcinfo, ARG_SEQ, "seq", PG_UINT16_MAX);
	frame.ver_main = (uint8) get_number(fcinfo, ARG_VER_MAIN, "ver_main", 255);
	frame.ver_user = (uint8) get_number(fcinfo, ARG_VER_USER, "ver_user", 255);
	frame.time = get_sent_at(fcinfo);
	frame.src = get_address(fcinfo, ARG_SRC);
	frame.dst = get_address(fcinfo, ARG_DST);
	frame.app_len = (uint16) put_app(fcinfo, frame.command, profile,
									 out + GB_AT_APP);
	SET_VARSIZE(result, VARHDRSZ + gb_frame_build(&frame, profile, out));
	PG_RETURN_BYTEA_P(result);
}
