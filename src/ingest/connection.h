/*
 * connection.h
 *	  The TCP connections of a listener: bytes in, frames out, answers back.
 *
 * A connection that waits takes some 200 bytes; a buffer exists only while a
 * frame is half received, or an answer could not be sent at once.
 */
#ifndef FIREIOT_CONNECTION_H
#define FIREIOT_CONNECTION_H

#include "base/compat.h"

#include "base/event_loop.h"
#include "base/ticks.h"
#include "codec/stream.h"
#include "ingest/source.h"

typedef enum connection_phase
{
	CONNECTION_FREE,
	CONNECTION_DETECT,			/* the first byte tells TLS from plain */
	CONNECTION_HANDSHAKE,
	CONNECTION_OPEN
} connection_phase;

typedef struct connection
{
	source		src;			/* first: a source is its connection */
	int			fd;
	int			index;			/* of its slot in shared memory */
	uint8		phase;
	bool		ended;			/* nothing more is read; closed when its frames
								 * are answered */
	bool		want_write;
	uint16		partial_len;
	uint8	   *partial;		/* begin of a frame; NULL: none */
	char	   *out;			/* answers that wait for the socket */
	int			out_len;
	int			out_room;
	uint64		batch;			/* that its last frames are in */
	gb_cutter	cutter;
	ticks		heard_at;		/* the last frame */
	ticks		partial_since;
	struct connection *next;	/* free, or ended */
} connection;

typedef struct connection_pool connection_pool;

/* Called with each whole frame. */
typedef void (*frame_sink) (connection *c, gb_piece_kind kind,
							const uint8 *bytes, uint16 len, TimestampTz now);

extern connection_pool *connection_pool_create(event_loop *loop, int limit,
											   connection_slot *slots,
											   ingest_stat *stat);

/* Take an accepted socket; NULL, and the socket closed: over a limit. */
extern connection *connection_accept(connection_pool *pool, int fd,
									 const struct sockaddr *address,
									 TimestampTz now);

/*
 * Read what is there, once, and hand the frames to the sink.  Sets `ended`
 * when nothing more will come.
 */
extern void connection_read(connection_pool *pool, connection *c,
							frame_sink sink, TimestampTz now);

/* Send, or keep for later; nothing is read while something is kept. */
extern void connection_send(connection_pool *pool, connection *c,
							const void *bytes, size_t len);

/* The socket takes bytes again. */
extern void connection_writable(connection_pool *pool, connection *c);

/*
 * Close what has ended, but for connections whose frames are in the batch
 * that is open (0: none is).
 */
extern void connection_reap(connection_pool *pool, uint64 open_batch);

/* Nothing more is read from any of them. */
extern void connection_end_all(connection_pool *pool);

/*
 * End what is over a time limit, and give up half frames: what follows in
 * their bytes goes to the sink.  Called about once a second.
 */
extern void connection_expire(connection_pool *pool, frame_sink sink,
							  TimestampTz now);

/* All connections that are not free, one by one: start with *at = 0. */
extern connection *connection_next(connection_pool *pool, int *at);

extern int	connection_count(const connection_pool *pool);

#endif							/* FIREIOT_CONNECTION_H */
