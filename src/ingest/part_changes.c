/*
 * part_changes.c
 *	  What changed: the last states and values of parts.
 */
#include "ingest/part_changes.h"

#include "port/pg_bitutils.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "base/mix.h"
#include "codec/names.h"

/* What a part said last; noted_in 0: empty. */
typedef struct cached
{
	device_addr device;
	part_addr	part;
	uint64		noted_in;		/* batch */
	uint32		epoch;
	uint32		value;
	int32		row;			/* candidate of that batch */
	int16		kind;
	int16		quantity;
	ItemPointerData at;			/* of its row, when that was last changed */
} cached;

struct part_cache
{
	uint32		mask;
	uint64		batch;
	part_change *changes;
	int			count;
	int			room;
	MemoryContext memory;
	cached		entries[FLEXIBLE_ARRAY_MEMBER];
};

part_cache *
part_cache_create(int parts)
{
	uint32		size = pg_nextpower2_32((uint32) Max(parts, 2));
	part_cache *cache =
		MemoryContextAllocExtended(CurrentMemoryContext,
								   offsetof(part_cache, entries) +
								   size * sizeof(cached),
								   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	cache->mask = size - 1;
	return cache;
}

static void
clear_entries(part_cache *cache)
{
	memset(cache->entries, 0, ((Size) cache->mask + 1) * sizeof(cached));
}

void
part_cache_clear(part_cache *cache)
{
	clear_entries(cache);
	cache->count = 0;
}

/* Without entries no candidate from before the mark is written over. */
int
part_changes_mark(part_cache *cache)
{
	clear_entries(cache);
	return cache->count;
}

void
part_changes_return(part_cache *cache, int mark)
{
	clear_entries(cache);
	cache->count = mark;
}

void
part_changes_begin(part_cache *cache, MemoryContext memory)
{
	cache->batch++;
	cache->count = 0;
	cache->room = 0;
	cache->changes = NULL;
	cache->memory = memory;
}

static cached *
place_of(part_cache *cache, const part_change *c)
{
	uint64		kind = (uint64) c->kind << 16 | (uint16) c->quantity;
	uint64		hash = mix64(c->device ^ mix64(c->part ^ mix64(kind)));

	return &cache->entries[hash & cache->mask];
}

static bool
is_of(const cached *entry, uint32 epoch, const part_change *c)
{
	return entry->noted_in != 0 && entry->device == c->device &&
		entry->part == c->part && entry->epoch == epoch &&
		entry->kind == c->kind && entry->quantity == c->quantity;
}

static int32
append(part_cache *cache, const part_change *change)
{
	if (cache->count == cache->room)
	{
		cache->room = cache->room == 0 ? 256 : 2 * cache->room;
		cache->changes = cache->changes == NULL ?
			MemoryContextAlloc(cache->memory,
							   cache->room * sizeof(part_change)) :
			repalloc_huge(cache->changes,
						  cache->room * sizeof(part_change));
	}
	cache->changes[cache->count] = *change;
	return cache->count++;
}

part_news
part_changes_note(part_cache *cache, uint32 epoch, const part_change *change,
				  uint32 *before)
{
	cached	   *entry = place_of(cache, change);
	uint32		value = change->quantity < 0 ?
		change->state : (uint16) change->raw;
	bool		same = is_of(entry, epoch, change);

	if (same && entry->value == value)
		return PART_SAME;
	*before = entry->value;
	if (same && entry->noted_in == cache->batch)
	{
		part_change earlier = cache->changes[entry->row];

		cache->changes[entry->row] = *change;
		cache->changes[entry->row].known = earlier.known;
		cache->changes[entry->row].at = earlier.at;
		entry->value = value;
		return PART_CHANGED;
	}
	if (!same)
		ItemPointerSetInvalid(&entry->at);
	entry->device = change->device;
	entry->part = change->part;
	entry->kind = change->kind;
	entry->quantity = change->quantity;
	entry->epoch = epoch;
	entry->value = value;
	entry->noted_in = cache->batch;
	entry->row = append(cache, change);
	cache->changes[entry->row].known = same;
	cache->changes[entry->row].at = entry->at;
	return same ? PART_CHANGED : PART_UNKNOWN;
}

void
part_changes_moved(part_cache *cache, const part_change *change)
{
	cached	   *entry = place_of(cache, change);

	if (entry->noted_in == cache->batch &&
		entry->row == change - cache->changes)
		entry->at = change->at;
}

int
part_changes_count(part_cache *cache)
{
	return cache->count;
}

part_change *
part_changes_all(part_cache *cache)
{
	return cache->changes;
}

Datum
part_change_value(const part_change *c, bool *isnull)
{
	*isnull = c->quantity < 0 || c->quantity >= GB_QUANTITY_COUNT ||
		!gb_quantities[c->quantity].scaled;
	if (*isnull)
		return (Datum) 0;
	return NumericGetDatum(int64_div_fast_to_numeric(c->raw,
													 gb_quantities[c->quantity].decimals));
}
