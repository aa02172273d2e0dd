/*
 * now_tables.c
 *	  part_now and device_now: what is so at present.
 */
#include "ingest/now_tables.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "ingest/part_rows.h"
#include "ingest/statements.h"
#include "types/alarm_state.h"

/*
 * Parts that may have a row.  The last of each key counts; sorted, so that two
 * writers take rows in one order.
 */
static statement write_parts = {
	"INSERT INTO fireiot.part_now AS n (device, part, kind, quantity, state, raw_value, value,"
	" text, observed_at, received_at, since, frame_id)"
	" SELECT DISTINCT ON (u.device, u.part, u.kind, u.quantity)"
	"  u.device, u.part, u.kind, u.quantity, u.state, u.raw_value, u.value,"
	"  u.text, u.observed_at, u.received_at, u.received_at, u.frame_id"
	" FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5), unnest($6),"
	"  unnest($7), unnest($8), unnest($9), unnest($10), unnest($11)) WITH ORDINALITY"
	"  AS u (device, part, kind, quantity, state, raw_value, value, text, observed_at,"
	"   received_at, frame_id, n)"
	" ORDER BY u.device, u.part, u.kind, u.quantity, u.n DESC"
	" ON CONFLICT (device, part, kind, quantity) DO UPDATE SET"
	"  state = excluded.state, raw_value = excluded.raw_value, value = excluded.value,"
	"  text = excluded.text, observed_at = excluded.observed_at,"
	"  received_at = excluded.received_at, since = excluded.received_at,"
	"  frame_id = excluded.frame_id"
	" WHERE n.state OPERATOR(fireiot.<>) excluded.state"
	"  OR n.raw_value <> excluded.raw_value"
};

static statement write_devices = {
	"INSERT INTO fireiot.device_now AS n (device, first_seen, last_seen, online, skew_ms,"
	" frames, transport, peer, changed_at)"
	" SELECT u.device, u.first_seen, u.last_seen, u.online, u.skew_ms, u.frames, u.transport,"
	"  u.peer, now()"
	" FROM ROWS FROM (unnest($1), unnest($2), unnest($3),"
	"  unnest($4), unnest($5), unnest($6),"
	"  unnest($7), unnest($8))"
	"  AS u (device, first_seen, last_seen, online, skew_ms, frames, transport, peer)"
	" ORDER BY u.device"
	" ON CONFLICT (device) DO UPDATE SET"
	"  last_seen = greatest(n.last_seen, excluded.last_seen), online = excluded.online,"
	"  skew_ms = coalesce(excluded.skew_ms, n.skew_ms),"
	"  frames = n.frames + excluded.frames,"
	"  transport = excluded.transport, peer = excluded.peer, changed_at = excluded.changed_at"
};

enum
{
	PART_DEVICE,
	PART_PART,
	PART_KIND,
	PART_QUANTITY,
	PART_STATE,
	PART_RAW_VALUE,
	PART_VALUE,
	PART_TEXT,
	PART_OBSERVED_AT,
	PART_RECEIVED_AT,
	PART_FRAME_ID,
	PART_COLUMNS
};

enum
{
	DEVICE_DEVICE,
	DEVICE_FIRST_SEEN,
	DEVICE_LAST_SEEN,
	DEVICE_ONLINE,
	DEVICE_SKEW_MS,
	DEVICE_FRAMES,
	DEVICE_TRANSPORT,
	DEVICE_PEER,
	DEVICE_COLUMNS
};

static void
run(statement *st, array_builder *columns, const Oid *elements, int count)
{
	Oid			types[STATEMENT_PARAMETERS];
	Datum		values[STATEMENT_PARAMETERS];

	for (int i = 0; i < count; i++)
	{
		types[i] = get_array_type(elements[i]);
		values[i] = array_end(&columns[i], elements[i]);
	}
	statement_run(st, count, types, values, NULL);
}

static void
add_change(array_builder *columns, const part_change *c)
{
	bool		is_state = c->quantity < 0;
	bool		no_value;
	Datum		value = part_change_value(c, &no_value);

	array_add(&columns[PART_DEVICE], DeviceAddrGetDatum(c->device), false);
	array_add(&columns[PART_PART], PartAddrGetDatum(c->part), false);
	array_add(&columns[PART_KIND], Int16GetDatum(c->kind), false);
	array_add(&columns[PART_QUANTITY], Int16GetDatum(c->quantity), false);
	array_add(&columns[PART_STATE], AlarmStateGetDatum(c->state), !is_state);
	array_add(&columns[PART_RAW_VALUE], Int16GetDatum(c->raw), is_state);
	array_add(&columns[PART_VALUE], value, no_value);
	array_add(&columns[PART_TEXT], c->text, c->text == (Datum) 0);
	array_add(&columns[PART_OBSERVED_AT], TimestampTzGetDatum(c->observed_at),
			  !c->observed);
	array_add(&columns[PART_RECEIVED_AT], TimestampTzGetDatum(c->received_at),
			  false);
	array_add(&columns[PART_FRAME_ID], Int64GetDatum(c->frame_id), false);
}

/* The changes that are not done yet. */
static uint64
write_others(part_cache *parts, const catalog_ids *ids)
{
	Oid			elements[PART_COLUMNS] = {
		ids->device_addr, ids->part_addr, INT2OID, INT2OID, ids->alarm_state,
		INT2OID, NUMERICOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID
	};
	array_builder columns[PART_COLUMNS];
	int			count = part_changes_count(parts);
	const part_change *changes = part_changes_all(parts);
	uint64		written;

	for (int i = 0; i < PART_COLUMNS; i++)
		array_begin(&columns[i], count);
	for (int i = 0; i < count; i++)
		if (!changes[i].known)
			add_change(columns, &changes[i]);
	SPI_connect();
	run(&write_parts, columns, elements, PART_COLUMNS);
	written = SPI_processed;
	SPI_finish();
	return written;
}

/* Returns how many are done; what is not is not taken for known any more. */
static uint64
update_known(part_cache *parts, const catalog_ids *ids)
{
	int			count = part_changes_count(parts);
	part_change *changes = part_changes_all(parts);
	part_rows  *rows;
	uint64		done = 0;

	PushActiveSnapshot(GetTransactionSnapshot());
	rows = part_rows_begin(ids->part_now);
	for (int i = 0; i < count; i++)
	{
		if (!changes[i].known)
			continue;
		changes[i].known = rows != NULL && part_rows_update(rows, &changes[i]);
		if (changes[i].known)
			part_changes_moved(parts, &changes[i]);
		done += changes[i].known;
	}
	if (rows != NULL)
		part_rows_end(rows);
	PopActiveSnapshot();
	return done;
}

/*
 * In this order: a change of a key that the cache had lost is the later one.
 * A row that was there, and that somebody has deleted since, is made again.
 */
uint64
part_now_write(part_cache *parts, const catalog_ids *ids)
{
	uint64		written;

	if (part_changes_count(parts) == 0)
		return 0;
	written = update_known(parts, ids);
	if (written < part_changes_count(parts))
		written += write_others(parts, ids);
	return written;
}

static void
add_device(array_builder *columns, const session *s)
{
	Datum		peer = (Datum) 0;
	bool		known = endpoint_inet(&s->peer, &peer);

	array_add(&columns[DEVICE_DEVICE], DeviceAddrGetDatum(s->device), false);
	array_add(&columns[DEVICE_FIRST_SEEN],
			  TimestampTzGetDatum(s->frames > 0 ? s->first_seen : s->last_seen),
			  false);
	array_add(&columns[DEVICE_LAST_SEEN], TimestampTzGetDatum(s->last_seen),
			  false);
	array_add(&columns[DEVICE_ONLINE], BoolGetDatum(s->route != NULL), false);
	array_add(&columns[DEVICE_SKEW_MS], Int32GetDatum(s->skew_ms),
			  !s->skew_known);
	array_add(&columns[DEVICE_FRAMES], Int64GetDatum((int64) s->frames), false);
	array_add(&columns[DEVICE_TRANSPORT],
			  CStringGetTextDatum(transport_key(s->peer.transport)), false);
	array_add(&columns[DEVICE_PEER], peer, !known);
}

void
device_now_write(session **sessions, int count, const catalog_ids *ids)
{
	Oid			elements[DEVICE_COLUMNS] = {
		ids->device_addr, TIMESTAMPTZOID, TIMESTAMPTZOID, BOOLOID, INT4OID,
		INT8OID, TEXTOID, INETOID
	};
	array_builder columns[DEVICE_COLUMNS];

	for (int i = 0; i < DEVICE_COLUMNS; i++)
		array_begin(&columns[i], count);
	for (int i = 0; i < count; i++)
		add_device(columns, sessions[i]);
	SPI_connect();
	run(&write_devices, columns, elements, DEVICE_COLUMNS);
	SPI_finish();
}

void
device_now_written(session **sessions, int count)
{
	for (int i = 0; i < count; i++)
	{
		sessions[i]->frames = 0;
		sessions[i]->unflushed = false;
	}
}

void
now_tables_forget_plans(void)
{
	statement_forget(&write_parts);
	statement_forget(&write_devices);
}
