/*
 * connection.c
 *	  The TCP connections of a listener: bytes in, frames out, answers back.
 */
#include "ingest/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "ingest/socket.h"

/* Bytes taken from one socket in one turn. */
#define READ_SIZE (64 * 1024)

#define TLS_FIRST_BYTE 0x16

/* How many connections an address has. */
typedef struct address_count
{
	endpoint	address;		/* port and transport 0 */
	int			count;
} address_count;

struct connection_pool
{
	event_loop *loop;
	MemoryContext buffers;
	ingest_stat *stat;
	connection_slot *slots;
	connection *all;
	connection *free;
	connection *ended;			/* to be closed */
	ticks		now;			/* of the call */
	int			limit;
	int			used;			/* places of all that were ever taken */
	int			count;
	uint32		last_serial;
	HTAB	   *addresses;
	uint8	   *buffer;			/* half a frame, then READ_SIZE */
};

connection_pool *
connection_pool_create(event_loop *loop, int limit, connection_slot *slots,
					   ingest_stat *stat)
{
	connection_pool *pool = palloc0(sizeof(connection_pool));
	HASHCTL		control = {.keysize = sizeof(endpoint),
		.entrysize = sizeof(address_count),.hcxt = CurrentMemoryContext
	};

	pool->loop = loop;
	pool->limit = limit;
	pool->slots = slots;
	pool->stat = stat;
	pool->all = MemoryContextAllocHuge(CurrentMemoryContext,
									   limit * sizeof(connection));
	pool->buffer = palloc(GB_FRAME_MAX + READ_SIZE);
	pool->buffers = AllocSetContextCreate(CurrentMemoryContext,
										  "fireiot connection buffers",
										  ALLOCSET_DEFAULT_SIZES);
	pool->addresses = hash_create("fireiot addresses", 256, &control,
								  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	return pool;
}

static void close_connection(connection_pool *pool, connection *c);

static endpoint
address_of(const connection *c)
{
	endpoint	address = c->src.at;

	address.port = 0;
	address.transport = 0;
	return address;
}

/* Count the connection; false: its address has as many as it may. */
static bool
count_address(connection_pool *pool, connection *c)
{
	endpoint	address = address_of(c);
	bool		found;
	address_count *entry = hash_search(pool->addresses, &address, HASH_ENTER,
									   &found);

	if (!found)
		entry->count = 0;
	entry->count++;
	return settings.max_connections_per_address == 0 ||
		entry->count <= settings.max_connections_per_address;
}

static void
uncount_address(connection_pool *pool, connection *c)
{
	endpoint	address = address_of(c);
	address_count *entry = hash_search(pool->addresses, &address, HASH_FIND,
									   NULL);

	if (entry != NULL && --entry->count == 0)
		hash_search(pool->addresses, &address, HASH_REMOVE, NULL);
}

static connection *
take_place(connection_pool *pool)
{
	connection *c = pool->free;

	if (c != NULL)
		pool->free = c->next;
	else if (pool->used < pool->limit)
		c = &pool->all[pool->used++];
	if (c == NULL)
		return NULL;
	memset(c, 0, sizeof(*c));
	c->index = (int) (c - pool->all);
	pool->count++;
	return c;
}

static void
show(connection_pool *pool, const connection *c, TimestampTz now)
{
	connection_slot *slot = &pool->slots[c->index];

	memset(slot, 0, sizeof(*slot));
	slot->peer = c->src.at;
	slot->since = now;
}

connection *
connection_accept(connection_pool *pool, int fd,
				  const struct sockaddr *address, TimestampTz now)
{
	connection *c = socket_prepare(fd) ? take_place(pool) : NULL;

	pool->now = ticks_now();
	if (c == NULL)
	{
		pool->stat->counters[COUNT_TURNED_AWAY]++;
		close(fd);
		return NULL;
	}
	c->fd = fd;
	c->phase = CONNECTION_DETECT;
	c->heard_at = pool->now;
	c->src.serial = ++pool->last_serial != 0 ? pool->last_serial :
		++pool->last_serial;
	source_set(&c->src, address, TRANSPORT_TCP);
	if (!count_address(pool, c) || !event_loop_add(pool->loop, fd, c))
	{
		pool->stat->counters[COUNT_TURNED_AWAY]++;
		close_connection(pool, c);
		return NULL;
	}
	pool->stat->counters[COUNT_ACCEPTED]++;
	show(pool, c, now);
	return c;
}

static void
drop_partial(connection *c)
{
	if (c->partial != NULL)
		pfree(c->partial);
	c->partial = NULL;
	c->partial_len = 0;
}

/* What is cut of a frame waits for the rest in a buffer of its own. */
static void
keep_partial(connection_pool *pool, connection *c, const uint8 *bytes,
			 size_t len)
{
	if (len == 0)
	{
		drop_partial(c);
		return;
	}
	if (c->partial == NULL)
	{
		c->partial = MemoryContextAlloc(pool->buffers, GB_FRAME_MAX);
		c->partial_since = pool->now;
	}
	memcpy(c->partial, bytes, len);
	c->partial_len = (uint16) len;
}

static void
take_piece(connection_pool *pool, connection *c, const gb_piece *piece,
		   const uint8 *bytes, frame_sink sink, TimestampTz now)
{
	if (piece->kind == GB_PIECE_GARBAGE)
	{
		pool->stat->counters[COUNT_GARBAGE_BYTES] += piece->len;
		return;
	}
	/* a frame ends the wait for it; what follows is another one */
	drop_partial(c);
	c->heard_at = pool->now;
	pool->stat->counters[COUNT_FRAMES]++;
	sink(c, piece->kind, bytes, (uint16) piece->len, now);
}

/* Cut len bytes; what is left of them is kept, unless they are the last. */
static void
feed(connection_pool *pool, connection *c, const uint8 *bytes, size_t len,
	 bool last, frame_sink sink, TimestampTz now)
{
	gb_frame	frame;

	for (;;)
	{
		uint64		before = c->cutter.consumed;
		gb_piece	piece = gb_cutter_next(&c->cutter, bytes, len, last, NULL,
										   &frame);
		uint64		consumed = c->cutter.consumed - before;

		if (piece.kind != GB_PIECE_NONE)
			take_piece(pool, c, &piece, bytes + (piece.offset - before), sink,
					   now);
		bytes += consumed;
		len -= consumed;
		if (piece.kind == GB_PIECE_NONE)
			break;
	}
	keep_partial(pool, c, bytes, len);
}

/* Nothing more is read.  The place is in use until connection_reap(). */
static void
end(connection_pool *pool, connection *c)
{
	if (c->ended)
		return;
	event_loop_want(pool->loop, c->fd, c, false, false);
	c->ended = true;
	c->next = pool->ended;
	pool->ended = c;
}

static void
tls_ended(connection_pool *pool, connection *c, tls_result result)
{
	if (result == TLS_FAILED)
	{
		char		peer[ENDPOINT_TEXT_SIZE];

		pool->stat->counters[COUNT_TLS_FAILURES]++;
		endpoint_print(&c->src.at, peer);
		elog(DEBUG1, "TLS with %s failed: %s", peer, tls_error(c->src.tls));
	}
	end(pool, c);
}

static void
handshake(connection_pool *pool, connection *c)
{
	tls_result	result = tls_handshake(c->src.tls);

	switch (result)
	{
		case TLS_DONE:
			c->phase = CONNECTION_OPEN;
			c->want_write = false;
			event_loop_want(pool->loop, c->fd, c, true, false);
			break;
		case TLS_WANT_READ:
		case TLS_WANT_WRITE:
			c->want_write = result == TLS_WANT_WRITE;
			event_loop_want(pool->loop, c->fd, c, true, c->want_write);
			break;
		default:
			tls_ended(pool, c, result);
	}
}

/* TLS begins with 16 (hexadecimal), a frame with 40; anything else is noise
 * that the cutter counts. */
static void
detect(connection_pool *pool, connection *c)
{
	uint8		first;
	ssize_t		n = recv(c->fd, &first, 1, MSG_PEEK);

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	if (n <= 0)
	{
		end(pool, c);
		return;
	}
	if (first == TLS_FIRST_BYTE && tls_ready())
	{
		c->src.tls = tls_accept_start(c->fd);
		c->src.at.transport = TRANSPORT_TLS;
		pool->slots[c->index].peer.transport = TRANSPORT_TLS;
		c->phase = CONNECTION_HANDSHAKE;
		c->heard_at = pool->now;
		if (c->src.tls == NULL)
			end(pool, c);
	}
	else if (first == TLS_FIRST_BYTE || settings.tls == TLS_REQUIRE)
	{
		pool->stat->counters[COUNT_TLS_FAILURES]++;
		end(pool, c);
	}
	else
		c->phase = CONNECTION_OPEN;
}

/* Bytes read; 0: none for now. */
static size_t
receive(connection_pool *pool, connection *c, uint8 *out)
{
	size_t		moved = 0;
	tls_result	result;
	ssize_t		n;

	if (c->src.tls != NULL)
	{
		result = tls_read(c->src.tls, out, READ_SIZE, &moved);
		if (result == TLS_CLOSED || result == TLS_FAILED)
			tls_ended(pool, c, result);
		return result == TLS_DONE ? moved : 0;
	}
	n = recv(c->fd, out, READ_SIZE, 0);
	if (n > 0)
		return (size_t) n;
	if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
		end(pool, c);
	return 0;
}

static void
read_once(connection_pool *pool, connection *c, frame_sink sink,
		  TimestampTz now)
{
	uint8	   *bytes = pool->buffer;
	size_t		kept = c->partial_len;
	size_t		n;

	n = receive(pool, c, bytes + kept);
	if (n == 0 && !c->ended)
		return;
	pool->stat->counters[COUNT_BYTES] += n;
	pool->slots[c->index].bytes += n;
	if (kept > 0)
		memcpy(bytes, c->partial, kept);
	feed(pool, c, bytes, kept + n, c->ended, sink, now);
}

void
connection_read(connection_pool *pool, connection *c, frame_sink sink,
				TimestampTz now)
{
	pool->now = ticks_now();
	if (c->phase == CONNECTION_DETECT)
		detect(pool, c);
	if (c->phase == CONNECTION_HANDSHAKE && !c->ended)
		handshake(pool, c);
	if (c->phase != CONNECTION_OPEN || c->ended)
		return;
	do
		read_once(pool, c, sink, now);
	while (!c->ended && c->src.tls != NULL && tls_pending(c->src.tls));
}

/* Bytes sent; what is not is kept by the caller. */
static size_t
transmit(connection_pool *pool, connection *c, const char *bytes, size_t len)
{
	size_t		moved = 0;
	tls_result	result;
	ssize_t		n;

	if (c->src.tls != NULL)
	{
		result = tls_write(c->src.tls, bytes, len, &moved);
		if (result == TLS_CLOSED || result == TLS_FAILED)
			tls_ended(pool, c, result);
		return result == TLS_DONE ? moved : 0;
	}
	n = send(c->fd, bytes, len, MSG_NOSIGNAL);
	if (n >= 0)
		return (size_t) n;
	if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		end(pool, c);
	return 0;
}

static void
keep_out(connection_pool *pool, connection *c, const char *bytes, size_t len)
{
	if (c->out == NULL || c->out_len + (int) len > c->out_room)
	{
		c->out_room = (int) Max(1024, 2 * (c->out_len + len));
		c->out = c->out == NULL ?
			MemoryContextAlloc(pool->buffers, c->out_room) :
			repalloc(c->out, c->out_room);
	}
	memcpy(c->out + c->out_len, bytes, len);
	c->out_len += (int) len;
}

/*
 * While answers wait, nothing is read: who does not take them does not get
 * more of them, and what waits is bounded by a batch.
 */
static void
want_write(connection_pool *pool, connection *c, bool wanted)
{
	if (c->want_write == wanted || c->ended)
		return;
	c->want_write = wanted;
	c->partial_since = ticks_now(); /* not read meanwhile */
	event_loop_want(pool->loop, c->fd, c, !wanted, wanted);
}

void
connection_send(connection_pool *pool, connection *c, const void *bytes,
				size_t len)
{
	size_t		sent = 0;

	if (c->out_len == 0)
		sent = transmit(pool, c, bytes, len);
	if (sent == len)
		return;
	keep_out(pool, c, (const char *) bytes + sent, len - sent);
	want_write(pool, c, true);
}

void
connection_writable(connection_pool *pool, connection *c)
{
	size_t		sent;

	if (c->phase == CONNECTION_HANDSHAKE)
	{
		handshake(pool, c);
		return;
	}
	if (c->out_len > 0)
	{
		sent = transmit(pool, c, c->out, c->out_len);
		memmove(c->out, c->out + sent, c->out_len - sent);
		c->out_len -= (int) sent;
	}
	if (c->out_len > 0)
		return;
	if (c->out != NULL)
		pfree(c->out);
	c->out = NULL;
	c->out_room = 0;
	want_write(pool, c, false);
}

static void
close_connection(connection_pool *pool, connection *c)
{
	if (c->src.tls != NULL)
		tls_free(c->src.tls);
	drop_partial(c);
	if (c->out != NULL)
		pfree(c->out);
	close(c->fd);
	uncount_address(pool, c);
	pool->slots[c->index].since = 0;
	c->phase = CONNECTION_FREE;
	c->src.serial = 0;
	c->next = pool->free;
	pool->free = c;
	pool->count--;
}

void
connection_reap(connection_pool *pool, uint64 open_batch)
{
	connection *c = pool->ended;

	pool->ended = NULL;
	while (c != NULL)
	{
		connection *next = c->next;

		if (open_batch != 0 && c->batch == open_batch)
		{
			c->next = pool->ended;
			pool->ended = c;
		}
		else
			close_connection(pool, c);
		c = next;
	}
}

void
connection_end_all(connection_pool *pool)
{
	connection *c;

	for (int at = 0; (c = connection_next(pool, &at)) != NULL;)
		end(pool, c);
}

static bool
older(ticks since, ticks now, int seconds)
{
	return ticks_passed(since, now, seconds * INT64CONST(1000));
}

/* A begin that is never followed by its frame may hide another one. */
static void
give_up_half_frame(connection_pool *pool, connection *c, frame_sink sink,
				   TimestampTz now)
{
	size_t		len = c->partial_len;

	pool->stat->counters[COUNT_HALF_FRAMES]++;
	memcpy(pool->buffer, c->partial, len);
	drop_partial(c);
	feed(pool, c, pool->buffer, len, true, sink, now);
}

/*
 * Is the rest of a frame late?  Not by our own doing: nothing is read while
 * answers wait for the peer, and what arrived while a batch was stored may not
 * be read yet.
 */
static bool
half_frame_is_late(connection_pool *pool, connection *c, frame_sink sink,
				   TimestampTz now)
{
	ticks		since = c->partial_since;

	if (c->partial == NULL || c->want_write ||
		!older(since, pool->now, settings.frame_timeout_s))
		return false;
	read_once(pool, c, sink, now);
	return !c->ended && c->partial != NULL && c->partial_since == since;
}

static void
expire(connection_pool *pool, connection *c, frame_sink sink, TimestampTz now)
{
	if (c->phase == CONNECTION_HANDSHAKE ||
		(c->phase == CONNECTION_DETECT && settings.tls == TLS_REQUIRE))
	{
		if (!older(c->heard_at, pool->now, settings.handshake_timeout_s))
			return;
		pool->stat->counters[COUNT_TIMED_OUT]++;
		end(pool, c);
	}
	else if (half_frame_is_late(pool, c, sink, now))
		give_up_half_frame(pool, c, sink, now);
	else if (settings.idle_timeout_s > 0 &&
			 older(c->heard_at, pool->now, settings.idle_timeout_s))
	{
		pool->stat->counters[COUNT_TIMED_OUT]++;
		end(pool, c);
	}
}

void
connection_expire(connection_pool *pool, frame_sink sink, TimestampTz now)
{
	connection *c;

	pool->now = ticks_now();
	for (int at = 0; (c = connection_next(pool, &at)) != NULL;)
		if (!c->ended)
			expire(pool, c, sink, now);
}

connection *
connection_next(connection_pool *pool, int *at)
{
	while (*at < pool->used)
	{
		connection *c = &pool->all[(*at)++];

		if (c->phase != CONNECTION_FREE)
			return c;
	}
	return NULL;
}

int
connection_count(const connection_pool *pool)
{
	return pool->count;
}
