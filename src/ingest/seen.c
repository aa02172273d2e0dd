/*
 * seen.c
 *	  The last frames of a device, to know a retransmission by.
 */
#include "ingest/seen.h"

#include "utils/memutils.h"

static int
capacity_for(int burst)
{
	int			capacity = SEEN_MIN;

	while (capacity < SEEN_MAX && capacity < 4 * burst)
		capacity *= 2;
	return capacity;
}

/* The last ones that fit into another capacity. */
static void
resize(seen *s, int capacity, MemoryContext context)
{
	seen		other = {0};
	int			kept = Min(s->count, capacity);

	other.capacity = (uint16) capacity;
	other.heads = MemoryContextAlloc(context, 2 * capacity * sizeof(uint64));
	for (int i = 0; i < kept; i++)
	{
		int			at = (s->next + s->capacity - kept + i) % s->capacity;
		seen_key	key = {s->heads[at], s->heads[s->capacity + at]};

		seen_add(&other, key);
	}
	seen_free(s);
	*s = other;
}

void
seen_fit(seen *s, int burst, MemoryContext context)
{
	int			capacity = capacity_for(burst);

	if (capacity > s->capacity)
		resize(s, capacity, context);
}

void
seen_shrink(seen *s, int burst, MemoryContext context)
{
	int			capacity = capacity_for(burst);

	if (capacity < s->capacity)
		resize(s, capacity, context);
}

void
seen_free(seen *s)
{
	if (s->heads != NULL)
		pfree(s->heads);
	memset(s, 0, sizeof(*s));
}
