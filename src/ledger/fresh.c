/*
 * fresh.c
 *	  Where rows lie that no block may have yet.
 *
 * For each relation that was sealed there are two ranges of pages.  Writers add
 * to the new one, before they commit.  A sealer makes it the old one when that
 * is empty, looks at both, and empties the old one if all who wrote there had
 * ended before its snapshot: then it has seen all of it.  The old one gets no
 * pages, so it is emptied after a while whatever is written meanwhile, and
 * whoever else has a long transaction.
 *
 * A writer that finds no entry, or one of other storage, notes nothing.  The
 * entry that a sealer makes later begins with all pages, and with the last
 * transaction there was behind that moment: the writer had its id before it
 * looked for the entry, so it is one of those that are waited for.
 */
#include "ledger/fresh.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "storage/spin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"

/*
 * Partitions, of all databases.  Those for which there is no place are looked
 * through by index each time.
 */
#define PLACES 8192

/* Pages that are read although nothing new may be on them: so many, and so many
 * times those that have been written. */
#define SCATTERED_PAGES 1024
#define SCATTERED_TIMES 4

typedef struct fresh_key
{
	Oid			database;
	Oid			relation;
} fresh_key;

typedef struct page_range
{
	BlockNumber first;
	BlockNumber last;
	uint32		pages;			/* noted: at least as many have rows */
	uint64		oldest;			/* transaction that wrote there */
	uint64		newest;			/* 0: the range is empty */
	bool		is_read;		/* by a sealer, before */
} page_range;

typedef struct fresh_entry
{
	fresh_key	key;
	slock_t		lock;			/* of what follows */
	file_locator storage;
	page_range	old;
	page_range	new;
} fresh_entry;

typedef struct fresh_shared
{
	LWLock	   *lock;			/* of the table of entries */
	HTAB	   *entries;
} fresh_shared;

static fresh_shared fresh;

static shmem_request_hook_type next_request;
static shmem_startup_hook_type next_startup;

/* Old ranges that are emptied at commit, if they are still the same. */
typedef struct seen_range
{
	fresh_key	key;
	uint64		newest;
} seen_range;

static seen_range *seen;
static int	seen_count;
static int	seen_room;

static const page_range no_pages = {InvalidBlockNumber, 0, 0, PG_UINT64_MAX, 0};

static void
request(void)
{
	if (next_request)
		next_request();
	RequestAddinShmemSpace(hash_estimate_size(PLACES, sizeof(fresh_entry)));
	RequestNamedLWLockTranche("fireiot fresh pages", 1);
}

static void
startup(void)
{
	HASHCTL		control = {
		.keysize = sizeof(fresh_key),
		.entrysize = sizeof(fresh_entry)
	};

	if (next_startup)
		next_startup();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	fresh.entries = ShmemInitHash("fireiot fresh pages", PLACES, PLACES,
								  &control, HASH_ELEM | HASH_BLOBS);
	fresh.lock = &GetNamedLWLockTranche("fireiot fresh pages")->lock;
	LWLockRelease(AddinShmemInitLock);
}

void
fresh_request(void)
{
	next_request = shmem_request_hook;
	shmem_request_hook = request;
	next_startup = shmem_startup_hook;
	shmem_startup_hook = startup;
}

static fresh_entry *
find_entry(const fresh_key *key)
{
	return hash_search(fresh.entries, key, HASH_FIND, NULL);
}

static bool
is_empty(const page_range *range)
{
	return range->newest == 0;
}

static void
widen(page_range *range, const page_range *more)
{
	range->first = Min(range->first, more->first);
	range->last = Max(range->last, more->last);
	range->pages += more->pages;
	range->oldest = Min(range->oldest, more->oldest);
	range->newest = Max(range->newest, more->newest);
}

static void
note_range(Relation relation, const page_range *range)
{
	const fresh_key key = {MyDatabaseId, RelationGetRelid(relation)};
	fresh_entry *entry;

	LWLockAcquire(fresh.lock, LW_SHARED);
	entry = find_entry(&key);
	if (entry != NULL)
	{
		SpinLockAcquire(&entry->lock);
		if (file_locator_equals(&entry->storage, relation_file_locator(relation)))
			widen(&entry->new, range);
		SpinLockRelease(&entry->lock);
	}
	LWLockRelease(fresh.lock);
}

/*
 * A page that was noted stays noted for as long as the transaction lasts: its
 * range is not emptied before.
 */
void
fresh_note(Relation relation, TupleTableSlot **slots, int count,
		   FullTransactionId tx, fresh_written *written)
{
	page_range	range = no_pages;
	BlockNumber before = InvalidBlockNumber;

	if (fresh.entries == NULL || count == 0)
		return;
	for (int i = 0; i < count; i++)
	{
		BlockNumber page = ItemPointerGetBlockNumber(&slots[i]->tts_tid);

		range.first = Min(range.first, page);
		range.last = Max(range.last, page);
		range.pages += page != before;
		before = page;
	}
	range.oldest = range.newest = U64FromFullTransactionId(tx);
	if (!FullTransactionIdEquals(written->tx, tx))
		*written = (fresh_written) {tx, range.first, range.last};
	else if (written->first <= range.first && range.last <= written->last)
		return;
	written->first = Min(written->first, range.first);
	written->last = Max(written->last, range.last);
	note_range(relation, &range);
}

/* All pages, and everybody who may have written without a note. */
static void
know_nothing(fresh_entry *entry, Relation relation)
{
	const page_range everything = {0, MaxBlockNumber, 0, 0, PG_UINT64_MAX};
	uint64		last;

	SpinLockAcquire(&entry->lock);
	entry->storage = *relation_file_locator(relation);
	entry->old = everything;
	entry->new = no_pages;
	SpinLockRelease(&entry->lock);
	/* who does not find it as it is now has an id before this one */
	last = U64FromFullTransactionId(ReadNextFullTransactionId()) - 1;
	SpinLockAcquire(&entry->lock);
	entry->old.newest = last;
	SpinLockRelease(&entry->lock);
}

/* Of relations that are gone, most likely; the others become known again. */
static void
make_room(void)
{
	HASH_SEQ_STATUS all;
	fresh_entry *entry;

	hash_seq_init(&all, fresh.entries);
	while ((entry = hash_seq_search(&all)) != NULL)
		(void) hash_search(fresh.entries, &entry->key, HASH_REMOVE, NULL);
}

static void
make_entry(const fresh_key *key, Relation relation)
{
	bool		found;
	fresh_entry *entry;

	LWLockAcquire(fresh.lock, LW_EXCLUSIVE);
	if (hash_get_num_entries(fresh.entries) >= PLACES)
		make_room();
	entry = hash_search(fresh.entries, key, HASH_ENTER_NULL, &found);
	if (entry != NULL)
	{
		if (!found)
			SpinLockInit(&entry->lock);
		know_nothing(entry, relation);
	}
	LWLockRelease(fresh.lock);
}

static void
empty_seen(void)
{
	LWLockAcquire(fresh.lock, LW_SHARED);
	for (int i = 0; i < seen_count; i++)
	{
		fresh_entry *entry = find_entry(&seen[i].key);

		if (entry != NULL)
		{
			SpinLockAcquire(&entry->lock);
			if (entry->old.newest == seen[i].newest)
				entry->old = no_pages;
			SpinLockRelease(&entry->lock);
		}
	}
	LWLockRelease(fresh.lock);
}

/* The sealer's lock is held until behind this. */
static void
at_end(XactEvent event, void *arg)
{
	if (seen_count > 0 && event == XACT_EVENT_COMMIT)
		empty_seen();
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		seen_count = 0;
}

/* The block may have been made in it. */
static void
at_end_of_subtransaction(SubXactEvent event, SubTransactionId mine,
						 SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		seen_count = 0;
}

static void
empty_at_commit(const fresh_key *key, uint64 newest)
{
	if (seen == NULL)
	{
		seen_room = 64;
		seen = MemoryContextAlloc(TopMemoryContext,
								  seen_room * sizeof(seen_range));
		RegisterXactCallback(at_end, NULL);
		RegisterSubXactCallback(at_end_of_subtransaction, NULL);
	}
	if (seen_count == seen_room)
	{
		seen = repalloc(seen, 2 * seen_room * sizeof(seen_range));
		seen_room *= 2;
	}
	seen[seen_count++] = (seen_range) {*key, newest};
}

/* Both ranges; false: there is no entry of this storage. */
static bool
read_entry(const fresh_key *key, Relation relation, page_range *old,
		   page_range *new)
{
	fresh_entry *entry;
	bool		is_known = false;

	LWLockAcquire(fresh.lock, LW_SHARED);
	entry = find_entry(key);
	if (entry != NULL)
	{
		SpinLockAcquire(&entry->lock);
		is_known = file_locator_equals(&entry->storage,
									   relation_file_locator(relation));
		if (is_known && is_empty(&entry->old))
		{
			entry->old = entry->new;
			entry->new = no_pages;
		}
		*old = entry->old;
		*new = entry->new;
		entry->old.is_read = true;
		SpinLockRelease(&entry->lock);
	}
	LWLockRelease(fresh.lock);
	return is_known;
}

/* All transactions that wrote in a range, as far as a snapshot can tell. */
static bool
have_ended(const page_range *range, const chain_snapshot *snapshot)
{
	if (range->newest >= snapshot->xmax)
		return false;
	for (int i = 0; i < snapshot->running_count; i++)
		if (snapshot->running[i] >= range->oldest &&
			snapshot->running[i] <= range->newest)
			return false;
	return true;
}

/*
 * So many pages have nothing new that an index is faster.  What was read before
 * and is still there, since who wrote there has not ended, has little.
 */
static bool
is_scattered(const page_range *old, const page_range *new)
{
	uint64		noted = (uint64) new->pages + (old->is_read ? 0 : old->pages);
	BlockNumber first = Min(old->first, new->first);
	BlockNumber last = Max(old->last, new->last);

	return last - first > SCATTERED_PAGES + SCATTERED_TIMES * noted;
}

fresh_state
fresh_look(Relation relation, const chain_snapshot *snapshot,
		   BlockNumber *first, BlockNumber *last)
{
	const fresh_key key = {MyDatabaseId, RelationGetRelid(relation)};
	page_range	old;
	page_range	new;

	if (fresh.entries == NULL)
		return FRESH_UNKNOWN;
	if (!read_entry(&key, relation, &old, &new))
	{
		make_entry(&key, relation);
		return FRESH_UNKNOWN;
	}
	if (is_empty(&old))
		return FRESH_NONE;
	if (have_ended(&old, snapshot))
		empty_at_commit(&key, old.newest);
	*first = Min(old.first, new.first);
	*last = Max(old.last, new.last);
	return is_scattered(&old, &new) ?
		FRESH_UNKNOWN : FRESH_PAGES;
}
