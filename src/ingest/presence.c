/*
 * presence.c
 *	  Which devices are there: device_now follows the sessions.
 */
#include "ingest/presence.h"

#include "miscadmin.h"
#include "storage/proc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "ingest/now_tables.h"

/* A pass over the sessions is cut into at most so many slices. */
#define SLICES 50

/* What a device did not repeat by now over a connection, it has heard of. */
#define SETTLED_AFTER_MS (10 * 60 * 1000)

/* Devices that are not worth another slice. */
#define LEAST_SLICE 64

static struct
{
	bool		under_way;
	int			at;				/* of session_next */
	ticks		pass_at;
	ticks		slice_at;
}			me;

static int
pace_ms(void)
{
	return settings.flush_interval_s * 1000 / SLICES;
}

int
presence_wait(void)
{
	return me.under_way ? pace_ms() : -1;
}

/* The connection is still that one; of datagrams, the last is not long ago. */
static bool
is_reached(const session *s, TimestampTz now)
{
	if (s->route == s->datagram_route)
		return !TimestampDifferenceExceeds(s->last_seen, now,
										   settings.offline_after_s * 1000);
	return s->route->serial == s->route_serial;
}

/* Or has it come back at another listener? */
static bool
is_ours(const session *s)
{
	return s->slot != NULL && pg_atomic_read_u32(&s->slot->owner) ==
		(uint32) my_proc_number() + 1;
}

/* A device whose connection is gone is not reached by it any more. */
static void
check_route(session *s, ticks tick, TimestampTz now)
{
	bool		was_connection;

	if (s->route == NULL || is_reached(s, now))
		return;
	was_connection = s->route != s->datagram_route;
	s->route = NULL;
	if (!is_ours(s))
		return;
	s->unflushed = s->refused == REFUSAL_NONE && s->last_seen != 0;
	s->slot->disconnected_at = now;
	if (was_connection)
		s->slot->closed_at = tick;
}

static void
write_sessions(batch *b, worker_slot *slot, session **sessions, int count)
{
	PG_TRY();
	{
		worker_begin("fireiot: writing device_now");
		/* made again from the records after a crash */
		worker_commit_lazily();
		device_now_write(sessions, count, &b->ids);
		worker_commit();
		device_now_written(sessions, count);
	}
	PG_CATCH();
	{
		worker_forgive(slot, slot->state);
	}
	PG_END_TRY();
}

/* The next sessions that have something to write, `most` at the utmost. */
static int
gather(batch *b, session **sessions, int most, ticks tick, TimestampTz now)
{
	session    *s = NULL;
	int			count = 0;

	while (count < most &&
		   (s = session_next(b->sessions, &me.at)) != NULL)
	{
		check_route(s, tick, now);
		if (ticks_passed(s->routed_at, tick, SETTLED_AFTER_MS))
			seen_shrink(&s->seen, s->widest, session_memory(b->sessions));
		if (s->unflushed)
			sessions[count++] = s;
	}
	me.under_way = s != NULL;
	return count;
}

static void
write_slice(batch *b, worker_slot *slot, int most, ticks tick, TimestampTz now)
{
	session   **sessions = palloc(most * sizeof(session *));
	int			count = gather(b, sessions, most, tick, now);

	me.slice_at = tick;
	if (count > 0)
		write_sessions(b, slot, sessions, count);
	pfree(sessions);
}

void
presence_turn(batch *b, worker_slot *slot, ticks tick, TimestampTz now)
{
	int			devices = session_count(b->sessions);
	bool		all = session_crowded(b->sessions);

	if (!me.under_way &&
		(all || ticks_passed(me.pass_at, tick,
							 settings.flush_interval_s * INT64CONST(1000))))
	{
		me.under_way = true;
		me.pass_at = tick;
		me.at = 0;
	}
	if (!me.under_way || !(all || ticks_passed(me.slice_at, tick, pace_ms())))
		return;
	if (all)
		me.at = 0;
	write_slice(b, slot,
				all ? Max(devices, 1) : Max(LEAST_SLICE, devices / SLICES + 1),
				tick, now);
}
