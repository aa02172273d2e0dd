/*
 * alarm_flaps.c
 *	  Alarms that come again and again: counted here, written now and then.
 */
#include "ingest/alarm_flaps.h"

#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "base/mix.h"
#include "base/shared.h"
#include "ingest/statements.h"

/* Parts that may flap at a time, a power of 2; tried places of each. */
#define PLACES 16384
#define TRIES 8

#define CLASSES (GB_CLASS_FIRE + 1)

/* A part is written so often at most, and so many at a time. */
#define WRITE_EVERY_MS 60000
#define WRITE_AT_ONCE 64

static statement note = {
	"SELECT fireiot.note_flaps($1, $2, $3, $4, $5, $6)"
};

static statement note_last = {
	"SELECT fireiot.note_last_flaps($1, $2, $3, $4, $5, $6)"
};

typedef struct flap
{
	device_addr device;
	part_addr	part;
	int16		kind;			/* 0: a free place */
	uint16		bits;			/* as they are */
	bool		dirty;			/* something to write */
	bool		writing;
	TimestampTz last_at;
	int64		within_us;
	uint64		touched_in;		/* batch */
	ticks		written_at;
	uint16		of_class[CLASSES];	/* bits; 0: this class does not flap */
	uint32		counted[CLASSES];	/* committed and not written */
	uint32		tentative[CLASSES];
	uint16		tentative_bits;
	TimestampTz tentative_at;
} flap;

struct alarm_flaps
{
	uint64		batch;
	uint64		version;		/* of the news */
	int			used;
	int			dirty;			/* about so many are */
	int			next;			/* place to begin to write at */
	int			touched_count;
	int			touched_room;
	flap	  **touched;
	ticks		asked_at;
	flap		places[PLACES];
};

alarm_flaps *
alarm_flaps_create(void)
{
	return MemoryContextAllocExtended(CurrentMemoryContext,
									  sizeof(alarm_flaps),
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

static flap *
place_of(alarm_flaps *flaps, device_addr device, part_addr part, int16 kind,
		 bool make)
{
	uint64		hash = mix64(device ^ mix64(part ^ mix64((uint64) kind)));

	for (int i = 0; i < TRIES; i++)
	{
		flap	   *f = &flaps->places[(hash + i) & (PLACES - 1)];

		if (f->kind == kind && f->device == device && f->part == part)
			return f;
		if (f->kind != 0)
			continue;
		if (!make)
			return NULL;
		f->device = device;
		f->part = part;
		f->kind = kind;
		flaps->used++;
		return f;
	}
	return NULL;
}

/* Cases were closed or became others: nothing is known to flap. */
static void
forget_classes(alarm_flaps *flaps)
{
	for (int i = 0; i < PLACES; i++)
		memset(flaps->places[i].of_class, 0, sizeof(flaps->places[i].of_class));
}

static void
forget_tentative(alarm_flaps *flaps)
{
	for (int i = 0; i < flaps->touched_count; i++)
		memset(flaps->touched[i]->tentative, 0,
			   sizeof(flaps->touched[i]->tentative));
	flaps->touched_count = 0;
}

void
alarm_flaps_begin(alarm_flaps *flaps)
{
	uint64		version = shared_ready() ? shared_news_version(NEWS_ALARM) : 0;

	flaps->batch++;
	forget_tentative(flaps);
	if (version != flaps->version && flaps->used > 0)
		forget_classes(flaps);
	flaps->version = version;
}

static void
touch(alarm_flaps *flaps, flap *f)
{
	if (f->touched_in == flaps->batch)
		return;
	f->touched_in = flaps->batch;
	if (flaps->touched_count == flaps->touched_room)
	{
		flaps->touched_room = Max(2 * flaps->touched_room, 256);
		flaps->touched = flaps->touched == NULL ?
			MemoryContextAlloc(GetMemoryChunkContext(flaps),
							   flaps->touched_room * sizeof(flap *)) :
			repalloc(flaps->touched, flaps->touched_room * sizeof(flap *));
	}
	flaps->touched[flaps->touched_count++] = f;
}

static uint16
known_bits(const flap *f)
{
	uint16		bits = 0;

	for (int i = 0; i < CLASSES; i++)
		bits |= f->of_class[i];
	return bits;
}

bool
alarm_flaps_take(alarm_flaps *flaps, const part_change *change,
				 uint16 changed, uint16 rising, uint16 now)
{
	flap	   *f = flaps->used == 0 ? NULL :
		place_of(flaps, change->device, change->part, change->kind, false);
	TimestampTz last_at;

	if (f == NULL || (changed & ~known_bits(f)) != 0)
		return false;
	last_at = f->touched_in == flaps->batch ? f->tentative_at : f->last_at;
	if (change->received_at - last_at > f->within_us)
		return false;
	touch(flaps, f);
	for (int i = 0; i < CLASSES; i++)
		f->tentative[i] += (f->of_class[i] & rising) != 0;
	f->tentative_bits = now;
	f->tentative_at = change->received_at;
	return true;
}

static int
class_of(const char *key)
{
	for (int i = GB_CLASS_NONE + 1; i < CLASSES; i++)
		if (strcmp(gb_alarm_class_key(i), key) == 0)
			return i;
	return GB_CLASS_NONE;
}

void
alarm_flaps_learn(alarm_flaps *flaps, device_addr device, part_addr part,
				  int16 kind, const char *class_key, uint16 bits,
				  int64 within_us, TimestampTz at)
{
	flap	   *f = place_of(flaps, device, part, kind, true);

	if (f == NULL)
		return;
	f->of_class[class_of(class_key)] = bits;
	f->within_us = within_us;
	f->last_at = at;
}

void
alarm_flaps_committed(alarm_flaps *flaps)
{
	for (int i = 0; i < flaps->touched_count; i++)
	{
		flap	   *f = flaps->touched[i];

		for (int c = 0; c < CLASSES; c++)
			f->counted[c] += f->tentative[c];
		f->bits = f->tentative_bits;
		f->last_at = f->tentative_at;
		flaps->dirty += !f->dirty;
		f->dirty = true;
	}
	forget_tentative(flaps);
}

bool
alarm_flaps_any(const alarm_flaps *flaps)
{
	return flaps->dirty > 0;
}

bool
alarm_flaps_due(const alarm_flaps *flaps, ticks now)
{
	return flaps->dirty > 0 && ticks_passed(flaps->asked_at, now, 1000);
}

enum
{
	FLAP_DEVICE,
	FLAP_PART,
	FLAP_CLASS,
	FLAP_REPEATS,
	FLAP_IS_ON,
	FLAP_LAST_AT,
	FLAP_COLUMNS
};

/* A row for each class of the part that has been counted. */
static void
add_rows(array_builder *columns, const flap *f)
{
	for (int c = GB_CLASS_NONE + 1; c < CLASSES; c++)
	{
		if (f->of_class[c] == 0 && f->counted[c] == 0)
			continue;
		array_add(&columns[FLAP_DEVICE], DeviceAddrGetDatum(f->device), false);
		array_add(&columns[FLAP_PART], PartAddrGetDatum(f->part), false);
		array_add(&columns[FLAP_CLASS],
				  CStringGetTextDatum(gb_alarm_class_key(c)), false);
		array_add(&columns[FLAP_REPEATS], Int32GetDatum((int32) f->counted[c]),
				  false);
		/* an operation is over at once and has no end */
		array_add(&columns[FLAP_IS_ON],
				  BoolGetDatum((f->bits & f->of_class[c]) != 0),
				  f->of_class[c] == 0);
		array_add(&columns[FLAP_LAST_AT], TimestampTzGetDatum(f->last_at),
				  false);
	}
}

static void
call(statement *st, array_builder *columns, const catalog_ids *ids)
{
	Oid			elements[FLAP_COLUMNS] = {
		ids->device_addr, ids->part_addr, TEXTOID, INT4OID, BOOLOID,
		TIMESTAMPTZOID
	};
	Oid			types[FLAP_COLUMNS];
	Datum		values[FLAP_COLUMNS];

	for (int i = 0; i < FLAP_COLUMNS; i++)
	{
		types[i] = get_array_type(elements[i]);
		values[i] = array_end(&columns[i], elements[i]);
	}
	SPI_connect();
	statement_run(st, FLAP_COLUMNS, types, values, NULL);
	SPI_finish();
}

/*
 * In turn, so that each part is written at some time.  Frames do not wait for
 * it: while fireiot.rebuild_now() has its locks nothing is written.
 */
void
alarm_flaps_write(alarm_flaps *flaps, const catalog_ids *ids, ticks now)
{
	array_builder columns[FLAP_COLUMNS];
	int			count = 0;

	flaps->asked_at = now;
	/* what an attempt that failed was about to write */
	for (int i = 0; i < PLACES; i++)
		flaps->places[i].writing = false;
	if (!ConditionalLockRelationOid(ids->part_now, RowExclusiveLock))
		return;
	for (int i = 0; i < FLAP_COLUMNS; i++)
		array_begin(&columns[i], WRITE_AT_ONCE * CLASSES);
	for (int i = 0; i < PLACES && count < WRITE_AT_ONCE; i++)
	{
		flap	   *f = &flaps->places[flaps->next];

		flaps->next = (flaps->next + 1) & (PLACES - 1);
		f->writing = f->dirty && (f->written_at == 0 ||
								  ticks_passed(f->written_at, now, WRITE_EVERY_MS));
		if (!f->writing)
			continue;
		add_rows(columns, f);
		count++;
	}
	if (count > 0)
		call(&note, columns, ids);
}

void
alarm_flaps_write_last(alarm_flaps *flaps, const catalog_ids *ids)
{
	array_builder columns[FLAP_COLUMNS];
	int			count = 0;

	if (!ConditionalLockRelationOid(ids->part_now, RowExclusiveLock))
		return;
	for (int i = 0; i < FLAP_COLUMNS; i++)
		array_begin(&columns[i], flaps->used * CLASSES);
	for (int i = 0; i < PLACES; i++)
		if (flaps->places[i].dirty)
		{
			add_rows(columns, &flaps->places[i]);
			count++;
		}
	if (count > 0)
		call(&note_last, columns, ids);
}

void
alarm_flaps_written(alarm_flaps *flaps, ticks now)
{
	flaps->dirty = 0;
	for (int i = 0; i < PLACES; i++)
	{
		flap	   *f = &flaps->places[i];

		if (f->writing)
		{
			memset(f->counted, 0, sizeof(f->counted));
			f->written_at = now;
			f->dirty = f->writing = false;
		}
		flaps->dirty += f->dirty;
		if (f->kind != 0 && !f->dirty && known_bits(f) == 0)
		{
			memset(f, 0, sizeof(*f));
			flaps->used--;
		}
	}
}

void
alarm_flaps_forget_plans(void)
{
	statement_forget(&note);
	statement_forget(&note_last);
}
