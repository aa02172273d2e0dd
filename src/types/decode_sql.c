/*
 * decode_sql.c
 *	  fireiot.decode_frame, fireiot.cut_stream: frames as typed rows.
 */
#include "base/compat.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "base/instant.h"
#include "codec/object.h"
#include "codec/stream.h"
#include "types/alarm_state.h"
#include "types/bytes_in.h"
#include "types/device_addr.h"
#include "types/part_addr.h"
#include "types/text_out.h"

/* Columns of decode_frame; keep with sql/rerun/51_codec.sql. */
enum
{
	COL_ERROR,
	COL_APP_ERROR,
	COL_WARNINGS,
	COL_SEQ,
	COL_SENT_AT,
	COL_SRC,
	COL_DST,
	COL_COMMAND,
	COL_TYPE,
	COL_OBJECT_COUNT,
	COL_OBJECT_NO,
	COL_PART,
	COL_STATE,
	COL_QUANTITY,
	COL_RAW_VALUE,
	COL_VALUE,
	COL_UNIT,
	COL_OPERATOR,
	COL_VERSION,
	COL_NUMBER,
	COL_TEXT,
	COL_PAYLOAD,
	COL_OBSERVED_AT,
	COL_COUNT
};

/* One row in the making; what is not set is null. */
typedef struct row
{
	Datum		values[COL_COUNT];
	bool		nulls[COL_COUNT];
} row;

static void
set(row *r, int column, Datum value)
{
	r->values[column] = value;
	r->nulls[column] = false;
}

static void
set_bytes(row *r, int column, const uint8 *bytes, int len)
{
	bytea	   *value = palloc(VARHDRSZ + len);

	SET_VARSIZE(value, VARHDRSZ + len);
	memcpy(VARDATA(value), bytes, len);
	set(r, column, PointerGetDatum(value));
}

static void
set_time(row *r, int column, const gb_time *t)
{
	TimestampTz instant;

	if (instant_of_tag(t, &instant))
		set(r, column, TimestampTzGetDatum(instant));
}

static void
set_warnings(row *r, gb_warnings warnings)
{
	Datum		keys[GB_WARNING_COUNT];
	int			n = 0;

	for (int i = 0; i < GB_WARNING_COUNT; i++)
		if ((warnings >> i & 1) != 0)
			keys[n++] = CStringGetTextDatum(gb_warning_key(i));
	if (n > 0)
		set(r, COL_WARNINGS,
			PointerGetDatum(construct_array(keys, n, TEXTOID, -1, false,
											TYPALIGN_INT)));
}

static void
set_control_unit(row *r, const gb_frame *frame)
{
	set(r, COL_SEQ, Int32GetDatum(frame->seq));
	set_time(r, COL_SENT_AT, &frame->time);
	set(r, COL_SRC, DeviceAddrGetDatum(frame->src));
	set(r, COL_DST, DeviceAddrGetDatum(frame->dst));
	set(r, COL_COMMAND, Int16GetDatum(frame->command));
}

/* A request names no component type; its parts have type 0. */
static void
set_part(row *r, uint32 fields, const gb_object *o)
{
	if ((fields & GB_F_SYSTEM) == 0)
		return;
	set(r, COL_PART,
		PartAddrGetDatum((fields & GB_F_COMP_ADDR) != 0 ?
						 part_addr_of_component(o->sys_type, o->sys_addr,
												o->comp_type, o->comp_addr) :
						 part_addr_of_system(o->sys_type, o->sys_addr)));
}

static void
set_analog(row *r, const gb_object *o)
{
	const gb_quantity *quantity;

	set(r, COL_QUANTITY, Int16GetDatum(o->quantity));
	set(r, COL_RAW_VALUE, Int16GetDatum(o->raw));
	if (o->quantity >= GB_QUANTITY_COUNT)
		return;
	quantity = &gb_quantities[o->quantity];
	if (!quantity->scaled)
		return;
	set(r, COL_VALUE,
		NumericGetDatum(int64_div_fast_to_numeric(o->raw, quantity->decimals)));
	set(r, COL_UNIT, CStringGetTextDatum(quantity->unit));
}

static void
set_text(row *r, const gb_layout *layout, const gb_profile *profile,
		 const gb_object *o, gb_warnings *warnings)
{
	char	   *text;

	if ((layout->fields & GB_F_OPAQUE) != 0)
		set_bytes(r, COL_PAYLOAD, o->field, o->field_len);
	if ((layout->fields & (GB_F_TEXT31 | GB_F_TEXT_L)) == 0)
		return;
	text = text_from_device(gb_object_text(o), profile, warnings);
	if (text != NULL)
		set(r, COL_TEXT, CStringGetTextDatum(text));
	else
		set_bytes(r, COL_PAYLOAD, o->field, o->field_len);
}

static void
set_object(row *r, const gb_layout *layout, const gb_profile *profile,
		   const gb_frame *frame, const gb_object *o, gb_warnings *warnings)
{
	uint32		fields = layout->fields;

	set_part(r, fields, o);
	if ((fields & GB_F_STATE) != 0)
		set(r, COL_STATE,
			AlarmStateGetDatum(alarm_state_make(layout->state_kind,
												gb_profile_state(profile, layout->state_kind, o->bits))));
	if ((fields & GB_F_OPERATOR) != 0)
		set(r, COL_OPERATOR, Int16GetDatum(o->number));
	if ((fields & GB_F_ANALOG) != 0)
		set_analog(r, o);
	if ((fields & GB_F_VERSION) != 0)
		set(r, COL_VERSION,
			CStringGetTextDatum(psprintf("%d.%d", o->ver_main, o->ver_minor)));
	if ((fields & (GB_F_RECORDS | GB_F_RESERVED | GB_F_MINUTES)) != 0)
		set(r, COL_NUMBER, Int16GetDatum(o->number));
	set_text(r, layout, profile, o, warnings);
	if ((fields & (GB_F_TIME | GB_F_START)) != 0)
		set_time(r, COL_OBSERVED_AT, &o->time);
	else if (gb_profile_has(profile, GB_P_HEADER_TIME))
		set_time(r, COL_OBSERVED_AT, &frame->time);
}

static void
put(ReturnSetInfo *result, row *r)
{
	tuplestore_putvalues(result->setResult, result->setDesc, r->values,
						 r->nulls);
}

/* Rows of the objects; warnings of texts are those of their own row. */
static void
put_objects(ReturnSetInfo *result, row *head, gb_unit *unit,
			const gb_profile *profile, const gb_frame *frame)
{
	gb_object	objects[GB_MAX_OBJECTS];
	int			n = gb_unit_decode(unit, profile, objects, GB_MAX_OBJECTS);

	if (unit->fault != GB_FAULT_NONE)
		set(head, COL_APP_ERROR, CStringGetTextDatum(gb_fault_key(unit->fault)));
	if (n == 0)
	{
		set_warnings(head, frame->warnings | unit->warnings);
		put(result, head);
	}
	for (int i = 0; i < n; i++)
	{
		row			r = *head;
		gb_warnings warnings = frame->warnings | unit->warnings;

		set(&r, COL_OBJECT_NO, Int16GetDatum(i + 1));
		set_object(&r, unit->layout, profile, frame, &objects[i], &warnings);
		set_warnings(&r, warnings);
		put(result, &r);
	}
}

static void
put_unit(ReturnSetInfo *result, row *head, const gb_profile *profile,
		 const gb_frame *frame)
{
	gb_unit		unit;

	gb_unit_open(&unit, frame->app, frame->app_len, frame->command, profile);
	set(head, COL_TYPE, Int16GetDatum(unit.type));
	if (frame->app_len > 1)
		set(head, COL_OBJECT_COUNT, Int16GetDatum(unit.count));
	if (frame->app_len > 1 && unit.layout != NULL)
	{
		put_objects(result, head, &unit, profile, frame);
		return;
	}
	if (unit.fault != GB_FAULT_NONE)
		set(head, COL_APP_ERROR, CStringGetTextDatum(gb_fault_key(unit.fault)));
	set_bytes(head, COL_PAYLOAD, unit.payload, unit.payload_len);
	set_warnings(head, frame->warnings | unit.warnings);
	put(result, head);
}

PG_FUNCTION_INFO_V1(fireiot_decode_frame);
Datum
fireiot_decode_frame(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bytes_in	in;
	gb_frame	frame;
	uint8		computed;
	gb_error	error;
	row			head;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	in = bytes_in_get(fcinfo, 0, 1);
	memset(head.nulls, true, sizeof(head.nulls));
	memset(head.values, 0, sizeof(head.values));

	error = gb_frame_check(&frame, in.bytes, in.len, in.profile, &computed);
	if (error != GB_OK)
		set(&head, COL_ERROR, CStringGetTextDatum(gb_error_key(error)));
	if (error == GB_OK || error == GB_UNKNOWN_COMMAND)
		set_control_unit(&head, &frame);
	if (error == GB_OK && frame.app_len > 0 && frame.command < GB_CMD_USER)
	{
		put_unit(result, &head, in.profile, &frame);
		return (Datum) 0;
	}
	if (error == GB_OK || error == GB_UNKNOWN_COMMAND)
	{
		if (frame.app_len > 0)
			set_bytes(&head, COL_PAYLOAD, frame.app, frame.app_len);
		set_warnings(&head, frame.warnings);
	}
	put(result, &head);
	return (Datum) 0;
}

static void
put_piece(ReturnSetInfo *result, const gb_piece *piece, const uint8 *bytes)
{
	Datum		values[4];
	bool		nulls[4] = {false};
	bytea	   *copy = palloc(VARHDRSZ + piece->len);

	SET_VARSIZE(copy, VARHDRSZ + piece->len);
	memcpy(VARDATA(copy), bytes + piece->offset, piece->len);
	values[0] = Int64GetDatum((int64) piece->offset);
	values[1] = Int32GetDatum((int32) piece->len);
	values[2] = CStringGetTextDatum(gb_piece_key(piece->kind));
	values[3] = PointerGetDatum(copy);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	pfree(copy);
	pfree(DatumGetPointer(values[2]));
}

PG_FUNCTION_INFO_V1(fireiot_cut_stream);
Datum
fireiot_cut_stream(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bytes_in	in;
	bool		eof = PG_ARGISNULL(1) || PG_GETARG_BOOL(1);
	gb_cutter	cutter = {0};
	gb_frame	frame;
	gb_piece	piece;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	in = bytes_in_get(fcinfo, 0, 2);
	while ((piece = gb_cutter_walk(&cutter, in.bytes, in.len, eof, in.profile,
								   &frame)).kind != GB_PIECE_NONE)
	{
		CHECK_FOR_INTERRUPTS();
		put_piece(result, &piece, in.bytes);
	}
	return (Datum) 0;
}
