/*
 * alarm_signals.c
 *	  What of a batch may open, repeat or end an alarm.
 */
#include "ingest/alarm_signals.h"

#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "ingest/alarm_flaps.h"
#include "ingest/alarm_watch.h"
#include "ingest/statements.h"
#include "types/alarm_state.h"

static statement note = {
	"SELECT device, part, kind, class, bits, within_s FROM fireiot.note_signals($1, $2, $3, $4, $5, $6, $7, $8, $9)"
};

static statement keep = {
	"SELECT fireiot.keep_signals($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
};

/* OFFSET 0 keeps it one look by the key for each, whenever it is planned. */
static statement open_parts = {
	"SELECT DISTINCT u.device, u.part FROM ROWS FROM (unnest($1), unnest($2)) AS u (device, part)"
	" WHERE EXISTS (SELECT FROM fireiot.alarm_now AS a"
	" WHERE a.device OPERATOR(fireiot.=) u.device AND a.part OPERATOR(fireiot.=) u.part AND a.restored_at IS NULL OFFSET 0)"
};

typedef struct alarm_signal
{
	device_addr device;
	part_addr	part;
	int16		kind;			/* of the state or operation; of values 3 */
	int16		quantity;		/* -1: none */
	bool		known;			/* before is */
	bool		quiet;			/* touches an alarm only if one is open */
	bool		observed;
	int32		before;			/* bits, or the raw value */
	int32		now;
	TimestampTz observed_at;
	TimestampTz received_at;
	int64		frame_id;
} alarm_signal;

struct alarm_signals
{
	alarm_signal *signals;
	int			count;
	int			room;
	int			quiet;			/* so many of them are */
	alarm_flaps *flaps;			/* NULL: not counted in this process */
	MemoryContext memory;
};

enum
{
	SIGNAL_DEVICE,
	SIGNAL_PART,
	SIGNAL_KIND,
	SIGNAL_QUANTITY,
	SIGNAL_BEFORE,
	SIGNAL_NOW,
	SIGNAL_OBSERVED_AT,
	SIGNAL_RECEIVED_AT,
	SIGNAL_FRAME_ID,
	SIGNAL_COLUMNS
};

alarm_signals *
alarm_signals_create(void)
{
	return palloc0(sizeof(alarm_signals));
}

void
alarm_signals_begin(alarm_signals *s, MemoryContext memory)
{
	s->signals = NULL;
	s->count = s->room = s->quiet = 0;
	s->memory = memory;
	alarm_watch_refresh();
	if (s->flaps != NULL)
		alarm_flaps_begin(s->flaps);
}

void
alarm_signals_count(alarm_signals *s)
{
	s->flaps = alarm_flaps_create();
}

int
alarm_signals_mark(const alarm_signals *s)
{
	return s->count;
}

void
alarm_signals_return(alarm_signals *s, int mark)
{
	s->count = mark;
	s->quiet = 0;
	for (int i = 0; i < mark; i++)
		s->quiet += s->signals[i].quiet;
}

static alarm_signal *
append(alarm_signals *s, const part_change *c)
{
	alarm_signal *signal;

	if (s->count == s->room)
	{
		s->room = s->room == 0 ? 64 : 2 * s->room;
		s->signals = s->signals == NULL ?
			MemoryContextAlloc(s->memory, s->room * sizeof(alarm_signal)) :
			repalloc_huge(s->signals, s->room * sizeof(alarm_signal));
	}
	signal = &s->signals[s->count++];
	signal->device = c->device;
	signal->part = c->part;
	signal->kind = c->kind;
	signal->quantity = c->quantity;
	signal->observed = c->observed;
	signal->observed_at = c->observed_at;
	signal->received_at = c->received_at;
	signal->frame_id = c->frame_id;
	return signal;
}

static void
note_state(alarm_signals *s, const part_change *c, part_news news,
		   uint32 before)
{
	uint16		mask = alarm_watch_state(c->kind);
	uint16		now = state_bits_of(c->state);
	uint16		changed = (state_bits_of(before) ^ now) & mask;
	alarm_signal *signal;

	if (mask == 0 || (news == PART_CHANGED && changed == 0))
		return;
	if (news == PART_CHANGED && s->flaps != NULL &&
		alarm_flaps_take(s->flaps, c, changed, changed & now, now))
		return;
	signal = append(s, c);
	signal->known = news == PART_CHANGED;
	signal->before = state_bits_of(before);
	signal->now = now;
	signal->quiet = !signal->known && (now & mask) == 0;
	s->quiet += signal->quiet;
}

static bool
is_quiet(const quiet_values *band, int32 raw)
{
	return raw >= band->from && raw <= band->to;
}

static void
note_value(alarm_signals *s, const part_change *c, part_news news,
		   uint32 before)
{
	const quiet_values *band = alarm_watch_quantity(c->quantity);
	alarm_signal *signal;

	if (band == NULL ||
		(news == PART_CHANGED && is_quiet(band, (int16) before) &&
		 is_quiet(band, c->raw)))
		return;
	signal = append(s, c);
	signal->known = news == PART_CHANGED;
	signal->before = (int16) before;
	signal->now = c->raw;
	signal->quiet = !signal->known && is_quiet(band, c->raw);
	s->quiet += signal->quiet;
}

void
alarm_signals_note(alarm_signals *s, const part_change *change,
				   part_news news, uint32 before)
{
	if (change->quantity < 0)
		note_state(s, change, news, before);
	else
		note_value(s, change, news, before);
}

void
alarm_signals_operation(alarm_signals *s, const part_change *change)
{
	uint16		bits = state_bits_of(change->state);
	alarm_signal *signal;

	bits &= alarm_watch_operation(change->kind);
	if (bits == 0)
		return;
	if (s->flaps != NULL &&
		alarm_flaps_take(s->flaps, change, bits, bits, bits))
		return;
	signal = append(s, change);
	signal->known = true;
	signal->quiet = false;
	signal->before = 0;
	signal->now = state_bits_of(change->state);
}

/* ---- what is quiet, and nothing is open ---- */

typedef struct place
{
	device_addr device;
	part_addr	part;
} place;

static int
compare_places(const void *x, const void *y)
{
	const place *a = x;
	const place *b = y;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return a->part < b->part ? -1 : a->part > b->part;
}

/* Run open_parts for the quiet signals; the answer is in SPI_tuptable. */
static void
ask_open_parts(const alarm_signals *s, const catalog_ids *ids)
{
	Oid			types[2] = {get_array_type(ids->device_addr), get_array_type(ids->part_addr)};
	Datum		values[2];
	array_builder devices;
	array_builder parts;

	array_begin(&devices, s->quiet);
	array_begin(&parts, s->quiet);
	for (int i = 0; i < s->count; i++)
	{
		const alarm_signal *signal = &s->signals[i];

		if (!signal->quiet)
			continue;
		array_add(&devices, DeviceAddrGetDatum(signal->device), false);
		array_add(&parts, PartAddrGetDatum(signal->part), false);
	}
	values[0] = array_end(&devices, ids->device_addr);
	values[1] = array_end(&parts, ids->part_addr);
	statement_run(&open_parts, 2, types, values, NULL);
}

/*
 * Parts that have an alarm which is not over, or a signal in this batch that
 * is not quiet; sorted.
 */
static place *
loud_parts(const alarm_signals *s, const catalog_ids *ids, int *count)
{
	place	   *places;
	int			n = 0;

	SPI_connect();
	ask_open_parts(s, ids);
	places = MemoryContextAlloc(s->memory,
								(SPI_processed + s->count) * sizeof(place));
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[row];
		TupleDesc	columns = SPI_tuptable->tupdesc;
		bool		isnull;

		places[n].device = DatumGetDeviceAddr(SPI_getbinval(tuple, columns, 1, &isnull));
		places[n++].part = DatumGetPartAddr(SPI_getbinval(tuple, columns, 2, &isnull));
	}
	SPI_finish();
	for (int i = 0; i < s->count; i++)
		if (!s->signals[i].quiet)
			places[n++] = (place) {s->signals[i].device, s->signals[i].part};
	qsort(places, n, sizeof(place), compare_places);
	*count = n;
	return places;
}

static void
drop_quiet(alarm_signals *s, const catalog_ids *ids)
{
	int			loud_count;
	place	   *loud;
	int			n = 0;

	if (s->quiet == 0)
		return;
	loud = loud_parts(s, ids, &loud_count);
	for (int i = 0; i < s->count; i++)
	{
		alarm_signal *signal = &s->signals[i];
		place		at = {signal->device, signal->part};

		if (!signal->quiet ||
			bsearch(&at, loud, loud_count, sizeof(place), compare_places) != NULL)
			s->signals[n++] = *signal;
	}
	alarm_signals_return(s, n);
}

/* ---- to the database ---- */

static void
fill(const alarm_signals *s, array_builder *columns)
{
	for (int i = 0; i < SIGNAL_COLUMNS; i++)
		array_begin(&columns[i], s->count);
	for (int i = 0; i < s->count; i++)
	{
		const alarm_signal *signal = &s->signals[i];

		array_add(&columns[SIGNAL_DEVICE],
				  DeviceAddrGetDatum(signal->device), false);
		array_add(&columns[SIGNAL_PART], PartAddrGetDatum(signal->part),
				  false);
		array_add(&columns[SIGNAL_KIND], Int16GetDatum(signal->kind), false);
		array_add(&columns[SIGNAL_QUANTITY], Int16GetDatum(signal->quantity),
				  false);
		array_add(&columns[SIGNAL_BEFORE], Int32GetDatum(signal->before),
				  !signal->known);
		array_add(&columns[SIGNAL_NOW], Int32GetDatum(signal->now), false);
		array_add(&columns[SIGNAL_OBSERVED_AT],
				  TimestampTzGetDatum(signal->observed_at), !signal->observed);
		array_add(&columns[SIGNAL_RECEIVED_AT],
				  TimestampTzGetDatum(signal->received_at), false);
		array_add(&columns[SIGNAL_FRAME_ID], Int64GetDatum(signal->frame_id),
				  false);
	}
}

/* What the database says that flaps: rows of fireiot.note_signals(). */
static void
learn(alarm_signals *s)
{
	TimestampTz at = s->signals[s->count - 1].received_at;
	TupleDesc	columns = SPI_tuptable->tupdesc;

	for (uint64 row = 0; row < SPI_processed; row++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[row];
		bool		isnull;
		Datum		value[6];

		for (int i = 0; i < lengthof(value); i++)
			value[i] = SPI_getbinval(tuple, columns, i + 1, &isnull);
		alarm_flaps_learn(s->flaps, DatumGetDeviceAddr(value[0]),
						  DatumGetPartAddr(value[1]), DatumGetInt16(value[2]),
						  TextDatumGetCString(value[3]),
						  (uint16) DatumGetInt32(value[4]),
						  DatumGetInt32(value[5]) * USECS_PER_SEC, at);
	}
}

/* Call a function of the signals, and of a text when that is not NULL. */
static void
call(statement *st, alarm_signals *s, const catalog_ids *ids,
	 const char *text)
{
	Oid			elements[SIGNAL_COLUMNS] = {
		ids->device_addr, ids->part_addr, INT2OID, INT2OID, INT4OID, INT4OID,
		TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID
	};
	Oid			types[SIGNAL_COLUMNS + 1];
	Datum		values[SIGNAL_COLUMNS + 1];
	array_builder columns[SIGNAL_COLUMNS];
	int			count = SIGNAL_COLUMNS;

	fill(s, columns);
	for (int i = 0; i < SIGNAL_COLUMNS; i++)
	{
		types[i] = get_array_type(elements[i]);
		values[i] = array_end(&columns[i], elements[i]);
	}
	if (text != NULL)
	{
		types[count] = TEXTOID;
		values[count++] = CStringGetTextDatum(text);
	}
	SPI_connect();
	statement_run(st, count, types, values, NULL);
	if (st == &note && s->flaps != NULL)
		learn(s);
	SPI_finish();
}

/*
 * The lock is that of who changes part_now, taken first: fireiot.rebuild_now()
 * locks part_now before alarm_now.
 */
void
alarm_signals_write(alarm_signals *s, const catalog_ids *ids)
{
	if (s->count == 0)
		return;
	LockRelationOid(ids->part_now, RowExclusiveLock);
	drop_quiet(s, ids);
	if (s->count > 0)
		call(&note, s, ids, NULL);
}

void
alarm_signals_keep(alarm_signals *s, const catalog_ids *ids,
				   const char *problem)
{
	if (s->count > 0)
		call(&keep, s, ids, problem);
}

void
alarm_signals_committed(alarm_signals *s)
{
	if (s->flaps != NULL)
		alarm_flaps_committed(s->flaps);
}

bool
alarm_signals_due(const alarm_signals *s, ticks now)
{
	return s->flaps != NULL && alarm_flaps_due(s->flaps, now);
}

void
alarm_signals_write_flaps(alarm_signals *s, const catalog_ids *ids, ticks now)
{
	alarm_flaps_write(s->flaps, ids, now);
}

bool
alarm_signals_counted(const alarm_signals *s)
{
	return s->flaps != NULL && alarm_flaps_any(s->flaps);
}

void
alarm_signals_write_last(alarm_signals *s, const catalog_ids *ids)
{
	alarm_flaps_write_last(s->flaps, ids);
}

void
alarm_signals_flaps_written(alarm_signals *s, ticks now)
{
	alarm_flaps_written(s->flaps, now);
}

void
alarm_signals_forget_plans(void)
{
	alarm_flaps_forget_plans();
	statement_forget(&note);
	statement_forget(&keep);
	statement_forget(&open_parts);
	alarm_watch_forget_plans();
}
