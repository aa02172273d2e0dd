/*
 * explain.c
 *	  What bytes say, as a document.
 */
#include "types/explain.h"

#include "miscadmin.h"

#include "codec/object.h"
#include "codec/stream.h"
#include "types/json_writer.h"
#include "types/text_out.h"

/* What is being described, and to where. */
typedef struct explainer
{
	json_writer out;
	const gb_profile *profile;
	const gb_frame *frame;
	gb_warnings warnings;		/* of this frame so far */
} explainer;

static void
put_time(explainer *e, const char *key, const gb_time *t)
{
	char	   *text = palloc(GB_TIME_TEXT_SIZE);

	if (t->known)
		gb_time_to_text(t, text);
	json_string(&e->out, key, t->known ? text : NULL);
}

static void
put_address(explainer *e, const char *key, const char *wire_key,
			uint64 address, int at)
{
	json_string(&e->out, key,
				psprintf("%012llx", (unsigned long long) address));
	json_hex(&e->out, wire_key, e->frame->bytes + at, 6);
}

static void
put_warnings(explainer *e)
{
	if (e->warnings == 0)
		return;
	json_begin_array(&e->out, "warnings");
	for (int i = 0; i < GB_WARNING_COUNT; i++)
		if ((e->warnings >> i & 1) != 0)
			json_string(&e->out, NULL, gb_warning_key(i));
	json_end_array(&e->out);
}

/* Keys of the set bits; the profile's word before the standard's. */
static void
put_bits(explainer *e, int state_kind, uint16 bits)
{
	const gb_bit_field *field = gb_bit_field_of(state_kind);

	json_begin_array(&e->out, "bits");
	for (int i = 0; i < field->width; i++)
	{
		const gb_profile_bit *own = gb_profile_bit_of(e->profile, state_kind, i);
		const char *key = own != NULL ? own->key : field->bit[i].key;

		if ((bits >> i & 1) != 0 && key != NULL)
			json_string(&e->out, NULL, key);
	}
	json_end_array(&e->out);
}

static void
put_state(explainer *e, const gb_layout *layout, const gb_object *o)
{
	if ((layout->fields & GB_F_STATE) == 0)
		return;
	json_int(&e->out, (layout->fields & GB_F_OPERATION) != 0 ? "op" : "status",
			 o->bits);
	put_bits(e, layout->state_kind, o->bits);
	if ((layout->fields & GB_F_OPERATOR) != 0)
		json_int(&e->out, "operator", o->number);
}

static void
put_analog(explainer *e, const gb_object *o)
{
	const gb_quantity *quantity = o->quantity < GB_QUANTITY_COUNT ?
		&gb_quantities[o->quantity] : NULL;
	char	   *value = palloc(GB_DECIMAL_SIZE);

	json_int(&e->out, "analog_type", o->quantity);
	json_int(&e->out, "raw", o->raw);
	if (quantity == NULL || !quantity->scaled)
	{
		json_null(&e->out, "value");
		json_null(&e->out, "unit");
		return;
	}
	gb_decimal(value, o->raw, o->quantity);
	json_string(&e->out, "value", value);
	json_string(&e->out, "unit", quantity->unit);
}

static void
put_text(explainer *e, const gb_layout *layout, const gb_object *o)
{
	if ((layout->fields & GB_F_TEXT_L) != 0)
		json_int(&e->out, "len", o->field_len);
	json_string(&e->out, "desc",
				text_from_device(gb_object_text(o), e->profile, &e->warnings));
	if ((layout->fields & GB_F_TEXT31) != 0)
		json_hex(&e->out, "desc_hex", o->field, o->field_len);
}

/* The single numbers; an object has one of them at most. */
static void
put_number(explainer *e, const gb_layout *layout, const gb_object *o)
{
	if ((layout->fields & GB_F_VERSION) != 0)
	{
		json_int(&e->out, "ver_main", o->ver_main);
		json_int(&e->out, "ver_minor", o->ver_minor);
	}
	else if ((layout->fields & GB_F_RECORDS) != 0)
		json_int(&e->out, "record_count", o->number);
	else if ((layout->fields & GB_F_RESERVED) != 0)
		json_int(&e->out, "reserved", o->number);
	else if ((layout->fields & GB_F_MINUTES) != 0)
		json_int(&e->out, "timeout_min", o->number);
}

static void
put_object_time(explainer *e, const gb_layout *layout, const gb_object *o)
{
	if ((layout->fields & GB_F_START) != 0)
		put_time(e, "start_time", &o->time);
	else if ((layout->fields & GB_F_TIME) != 0)
		put_time(e, "time", &o->time);
	else if (gb_profile_has(e->profile, GB_P_HEADER_TIME))
		put_time(e, "time", &e->frame->time);
}

static void
put_object(explainer *e, const gb_layout *layout, const gb_object *o)
{
	json_begin_object(&e->out, NULL);
	if ((layout->fields & GB_F_SYSTEM) != 0)
	{
		json_int(&e->out, "sys_type", o->sys_type);
		json_int(&e->out, "sys_addr", o->sys_addr);
	}
	if ((layout->fields & GB_F_COMP_TYPE) != 0)
		json_int(&e->out, "comp_type", o->comp_type);
	if ((layout->fields & GB_F_COMP_ADDR) != 0)
		json_int(&e->out, "comp_addr", o->comp_addr);
	put_state(e, layout, o);
	if ((layout->fields & GB_F_ANALOG) != 0)
		put_analog(e, o);
	put_number(e, layout, o);
	if ((layout->fields & (GB_F_TEXT31 | GB_F_TEXT_L)) != 0)
		put_text(e, layout, o);
	if ((layout->fields & GB_F_OPAQUE) != 0)
		json_hex(&e->out, "opaque_hex", o->field, o->field_len);
	put_object_time(e, layout, o);
	json_end_object(&e->out);
}

/* Objects are decoded before app_valid is said, but listed behind it. */
static void
put_objects(explainer *e, gb_unit *unit)
{
	gb_object	objects[GB_MAX_OBJECTS];
	int			n = gb_unit_decode(unit, e->profile, objects, GB_MAX_OBJECTS);

	json_begin_array(&e->out, "objects");
	for (int i = 0; i < n; i++)
		put_object(e, unit->layout, &objects[i]);
	json_end_array(&e->out);
}

static void
put_unit(explainer *e)
{
	const gb_frame *frame = e->frame;
	gb_unit		unit;

	gb_unit_open(&unit, frame->app, frame->app_len, frame->command,
				 e->profile);
	json_int(&e->out, "type", unit.type);
	if (frame->app_len > 1)
	{
		json_int(&e->out, "count", unit.count);
		if (unit.layout != NULL)
			put_objects(e, &unit);
		else
			json_hex(&e->out, "payload_hex", unit.payload, unit.payload_len);
	}
	else if (unit.fault == GB_FAULT_NONE)
		json_hex(&e->out, "app_hex", frame->app, 1);
	json_bool(&e->out, "app_valid", unit.fault == GB_FAULT_NONE);
	if (unit.fault != GB_FAULT_NONE)
		json_string(&e->out, "app_error", gb_fault_key(unit.fault));
	e->warnings |= unit.warnings;
}

static void
put_control_unit(explainer *e)
{
	const gb_frame *frame = e->frame;

	json_int(&e->out, "seq", frame->seq);
	json_int(&e->out, "ver_main", frame->ver_main);
	json_int(&e->out, "ver_user", frame->ver_user);
	put_time(e, "time", &frame->time);
	json_hex(&e->out, "time_raw", frame->bytes + GB_AT_TIME, GB_TIME_SIZE);
	put_address(e, "src", "src_wire", frame->src, GB_AT_SRC);
	put_address(e, "dst", "dst_wire", frame->dst, GB_AT_DST);
	json_int(&e->out, "app_len", frame->app_len);
	json_int(&e->out, "cmd", frame->command);
	json_int(&e->out, "checksum", frame->checksum);
}

/* The keys of a read frame, inside an object that the caller began. */
static void
put_frame(explainer *e, const gb_frame *frame, bool command_known)
{
	e->frame = frame;
	e->warnings = frame->warnings;
	put_control_unit(e);
	if (frame->app_len > 0 && frame->command >= GB_CMD_USER)
		json_hex(&e->out, "app_hex", frame->app, frame->app_len);
	else if (frame->app_len > 0 && command_known)
		put_unit(e);
	put_warnings(e);
}

/* What is known by the time of an error that came before the control unit. */
static void
put_broken_frame(explainer *e, const gb_frame *frame, size_t len,
				 gb_error error, uint8 computed)
{
	if (error != GB_BAD_START && len >= GB_FRAME_MIN)
		json_int(&e->out, "app_len", frame->app_len);
	if (error == GB_BAD_CHECKSUM)
	{
		json_int(&e->out, "checksum", frame->checksum);
		json_int(&e->out, "computed", computed);
	}
}

Jsonb *
explain_frame(const uint8 *bytes, size_t len, const gb_profile *profile)
{
	explainer	e = {.profile = profile};
	gb_frame	frame;
	uint8		computed = 0;
	gb_error	error = gb_frame_check(&frame, bytes, len, profile, &computed);

	json_begin_object(&e.out, NULL);
	if (error != GB_OK)
		json_string(&e.out, "error", gb_error_key(error));
	if (error == GB_OK || error == GB_UNKNOWN_COMMAND)
		put_frame(&e, &frame, error == GB_OK);
	else
		put_broken_frame(&e, &frame, len, error, computed);
	json_end_object(&e.out);
	return json_finish(&e.out);
}

static void
put_piece(explainer *e, const gb_piece *piece, const gb_frame *frame)
{
	json_begin_object(&e->out, NULL);
	json_int(&e->out, "offset", (int64) piece->offset);
	json_int(&e->out, "len", (int64) piece->len);
	if (piece->kind == GB_PIECE_FRAME)
		put_frame(e, frame, true);
	else
		json_string(&e->out, "kind", gb_piece_key(piece->kind));
	json_end_object(&e->out);
}

/*
 * The pieces of one kind: frames, or everything else.  Returns the bytes
 * consumed.  Cutting is so much cheaper than writing a document that it is
 * done once for each of the two lists.
 */
static uint64
put_pieces(explainer *e, const uint8 *bytes, size_t len, bool eof,
		   bool frames)
{
	gb_cutter	cutter = {0};
	gb_frame	frame;
	gb_piece	piece;

	json_begin_array(&e->out, frames ? "frames" : "events");
	while ((piece = gb_cutter_walk(&cutter, bytes, len, eof, e->profile,
								   &frame)).kind != GB_PIECE_NONE)
	{
		CHECK_FOR_INTERRUPTS();
		if ((piece.kind == GB_PIECE_FRAME) == frames)
			put_piece(e, &piece, &frame);
	}
	json_end_array(&e->out);
	return cutter.consumed;
}

Jsonb *
explain_stream(const uint8 *bytes, size_t len, bool eof,
			   const gb_profile *profile)
{
	explainer	e = {.profile = profile};
	uint64		consumed;

	json_begin_object(&e.out, NULL);
	put_pieces(&e, bytes, len, eof, true);
	consumed = put_pieces(&e, bytes, len, eof, false);
	json_int(&e.out, "consumed", (int64) consumed);
	json_end_object(&e.out);
	return json_finish(&e.out);
}
