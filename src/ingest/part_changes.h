/*
 * part_changes.h
 *	  What changed: the last states and values of parts.
 *
 * Most of what devices say repeats what they said.  A cache of fixed size in
 * the process tells the rest: candidates that are compared with part_now
 * again, many at a time.  An entry counts only in the epoch of its session,
 * so that whoever takes a device over starts from the table.
 */
#ifndef FIREIOT_PART_CHANGES_H
#define FIREIOT_PART_CHANGES_H

#include "base/compat.h"

#include "storage/itemptr.h"

#include "codec/object.h"
#include "ingest/session.h"
#include "types/part_addr.h"

typedef struct part_cache part_cache;

/* One row for part_now; the last of its key in the batch. */
typedef struct part_change
{
	device_addr device;
	part_addr	part;			/* 0: the device itself */
	int16		kind;
	int16		quantity;		/* -1: a state */
	uint32		state;			/* alarm_state, of a state */
	int16		raw;			/* of a quantity */
	bool		known;			/* part_now has a row of this key */
	bool		observed;		/* observed_at is known */
	TimestampTz observed_at;
	TimestampTz received_at;
	int64		frame_id;
	Datum		text;			/* of a state; 0: none */
	ItemPointerData at;			/* where the row was last; or invalid */
} part_change;

/* For about this many parts; in the current memory context. */
extern part_cache *part_cache_create(int parts);

/* Forget everything: what was noted did not come to be. */
extern void part_cache_clear(part_cache *cache);

/* A new batch begins; its candidates are gathered in memory. */
extern void part_changes_begin(part_cache *cache, MemoryContext memory);

/* What a part said, beside what it said before. */
typedef enum part_news
{
	PART_SAME,
	PART_CHANGED,				/* it was another, which is known */
	PART_UNKNOWN				/* before: part_now may have it */
} part_news;

/*
 * Note what a part said, unless it has said so before.  *before is its state
 * or raw value until then; set when that has changed.
 */
extern part_news part_changes_note(part_cache *cache, uint32 epoch,
								   const part_change *change, uint32 *before);

/* The row of this candidate is at another place now. */
extern void part_changes_moved(part_cache *cache, const part_change *change);

/*
 * Where the candidates stand, and back to there when what was noted since did
 * not come to be.
 */
extern int	part_changes_mark(part_cache *cache);
extern void part_changes_return(part_cache *cache, int mark);

extern int	part_changes_count(part_cache *cache);
extern part_change *part_changes_all(part_cache *cache);

/* Column value of a change: of a quantity with a unit, exact; else null. */
extern Datum part_change_value(const part_change *change, bool *isnull);

#endif							/* FIREIOT_PART_CHANGES_H */
