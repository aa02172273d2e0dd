/*
 * listener.c
 *	  The worker that devices talk to.
 */
#include "ingest/listener.h"

#include <unistd.h>

#include "access/xact.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "storage/pmsignal.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/instant.h"
#include "base/settings.h"
#include "base/ticks.h"
#include "base/worker.h"
#include "ingest/batch.h"
#include "ingest/catalog.h"
#include "ingest/connection.h"
#include "ingest/datagram.h"
#include "ingest/downlink.h"
#include "ingest/now_tables.h"
#include "ingest/presence.h"
#include "ingest/registry.h"
#include "ingest/socket.h"
#include "ingest/store.h"

#define FIRST_PAUSE_MS 100
#define LONGEST_PAUSE_MS 5000
#define LOOK_FOR_EXTENSION_MS 2000
#define PORT_PAUSE_MS 10
#define PARTITIONS_EVERY_MS (15 * 60 * 1000)
#define PARTITIONS_AGAIN_MS (2 * 1000)	/* when that failed */

/* The upper end of fireiot.batch_frames: memory is touched only when used. */
#define MOST_BATCH_FRAMES 65536

#define PARTS_REMEMBERED (128 * 1024)

/* Accepted in one turn, so that those who are connected are heard, too. */
#define ACCEPTS 256

/* Answers to one peer that leave together. */
#define ANSWERS_SIZE (64 * 1024)

static struct
{
	int			number;
	listener_slot *slot;
	event_loop *loop;
	connection_pool *pool;
	batch	   *batch;
	listen_socket sockets[MAX_LISTEN_SOCKETS];
	int			socket_count;
	bool		leaving;		/* the extension is gone, or the port is
								 * another */
	ticks		turned_at;		/* the present turn began */
	ticks		round_at;		/* each socket is heard once since then */
	int			round_events;	/* as soon as there were so many as sockets */
	ticks		batch_since;
	ticks		checked_at;		/* what is done once a second */
	ticks		looked_at;		/* for the extension */
	ticks		partitioned_at;
	uint32		waits_turn;		/* wait events */
	uint32		waits_pause;
	uint32		waits_extension;
}			me;

/* ---- the batch and its answers ---- */

static void reload(void);

/* One attempt; false: rolled back, *sqlstate says why. */
static bool
attempt_batch(int *sqlstate)
{
	volatile bool done = false;
	ticks		start = ticks_now();

	PG_TRY();
	{
		worker_begin("fireiot: storing a batch");
		store_batch(me.batch);
		worker_commit();
		done = true;
	}
	PG_CATCH();
	{
		*sqlstate = worker_forgive(&me.slot->worker, WORKER_BACKING_OFF);
	}
	PG_END_TRY();
	if (done)
		latency_add(&me.slot->stat.commit, ticks_now() - start, 1);
	return done;
}

static void
make_partitions(void)
{
	me.partitioned_at = ticks_now();
	PG_TRY();
	{
		worker_begin("fireiot: making partitions");
		registry_make_partitions();
		worker_commit();
	}
	PG_CATCH();
	{
		me.partitioned_at -= (PARTITIONS_EVERY_MS - PARTITIONS_AGAIN_MS) *
			INT64CONST(1000);
		worker_forgive(&me.slot->worker, me.slot->worker.state);
	}
	PG_END_TRY();
}

static void
forget_plans(void)
{
	registry_forget_plans();
	now_tables_forget_plans();
	alarm_signals_forget_plans();
	downlink_forget_plans();
}

/* What was kept of an extension that was dropped and made again is void. */
static void
look_up_objects(void)
{
	catalog_ids ids;

	memset(&ids, 0, sizeof(ids));
	catalog_look_up(&ids);
	if (memcmp(&ids, &me.batch->ids, sizeof(ids)) == 0)
		return;
	me.batch->ids = ids;
	session_forget_all(me.batch->sessions);
	part_cache_clear(me.batch->parts);
	forget_plans();
}

/* Is the extension there in this version?  Tells why not. */
static bool
extension_ready(void)
{
	extension_state found = EXTENSION_ABSENT;
	char	   *version = NULL;
	char		text[WORKER_MESSAGE_SIZE];

	worker_begin("fireiot: looking for the extension");
	found = catalog_extension(&version);
	if (found == EXTENSION_OTHER_VERSION)
		snprintf(text, sizeof(text),
				 "extension fireiot is version %s and the library %s: ALTER EXTENSION fireiot UPDATE",
				 version, FIREIOT_VERSION);
	else if (found == EXTENSION_ABSENT)
		snprintf(text, sizeof(text),
				 "waiting for CREATE EXTENSION fireiot in database \"%s\"",
				 MyBgworkerEntry->bgw_extra);
	else
		look_up_objects();
	worker_commit();
	if (found != EXTENSION_READY)
		worker_say(&me.slot->worker, WORKER_WAITING, text);
	return found == EXTENSION_READY;
}

/* The same, where an error is as good as a no. */
static bool
extension_still_ready(void)
{
	volatile bool ready = false;

	PG_TRY();
	{
		ready = extension_ready();
	}
	PG_CATCH();
	{
		worker_forgive(&me.slot->worker, WORKER_WAITING);
	}
	PG_END_TRY();
	return ready;
}

/*
 * Until the batch is stored.  The sockets wait meanwhile, and with them their
 * peers.  When the extension is gone the batch is dropped: nothing of it was
 * confirmed.
 */
static void
store_until_done(void)
{
	int			pause = FIRST_PAUSE_MS;
	int			sqlstate = 0;

	while (!attempt_batch(&sqlstate))
	{
		bool		was_careful = me.batch->careful;

		store_retry(me.batch);
		me.slot->stat.counters[COUNT_BATCH_FAILURES]++;
		me.batch->careful |= !store_error_is_transient(me.batch, sqlstate);
		forget_plans();
		if (!extension_still_ready())
		{
			me.leaving = true;
			return;
		}
		worker_slot_report(&me.slot->worker, WORKER_BACKING_OFF, NULL);
		if (sqlstate == ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE)
			make_partitions();
		if (was_careful == me.batch->careful)
		{
			worker_wait(pause, me.waits_pause);
			pause = Min(2 * pause, LONGEST_PAUSE_MS);
		}
		reload();
	}
	if (me.slot->worker.state != WORKER_LISTENING ||
		me.slot->worker.message[0] != '\0')
		worker_slot_report(&me.slot->worker, WORKER_LISTENING, "");
	store_committed(me.batch);
}

static void
send_bytes(source *src, const char *bytes, int len)
{
	if (len == 0)
		return;
	if (src->at.transport == TRANSPORT_UDP)
		datagram_send(src, bytes, len);
	else
		connection_send(me.pool, (connection *) src, bytes, len);
}

static int
write_answer(const batch_frame *f, const gb_time *now, char *out)
{
	const gb_profile *profile = f->session != NULL ? f->session->profile : NULL;
	gb_frame	frame;

	gb_frame_read(&frame, f->bytes, profile);
	return (int) gb_frame_answer(&frame, f->answer, now, profile,
								 (uint8 *) out);
}

/* Answers to one source after the other leave together. */
static void
answer_all(TimestampTz now)
{
	static char out[ANSWERS_SIZE];
	gb_time		tag = tag_of_instant(now);
	uint64	   *counters = me.slot->stat.counters;
	source	   *to = NULL;
	int			len = 0;

	for (int i = 0; i < me.batch->count; i++)
	{
		const batch_frame *f = &me.batch->frames[i];

		if (f->answer == 0)
			continue;
		if (f->source != to || f->source->at.transport == TRANSPORT_UDP ||
			len + GB_FRAME_MIN > ANSWERS_SIZE)
		{
			send_bytes(to, out, len);
			to = f->source;
			len = 0;
		}
		len += write_answer(f, &tag, out + len);
		counters[f->answer == GB_CMD_CONFIRM ? COUNT_CONFIRMED : COUNT_DENIED]++;
		latency_add(&me.slot->stat.confirm, now - f->received_at, 1);
	}
	send_bytes(to, out, len);
}

/*
 * Who was heard and not turned away is reached where he spoke last; a device
 * that sends datagrams, where the last one came from.
 */
static void
note_route(const batch_frame *f)
{
	session    *s = f->session;

	if (f->refused != REFUSAL_NONE)
		return;
	s->route = f->source;
	if (f->source->at.transport == TRANSPORT_UDP)
		s->route = s->datagram_route =
			datagram_keep(s->datagram_route, f->source,
						  session_memory(me.batch->sessions));
	if (s->route_serial != s->route->serial)
		s->routed_at = me.turned_at;
	s->route_serial = s->route->serial;
	s->centre = gb_load48(f->bytes + GB_AT_DST);
}

static void
flush_batch(void)
{
	if (me.batch->count == 0)
		return;
	store_until_done();
	if (!me.leaving)
	{
		answer_all(GetCurrentTimestamp());
		for (int i = 0; i < me.batch->count; i++)
			note_route(&me.batch->frames[i]);
	}
	batch_reset(me.batch);
	me.batch->limit = settings.batch_frames;
	datagram_forget();
}

/* ---- what sockets say ---- */

static void
add_frame(source *src, gb_piece_kind kind, const uint8 *bytes, uint16 len,
		  TimestampTz now)
{
	if (batch_full(me.batch))
		flush_batch();
	if (me.leaving)
		return;
	if (me.batch->count == 0)
		me.batch_since = me.turned_at;
	batch_add(me.batch, kind, bytes, len, src, now);
}

static void
take_frame(connection *c, gb_piece_kind kind, const uint8 *bytes, uint16 len,
		   TimestampTz now)
{
	connection_slot *slot =
		&shared_connections(me.number)[c->index];
	session    *s;

	add_frame(&c->src, kind, bytes, len, now);
	if (me.leaving)
		return;
	c->batch = me.batch->number;
	slot->frames++;
	slot->last_frame_at = now;
	s = me.batch->frames[me.batch->count - 1].session;
	if (s != NULL)
		slot->device = s->device;
}

static void
take_datagram(source *src, gb_piece_kind kind, const uint8 *bytes, uint16 len,
			  TimestampTz now)
{
	me.slot->stat.counters[COUNT_FRAMES]++;
	me.slot->stat.counters[COUNT_BYTES] += len;
	add_frame(src, kind, bytes, len, now);
}

static void
accept_some(int fd, TimestampTz now)
{
	for (int i = 0; i < ACCEPTS; i++)
	{
		struct sockaddr_storage address;
		socklen_t	size = sizeof(address);
		int			accepted = accept(fd, (struct sockaddr *) &address, &size);

		if (accepted < 0)
		{
			if (errno == EMFILE || errno == ENFILE)
				worker_say(&me.slot->worker, WORKER_LISTENING,
						   "no descriptor is left for another connection: raise the limit of open files of the server");
			return;
		}
		connection_accept(me.pool, accepted, (struct sockaddr *) &address, now);
	}
}

/* A connection's events; the tag of a listening socket is in me.sockets. */
static void
handle(const loop_event *event, TimestampTz now)
{
	listen_socket *listening = event->tag;
	connection *c = event->tag;

	if (listening >= me.sockets && listening < me.sockets + MAX_LISTEN_SOCKETS)
	{
		if (listening->udp)
			datagram_read(listening->fd, take_datagram,
						  &me.slot->stat.counters[COUNT_GARBAGE_BYTES], now);
		else
			accept_some(listening->fd, now);
		return;
	}
	if (c->phase == CONNECTION_FREE || c->ended)
		return;
	if (event->writable)
		connection_writable(me.pool, c);
	if (event->readable && !c->ended)
		connection_read(me.pool, c, take_frame, now);
}

/* ---- what was heard, for who judges silence ---- */

/* Who did not hear for so long has missed that somebody spoke. */
#define DEAF_MS 10000

static void
begin_hearing(void)
{
	me.round_events = 0;
	me.round_at = ticks_now();
	me.slot->heard_until = me.round_at;
	me.slot->hearing_since = me.round_at;
}

/*
 * All is read and stored that came before the round began.  Sockets that are
 * ready come in turn: when there were as many events as sockets, each had its.
 */
static void
note_hearing(int events)
{
	if (me.round_events == 0)
		me.round_at = me.turned_at;
	me.round_events += events + 1;
	if (me.batch->count > 0 ||
		(events == LOOP_EVENTS && me.round_events <
		 connection_count(me.pool) + MAX_LISTEN_SOCKETS))
		return;
	if (ticks_passed(me.slot->heard_until, me.round_at, DEAF_MS))
		me.slot->hearing_since = me.round_at;
	/* what was heard is in the slots of the devices by now */
	pg_write_barrier();
	me.slot->heard_until = me.round_at;
	me.round_events = 0;
}

/* ---- what is done now and then ---- */

/* What is known to flap is written apart from the batches. */
static void
write_flaps(void)
{
	PG_TRY();
	{
		worker_begin("fireiot: writing repeats of alarms");
		alarm_signals_write_flaps(me.batch->signals, &me.batch->ids,
								  me.turned_at);
		worker_commit();
		alarm_signals_flaps_written(me.batch->signals, me.turned_at);
	}
	PG_CATCH();
	{
		worker_forgive(&me.slot->worker, me.slot->worker.state);
	}
	PG_END_TRY();
}

/*
 * However the process ends, but for what kills it.  Nothing interrupts this, so
 * it waits for nobody; an error in it ends the process as it would end anyway.
 */
static void
write_last_flaps(int code, Datum arg)
{
	if (me.slot->hearing_since == 0 || !PostmasterIsAlive() ||
		!alarm_signals_counted(me.batch->signals))
		return;
	AbortOutOfAnyTransaction();
	worker_begin("fireiot: writing repeats of alarms");
	worker_commit_lazily();
	alarm_signals_write_last(me.batch->signals, &me.batch->ids);
	worker_commit();
}

static void
reap(void)
{
	connection_reap(me.pool, me.batch->count > 0 ? me.batch->number : 0);
	me.slot->connections = connection_count(me.pool);
}

static void
once_a_second(TimestampTz now)
{
	me.checked_at = me.turned_at;
	connection_expire(me.pool, take_frame, now);
	if (ticks_passed(me.looked_at, me.turned_at, LOOK_FOR_EXTENSION_MS))
	{
		me.looked_at = me.turned_at;
		me.leaving |= !extension_still_ready();
	}
	if (!me.leaving &&
		ticks_passed(me.partitioned_at, me.turned_at, PARTITIONS_EVERY_MS))
		make_partitions();
	if (!me.leaving && alarm_signals_due(me.batch->signals, me.turned_at))
		write_flaps();
}

/* ---- the worker ---- */

static void
load_tls(void)
{
	char	   *complaint = NULL;

	if (settings.tls == TLS_OFF)
		tls_unload();
	else if (!tls_load(&complaint))
		ereport(LOG,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("TLS of the listener could not be set up: %s", complaint),
				 tls_ready() ?
				 errdetail("The certificate loaded before stays in use.") :
				 errdetail("Connections by TLS are refused.")));
	else if (complaint != NULL)
		ereport(WARNING,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("%s", complaint)));
	if (complaint != NULL)
		pfree(complaint);
}

static void
close_port(void)
{
	for (int i = 0; i < me.socket_count; i++)
		close(me.sockets[i].fd);
	me.socket_count = 0;
	me.slot->port = 0;
}

/* Has another listener of this server the port open? */
static bool
port_is_shared(void)
{
	for (int i = 0; i < settings.listeners; i++)
		if (i != me.number && shared_listener(i)->worker.pid != 0 &&
			shared_listener(i)->port == settings.port)
			return true;
	return false;
}

/*
 * One listener after the other: two that take themselves for the first would
 * keep each other from some of the sockets.  The lock is tried, not waited
 * for, as the one who has it may be looking up a name.
 */
static void
open_sockets(char **error)
{
	while (!LWLockConditionalAcquire(shared_port_lock(), LW_EXCLUSIVE))
		worker_wait(PORT_PAUSE_MS, me.waits_pause);
	me.socket_count = sockets_open(settings.listen_addresses, settings.port,
								   settings.udp, !port_is_shared(), me.sockets,
								   error);
	if (me.socket_count > 0)
		me.slot->port = settings.port;
	LWLockRelease(shared_port_lock());
}

static bool
open_port(void)
{
	char	   *error = NULL;

	open_sockets(&error);
	for (int i = 0; i < me.socket_count; i++)
		if (!event_loop_add(me.loop, me.sockets[i].fd, &me.sockets[i]))
			elog(ERROR, "could not watch a listening socket: %m");
	if (me.socket_count == 0)
	{
		worker_say(&me.slot->worker, WORKER_WAITING, error);
		return false;
	}
	if (error != NULL)
		ereport(LOG,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("%s", error),
				 errhint("The other addresses of fireiot.listen_addresses are open.")));
	return true;
}

/* What of the settings a port depends on. */
typedef struct port_settings
{
	char	   *addresses;
	int			port;
	bool		udp;
} port_settings;

static port_settings
port_settings_now(void)
{
	port_settings now = {pstrdup(settings.listen_addresses), settings.port,
	settings.udp};

	return now;
}

static void
reload(void)
{
	port_settings before = port_settings_now();

	if (worker_reload())
	{
		load_tls();
		session_forget_all(me.batch->sessions);
		me.leaving |= strcmp(before.addresses, settings.listen_addresses) != 0 ||
			before.port != settings.port || before.udp != settings.udp;
	}
	pfree(before.addresses);
}

static long
wait_time(void)
{
	if (me.batch->count > 0)
		return 0;
	return presence_wait() >= 0 ? presence_wait() : 1000;
}

static void
turn(loop_event *events)
{
	int			n;
	TimestampTz now;

	n = event_loop_wait(me.loop, wait_time(), events, me.waits_turn);
	reload();					/* what was set before they spoke is in force */
	now = GetCurrentTimestamp();
	me.turned_at = ticks_now();
	for (int i = 0; i < n && !me.leaving; i++)
		handle(&events[i], now);
	if (n == 0 ||
		ticks_passed(me.batch_since, me.turned_at, settings.batch_age_ms))
		flush_batch();
	note_hearing(n);
	reap();
	if (ticks_passed(me.checked_at, me.turned_at, 1000))
		once_a_second(now);
	if (me.leaving || me.batch->count > 0)
		return;
	downlink_turn(&me.slot->worker, me.turned_at);
	presence_turn(me.batch, &me.slot->worker, me.turned_at, now);
}

/* Serve until the port has to be left. */
static void
serve(void)
{
	loop_event *events = palloc(LOOP_EVENTS * sizeof(loop_event));
	MemoryContext turn_memory = AllocSetContextCreate(CurrentMemoryContext,
													  "fireiot turn",
													  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(turn_memory);

	me.leaving = false;
	make_partitions();
	worker_say(&me.slot->worker, WORKER_LISTENING, "listening");
	begin_hearing();
	while (!me.leaving)
	{
		turn(events);
		MemoryContextReset(turn_memory);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(turn_memory);
	pfree(events);
}

/* Close everything; what was not confirmed comes again. */
static void
leave(void)
{
	me.slot->hearing_since = 0;
	close_port();
	batch_reset(me.batch);
	datagram_forget();
	connection_end_all(me.pool);
	connection_reap(me.pool, 0);
	session_forget_all(me.batch->sessions);
	part_cache_clear(me.batch->parts);
	downlink_drop_all();
	forget_plans();
}

/*
 * The statements of a batch find rows by key, whatever the tables' statistics
 * say at the moment, and are planned once.
 */
static void
plan_by_key(void)
{
	static const char *const off[] = {"enable_seqscan", "enable_hashjoin",
	"enable_mergejoin", "jit"};

	for (int i = 0; i < lengthof(off); i++)
		SetConfigOption(off[i], "off", PGC_USERSET, PGC_S_SESSION);
	SetConfigOption("plan_cache_mode", "force_generic_plan", PGC_USERSET,
					PGC_S_SESSION);
}

static void
set_up(void)
{
	int			allowed = sockets_allowed(settings.max_connections);

	if (allowed < settings.max_connections)
		ereport(LOG,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("a listener can hold %d connections instead of fireiot.max_connections = %d",
						allowed, settings.max_connections),
				 errhint("Raise the limit of open files of the server (LimitNOFILE of systemd, ulimit -n) and restart it.")));
	me.waits_turn = wait_event_named("FireiotSockets");
	me.waits_pause = wait_event_named("FireiotRetry");
	me.waits_extension = wait_event_named("FireiotExtension");
	plan_by_key();
	me.loop = event_loop_create();
	me.pool = connection_pool_create(me.loop, allowed,
									 shared_connections(me.number),
									 &me.slot->stat);
	me.batch = batch_create(MOST_BATCH_FRAMES, PARTS_REMEMBERED,
							&me.slot->stat);
	me.batch->limit = settings.batch_frames;
	alarm_signals_count(me.batch->signals);
	before_shmem_exit(write_last_flaps, (Datum) 0);
	downlink_begin(me.batch, send_bytes);
	load_tls();
}

void
fireiot_listener_main(Datum arg)
{
	worker_order order;

	me.number = DatumGetInt32(arg);
	me.slot = shared_listener(me.number);
	me.slot->hearing_since = 0;
	memcpy(&order, MyBgworkerEntry->bgw_extra, sizeof(order));
	worker_start(&me.slot->worker);
	BackgroundWorkerInitializeConnection(NameStr(order.database),
										 NameStr(order.role), 0);
	memset(shared_connections(me.number), 0,
		   settings.max_connections * sizeof(connection_slot));
	MemoryContextSwitchTo(TopMemoryContext);
	set_up();
	for (;;)
	{
		reload();
		if (extension_still_ready() && open_port())
		{
			serve();
			leave();
		}
		else
			worker_wait(LOOK_FOR_EXTENSION_MS, me.waits_extension);
	}
}
