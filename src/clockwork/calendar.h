/*
 * calendar.h
 *	  Working days 工作日: Monday to Friday, but for the days that an
 *	  official calendar names, and those in lieu of them 调休.
 *
 * The calendar holds what the caller gives it and owns nothing.  A year that
 * it names no day of is not known: arithmetic over it is done as if no day were
 * named, and calendar_knows() says that it must not be relied on.
 */
#ifndef CLOCKWORK_CALENDAR_H
#define CLOCKWORK_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clockwork/civil.h"

typedef struct calendar_day
{
	int32_t		day;			/* civil_day() */
	bool		working;
} calendar_day;

typedef struct calendar
{
	const calendar_day *days;	/* ascending, each day once */
	size_t		count;
} calendar;

/* More working days are not added: days stay in the range of civil.h. */
#define CALENDAR_MAX_DAYS INT32_C(100000000)

extern bool calendar_works(const calendar *cal, int32_t day);

/* Is there at least one day of every year from that of first to that of last? */
extern bool calendar_knows(const calendar *cal, int32_t first, int32_t last);

/*
 * Working days behind `from` up to and with `to`; when `to` is the earlier one,
 * the same the other way round, below zero.
 */
extern int32_t calendar_count(const calendar *cal, int32_t from, int32_t to);

/*
 * The n-th working day behind `from`, which itself does not count; for n below
 * zero the n-th before it; for 0 `from`, working or not.  The absolute value of
 * n is at most CALENDAR_MAX_DAYS.
 */
extern int32_t calendar_add(const calendar *cal, int32_t from, int32_t n);

#endif							/* CLOCKWORK_CALENDAR_H */
