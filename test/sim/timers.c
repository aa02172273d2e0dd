/*
 * timers.c
 *	  A binary heap of timers.
 */
#include "timers.h"

#include <stdlib.h>

void
sim_timers_add(sim_timers *timers, int64_t due, uint32_t kind,
			   uint32_t number)
{
	size_t		at = timers->count++;

	if (timers->count > timers->room)
	{
		timers->room = timers->room > 0 ? 2 * timers->room : 64;
		timers->heap = sim_grow(timers->heap,
								timers->room * sizeof(sim_timer));
	}
	while (at > 0 && timers->heap[(at - 1) / 2].due > due)
	{
		timers->heap[at] = timers->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	timers->heap[at] = (sim_timer) {due, kind, number};
}

/* Put the last one at the top's place and let it sink. */
static void
drop_top(sim_timers *timers)
{
	sim_timer	last = timers->heap[--timers->count];
	size_t		at = 0;
	size_t		child;

	while ((child = 2 * at + 1) < timers->count)
	{
		if (child + 1 < timers->count &&
			timers->heap[child + 1].due < timers->heap[child].due)
			child++;
		if (timers->heap[child].due >= last.due)
			break;
		timers->heap[at] = timers->heap[child];
		at = child;
	}
	timers->heap[at] = last;
}

bool
sim_timers_take(sim_timers *timers, int64_t now, sim_timer *taken)
{
	if (timers->count == 0 || timers->heap[0].due > now)
		return false;
	*taken = timers->heap[0];
	drop_top(timers);
	return true;
}

int64_t
sim_timers_next(const sim_timers *timers, int64_t limit)
{
	if (timers->count == 0 || timers->heap[0].due > limit)
		return limit;
	return timers->heap[0].due;
}

void
sim_timers_free(sim_timers *timers)
{
	free(timers->heap);
}
