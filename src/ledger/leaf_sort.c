/*
 * leaf_sort.c
 *	  The leaves of one relation in a block, however many they are.
 *
 * They are gathered in a list.  When that is full it goes into a sort on disk,
 * as values of bytea that are ordered like (id, hash), and is filled again.
 */
#include "ledger/leaf_sort.h"

#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/memutils.h"

#define LEAST_ROOM 256
/* What the list holds when the sort has the memory. */
#define FEED_ROOM 4096
#define SIGN_BIT (UINT64CONST(1) << 63)

typedef struct sort_key
{
	char		header[VARHDRSZ];
	uint8		id[sizeof(uint64)]; /* big-endian, the sign turned */
	uint8		hash[HASH_SIZE];
	BlockNumber page;
} sort_key;

struct leaf_sort
{
	MemoryContext context;
	leaf_list  *list;
	int64		room;			/* of the list, before it goes on disk */
	Tuplesortstate *on_disk;	/* NULL: all is in the list */
	bool		is_complete;
	bool		has_next;		/* read from disk, and not given yet */
	leaf_entry	next;
	int64		given;			/* from the list */
	leaf_list	slice;
	MemoryContext values;		/* what the sort returns */
};

leaf_sort *
leaf_sort_make(void)
{
	leaf_sort  *sort = palloc0(sizeof(leaf_sort));

	sort->context = CurrentMemoryContext;
	sort->list = leaf_list_make();
	/* lists grow by doubling */
	sort->room = LEAST_ROOM;
	while (sort->room * 2 * sizeof(leaf_entry) <= maintenance_work_mem * (Size) 1024)
		sort->room *= 2;
	return sort;
}

void
leaf_sort_free(leaf_sort *sort)
{
	if (sort->on_disk != NULL)
	{
		tuplesort_end(sort->on_disk);
		MemoryContextDelete(sort->values);
	}
	leaf_list_free(sort->list);
	pfree(sort);
}

static void
open_disk(leaf_sort *sort)
{
	sort->on_disk = tuplesort_begin_datum(BYTEAOID, ByteaLessOperator,
										  InvalidOid, false,
										  maintenance_work_mem, NULL,
										  TUPLESORT_NONE);
	sort->values = AllocSetContextCreate(CurrentMemoryContext,
										 "fireiot ledger sort",
										 ALLOCSET_SMALL_SIZES);
	sort->room = FEED_ROOM;
}

static void
put_on_disk(leaf_sort *sort)
{
	sort_key	key;

	SET_VARSIZE(&key, sizeof(key));
	for (int64 i = 0; i < sort->list->count; i++)
	{
		const leaf_entry *entry = &sort->list->entries[i];
		uint64		id = pg_hton64((uint64) entry->id ^ SIGN_BIT);

		memcpy(key.id, &id, sizeof(id));
		memcpy(key.hash, entry->hash, HASH_SIZE);
		memcpy(&key.page, &entry->page, sizeof(BlockNumber));
		tuplesort_putdatum(sort->on_disk, PointerGetDatum(&key), false);
	}
	sort->list->count = 0;
}

static void
spill(leaf_sort *sort)
{
	MemoryContext before = MemoryContextSwitchTo(sort->context);

	CHECK_FOR_INTERRUPTS();
	if (sort->on_disk == NULL)
		open_disk(sort);
	put_on_disk(sort);
	if (sort->list->room > FEED_ROOM)
	{
		leaf_list_free(sort->list);
		sort->list = leaf_list_make();
	}
	MemoryContextSwitchTo(before);
}

leaf_entry *
leaf_sort_add(leaf_sort *sort, int64 id, BlockNumber page)
{
	leaf_entry *entry;

	if (unlikely(sort->list->count == sort->room))
		spill(sort);
	entry = leaf_list_add(sort->list, id);
	entry->page = page;
	return entry;
}

/* The next one from disk becomes sort->next. */
static void
read_disk(leaf_sort *sort)
{
	MemoryContext before = MemoryContextSwitchTo(sort->values);
	Datum		value;
	bool		is_null;

	MemoryContextReset(sort->values);
	sort->has_next = tuplesort_next_datum(sort->on_disk, &value, &is_null);
	MemoryContextSwitchTo(before);
	if (sort->has_next)
	{
		const sort_key *key = (const sort_key *) DatumGetPointer(value);
		uint64		id;

		memcpy(&id, key->id, sizeof(id));
		sort->next.id = (int64) (pg_ntoh64(id) ^ SIGN_BIT);
		memcpy(sort->next.hash, key->hash, HASH_SIZE);
		memcpy(&sort->next.page, &key->page, sizeof(BlockNumber));
	}
}

static void
complete(leaf_sort *sort)
{
	sort->is_complete = true;
	if (sort->on_disk == NULL)
	{
		leaf_list_sort(sort->list);
		return;
	}
	put_on_disk(sort);
	tuplesort_performsort(sort->on_disk);
	read_disk(sort);
}

static leaf_list *
next_of_list(leaf_sort *sort, int64 most)
{
	const leaf_list *list = sort->list;
	leaf_list  *slice = &sort->slice;
	int64		end = Min(sort->given + most, list->count);

	while (end < list->count && list->entries[end].id == list->entries[end - 1].id)
		end++;
	slice->entries = list->entries + sort->given;
	slice->count = slice->room = end - sort->given;
	slice->is_sorted = true;
	sort->given = end;
	return slice->count > 0 ? slice : NULL;
}

static leaf_list *
next_of_disk(leaf_sort *sort, int64 most)
{
	leaf_list  *list = sort->list;

	list->count = 0;
	list->is_sorted = true;
	while (sort->has_next &&
		   (list->count < most ||
			list->entries[list->count - 1].id == sort->next.id))
	{
		*leaf_list_add(list, sort->next.id) = sort->next;
		read_disk(sort);
	}
	/* equal ids do not look sorted to the list, and are */
	list->is_sorted = true;
	return list->count > 0 ? list : NULL;
}

leaf_list *
leaf_sort_next(leaf_sort *sort, int64 most)
{
	if (!sort->is_complete)
		complete(sort);
	return sort->on_disk != NULL ? next_of_disk(sort, most) :
		next_of_list(sort, most);
}
