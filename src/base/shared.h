/*
 * shared.h
 *	  Shared memory of fireiot: what the workers are doing, and which devices
 *	  are alive.
 *
 * It holds values only, never a pointer or a descriptor.  Each slot has one
 * writer, the listener that owns it; readers take no lock and may see numbers
 * of neighbouring moments.  Texts and states are under shared_lock().  All of
 * it is there only when the library was preloaded: shared_ready().
 */
#ifndef FIREIOT_SHARED_H
#define FIREIOT_SHARED_H

#include "base/compat.h"

#include "datatype/timestamp.h"
#include "port/atomics.h"
#include "storage/lwlock.h"

#include "base/latency.h"
#include "base/ticks.h"

/* Why a frame or a connection was turned away; keys in refusal_key(). */
typedef enum refusal
{
	REFUSAL_NONE,
	REFUSAL_BAD_CHECKSUM,
	REFUSAL_UNKNOWN_COMMAND,
	REFUSAL_NOT_REGISTERED,
	REFUSAL_NOT_ADMITTED,
	REFUSAL_DISABLED,
	REFUSAL_NETWORK,
	REFUSAL_CERTIFICATE,
	REFUSAL_TOO_MANY_PENDING,
	REFUSAL_COUNT
} refusal;

extern const char *refusal_key(refusal reason);

typedef enum ingest_counter
{
	COUNT_BYTES,				/* received */
	COUNT_FRAMES,				/* cut from them, good or bad */
	COUNT_STORED,				/* rows of frame */
	COUNT_OBSERVATIONS,			/* rows of observation */
	COUNT_PART_CHANGES,			/* rows of part_now written */
	COUNT_DUPLICATES,			/* known already, confirmed again */
	COUNT_CONFIRMED,			/* confirmations sent */
	COUNT_DENIED,				/* denials sent */
	COUNT_QUARANTINED,			/* rows of quarantine */
	COUNT_GARBAGE_BYTES,		/* bytes between frames */
	COUNT_HALF_FRAMES,			/* given up after fireiot.frame_timeout */
	COUNT_BATCHES,				/* committed */
	COUNT_BATCH_FAILURES,		/* rolled back, to be tried again */
	COUNT_ACCEPTED,				/* connections */
	COUNT_TURNED_AWAY,			/* connections over a limit */
	COUNT_TIMED_OUT,			/* connections ended for silence */
	COUNT_TLS_FAILURES,
	COUNT_COMMANDS,				/* command frames sent to devices */
	INGEST_COUNTERS
} ingest_counter;

extern const char *ingest_counter_key(ingest_counter counter);

typedef struct ingest_stat
{
	uint64		counters[INGEST_COUNTERS];
	uint64		refused[REFUSAL_COUNT];
	latency		commit;			/* of a batch */
	latency		confirm;		/* of a frame: received to answer sent */
} ingest_stat;

typedef enum worker_state
{
	WORKER_ABSENT,
	WORKER_STARTING,
	WORKER_WAITING,				/* for extension, port, shared libraries */
	WORKER_LISTENING,
	WORKER_BACKING_OFF,			/* after a failed batch */
	WORKER_WORKING				/* the keeper */
} worker_state;

extern const char *worker_state_key(worker_state state);

#define WORKER_MESSAGE_SIZE 256

typedef struct worker_slot
{
	/* under shared_lock() */
	int			pid;			/* 0: none */
	int			proc_number;
	worker_state state;
	TimestampTz started_at;
	TimestampTz state_since;
	char		message[WORKER_MESSAGE_SIZE];	/* what it waits for, or the
												 * last error */
	TimestampTz message_at;
} worker_slot;

typedef struct listener_slot
{
	worker_slot worker;
	int			port;			/* in use; 0: none */
	int			connections;

	/*
	 * It has heard everything that was said between these two moments, without
	 * a gap; 0: it does not hear.
	 */
	ticks		hearing_since;
	ticks		heard_until;
	ingest_stat stat;
} listener_slot;

typedef enum transport
{
	TRANSPORT_SQL,				/* fireiot.ingest() */
	TRANSPORT_TCP,
	TRANSPORT_TLS,
	TRANSPORT_UDP
} transport;

extern const char *transport_key(transport transport);

/* Where bytes come from. */
typedef struct endpoint
{
	uint8		ip[16];			/* the first 4 for IPv4 */
	uint8		family;			/* 0: none, 4, 6 */
	uint8		transport;
	uint16		port;
} endpoint;

/* A connection of a listener; free when since is 0. */
typedef struct connection_slot
{
	TimestampTz since;
	TimestampTz last_frame_at;	/* 0: none yet */
	uint64		device;			/* that spoke last */
	uint64		frames;
	uint64		bytes;
	endpoint	peer;
} connection_slot;

/*
 * A device that has spoken since the server started.  key is the address with
 * DEVICE_KEY_USED; owner the process whose session of the device is current,
 * as its proc number + 1.  The rest belongs to the owner.
 */
#define DEVICE_KEY_USED (UINT64CONST(1) << 63)

typedef struct device_slot
{
	pg_atomic_uint64 key;
	pg_atomic_uint32 owner;
	int32		skew_ms;
	TimestampTz first_seen;		/* since the server started */
	TimestampTz last_seen;
	TimestampTz disconnected_at;	/* 0: connected, or never was */
	ticks		heard_at;		/* last_seen and disconnected_at, whatever is */
	ticks		closed_at;		/* done to the clock; of connections only */
	uint64		frames;
	endpoint	peer;
	pg_atomic_uint32 silent;	/* the keeper's: it waits for the next frame */
} device_slot;

/* Ask for the memory; called once, from _PG_init, when preloading. */
extern void shared_request(void);

extern bool shared_ready(void);

extern LWLock *shared_lock(void);

/* Held by the listener that opens the port: which one is first is certain. */
extern LWLock *shared_port_lock(void);
extern worker_slot *shared_launcher(void);
extern worker_slot *shared_keeper(void);
extern listener_slot *shared_listener(int n);	/* 0 .. settings.listeners - 1 */
extern connection_slot *shared_connections(int listener);

/*
 * The slot of a device, made when there is none.  When the table is full
 * around its place, the slot of another device, which then is shared by both
 * as far as ownership goes.
 */
extern device_slot *shared_device(uint64 device);

/* The slot of a device, if it has one of its own; NULL. */
extern device_slot *shared_find_device(uint64 device);

/* All slots, for reading; *count of them. */
extern device_slot *shared_devices(int *count);

/*
 * The open batch of each process that writes records: odd while one is open,
 * another number for each.
 */
extern pg_atomic_uint64 *shared_open_batch(int proc_number);

/* What the listeners should look at again; bumped at commit. */
typedef enum shared_news
{
	NEWS_REGISTRY,
	NEWS_COMMAND,
	NEWS_ALARM,					/* cases were closed or became others */
	NEWS_COUNT
} shared_news;

extern uint64 shared_news_version(shared_news what);

/* Bump and wake all listeners when the transaction commits. */
extern void shared_announce_at_commit(shared_news what);

/*
 * Deadlines.  Whoever makes one says when it is due; at commit the keeper is
 * woken if it would sleep longer.  The keeper takes what was said, DUE_NEVER if
 * nothing was, before it looks at the rows.
 */
extern void shared_due_at_commit(TimestampTz due);
extern TimestampTz shared_next_due(void);
extern void shared_take_next_due(void);

/*
 * Devices that were silent and are heard again: who hears one says so, and the
 * keeper is woken if nobody had said so before.  The keeper takes what was said
 * before it looks at them; was anything?
 */
extern void shared_note_return(void);
extern bool shared_take_returns(void);
extern bool shared_has_returns(void);

/* Wake everything that waits: listeners and launcher. */
extern void shared_wake_workers(void);

/* State of a worker, with a text for status(); NULL keeps the last. */
extern void worker_slot_report(worker_slot *slot, worker_state state,
							   const char *message);

#endif							/* FIREIOT_SHARED_H */
