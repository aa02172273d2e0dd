/*
 * ownership.c
 *	  One writer at a time for a device.
 */
#include "ingest/ownership.h"

#include "miscadmin.h"
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"

#include "base/settings.h"
#include "base/ticks.h"

/* How often two writers may take from each other before one goes on. */
#define MAX_ROUNDS 8

static uint32 last_epoch;
static bool batch_open;

static void
end_at_exit(int code, Datum arg)
{
	ownership_end_batch();
}

static void
open_batch(void)
{
	static bool registered = false;

	if (!registered)
		before_shmem_exit(end_at_exit, (Datum) 0);
	registered = true;
	if (!batch_open)
		pg_atomic_fetch_add_u64(shared_open_batch(my_proc_number()), 1);
	batch_open = true;
}

void
ownership_end_batch(void)
{
	if (batch_open)
		pg_atomic_fetch_add_u64(shared_open_batch(my_proc_number()), 1);
	batch_open = false;
}

static void
new_epoch(session *s)
{
	session_forget_seen(s);
	s->epoch = ++last_epoch;
}

/* A listener's batch ends by itself; a client's when the client wants. */
static bool
is_listener(uint32 owner)
{
	for (int i = 0; i < settings.listeners; i++)
	{
		const worker_slot *worker = &shared_listener(i)->worker;

		if (worker->pid != 0 && (uint32) worker->proc_number + 1 == owner)
			return true;
	}
	return false;
}

/* Wait for the batch that a process has open now, unless that is this one. */
static void
wait_for(uint32 owner, ticks since)
{
	pg_atomic_uint64 *other;
	uint64		open;

	if (owner == 0 || owner == (uint32) my_proc_number() + 1)
		return;
	other = shared_open_batch((int) owner - 1);
	open = pg_atomic_read_u64(other);
	while (open % 2 == 1 && pg_atomic_read_u64(other) == open &&
		   (is_listener(owner) ||
			!ticks_passed(since, ticks_now(), OWNERSHIP_WAIT_MS)))
	{
		(void) WaitLatch(MyLatch, WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, 1,
						 PG_WAIT_EXTENSION);
		CHECK_FOR_INTERRUPTS();
	}
}

/* Take what is not ours. */
static void
take_missing(session **sessions, int count, ticks since)
{
	uint32		me = (uint32) my_proc_number() + 1;

	for (int i = 0; i < count; i++)
	{
		session    *s = sessions[i];
		uint32		before;

		if (s->slot != NULL && pg_atomic_read_u32(&s->slot->owner) == me &&
			s->epoch != 0)
			continue;
		if (s->slot == NULL)
			s->slot = shared_device(s->device);
		before = pg_atomic_exchange_u32(&s->slot->owner, me);
		new_epoch(s);
		ownership_end_batch();
		wait_for(before, since);
	}
}

/* Are all still ours, now that others see our batch as open? */
static bool
all_ours(session **sessions, int count)
{
	uint32		me = (uint32) my_proc_number() + 1;

	for (int i = 0; i < count; i++)
		if (pg_atomic_read_u32(&sessions[i]->slot->owner) != me)
			return false;
	return true;
}

void
ownership_take(session **sessions, int count)
{
	ticks		since = ticks_now();

	if (!shared_ready())
	{
		for (int i = 0; i < count; i++)
			if (sessions[i]->epoch == 0)
				new_epoch(sessions[i]);
		return;
	}
	for (int round = 0; round < MAX_ROUNDS; round++)
	{
		take_missing(sessions, count, since);
		open_batch();
		if (all_ours(sessions, count))
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
			 errmsg("devices of this batch are taken by another process again and again"),
			 errdetail("Frames of the same devices arrive over several ways at once."),
			 errhint("It is tried again. If this lasts, let a device use one connection, or fireiot.ingest().")));
}
