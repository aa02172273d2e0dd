/*
 * summarize.c
 *	  Keeps the end of BRIN indexes short.
 *
 * autosummarize leaves it to autovacuum, which comes once a minute: rows of a
 * minute would be read each second.
 */
#include "ledger/summarize.h"

#include "access/genam.h"
#include "catalog/pg_am.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/hsearch.h"
#include "utils/rel.h"

/* As many new pages are worth the work: a second of a busy listener. */
#define DUE_PAGES 128

typedef struct summarized
{
	Oid			relation;
	BlockNumber pages;			/* when it was done last, in this process */
} summarized;

static HTAB *done;

static summarized *
remembered(Oid relation)
{
	bool		found;
	summarized *entry;

	if (done == NULL)
	{
		HASHCTL		control = {
			.keysize = sizeof(Oid),
			.entrysize = sizeof(summarized)
		};

		done = hash_create("fireiot summarized", 64, &control,
						   HASH_ELEM | HASH_BLOBS);
	}
	entry = hash_search(done, &relation, HASH_ENTER, &found);
	if (!found)
		entry->pages = 0;
	return entry;
}

static void
summarize_indexes(Relation relation)
{
	List	   *indexes = RelationGetIndexList(relation);
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Oid			index_id = lfirst_oid(cell);
		Relation	index = index_open(index_id, AccessShareLock);
		bool		is_brin = index->rd_rel->relam == BRIN_AM_OID;

		index_close(index, AccessShareLock);
		if (is_brin)
			(void) DirectFunctionCall1(brin_summarize_new_values,
									   ObjectIdGetDatum(index_id));
	}
	list_free(indexes);
}

void
summarize_if_due(Relation relation)
{
	Oid			id = RelationGetRelid(relation);
	BlockNumber pages = RelationGetNumberOfBlocks(relation);
	summarized *entry = remembered(id);

	/* fewer pages than before: another relation with this number */
	if (pages >= entry->pages && pages - entry->pages < DUE_PAGES)
		return;
	if (!ConditionalLockRelationOid(id, ShareUpdateExclusiveLock))
		return;
	summarize_indexes(relation);
	UnlockRelationOid(id, ShareUpdateExclusiveLock);
	entry->pages = pages;
}
