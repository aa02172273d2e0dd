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

/*
 * Read a binary tag.  All limits are tested at once, a byte of the word each:
 * adding 127 - limit sets the top bit of a byte that is over it, taking 1
 * sets the top bit of a day or month that is 0.  A byte that carries into its
 * neighbour has its own top bit set in one of the two, so none is missed.
 */
static GB_INLINE bool
gb_time_read_binary(gb_time *t, const uint8_t *wire)
{
	const uint64_t tops = UINT64_C(0x808080808080);
	const uint64_t known = UINT64_C(1) << 48;
	uint64_t	w = gb_load48(wire);
	uint64_t	over = w + UINT64_C(0x1c7360684444);
	uint64_t	under = w - UINT64_C(0x000101000000);

	if (((over | under) & tops) == 0 &&
		(wire[3] <= 28 || wire[3] <= gb_days_in_month(wire[4], wire[5])))
	{
		gb_store64(t, w | known);
		return true;
	}
	gb_store64(t, w);
	return false;
}

/* Read a tag in either coding; returns t->known. */
static GB_INLINE bool
gb_time_read(gb_time *t, const uint8_t *wire, gb_time_coding coding)
{
	if (coding == GB_TIME_BINARY)
		return gb_time_read_binary(t, wire);
	memcpy(t, wire, GB_TIME_SIZE);
	t->known = gb_time_from_bcd(t) && gb_time_is_real(t);
	t->zero = 0;
	return t->known;
}

#endif							/* GB_TIME_TAG_H */
