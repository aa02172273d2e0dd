/*
 * leaf_list.c
 *	  The leaves of one part of a block.
 */
#include "ledger/leaf_list.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "ledger/leaf.h"
#include "ledger/merkle.h"

#define FIRST_ROOM 256
#define VARINT_MAX 10

leaf_list *
leaf_list_make(void)
{
	leaf_list  *list = palloc(sizeof(leaf_list));

	list->count = 0;
	list->room = FIRST_ROOM;
	list->entries = palloc(list->room * sizeof(leaf_entry));
	list->is_sorted = true;
	return list;
}

void
leaf_list_free(leaf_list *list)
{
	pfree(list->entries);
	pfree(list);
}

leaf_entry *
leaf_list_add(leaf_list *list, int64 id)
{
	leaf_entry *entry;

	if (list->count == list->room)
	{
		list->room *= 2;
		list->entries = repalloc_huge(list->entries,
									  list->room * sizeof(leaf_entry));
	}
	entry = &list->entries[list->count];
	if (list->count > 0 && entry[-1].id >= id)
		list->is_sorted = false;
	entry->id = id;
	list->count++;
	return entry;
}

static int
compare(const void *a, const void *b)
{
	const leaf_entry *one = a;
	const leaf_entry *other = b;

	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	return memcmp(one->hash, other->hash, HASH_SIZE);
}

void
leaf_list_sort(leaf_list *list)
{
	if (!list->is_sorted)
		qsort(list->entries, list->count, sizeof(leaf_entry), compare);
	list->is_sorted = true;
}

void
leaf_list_root(leaf_list *list, digest *d, uint8 root[HASH_SIZE])
{
	merkle_tree tree;

	leaf_list_sort(list);
	merkle_start(&tree, d);
	for (int64 i = 0; i < list->count; i++)
	{
		if ((i & 0xffff) == 0)
			CHECK_FOR_INTERRUPTS();
		if (!merkle_add(&tree, list->entries[i].hash))
			digest_failed();
	}
	if (!merkle_root(&tree, root))
		digest_failed();
}

/* Seven bits a byte, the low ones first; the first id by its zigzag form. */
static uint8 *
put_varint(uint8 *at, uint64 value)
{
	while (value >= 0x80)
	{
		*at++ = (uint8) value | 0x80;
		value >>= 7;
	}
	*at++ = (uint8) value;
	return at;
}

static const uint8 *
get_varint(const uint8 *at, const uint8 *end, uint64 *value)
{
	*value = 0;
	for (int shift = 0; at < end && shift < 7 * VARINT_MAX; shift += 7)
	{
		*value |= (uint64) (*at & 0x7f) << shift;
		if ((*at++ & 0x80) == 0)
			return at;
	}
	return NULL;
}

static uint64
zigzag(int64 value)
{
	return ((uint64) value << 1) ^ (uint64) (value >> 63);
}

bytea *
leaf_list_index(leaf_list *list)
{
	Size		most = list->count * (VARINT_MAX + LEAF_MARK);
	bytea	   *index;
	uint8	   *at;
	uint64		before = 0;

	leaf_list_sort(list);
	index = MemoryContextAllocHuge(CurrentMemoryContext, VARHDRSZ + most);
	at = (uint8 *) VARDATA(index);
	for (int64 i = 0; i < list->count; i++)
	{
		uint64		id = (uint64) list->entries[i].id;

		at = put_varint(at, i == 0 ? zigzag((int64) id) : id - before);
		memcpy(at, list->entries[i].hash, LEAF_MARK);
		at += LEAF_MARK;
		before = id;
	}
	SET_VARSIZE(index, at - (uint8 *) index);
	return index;
}

leaf_list *
leaf_list_read_index(const bytea *index)
{
	const uint8 *at = (const uint8 *) VARDATA_ANY(index);
	const uint8 *end = at + VARSIZE_ANY_EXHDR(index);
	leaf_list  *list = leaf_list_make();
	uint64		id = 0;

	while (at < end)
	{
		uint64		value;

		at = get_varint(at, end, &value);
		if (at == NULL || end - at < LEAF_MARK)
			return NULL;
		id = list->count == 0 ? (value >> 1) ^ -(value & 1) : id + value;
		memcpy(leaf_list_add(list, (int64) id)->hash, at, LEAF_MARK);
		at += LEAF_MARK;
	}
	return list;
}
