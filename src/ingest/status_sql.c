/*
 * status_sql.c
 *	  What the workers do and have done, as rows: functions over shared
 *	  memory.
 *
 * Without shared memory, that is without preloading, there are no rows.
 */
#include "base/compat.h"

#include "commands/dbcommands.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "base/shared.h"
#include "ingest/source.h"
#include "types/device_addr.h"

/* A row in the making: columns from left to right. */
#define MOST_COLUMNS 9

typedef struct row
{
	Datum		values[MOST_COLUMNS];
	bool		nulls[MOST_COLUMNS];
	int			count;
} row;

static void
put(row *r, Datum value, bool known)
{
	Assert(r->count < MOST_COLUMNS);
	r->values[r->count] = value;
	r->nulls[r->count++] = !known;
}

static void
put_int(row *r, int value, bool known)
{
	put(r, Int32GetDatum(value), known);
}

static void
put_bigint(row *r, uint64 value)
{
	put(r, Int64GetDatum((int64) value), true);
}

static void
put_text(row *r, const char *value, bool known)
{
	put(r, known ? CStringGetTextDatum(value) : (Datum) 0, known);
}

/* 0 is no time. */
static void
put_time(row *r, TimestampTz value)
{
	put(r, TimestampTzGetDatum(value), value != 0);
}

static void
put_peer(row *r, const endpoint *peer)
{
	Datum		inet = (Datum) 0;
	bool		known = endpoint_inet(peer, &inet);

	put(r, inet, known);
}

/*
 * Begin the result of a function whose rows have so many columns; false:
 * there is nothing to show.
 */
static bool
begin_rows(FunctionCallInfo fcinfo, int columns)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	if (result->setDesc->natts != columns)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the function is of another version than the library %s",
						FIREIOT_VERSION),
				 errhint("ALTER EXTENSION fireiot UPDATE.")));
	return shared_ready();
}

/* Every row begins empty and ends here. */
static void
end_row(FunctionCallInfo fcinfo, row *r)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	Assert(r->count == result->setDesc->natts);
	tuplestore_putvalues(result->setResult, result->setDesc, r->values,
						 r->nulls);
	r->count = 0;
}

PG_FUNCTION_INFO_V1(fireiot_library_version);
Datum
fireiot_library_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(FIREIOT_VERSION));
}

/* ---- workers ---- */

static worker_slot
read_worker(const worker_slot *slot)
{
	worker_slot copy;

	LWLockAcquire(shared_lock(), LW_SHARED);
	copy = *slot;
	LWLockRelease(shared_lock());
	return copy;
}

static void
put_worker(row *r, const worker_slot *worker)
{
	put_int(r, worker->pid, worker->pid != 0);
	put_text(r, worker_state_key(worker->state), true);
	put_time(r, worker->state_since);
	put_time(r, worker->started_at);
	put_text(r, worker->message, worker->message[0] != '\0');
	put_time(r, worker->message_at);
}

PG_FUNCTION_INFO_V1(fireiot_listener_state);
Datum
fireiot_listener_state(PG_FUNCTION_ARGS)
{
	row			r = {.count = 0};
	worker_slot worker;

	if (!begin_rows(fcinfo, 9))
		return (Datum) 0;
	worker = read_worker(shared_launcher());
	put_int(&r, 0, true);
	put_worker(&r, &worker);
	put_int(&r, 0, false);
	put_int(&r, 0, false);
	end_row(fcinfo, &r);
	for (int i = 0; i < settings.listeners; i++)
	{
		const listener_slot *slot = shared_listener(i);
		bool		runs;

		worker = read_worker(&slot->worker);
		runs = worker.pid != 0;
		put_int(&r, i + 1, true);
		put_worker(&r, &worker);
		put_int(&r, slot->port, runs && slot->port != 0);
		put_int(&r, slot->connections, runs);
		end_row(fcinfo, &r);
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(fireiot_keeper_state);
Datum
fireiot_keeper_state(PG_FUNCTION_ARGS)
{
	row			r = {.count = 0};
	worker_slot worker;

	if (!begin_rows(fcinfo, 6))
		return (Datum) 0;
	worker = read_worker(shared_keeper());
	put_worker(&r, &worker);
	end_row(fcinfo, &r);
	return (Datum) 0;
}

/* ---- connections ---- */

static void
put_connection(row *r, int number, const connection_slot *c)
{
	put_int(r, number, true);
	put_peer(r, &c->peer);
	put_int(r, c->peer.port, c->peer.family != 0);
	put_text(r, transport_key(c->peer.transport), true);
	put(r, DeviceAddrGetDatum(c->device), c->device != 0);
	put_time(r, c->since);
	put_time(r, c->last_frame_at);
	put_bigint(r, c->frames);
	put_bigint(r, c->bytes);
}

/* The slots of a process that is gone are as it left them. */
PG_FUNCTION_INFO_V1(fireiot_connection_state);
Datum
fireiot_connection_state(PG_FUNCTION_ARGS)
{
	row			r = {.count = 0};

	if (!begin_rows(fcinfo, 9))
		return (Datum) 0;
	for (int i = 0; i < settings.listeners; i++)
	{
		const connection_slot *slots = shared_connections(i);

		if (read_worker(&shared_listener(i)->worker).pid == 0)
			continue;
		for (int j = 0; j < settings.max_connections; j++)
		{
			connection_slot c = slots[j];

			if (c.since == 0)
				continue;
			CHECK_FOR_INTERRUPTS();
			put_connection(&r, i + 1, &c);
			end_row(fcinfo, &r);
		}
	}
	return (Datum) 0;
}

/* ---- counters ---- */

static uint64
frames_in(const latency *l)
{
	uint64		sum = 0;

	for (int i = 0; i < LATENCY_BUCKETS; i++)
		sum += l->count[i];
	return sum;
}

/* So many percent took no longer. */
static uint64
quantile(const latency *l, int percent)
{
	uint64		rank = (frames_in(l) * percent + 99) / 100;
	uint64		seen = 0;

	for (int i = 0; i < LATENCY_BUCKETS; i++)
	{
		seen += l->count[i];
		if (seen > 0 && seen >= rank)
			return Min(latency_bucket_end(i), l->max_us);
	}
	return l->max_us;
}

static void
put_counter(FunctionCallInfo fcinfo, int listener, const char *kind,
			const char *key, uint64 value)
{
	row			r = {.count = 0};

	put_int(&r, listener, true);
	put_text(&r, kind, true);
	put_text(&r, key, true);
	put_bigint(&r, value);
	end_row(fcinfo, &r);
}

static void
put_latency(FunctionCallInfo fcinfo, int listener, const char *kind,
			const latency *live)
{
	latency		l = *live;

	if (frames_in(&l) == 0)
		return;
	put_counter(fcinfo, listener, kind, "p50_us", quantile(&l, 50));
	put_counter(fcinfo, listener, kind, "p99_us", quantile(&l, 99));
	put_counter(fcinfo, listener, kind, "max_us", l.max_us);
	put_counter(fcinfo, listener, kind, "total_us", l.total_us);
}

PG_FUNCTION_INFO_V1(fireiot_ingest_counters);
Datum
fireiot_ingest_counters(PG_FUNCTION_ARGS)
{
	if (!begin_rows(fcinfo, 4))
		return (Datum) 0;
	for (int i = 0; i < settings.listeners; i++)
	{
		const ingest_stat *stat = &shared_listener(i)->stat;

		for (int c = 0; c < INGEST_COUNTERS; c++)
			put_counter(fcinfo, i + 1, "count", ingest_counter_key(c),
						stat->counters[c]);
		for (int c = REFUSAL_NONE + 1; c < REFUSAL_COUNT; c++)
			put_counter(fcinfo, i + 1, "refused", refusal_key(c),
						stat->refused[c]);
		put_latency(fcinfo, i + 1, "commit", &stat->commit);
		put_latency(fcinfo, i + 1, "confirm", &stat->confirm);
	}
	return (Datum) 0;
}

static void
put_buckets(FunctionCallInfo fcinfo, int listener, const char *kind,
			const latency *l)
{
	row			r = {.count = 0};

	for (int i = 0; i < LATENCY_BUCKETS; i++)
	{
		uint64		count = l->count[i];

		if (count == 0)
			continue;
		put_int(&r, listener, true);
		put_text(&r, kind, true);
		put_bigint(&r, latency_bucket_end(i));
		put_bigint(&r, count);
		end_row(fcinfo, &r);
	}
}

PG_FUNCTION_INFO_V1(fireiot_latency_histogram);
Datum
fireiot_latency_histogram(PG_FUNCTION_ARGS)
{
	if (!begin_rows(fcinfo, 4))
		return (Datum) 0;
	for (int i = 0; i < settings.listeners; i++)
	{
		const ingest_stat *stat = &shared_listener(i)->stat;

		put_buckets(fcinfo, i + 1, "commit", &stat->commit);
		put_buckets(fcinfo, i + 1, "confirm", &stat->confirm);
	}
	return (Datum) 0;
}

/* ---- devices ---- */

/* A listener that serves now. */
typedef struct server
{
	uint32		owner;			/* as in device_slot */
	TimestampTz since;
} server;

static int
read_servers(server *servers)
{
	int			count = 0;

	for (int i = 0; i < settings.listeners; i++)
	{
		worker_slot worker = read_worker(&shared_listener(i)->worker);

		if (worker.pid == 0 || shared_listener(i)->port == 0)
			continue;
		servers[count].owner = (uint32) worker.proc_number + 1;
		servers[count++].since = worker.started_at;
	}
	return count;
}

/*
 * As far as its listener knows.  One that ended has not said that its
 * connections are gone; its successor may have its place.
 */
static bool
is_connected(device_slot *slot, const server *servers, int count)
{
	uint32		owner = pg_atomic_read_u32(&slot->owner);

	if (slot->disconnected_at != 0)
		return false;
	for (int i = 0; i < count; i++)
		if (servers[i].owner == owner)
			return slot->last_seen >= servers[i].since;
	return false;
}

static void
put_device(row *r, uint64 device, const device_slot *slot, bool connected)
{
	endpoint	peer = slot->peer;

	put(r, DeviceAddrGetDatum(device), true);
	put_time(r, slot->first_seen);
	put_time(r, slot->last_seen);
	put(r, BoolGetDatum(connected), true);
	put_int(r, slot->skew_ms, slot->skew_ms != PG_INT32_MIN);
	put_bigint(r, slot->frames);
	put_text(r, transport_key(peer.transport), true);
	put_peer(r, &peer);
}

/* Devices are of the database that is stored in, and of no other. */
static bool
is_served_here(void)
{
	return strcmp(get_database_name(MyDatabaseId), settings.database) == 0;
}

PG_FUNCTION_INFO_V1(fireiot_device_live);
Datum
fireiot_device_live(PG_FUNCTION_ARGS)
{
	row			r = {.count = 0};
	server	   *servers;
	int			server_count;
	device_slot *slots;
	int			places;

	if (!begin_rows(fcinfo, 8) || !is_served_here())
		return (Datum) 0;
	servers = palloc(settings.listeners * sizeof(server));
	server_count = read_servers(servers);
	slots = shared_devices(&places);
	for (int i = 0; i < places; i++)
	{
		device_slot *slot = &slots[i];
		uint64		key = pg_atomic_read_u64(&slot->key);

		/* a place may be taken before its device has spoken */
		if (key == 0 || slot->last_seen == 0)
			continue;
		CHECK_FOR_INTERRUPTS();
		put_device(&r, key & ~DEVICE_KEY_USED, slot,
				   is_connected(slot, servers, server_count));
		end_row(fcinfo, &r);
	}
	return (Datum) 0;
}
