/*
 * seen.h
 *	  The last frames of a device, to know a retransmission by.
 *
 * A retransmission is the same bytes: sequence number, header time, command
 * and application data (clause 6.5.4, docs/protocol.md).  Kept are the first
 * two as they are and a hash of the others, of the last frames in the order of
 * arrival.  How many follows from how many a device has in flight: four times
 * its largest burst, SEEN_MIN to SEEN_MAX.
 */
#ifndef FIREIOT_SEEN_H
#define FIREIOT_SEEN_H

#include "base/compat.h"

#include "common/hashfn.h"

#include "codec/frame.h"

#define SEEN_MIN 8
#define SEEN_MAX 256

typedef struct seen_key
{
	uint64		head;
	uint64		digest;
} seen_key;

typedef struct seen
{
	uint64	   *heads;			/* capacity heads, then as many digests */
	uint16		capacity;
	uint16		count;
	uint16		next;			/* where the next one goes */
} seen;

/* Of a whole good frame. */
static inline seen_key
seen_key_of(const uint8 *frame)
{
	uint16		app_len = gb_load16(frame + GB_AT_LENGTH);
	seen_key	key;

	key.head = (uint64) gb_load16(frame + GB_AT_SEQ) << 48 |
		gb_load48(frame + GB_AT_TIME);
	key.digest = hash_bytes_extended(frame + GB_AT_COMMAND, app_len + 1, 0);
	return key;
}

static inline bool
seen_has(const seen *s, seen_key key)
{
	const uint64 *digests = s->heads + s->capacity;

	for (int i = 0; i < s->count; i++)
		if (s->heads[i] == key.head && digests[i] == key.digest)
			return true;
	return false;
}

static inline void
seen_add(seen *s, seen_key key)
{
	s->heads[s->next] = key.head;
	s->heads[s->capacity + s->next] = key.digest;
	s->next = (uint16) ((s->next + 1) % s->capacity);
	if (s->count < s->capacity)
		s->count++;
}

/* May there be frames that `frame` could tell, and this does not hold? */
static inline bool
seen_has_lost(const seen *s)
{
	return s->count == s->capacity && s->capacity < SEEN_MAX;
}

/*
 * Make room for a device that sends bursts of this many frames, in the memory
 * context given; what is remembered stays.
 */
extern void seen_fit(seen *s, int burst, MemoryContext context);

/*
 * Give back what a device does not need that sends such bursts: reading back
 * takes room for SEEN_MAX frames.
 */
extern void seen_shrink(seen *s, int burst, MemoryContext context);

extern void seen_free(seen *s);

#endif							/* FIREIOT_SEEN_H */
