/*
 * time_tag.h
 *	  The six-byte time tag of clause 8.2.2.
 *
 * Second, minute, hour, day, month, year, plain binary, one byte each.  The
 * year counts from 2000.  The tag carries no time zone: it is the wall clock
 * at the device, and this floor keeps it so.  A tag that is no real date is
 * not an error (clause 6.5.3 does not list it); it is "not known".
 *
 * Some dialects send each byte as two decimal digits (BCD); one tag alone
 * does not show which, so the caller's profile says.
 */
#ifndef GB_TIME_TAG_H
#define GB_TIME_TAG_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/bytes.h"

#define GB_TIME_SIZE 6

typedef enum gb_time_coding
{
	GB_TIME_BINARY = 0,
	GB_TIME_BCD
} gb_time_coding;

/* In the order of the wire and eight bytes long, so that it is one word. */
typedef struct gb_time
{
	uint8_t		second;			/* 0..59 */
	uint8_t		minute;			/* 0..59 */
	uint8_t		hour;			/* 0..23 */
	uint8_t		day;			/* 1..31 */
	uint8_t		month;			/* 1..12 */
	uint8_t		year;			/* 0..99, from 2000 */
	uint8_t		known;			/* 1: the six form a real date and time */
	uint8_t		zero;
} gb_time;

/* Days of a month 1..12 in a year 0..99 after 2000. */
extern int	gb_days_in_month(int month, int year);

/* Does the whole form a real date and time?  Slow path of gb_time_read. */
extern bool gb_time_is_real(const gb_time *t);

/* Each byte of the tag from two decimal digits; false when one is no digit. */
extern bool gb_time_from_bcd(gb_time *t);

/* Six bytes to wire, in the coding given.  The members must be <= 99. */
extern void gb_time_write(const gb_time *t, gb_time_coding coding,
						  uint8_t *out);

/*
 * Seconds from 2000-01-01 00:00:00 to the tag, both on the same wall clock,
 * and back.  The way back wants 0 <= seconds < GB_TIME_SECONDS_END.
 */
#define GB_TIME_SECONDS_END INT64_C(3155760000) /* 2100-01-01 */
extern int64_t gb_time_to_seconds(const gb_time *t);
extern gb_time gb_time_from_seconds(int64_t seconds);

/* "2026-09-19T14:30:05" and a final zero. */
#define GB_TIME_TEXT_SIZE 20
extern void gb_time_to_text(const gb_time *t, char out[GB_TIME_TEXT_SIZE]);

/* Set in a word that gb_time_judge has found to be known. */
#define GB_TIME_KNOWN (UINT64_C(1) << 48)

/*
 * Judge the 48 bits of a binary tag: the bytes of a gb_time as one word, the
 * second in the lowest.  All limits are tested at once, a byte each: adding
 * 127 - limit sets the top bit of a byte that is over it, taking 1 sets the
 * top bit of a day or month that is 0.  A byte that carries into its
 * neighbour has its own top bit set in one of the two, so none is missed.
 */
static GB_INLINE uint64_t
gb_time_judge_binary(uint64_t w)
{
	const uint64_t tops = UINT64_C(0x808080808080);
	uint64_t	over = w + UINT64_C(0x1c7360684444);
	uint64_t	under = w - UINT64_C(0x000101000000);
	int			day = (int) (w >> 24 & 0xff);

	if (((over | under) & tops) != 0)
		return w;
	if (day > 28 &&
		day > gb_days_in_month((int) (w >> 32 & 0xff), (int) (w >> 40)))
		return w;
	return w | GB_TIME_KNOWN;
}

/* The same in either coding. */
static GB_INLINE uint64_t
gb_time_judge(uint64_t w, gb_time_coding coding)
{
	gb_time		t;

	if (coding == GB_TIME_BINARY)
		return gb_time_judge_binary(w);
	gb_store64(&t, w);
	t.known = gb_time_from_bcd(&t) && gb_time_is_real(&t);
	return gb_load64((const uint8_t *) &t);
}

/* Read a tag from six bytes; returns t->known. */
static GB_INLINE bool
gb_time_read(gb_time *t, const uint8_t *wire, gb_time_coding coding)
{
	uint64_t	w = gb_time_judge(gb_load48(wire), coding);

	gb_store64(t, w);
	return w >= GB_TIME_KNOWN;
}

#endif							/* GB_TIME_TAG_H */
