/*
 * shared.c
 *	  Shared memory of fireiot: what the workers are doing, and which devices
 *	  are alive.
 */
#include "base/shared.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"

#include "base/mix.h"
#include "base/settings.h"
#include "clockwork/due.h"

/* Places that are looked at for a device. */
#define DEVICE_PROBES 32

typedef struct shared_state
{
	LWLock	   *lock;
	LWLock	   *port_lock;
	pg_atomic_uint64 news[NEWS_COUNT];
	pg_atomic_uint64 next_due;	/* a TimestampTz that was said, or DUE_NEVER */
	pg_atomic_uint32 returns;	/* silent devices were heard again */
	worker_slot launcher;
	worker_slot keeper;
	listener_slot listeners[FLEXIBLE_ARRAY_MEMBER];
} shared_state;

static shared_state *state;
static connection_slot *connections;
static device_slot *devices;
static pg_atomic_uint64 *open_batches;

static shmem_request_hook_type next_request;
static shmem_startup_hook_type next_startup;

static bool announced[NEWS_COUNT];

static Size
state_size(void)
{
	return offsetof(shared_state, listeners) +
		mul_size(settings.listeners, sizeof(listener_slot));
}

static Size
connections_size(void)
{
	return mul_size(mul_size(settings.listeners, settings.max_connections),
					sizeof(connection_slot));
}

/* A power of two, and never more than three quarters full. */
static int
device_places(void)
{
	return (int) pg_nextpower2_32((uint32) settings.max_devices / 3 * 4 + 1);
}

static Size
devices_size(void)
{
	return mul_size(device_places(), sizeof(device_slot));
}

static int
process_places(void)
{
	return MaxBackends + NUM_AUXILIARY_PROCS;
}

static Size
open_batches_size(void)
{
	return mul_size(process_places(), sizeof(pg_atomic_uint64));
}

static void
request(void)
{
	if (next_request)
		next_request();
	RequestAddinShmemSpace(add_size(add_size(state_size(), connections_size()),
									add_size(devices_size(),
											 open_batches_size())));
	RequestNamedLWLockTranche("fireiot", 2);
}

static void
init_state(void)
{
	memset(state, 0, state_size());
	state->lock = &GetNamedLWLockTranche("fireiot")[0].lock;
	state->port_lock = &GetNamedLWLockTranche("fireiot")[1].lock;
	for (int i = 0; i < NEWS_COUNT; i++)
		pg_atomic_init_u64(&state->news[i], 1);
	pg_atomic_init_u64(&state->next_due, (uint64) DUE_NEVER);
	pg_atomic_init_u32(&state->returns, 0);
}

static void
init_devices(void)
{
	memset(devices, 0, devices_size());
	for (int i = 0; i < device_places(); i++)
	{
		pg_atomic_init_u64(&devices[i].key, 0);
		pg_atomic_init_u32(&devices[i].owner, 0);
		pg_atomic_init_u32(&devices[i].silent, 0);
	}
}

static void
startup(void)
{
	bool		found;

	if (next_startup)
		next_startup();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	state = ShmemInitStruct("fireiot state", state_size(), &found);
	if (!found)
		init_state();
	connections = ShmemInitStruct("fireiot connections", connections_size(),
								  &found);
	if (!found)
		memset(connections, 0, connections_size());
	devices = ShmemInitStruct("fireiot devices", devices_size(), &found);
	if (!found)
		init_devices();
	open_batches = ShmemInitStruct("fireiot open batches",
								   open_batches_size(), &found);
	if (!found)
		for (int i = 0; i < process_places(); i++)
			pg_atomic_init_u64(&open_batches[i], 0);
	LWLockRelease(AddinShmemInitLock);
}

/* Many changes in one transaction are one piece of news. */
static void
announce(XactEvent event, void *arg)
{
	bool		any = false;

	for (int i = 0; i < NEWS_COUNT; i++)
	{
		if (announced[i] && event == XACT_EVENT_COMMIT)
		{
			pg_atomic_fetch_add_u64(&state->news[i], 1);
			any = true;
		}
		if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
			event == XACT_EVENT_PREPARE)
			announced[i] = false;
	}
	if (any)
		shared_wake_workers();
}

void
shared_request(void)
{
	next_request = shmem_request_hook;
	shmem_request_hook = request;
	next_startup = shmem_startup_hook;
	shmem_startup_hook = startup;
}

bool
shared_ready(void)
{
	return state != NULL;
}

LWLock *
shared_lock(void)
{
	return state->lock;
}

LWLock *
shared_port_lock(void)
{
	return state->port_lock;
}

worker_slot *
shared_launcher(void)
{
	return &state->launcher;
}

worker_slot *
shared_keeper(void)
{
	return &state->keeper;
}

listener_slot *
shared_listener(int n)
{
	return &state->listeners[n];
}

connection_slot *
shared_connections(int listener)
{
	return connections + (Size) listener * settings.max_connections;
}

device_slot *
shared_device(uint64 device)
{
	uint32		mask = (uint32) device_places() - 1;
	uint32		home = (uint32) mix64(device) & mask;
	uint64		wanted = device | DEVICE_KEY_USED;

	for (uint32 i = 0; i < DEVICE_PROBES; i++)
	{
		device_slot *slot = &devices[(home + i) & mask];
		uint64		key = pg_atomic_read_u64(&slot->key);

		if (key == 0 &&
			pg_atomic_compare_exchange_u64(&slot->key, &key, wanted))
			return slot;
		if (key == wanted)
			return slot;
	}
	return &devices[home];
}

device_slot *
shared_find_device(uint64 device)
{
	uint32		mask = (uint32) device_places() - 1;
	uint32		home = (uint32) mix64(device) & mask;
	uint64		wanted = device | DEVICE_KEY_USED;

	for (uint32 i = 0; i < DEVICE_PROBES; i++)
	{
		device_slot *slot = &devices[(home + i) & mask];
		uint64		key = pg_atomic_read_u64(&slot->key);

		if (key == wanted)
			return slot;
		if (key == 0)
			return NULL;
	}
	return NULL;
}

device_slot *
shared_devices(int *count)
{
	*count = device_places();
	return devices;
}

pg_atomic_uint64 *
shared_open_batch(int proc_number)
{
	return &open_batches[proc_number];
}

uint64
shared_news_version(shared_news what)
{
	return pg_atomic_read_u64(&state->news[what]);
}

void
shared_announce_at_commit(shared_news what)
{
	static bool registered = false;

	if (!shared_ready())
		return;
	if (!registered)
		RegisterXactCallback(announce, NULL);
	registered = true;
	announced[what] = true;
}

/* A latch that by now is another process's wakes that one for nothing. */
static void
wake(worker_slot *slot)
{
	if (slot->pid != 0)
		SetLatch(&ProcGlobal->allProcs[slot->proc_number].procLatch);
}

void
shared_wake_workers(void)
{
	LWLockAcquire(state->lock, LW_SHARED);
	wake(&state->launcher);
	for (int i = 0; i < settings.listeners; i++)
		wake(&state->listeners[i].worker);
	LWLockRelease(state->lock);
}

/* The earliest of this transaction. */
static TimestampTz due_here = DUE_NEVER;

/* Lower what was said; was it later before? */
static bool
lower_next_due(TimestampTz due)
{
	uint64		said = pg_atomic_read_u64(&state->next_due);

	while (due < (TimestampTz) said)
		if (pg_atomic_compare_exchange_u64(&state->next_due, &said,
										   (uint64) due))
			return true;
	return false;
}

static void
announce_due(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT && due_here != DUE_NEVER &&
		lower_next_due(due_here))
	{
		LWLockAcquire(state->lock, LW_SHARED);
		wake(&state->keeper);
		LWLockRelease(state->lock);
	}
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		due_here = DUE_NEVER;
}

void
shared_due_at_commit(TimestampTz due)
{
	static bool registered = false;

	if (!shared_ready())
		return;
	if (!registered)
		RegisterXactCallback(announce_due, NULL);
	registered = true;
	due_here = Min(due_here, due);
}

TimestampTz
shared_next_due(void)
{
	return (TimestampTz) pg_atomic_read_u64(&state->next_due);
}

void
shared_take_next_due(void)
{
	(void) pg_atomic_exchange_u64(&state->next_due, (uint64) DUE_NEVER);
}

void
shared_note_return(void)
{
	uint32		none = 0;

	if (!pg_atomic_compare_exchange_u32(&state->returns, &none, 1))
		return;
	LWLockAcquire(state->lock, LW_SHARED);
	wake(&state->keeper);
	LWLockRelease(state->lock);
}

bool
shared_take_returns(void)
{
	return pg_atomic_exchange_u32(&state->returns, 0) != 0;
}

bool
shared_has_returns(void)
{
	return pg_atomic_read_u32(&state->returns) != 0;
}

void
worker_slot_report(worker_slot *slot, worker_state state_now,
				   const char *message)
{
	TimestampTz now = GetCurrentTimestamp();

	LWLockAcquire(state->lock, LW_EXCLUSIVE);
	if (slot->state != state_now)
		slot->state_since = now;
	slot->state = state_now;
	if (message != NULL)
	{
		strlcpy(slot->message, message, WORKER_MESSAGE_SIZE);
		slot->message_at = now;
	}
	LWLockRelease(state->lock);
}

const char *
refusal_key(refusal reason)
{
	static const char *const keys[REFUSAL_COUNT] = {
		"none", "bad_checksum", "unknown_command", "not_registered",
		"not_admitted", "disabled", "network", "certificate",
		"too_many_pending"
	};

	return keys[reason];
}

const char *
ingest_counter_key(ingest_counter counter)
{
	static const char *const keys[INGEST_COUNTERS] = {
		"bytes", "frames", "stored", "observations", "part_changes",
		"duplicates", "confirmed", "denied", "quarantined", "garbage_bytes",
		"half_frames", "batches", "batch_failures", "accepted",
		"turned_away", "timed_out", "tls_failures", "commands"
	};

	return keys[counter];
}

const char *
worker_state_key(worker_state state_now)
{
	static const char *const keys[] = {
		"absent", "starting", "waiting", "listening", "backing_off",
		"working"
	};

	return keys[state_now];
}

const char *
transport_key(transport transport)
{
	static const char *const keys[] = {"sql", "tcp", "tls", "udp"};

	return keys[transport];
}
