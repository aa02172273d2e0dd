/*
 * table_am.c
 *	  The table access method fireiot_ledger: a heap whose rows are added and
 *	  never changed.
 *
 * Storage, visibility, locks, WAL and vacuum are the heap's own.  What would
 * change or remove a row is refused for everyone, whichever way it comes:
 * statements, cascades, logical replication, TRUNCATE.  A table without rows
 * may be truncated, as pg_restore does before it fills one in parallel.  Row
 * locks write no data and are allowed; vacuum reclaims what was rolled back.
 *
 * A column "tx xid8" is set to the id of the inserting transaction, whatever
 * the row brings, so that none can be backdated; the ledger finds new rows by
 * it.  The other half of the protection, DDL that would change what rows show,
 * is the guard's (guard.c), which is why nothing is written on a server that
 * has not preloaded it.
 */
#include "ledger/table_am.h"

#include "access/heapam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/xid8.h"

#include "ledger/fresh.h"
#include "ledger/refusal.h"
#include "ledger/stamp.h"

static const TableAmRoutine *heap;
static TableAmRoutine ledger;
static bool preloaded;

/* What is kept with an open relation, in rd_amcache. */
typedef struct ledger_cache
{
	AttrNumber	tx;				/* of the column; 0: none */
	fresh_written written;
} ledger_cache;

bool
is_ledger_storage(Relation relation)
{
	return relation->rd_tableam == &ledger && heap != NULL;
}

void
ledger_preloaded(void)
{
	preloaded = true;
}

/*
 * Without the guard, DDL could change what was just stored.  The rows of the
 * extension's own script are the same wherever it runs.
 */
static void
require_guard(Relation relation)
{
	if (likely(preloaded) || IsBinaryUpgrade || creating_extension)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" takes no rows on a server without fireiot in shared_preload_libraries",
					qualified_name(relation)),
			 errdetail("What guards its rows is in the library."),
			 errhint("Add fireiot to shared_preload_libraries and restart the server; fireiot.status() has the line.")));
}

pg_noreturn static void
refuse_change(Relation relation)
{
	refuse("rows of table \"%s\" cannot be changed", qualified_name(relation),
		   "Record what became known later as a row of its own.");
}

pg_noreturn static void
refuse_removal(Relation relation)
{
	refuse("rows of table \"%s\" cannot be removed", qualified_name(relation),
		   "Partitions that no rule keeps any longer leave by fireiot.purge_expired().");
}

static AttrNumber
find_tx(TupleDesc columns)
{
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (!column->attisdropped && column->atttypid == XID8OID &&
			strcmp(NameStr(column->attname), "tx") == 0)
			return column->attnum;
	}
	return InvalidAttrNumber;
}

static ledger_cache *
cache_of(Relation relation)
{
	ledger_cache *cache = relation->rd_amcache;

	if (cache == NULL)
	{
		cache = MemoryContextAllocZero(CacheMemoryContext,
									   sizeof(ledger_cache));
		cache->tx = find_tx(RelationGetDescr(relation));
		relation->rd_amcache = cache;
	}
	return cache;
}

static void
stamp(Relation relation, TupleTableSlot *slot)
{
	AttrNumber	column = cache_of(relation)->tx;

	if (column != InvalidAttrNumber)
		stamp_row(slot, column, GetTopFullTransactionId());
}

/* Once they are stored, and before they can be seen. */
static void
note(Relation relation, TupleTableSlot **slots, int count)
{
	ledger_cache *cache = cache_of(relation);

	if (cache->tx != InvalidAttrNumber)
		fresh_note(relation, slots, count, GetTopFullTransactionId(),
				   &cache->written);
}

static void
insert(Relation relation, TupleTableSlot *slot, CommandId command,
	   int options, struct BulkInsertStateData *bulk)
{
	require_guard(relation);
	stamp(relation, slot);
	heap->tuple_insert(relation, slot, command, options, bulk);
	note(relation, &slot, 1);
}

static void
insert_speculative(Relation relation, TupleTableSlot *slot, CommandId command,
				   int options, struct BulkInsertStateData *bulk,
				   uint32 token)
{
	require_guard(relation);
	stamp(relation, slot);
	heap->tuple_insert_speculative(relation, slot, command, options, bulk,
								   token);
	note(relation, &slot, 1);
}

static void
insert_many(Relation relation, TupleTableSlot **slots, int count,
			CommandId command, int options, struct BulkInsertStateData *bulk)
{
	require_guard(relation);
	for (int i = 0; i < count; i++)
		stamp(relation, slots[i]);
	heap->multi_insert(relation, slots, count, command, options, bulk);
	note(relation, slots, count);
}

static TM_Result
refuse_update(Relation relation, ItemPointer at, TupleTableSlot *slot,
			  CommandId command, Snapshot snapshot, Snapshot crosscheck,
			  bool wait, TM_FailureData *failure, LockTupleMode *mode,
			  updated_indexes *indexes)
{
	refuse_change(relation);
}

static TM_Result
refuse_delete(Relation relation, ItemPointer at, CommandId command,
			  Snapshot snapshot, Snapshot crosscheck, bool wait,
			  TM_FailureData *failure, bool changing_partition)
{
	refuse_removal(relation);
}

/* Of a table that takes the rows of another, and its name, the other's. */
static const char *
name_for_people(Relation relation)
{
	Oid			other = rewritten_by_name(RelationGetRelationName(relation));
	char	   *name = OidIsValid(other) ? get_rel_name(other) : NULL;

	return name != NULL ? name : RelationGetRelationName(relation);
}

/* Rows that do not outlast a crash or a session are no records. */
static void
check_kind(Relation relation, char persistence)
{
	if (relation->rd_rel->relkind != RELKIND_RELATION &&
		relation->rd_rel->relkind != RELKIND_TOASTVALUE)
		refuse("\"%s\" cannot be kept by access method fireiot_ledger",
			   RelationGetRelationName(relation),
			   "It is for tables. Name another with USING, or leave default_table_access_method alone.");
	if (persistence != RELPERSISTENCE_PERMANENT)
		refuse("table \"%s\" of access method fireiot_ledger cannot be temporary or unlogged",
			   name_for_people(relation),
			   "Its rows must outlast a crash. Use an ordinary table for what need not be kept.");
}

/* Storage for a new table, or, to TRUNCATE it, anew for an old one. */
static void
set_new_storage(Relation relation, const file_locator *locator,
				char persistence, TransactionId *freeze, MultiXactId *minimum)
{
	check_kind(relation, persistence);
	if (!file_locator_equals(relation_file_locator(relation), locator) &&
		holds_rows(relation))
		refuse_removal(relation);
	heap->relation_set_new_filelocator(relation, locator, persistence, freeze,
									   minimum);
}

static void
truncate_new_table(Relation relation)
{
	if (holds_rows(relation))
		refuse_removal(relation);
	heap->relation_nontransactional_truncate(relation);
}

PG_FUNCTION_INFO_V1(fireiot_ledger_handler);
Datum
fireiot_ledger_handler(PG_FUNCTION_ARGS)
{
	if (heap == NULL)
	{
		ledger = *GetHeapamTableAmRoutine();
		ledger.tuple_insert = insert;
		ledger.tuple_insert_speculative = insert_speculative;
		ledger.multi_insert = insert_many;
		ledger.tuple_update = refuse_update;
		ledger.tuple_delete = refuse_delete;
		ledger.relation_set_new_filelocator = set_new_storage;
		ledger.relation_nontransactional_truncate = truncate_new_table;
		ledger.index_build_range_scan = ledger_index_build_range_scan;
		ledger.index_validate_scan = ledger_index_validate_scan;
		heap = GetHeapamTableAmRoutine();
	}
	PG_RETURN_POINTER(&ledger);
}
