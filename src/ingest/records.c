/*
 * records.c
 *	  Frames as rows of the record tables.
 */
#include "ingest/records.h"

#include "access/transam.h"
#include "access/xact.h"
#include "commands/sequence.h"
#include "utils/builtins.h"
#include "utils/errcodes.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"

#include "base/instant.h"
#include "codec/object.h"
#include "ingest/row_writer.h"
#include "types/alarm_state.h"
#include "types/part_addr.h"
#include "types/text_out.h"

enum
{
	FRAME_ID,
	FRAME_RECEIVED_AT,
	FRAME_DEVICE,
	FRAME_SENT_AT,
	FRAME_TX,
	FRAME_SKEW_MS,
	FRAME_SEQ,
	FRAME_PEER_PORT,
	FRAME_VERDICT,
	FRAME_COMMAND,
	FRAME_TYPE,
	FRAME_OUTGOING,
	FRAME_PEER,
	FRAME_PROFILE,
	FRAME_BYTES,
	FRAME_COLUMNS
};

enum
{
	OBSERVATION_ID,
	OBSERVATION_RECEIVED_AT,
	OBSERVATION_DEVICE,
	OBSERVATION_FRAME_ID,
	OBSERVATION_PART,
	OBSERVATION_OBSERVED_AT,
	OBSERVATION_TX,
	OBSERVATION_STATE,
	OBSERVATION_KIND,
	OBSERVATION_QUANTITY,
	OBSERVATION_RAW_VALUE,
	OBSERVATION_OPERATOR,
	OBSERVATION_VALUE,
	OBSERVATION_TEXT,
	OBSERVATION_COLUMNS
};

enum
{
	QUARANTINE_ID,
	QUARANTINE_RECEIVED_AT,
	QUARANTINE_DEVICE,
	QUARANTINE_TX,
	QUARANTINE_PEER_PORT,
	QUARANTINE_PEER,
	QUARANTINE_SQLSTATE,
	QUARANTINE_REASON,
	QUARANTINE_BYTES,
	QUARANTINE_COLUMNS
};

#define VERDICT_OF_FAULT 20

/* INCREMENT of the sequences; keep with sql/once/41_records.sql. */
#define ID_BLOCK 1000

/* Data unit type of analogue values: their kind in part_now. */
#define KIND_VALUE 3

/* Ids that this process has taken from a sequence and not used. */
typedef struct id_block
{
	Oid			sequence;
	int64		next;
	int64		left;
} id_block;

static id_block frame_ids;
static id_block observation_ids;
static id_block quarantine_ids;

struct records
{
	batch	   *batch;
	row_writer *frame;
	row_writer *observation;
	row_writer *quarantine;		/* NULL until there is a row for it */
	Datum		tx;
};

static inline void
set(TupleTableSlot *row, int column, Datum value)
{
	row->tts_values[column] = value;
	row->tts_isnull[column] = false;
}

static inline void
set_instant(TupleTableSlot *row, int column, const gb_time *tag)
{
	TimestampTz instant;

	if (instant_of_tag(tag, &instant))
		set(row, column, TimestampTzGetDatum(instant));
}

/*
 * The sequences go up by ID_BLOCK, so that a call takes that many.  What a
 * rollback leaves over is used by the next transaction.
 */
static int64
next_id(id_block *block, Oid sequence)
{
	if (block->left == 0 || block->sequence != sequence)
	{
		block->next = nextval_internal(sequence, false);
		block->left = ID_BLOCK;
		block->sequence = sequence;
	}
	block->left--;
	return block->next++;
}

records *
records_begin(batch *b)
{
	records    *r = palloc0(sizeof(records));

	r->batch = b;
	r->frame = row_writer_begin(b->ids.frame, FRAME_COLUMNS);
	r->observation = row_writer_begin(b->ids.observation, OBSERVATION_COLUMNS);
	r->tx = FullTransactionIdGetDatum(GetTopFullTransactionId());
	return r;
}

void
records_end(records *r)
{
	row_writer_end(r->frame);
	row_writer_end(r->observation);
	if (r->quarantine != NULL)
		row_writer_end(r->quarantine);
}

static Datum
bytes_of(const batch_frame *f)
{
	return PointerGetDatum(f->bytes - VARHDRSZ);
}

static void
set_peer(TupleTableSlot *row, int peer, int port, const source *src)
{
	Datum		inet;

	if (!source_inet(src, &inet))
		return;
	set(row, peer, inet);
	set(row, port, Int32GetDatum(src->at.port));
}

/* The device's clock minus ours; what does not fit is at the end of int4. */
static void
set_skew(TupleTableSlot *row, session *s, TimestampTz received_at)
{
	int64		ms;

	s->skew_known = !row->tts_isnull[FRAME_SENT_AT];
	if (!s->skew_known)
		return;
	ms = (DatumGetTimestampTz(row->tts_values[FRAME_SENT_AT]) - received_at) /
		1000;
	s->skew_ms = (int32) Min(Max(ms, -PG_INT32_MAX), PG_INT32_MAX);
	set(row, FRAME_SKEW_MS, Int32GetDatum(s->skew_ms));
}

static void
put_frame(records *r, const batch_frame *f, const gb_frame *frame)
{
	TupleTableSlot *row = row_writer_slot(r->frame, f->received_at);
	const gb_profile *profile = f->session->profile;

	set(row, FRAME_ID, Int64GetDatum(f->id));
	set(row, FRAME_RECEIVED_AT, TimestampTzGetDatum(f->received_at));
	set(row, FRAME_DEVICE, DeviceAddrGetDatum(f->session->device));
	set_instant(row, FRAME_SENT_AT, &frame->time);
	set(row, FRAME_TX, r->tx);
	set_skew(row, f->session, f->received_at);
	set(row, FRAME_SEQ, Int32GetDatum(frame->seq));
	set(row, FRAME_VERDICT, Int16GetDatum(f->verdict));
	set(row, FRAME_COMMAND, Int16GetDatum(frame->command));
	if (frame->app_len > 0)
		set(row, FRAME_TYPE, Int16GetDatum(frame->app[0]));
	set(row, FRAME_OUTGOING, BoolGetDatum(false));
	set_peer(row, FRAME_PEER, FRAME_PEER_PORT, f->source);
	if (profile != NULL)
		set(row, FRAME_PROFILE, CStringGetTextDatum(profile->name));
	set(row, FRAME_BYTES, bytes_of(f));
	row_writer_put(r->frame);
	r->batch->stored++;
}

static part_addr
part_of(uint32 fields, const gb_object *o)
{
	return (fields & GB_F_COMP_ADDR) != 0 ?
		part_addr_of_component(o->sys_type, o->sys_addr, o->comp_type,
							   o->comp_addr) :
		part_addr_of_system(o->sys_type, o->sys_addr);
}

static void
set_value(TupleTableSlot *row, const gb_object *o)
{
	set(row, OBSERVATION_QUANTITY, Int16GetDatum(o->quantity));
	set(row, OBSERVATION_RAW_VALUE, Int16GetDatum(o->raw));
	if (o->quantity < GB_QUANTITY_COUNT && gb_quantities[o->quantity].scaled)
		set(row, OBSERVATION_VALUE,
			NumericGetDatum(int64_div_fast_to_numeric(o->raw,
													  gb_quantities[o->quantity].decimals)));
}

static void
set_text(TupleTableSlot *row, uint32 fields, const gb_profile *profile,
		 const gb_object *o)
{
	gb_warnings warnings = 0;
	gb_slice	text;
	char	   *converted;

	if ((fields & GB_F_VERSION) != 0)
		set(row, OBSERVATION_TEXT,
			CStringGetTextDatum(psprintf("%d.%d", o->ver_main, o->ver_minor)));
	if ((fields & (GB_F_TEXT31 | GB_F_TEXT_L)) == 0)
		return;
	text = gb_object_text(o);
	if (text.len == 0)
		return;
	converted = text_from_device(text, profile, &warnings);
	if (converted != NULL && *converted != '\0')
		set(row, OBSERVATION_TEXT, CStringGetTextDatum(converted));
}

static void
note_part(batch *b, uint32 epoch, const part_change *change)
{
	uint32		before = 0;
	part_news	news = part_changes_note(b->parts, epoch, change, &before);

	if (news != PART_SAME)
		alarm_signals_note(b->signals, change, news, before);
}

static bool
is_operation(int kind)
{
	return kind == GB_STATE_FACILITY_OPERATION ||
		kind == GB_STATE_DEVICE_OPERATION;
}

/* States and values are what part_now holds; operations and texts are not. */
static void
note_change(records *r, const batch_frame *f, const gb_layout *layout,
			const TupleTableSlot *row)
{
	bool		value = !row->tts_isnull[OBSERVATION_QUANTITY];
	int			kind = value ? KIND_VALUE : layout->state_kind;
	part_change change = {0};

	if (!value && kind == GB_STATE_NONE)
		return;
	change.device = f->session->device;
	if (!row->tts_isnull[OBSERVATION_PART])
		change.part = DatumGetPartAddr(row->tts_values[OBSERVATION_PART]);
	change.kind = (int16) kind;
	change.quantity = value ?
		DatumGetInt16(row->tts_values[OBSERVATION_QUANTITY]) : -1;
	if (value)
		change.raw = DatumGetInt16(row->tts_values[OBSERVATION_RAW_VALUE]);
	else
		change.state = DatumGetAlarmState(row->tts_values[OBSERVATION_STATE]);
	change.observed = !row->tts_isnull[OBSERVATION_OBSERVED_AT];
	if (change.observed)
		change.observed_at =
			DatumGetTimestampTz(row->tts_values[OBSERVATION_OBSERVED_AT]);
	change.received_at = f->received_at;
	change.frame_id = f->id;
	if (!row->tts_isnull[OBSERVATION_TEXT])
		change.text = row->tts_values[OBSERVATION_TEXT];
	if (!value && is_operation(kind))
		alarm_signals_operation(r->batch->signals, &change);
	else
		note_part(r->batch, f->session->epoch, &change);
}

static void
put_observation(records *r, const batch_frame *f, const gb_frame *frame,
				const gb_unit *unit, const gb_object *o)
{
	TupleTableSlot *row = row_writer_slot(r->observation, f->received_at);
	const gb_profile *profile = f->session->profile;
	const gb_layout *layout = unit->layout;
	uint32		fields = layout->fields;

	set(row, OBSERVATION_ID,
		Int64GetDatum(next_id(&observation_ids,
							  r->batch->ids.observation_id)));
	set(row, OBSERVATION_RECEIVED_AT, TimestampTzGetDatum(f->received_at));
	set(row, OBSERVATION_DEVICE, DeviceAddrGetDatum(f->session->device));
	set(row, OBSERVATION_FRAME_ID, Int64GetDatum(f->id));
	set(row, OBSERVATION_TX, r->tx);
	set(row, OBSERVATION_KIND, Int16GetDatum(unit->type));
	if ((fields & GB_F_SYSTEM) != 0)
		set(row, OBSERVATION_PART, PartAddrGetDatum(part_of(fields, o)));
	if ((fields & GB_F_STATE) != 0)
		set(row, OBSERVATION_STATE,
			AlarmStateGetDatum(alarm_state_make(layout->state_kind,
												gb_profile_state(profile, layout->state_kind, o->bits))));
	if ((fields & GB_F_OPERATOR) != 0)
		set(row, OBSERVATION_OPERATOR, Int16GetDatum(o->number));
	if ((fields & GB_F_ANALOG) != 0)
		set_value(row, o);
	set_text(row, fields, profile, o);
	if ((fields & (GB_F_TIME | GB_F_START)) != 0)
		set_instant(row, OBSERVATION_OBSERVED_AT, &o->time);
	else if (gb_profile_has(profile, GB_P_HEADER_TIME))
		set_instant(row, OBSERVATION_OBSERVED_AT, &frame->time);
	note_change(r, f, layout, row);
	row_writer_put(r->observation);
	r->batch->observations++;
}

/* The objects of a frame; the fault of its unit becomes its verdict. */
static void
put_objects(records *r, batch_frame *f, const gb_frame *frame)
{
	gb_object	objects[GB_MAX_OBJECTS];
	gb_unit		unit;
	int			n = 0;

	if (frame->app_len == 0 || frame->command >= GB_CMD_USER)
		return;
	gb_unit_open(&unit, frame->app, frame->app_len, frame->command,
				 f->session->profile);
	if (unit.layout != NULL && frame->app_len > 1)
		n = gb_unit_decode(&unit, f->session->profile, objects,
						   GB_MAX_OBJECTS);
	if (unit.fault != GB_FAULT_NONE && f->verdict == 0)
		f->verdict = (uint8) (VERDICT_OF_FAULT + unit.fault);
	for (int i = 0; i < n; i++)
		put_observation(r, f, frame, &unit, &objects[i]);
}

static void
put_quarantine(records *r, const batch_frame *f)
{
	TupleTableSlot *row;

	if (r->quarantine == NULL)
		r->quarantine = row_writer_begin(r->batch->ids.quarantine,
										 QUARANTINE_COLUMNS);
	row = row_writer_slot(r->quarantine, f->received_at);
	set(row, QUARANTINE_ID,
		Int64GetDatum(next_id(&quarantine_ids,
							  r->batch->ids.quarantine_id)));
	set(row, QUARANTINE_RECEIVED_AT, TimestampTzGetDatum(f->received_at));
	set(row, QUARANTINE_DEVICE, DeviceAddrGetDatum(batch_sender(f)));
	set(row, QUARANTINE_TX, r->tx);
	set_peer(row, QUARANTINE_PEER, QUARANTINE_PEER_PORT, f->source);
	if (f->poison != NULL)
		set(row, QUARANTINE_SQLSTATE,
			CStringGetTextDatum(unpack_sql_state(f->poison_state)));
	set(row, QUARANTINE_REASON,
		CStringGetTextDatum(f->poison != NULL ? f->poison :
							refusal_key(f->refused)));
	set(row, QUARANTINE_BYTES, bytes_of(f));
	row_writer_put(r->quarantine);
	r->batch->quarantined++;
}

void
records_put(records *r, batch_frame *f)
{
	gb_frame	frame;

	if (f->poison != NULL || f->refused != REFUSAL_NONE)
	{
		if (f->poison != NULL || f->quarantine)
			put_quarantine(r, f);
		return;
	}
	if (f->duplicate)
		return;
	gb_frame_read(&frame, f->bytes, f->session->profile);
	f->id = next_id(&frame_ids, r->batch->ids.frame_id);
	put_objects(r, f, &frame);
	put_frame(r, f, &frame);
}
