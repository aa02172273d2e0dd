/*
 * session.h
 *	  What a process knows of a device: who it is, what it may, what it said
 *	  last.
 *
 * Sessions are found by the source address as it is on the wire, read low
 * byte first; which device that is follows from the registry, since some
 * dialects write addresses high byte first.  A session lives in the memory
 * context of its table; everything the database says of it is forgotten by
 * session_forget().
 */
#ifndef FIREIOT_SESSION_H
#define FIREIOT_SESSION_H

#include "base/compat.h"

#include "utils/array.h"

#include "base/shared.h"
#include "base/ticks.h"
#include "codec/profile.h"
#include "ingest/seen.h"
#include "ingest/source.h"
#include "types/device_addr.h"

typedef struct session
{
	uint64		wire;			/* source address, low byte first */
	device_addr device;			/* the same under the profile */
	device_slot *slot;			/* live values; NULL: no shared memory */

	/* from the registry */
	uint64		registry_version;	/* 0: not looked up */
	const gb_profile *profile;	/* NULL: the plain standard */
	refusal		refused;		/* whatever it says */
	bool		pending;		/* stored, waiting for approval */
	ArrayType  *networks;		/* cidr[] it may come from; NULL: any */
	char	   *certificate_name;	/* it must show; NULL: any */

	/* current as long as this process owns the device */
	bool		read_back;		/* seen holds what frame holds */
	seen		seen;
	uint32		epoch;			/* of what is cached of its parts */

	/* the batch it is in, and how many of its frames */
	uint64		batch;
	int			burst;
	int			widest;			/* burst there was */
	int			place;			/* of its next row among those of the batch */

	/* the connection that spoke last */
	uint32		source_serial;
	refusal		source_refused; /* for network or certificate */

	/* for device_now */
	TimestampTz first_seen;		/* since the last flush */
	TimestampTz last_seen;
	uint64		frames;			/* since the last flush */
	int32		skew_ms;
	bool		skew_known;
	endpoint	peer;
	bool		unflushed;

	/* downlink: over the connection that spoke last, while it is that one */
	source	   *route;
	uint32		route_serial;
	ticks		routed_at;		/* since when over that one */
	int			pinned;			/* by commands under way */
	source	   *datagram_route; /* its memory, where that is UDP */
	uint64		centre;			/* what it calls us, low byte first */
	TimestampTz clock_sent_at;	/* its clock was set, or is being set */
} session;

typedef struct session_table session_table;

extern session_table *session_table_create(int limit);

/*
 * The session of a source address, a new one when there is none.  When there
 * are as many as the limit says, others are dropped to make room, first those
 * without a route; not those of batch keep_batch, with something to write or
 * pinned.
 */
extern session *session_get(session_table *table, uint64 wire,
							uint64 keep_batch);

extern int	session_count(const session_table *table);

/* No room was found: what there is to write should be written now. */
extern bool session_crowded(const session_table *table);

/* The session of a device that has one; NULL. */
extern session *session_find_device(session_table *table, device_addr device);

/* Forget what the database said and what was seen. */
extern void session_forget(session *s);
extern void session_forget_all(session_table *table);

/* Forget the registry's part only, or only what was seen. */
extern void session_forget_registry(session *s);
extern void session_forget_seen(session *s);

/* All sessions, one by one: start with *at = 0; NULL at the end. */
extern session *session_next(session_table *table, int *at);

/* Memory of the sessions. */
extern MemoryContext session_memory(session_table *table);

#endif							/* FIREIOT_SESSION_H */
