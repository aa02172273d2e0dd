/*
 * timers.h
 *	  What is to be done later, the earliest first.
 */
#ifndef SIM_TIMERS_H
#define SIM_TIMERS_H

#include "util.h"

typedef struct sim_timer
{
	int64_t		due;			/* by sim_now */
	uint32_t	kind;			/* the caller's */
	uint32_t	number;			/* the caller's */
} sim_timer;

/* A heap.  Start with all zero. */
typedef struct sim_timers
{
	sim_timer  *heap;
	size_t		count;
	size_t		room;
} sim_timers;

extern void sim_timers_add(sim_timers *timers, int64_t due, uint32_t kind,
						   uint32_t number);

/* Take the earliest off if it is due. */
extern bool sim_timers_take(sim_timers *timers, int64_t now, sim_timer *taken);

/* When the earliest is due; limit when none is earlier. */
extern int64_t sim_timers_next(const sim_timers *timers, int64_t limit);

extern void sim_timers_free(sim_timers *timers);

#endif							/* SIM_TIMERS_H */
