/*
 * batch.h
 *	  Frames gathered for one transaction, with copies of their bytes.
 *
 * Memory: a batch is bounded by the frames and bytes given at its making;
 * nothing is kept from one to the next but the buffers.
 */
#ifndef FIREIOT_BATCH_H
#define FIREIOT_BATCH_H

#include "base/compat.h"

#include "base/shared.h"
#include "codec/stream.h"
#include "ingest/alarm_signals.h"
#include "ingest/catalog.h"
#include "ingest/part_changes.h"
#include "ingest/session.h"
#include "ingest/source.h"

typedef struct batch_frame
{
	const uint8 *bytes;			/* behind a varlena header: a bytea */
	session    *session;		/* NULL: the sender cannot be read */
	source	   *source;
	TimestampTz received_at;
	int64		id;				/* row of frame, once written */
	const char *poison;			/* message; NULL: could be stored */
	int			poison_state;	/* SQLSTATE */
	uint16		len;
	uint8		kind;			/* gb_piece_kind */
	uint8		verdict;
	uint8		refused;		/* refusal */
	bool		duplicate;
	bool		quarantine;		/* write a row of quarantine */
	uint8		answer;			/* command of the answer; 0: none */
} batch_frame;

typedef struct batch batch;

/* Rows of quarantine that addresses have caused in the present minute. */
#define QUARANTINE_BUCKETS 1024

typedef struct quarantine_bucket
{
	int64		minute;
	int			rows;
} quarantine_bucket;

struct batch
{
	/* of the process */
	session_table *sessions;
	part_cache *parts;
	alarm_signals *signals;
	ingest_stat *stat;
	catalog_ids ids;
	MemoryContext memory;		/* of one batch */
	const gb_profile *profile;	/* for devices without one */

	/* what is gathered */
	batch_frame *frames;
	int			count;
	int			limit;
	char	   *bytes;
	size_t		used;
	size_t		room;
	session   **senders;		/* each once */
	int			sender_count;
	int		   *order;			/* frames as their rows are written: by device */
	uint64		number;			/* of this batch */
	bool		careful;		/* the first attempt failed: find the poison */
	bool		following;		/* rows are written, part_now is being */
	const char *problem;		/* why alarms could not be written */

	quarantine_bucket buckets[QUARANTINE_BUCKETS];

	/* what the last attempt wrote, added to stat when it is committed */
	uint64		stored;
	uint64		observations;
	uint64		duplicates;
	uint64		quarantined;
	uint64		part_changes_written;
	uint64		refused[REFUSAL_COUNT];

	/* what else follows from the frames, in the same transaction; or NULL */
	void		(*follow) (batch *b);
};

/*
 * In the current memory context.  Room for `capacity` frames, which is also
 * the first limit; parts is how many of them to remember (part_changes.h).
 */
extern batch *batch_create(int capacity, int parts, ingest_stat *stat);

/* No room for another frame of the longest kind? */
extern bool batch_full(const batch *b);

/*
 * Take a piece that the cutter found to be a whole frame, good or not; wire is
 * its source address.  source must live until batch_reset().
 */
extern void batch_add(batch *b, gb_piece_kind kind, const uint8 *bytes,
					  uint16 len, source *src, TimestampTz received_at);

/* The device, as far as the frame tells it. */
extern device_addr batch_sender(const batch_frame *f);

/* Forget what was gathered. */
extern void batch_reset(batch *b);

#endif							/* FIREIOT_BATCH_H */
