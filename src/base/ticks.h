/*
 * ticks.h
 *	  How long something lasts, whatever is done to the machine's clock.
 *
 * Instants that are stored or shown are TimestampTz; waits, pauses and limits
 * are counted in ticks, so that a clock that is set lengthens none of them and
 * ends none.
 */
#ifndef FIREIOT_TICKS_H
#define FIREIOT_TICKS_H

#include "base/compat.h"

#include "portability/instr_time.h"

/* Microseconds of a clock that only goes forward. */
typedef int64 ticks;

static inline ticks
ticks_now(void)
{
	instr_time	now;

	INSTR_TIME_SET_CURRENT(now);
	return (ticks) INSTR_TIME_GET_MICROSEC(now);
}

static inline bool
ticks_passed(ticks since, ticks now, int64 ms)
{
	return now - since >= ms * 1000;
}

#endif							/* FIREIOT_TICKS_H */
