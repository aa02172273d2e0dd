/*
 * silence.c
 *	  Supervision of links: devices of which nothing is heard.
 *
 * How long a device has been silent is counted in ticks, from the moment at
 * which a listener heard it last (shared memory, not device_now, which is
 * behind), and only as long as the listeners hear: a clock that is set, a
 * server that was down, and frames that wait to be stored are no silence.
 * What seems silent is held against the records before a case is opened.
 *
 * All devices are looked at together, when the next of them could be silent,
 * or when one that was silent was heard; never so often that it takes more than
 * a small part of the processor's time.
 */
#include "keeper/silence.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "base/shared.h"
#include "base/ticks.h"
#include "base/worker.h"
#include "types/device_addr.h"

#define NEVER PG_INT64_MAX
#define MS(n) ((n) * INT64CONST(1000))

/* Cases in one transaction: their locks are held, and breaches wait, that long. */
#define MOST 250

/* A listener says how far it has heard as often as this. */
#define BESIDE_US MS(50)

/* Between two looks, and how many times as long as the last one took. */
#define REST_US MS(500)
#define REST_TIMES 400

/* The registry is read anew: at once, but for many changes in a row; and in any
 * case, since packs come into force by the day. */
#define READ_REST_US MS(1000)
#define READ_TIMES 20
#define READ_US MS(10 * 60 * 1000)

/* Behind an error, and when nobody hears. */
#define AGAIN_US MS(1000)

typedef struct supervised
{
	device_addr device;
	int64		rule;			/* row of fireiot.supervision */
	ticks		silent_us;		/* how long it may be silent, or NEVER */
	ticks		closed_us;		/* the same of its connection */
	ticks		since;			/* not supervised before */
	ticks		known_at;		/* heard, by the records; 0 */
	ticks		judged_at;		/* of a silent one: when it had been heard */
	TimestampTz last_seen;		/* by the tables; 0: never */
	device_slot *slot;			/* its own; NULL: none yet */
	bool		silent;
} supervised;

/* What all listeners that listen have heard. */
typedef struct hearing
{
	ticks		since;
	ticks		until;
} hearing;

static struct
{
	MemoryContext memory;		/* of the devices */
	supervised *devices;		/* sorted */
	int			count;
	bool		is_read;
	uint64		version;		/* of the registry */
	ticks		read_at;
	ticks		read_rest;
	ticks		shortest;		/* of all that each may be silent */
	ticks		next_at;
	ticks		rest_until;
	int			chosen[MOST];	/* places of devices */
	ticks		judged[MOST];	/* when each had been heard then */
	int			chosen_count;
}			me;

enum
{
	READ_DEVICE = 1,
	READ_RULE,
	READ_SILENT_US,
	READ_CLOSED_US,
	READ_LAST_SEEN,
	READ_CASE_AT
};

#define READ_QUERY \
	"SELECT device, rule, silent_us, closed_us, last_seen, case_at FROM fireiot.supervised_links()"
#define CATCH_UP_QUERY "SELECT fireiot.catch_up_devices()"
#define SILENCE_QUERY \
	"SELECT n, heard_at FROM fireiot.note_silence($1, $2, $3, $4, $5)"
#define RETURN_QUERY "SELECT fireiot.note_return($1, $2)"

/* ---- who hears ---- */

/*
 * A listener that waits for its port does not hear, and is waited for by
 * nobody; one that is stuck keeps all from being judged.  False: nobody hears.
 */
static bool
read_hearing(hearing *h)
{
	h->since = 0;
	h->until = NEVER;
	for (int i = 0; i < settings.listeners; i++)
	{
		const listener_slot *slot = shared_listener(i);

		if (slot->worker.pid == 0 || slot->hearing_since == 0)
			continue;
		h->until = Min(h->until, slot->heard_until);
		h->since = Max(h->since, slot->hearing_since);
	}
	/* the slots of the devices have at least what was heard until then */
	pg_read_barrier();
	return h->until != NEVER;
}

static ticks
heard_at(const supervised *e)
{
	return Max(e->slot != NULL ? e->slot->heard_at : 0, e->known_at);
}

/* Silence is counted from then. */
static ticks
silence_from(const supervised *e, const hearing *h)
{
	return Max(Max(heard_at(e), e->since), h->since);
}

/* Its connection has been closed since then, as a listener has seen; 0: no. */
static ticks
closed_from(const supervised *e, const hearing *h)
{
	ticks		closed_at = e->slot != NULL ? e->slot->closed_at : 0;

	if (closed_at < h->since || closed_at < heard_at(e))
		return 0;
	return Max(closed_at, e->since);
}

static ticks
due_of_closed(const supervised *e, const hearing *h)
{
	ticks		from = e->closed_us == NEVER ? 0 : closed_from(e, h);

	return from == 0 ? NEVER : from + e->closed_us;
}

static ticks
due_of(const supervised *e, const hearing *h)
{
	ticks		due = e->silent_us == NEVER ? NEVER :
		silence_from(e, h) + e->silent_us;

	return Min(due, due_of_closed(e, h));
}

/* ---- who is supervised ---- */

static void
find_slot(supervised *e)
{
	if (e->slot == NULL)
		e->slot = shared_find_device(e->device);
}

static bool
has_spoken(const supervised *e)
{
	return e->last_seen != 0 || (e->slot != NULL && e->slot->last_seen != 0);
}

/* The listener that hears it next says so. */
static void
wait_for_return(supervised *e, ticks heard)
{
	e->silent = true;
	e->judged_at = heard;
	if (e->slot == NULL)
	{
		device_slot *slot = shared_device(e->device);

		if (pg_atomic_read_u64(&slot->key) == (e->device | DEVICE_KEY_USED))
			e->slot = slot;
	}
	if (e->slot == NULL)
		return;
	pg_atomic_write_u32(&e->slot->silent, 1);
	pg_memory_barrier();
	/* heard just now: it may not have seen that it should say so */
	if (heard_at(e) != heard)
		shared_note_return();
}

static void
end_wait(supervised *e)
{
	e->silent = false;
	if (e->slot != NULL)
		pg_atomic_write_u32(&e->slot->silent, 0);
}

static int64
column(int row, int number, int64 unknown)
{
	bool		is_null;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row],
									  SPI_tuptable->tupdesc, number, &is_null);

	return is_null ? unknown : DatumGetInt64(value);
}

/* A device that was supervised before; NULL.  Both lists are in one order. */
static const supervised *
known_before(device_addr device, const supervised *old, int count, int *at)
{
	while (*at < count && old[*at].device < device)
		(*at)++;
	return *at < count && old[*at].device == device ? &old[*at] : NULL;
}

/* Nobody tells that it was heard again, but its case may say so. */
static void
take_known(supervised *e, const supervised *old, bool has_case, ticks now)
{
	*e = *old;
	if (!e->silent || e->slot != NULL || has_case)
		return;
	end_wait(e);
	e->known_at = now;
}

/*
 * When the keeper begins, what is silent is known from the cases: heard since
 * then, or not.
 */
static void
take_row(supervised *e, int row, const supervised *old, ticks now)
{
	TimestampTz case_at = column(row, READ_CASE_AT, 0);

	if (old != NULL)
		take_known(e, old, case_at != 0, now);
	else
	{
		memset(e, 0, sizeof(*e));
		e->device = (device_addr) column(row, READ_DEVICE, 0);
		e->since = me.is_read ? now : 0;
		e->last_seen = column(row, READ_LAST_SEEN, 0);
		find_slot(e);
		if (case_at != 0)
			wait_for_return(e, e->slot != NULL &&
							e->slot->last_seen > case_at ? 0 : heard_at(e));
	}
	e->rule = column(row, READ_RULE, 0);
	e->silent_us = column(row, READ_SILENT_US, NEVER);
	e->closed_us = column(row, READ_CLOSED_US, NEVER);
	me.shortest = Min(me.shortest, Min(e->silent_us, e->closed_us));
}

static void
forget_removed(supervised *old, int count, const supervised *new, int new_count)
{
	int			at = 0;

	for (int i = 0; i < count; i++)
		if (old[i].silent &&
			known_before(old[i].device, new, new_count, &at) == NULL)
			end_wait(&old[i]);
}

static void
take_rows(ticks now)
{
	int			count = (int) SPI_processed;
	MemoryContext memory = AllocSetContextCreate(TopMemoryContext,
												 "fireiot supervised devices",
												 ALLOCSET_DEFAULT_SIZES);
	supervised *devices =
		MemoryContextAllocHuge(memory, (count + 1) * sizeof(supervised));
	int			at = 0;

	me.shortest = NEVER;
	for (int i = 0; i < count; i++)
	{
		device_addr device = (device_addr) column(i, READ_DEVICE, 0);

		take_row(&devices[i], i,
				 known_before(device, me.devices, me.count, &at), now);
	}
	forget_removed(me.devices, me.count, devices, count);
	if (me.memory != NULL)
		MemoryContextDelete(me.memory);
	me.memory = memory;
	me.devices = devices;
	me.count = count;
	me.is_read = true;
}

static bool
should_read(ticks now)
{
	if (!me.is_read)
		return true;
	if (shared_news_version(NEWS_REGISTRY) != me.version)
		return now - me.read_at >= me.read_rest;
	return now - me.read_at >= READ_US;
}

static void
begin_call(const char *query)
{
	worker_begin(query);
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
}

static void
end_call(void)
{
	SPI_finish();
	PopActiveSnapshot();
	worker_commit();
}

/* Before the first time: who was heard just before the server ended? */
static void
catch_up(void)
{
	begin_call(CATCH_UP_QUERY);
	if (SPI_execute(CATCH_UP_QUERY, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "fireiot.device_now could not be brought up to date");
	end_call();
}

static void
read_devices(ticks now)
{
	/* before looking, so that a change behind it is seen next time */
	uint64		version = shared_news_version(NEWS_REGISTRY);

	if (!me.is_read)
		catch_up();
	begin_call(READ_QUERY);
	if (SPI_execute(READ_QUERY, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "supervised devices could not be read");
	take_rows(now);
	end_call();
	me.version = version;
	me.read_at = ticks_now();
	me.read_rest = Max(READ_REST_US, READ_TIMES * (me.read_at - now));
	me.next_at = me.rest_until = 0;
}

void
silence_forget(void)
{
	for (int i = 0; i < me.count; i++)
		if (me.devices[i].silent)
			end_wait(&me.devices[i]);
	me.count = 0;
	me.is_read = false;
}

/* ---- what is said to the database ---- */

typedef struct parameter
{
	Oid			element;
	Datum		values[MOST];
	bool		nulls[MOST];
} parameter;

static parameter parameters[5];

static Oid
device_addr_type(void)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
						   CStringGetDatum("device_addr"),
						   ObjectIdGetDatum(get_namespace_oid("fireiot", false)));
}

/* All types here have eight bytes, but for one. */
static Datum
array_of(parameter *p)
{
	int			lower = 1;
	bool		is_bool = p->element == BOOLOID;

	return PointerGetDatum(construct_md_array(p->values, p->nulls, 1,
											  &me.chosen_count, &lower,
											  p->element, is_bool ? 1 : 8, true,
											  is_bool ? TYPALIGN_CHAR : TYPALIGN_DOUBLE));
}

static void
call(const char *query, int count)
{
	Oid			types[5];
	Datum		values[5];

	for (int i = 0; i < count; i++)
	{
		types[i] = get_array_type(parameters[i].element);
		values[i] = array_of(&parameters[i]);
	}
	if (SPI_execute_with_args(query, count, types, values, NULL, false, 0) !=
		SPI_OK_SELECT)
		elog(ERROR, "silence could not be noted");
}

static void
put(int number, int i, Datum value, bool known)
{
	parameters[number].values[i] = value;
	parameters[number].nulls[i] = !known;
}

/* What was said last counts, whatever the clock was then. */
static TimestampTz
last_seen(const supervised *e)
{
	return e->slot != NULL && e->slot->last_seen != 0 &&
		e->slot->heard_at >= e->known_at ? e->slot->last_seen : e->last_seen;
}

/* ---- who has become silent ---- */

static void
add_silent(int i, const supervised *e, const hearing *h, ticks now)
{
	bool		is_closed = due_of_closed(e, h) < NEVER &&
		due_of_closed(e, h) == due_of(e, h);
	ticks		from = is_closed ? closed_from(e, h) : silence_from(e, h);

	put(0, i, DeviceAddrGetDatum(e->device), true);
	put(1, i, Int64GetDatum(e->rule), true);
	put(2, i, TimestampTzGetDatum(last_seen(e)), last_seen(e) != 0);
	put(3, i, Int64GetDatum(now - from), true);
	put(4, i, BoolGetDatum(is_closed), true);
}

/*
 * The records have heard it: so long ago as they say, if that is since silence
 * was counted from; else their clock was set, and it is heard now.
 */
static void
take_heard(const hearing *h, ticks now)
{
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		supervised *e = &me.devices[me.chosen[column((int) row, 1, 1) - 1]];
		TimestampTz heard = column((int) row, 2, 0);
		ticks		at = now - (GetCurrentTimestamp() - heard);

		e->last_seen = heard;
		e->known_at = at > silence_from(e, h) && at <= now ? at : now;
	}
}

/* Who has spoken since it was chosen is not silent any more. */
static void
drop_spoken(void)
{
	int			n = 0;

	for (int i = 0; i < me.chosen_count; i++)
	{
		if (heard_at(&me.devices[me.chosen[i]]) != me.judged[i])
			continue;
		me.chosen[n] = me.chosen[i];
		me.judged[n++] = me.judged[i];
	}
	me.chosen_count = n;
}

/*
 * What the records have not heard is silent, and has a case by now, which may
 * have been closed already.
 */
static void
note_silence(const hearing *h)
{
	ticks		now = ticks_now();

	begin_call(SILENCE_QUERY);
	drop_spoken();
	parameters[0].element = device_addr_type();
	parameters[1].element = parameters[3].element = INT8OID;
	parameters[2].element = TIMESTAMPTZOID;
	parameters[4].element = BOOLOID;
	for (int i = 0; i < me.chosen_count; i++)
		add_silent(i, &me.devices[me.chosen[i]], h, now);
	call(SILENCE_QUERY, 5);
	take_heard(h, now);
	end_call();
	for (int i = 0; i < me.chosen_count; i++)
	{
		supervised *e = &me.devices[me.chosen[i]];

		if (e->known_at <= me.judged[i])
			wait_for_return(e, me.judged[i]);
	}
}

/* ---- who is heard again ---- */

static bool
has_returned(const supervised *e)
{
	return e->silent && heard_at(e) != e->judged_at;
}

static void
note_returns(void)
{
	begin_call(RETURN_QUERY);
	parameters[0].element = device_addr_type();
	parameters[1].element = TIMESTAMPTZOID;
	for (int i = 0; i < me.chosen_count; i++)
	{
		const supervised *e = &me.devices[me.chosen[i]];

		put(0, i, DeviceAddrGetDatum(e->device), true);
		put(1, i, TimestampTzGetDatum(last_seen(e)), true);
	}
	call(RETURN_QUERY, 2);
	end_call();
	for (int i = 0; i < me.chosen_count; i++)
		end_wait(&me.devices[me.chosen[i]]);
}

/* ---- a look at all ---- */

/*
 * Choose some whose silence has ended, or, if there are none, has lasted long
 * enough; when there are no more of them, when to look again.  Are the chosen
 * ones silent?
 */
static bool
choose(const hearing *h, ticks *next)
{
	bool		silent = false;

	me.chosen_count = 0;
	*next = NEVER;
	for (int i = 0; i < me.count && me.chosen_count < MOST; i++)
	{
		find_slot(&me.devices[i]);
		if (has_returned(&me.devices[i]))
			me.chosen[me.chosen_count++] = i;
	}
	silent = me.chosen_count == 0;
	for (int i = 0; i < me.count && silent && me.chosen_count < MOST; i++)
	{
		const supervised *e = &me.devices[i];
		ticks		heard = heard_at(e);
		ticks		due;

		if (e->silent || !has_spoken(e))
			continue;
		due = due_of(e, h);
		if (due == NEVER)
			continue;
		if (due + BESIDE_US <= h->until)
		{
			me.judged[me.chosen_count] = heard;
			me.chosen[me.chosen_count++] = i;
		}
		else
			*next = Min(*next, due + BESIDE_US);
	}
	return silent;
}

/* Who speaks for the first time, or closes a connection, does not say so. */
static ticks
latest_look(ticks now)
{
	return me.shortest == NEVER ? NEVER : now + me.shortest;
}

static void
look(ticks now)
{
	hearing		h;
	ticks		next;
	ticks		took;
	bool		silent;
	bool		any;

	me.next_at = me.rest_until = now + AGAIN_US;
	(void) shared_take_returns();
	if (!read_hearing(&h))
		return;
	silent = choose(&h, &next);
	any = me.chosen_count > 0;
	took = ticks_now() - now;
	if (any && silent)
		note_silence(&h);
	else if (any)
		note_returns();
	now = ticks_now();
	/* there may be more of them */
	me.rest_until = any ? now : now + Max(REST_US, REST_TIMES * took);
	me.next_at = any ? now :
		Max(me.rest_until, Min(next, latest_look(now)));
}

static ticks
next_look(void)
{
	return shared_has_returns() ? me.rest_until : me.next_at;
}

void
silence_turn(void)
{
	ticks		now = ticks_now();

	if (should_read(now))
	{
		/* if it fails */
		me.read_at = now;
		me.read_rest = AGAIN_US;
		if (!me.is_read && now < me.next_at)
			return;
		me.next_at = now + AGAIN_US;
		read_devices(now);
		now = ticks_now();
	}
	if (now >= next_look())
		look(now);
}

long
silence_pause(long longest)
{
	ticks		wait = next_look() - ticks_now();

	return wait <= 0 ? 0 : (long) Min((wait + 999) / 1000, longest);
}
