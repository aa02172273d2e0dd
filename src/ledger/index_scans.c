/*
 * index_scans.c
 *	  Reading a whole ledger table to fill an index.
 *
 * The heap's own scans for this take heap tables only, by identity of the
 * access method.  Ours are shorter: no row is ever updated or deleted, so there
 * are no HOT chains, and a row is dead only when its transaction was rolled
 * back.
 */
#include "ledger/table_am.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "catalog/index.h"
#include "commands/progress.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* What is needed to make index entries of rows. */
typedef struct entry_maker
{
	IndexInfo  *info;
	EState	   *estate;
	ExprContext *context;
	ExprState  *predicate;
	TupleTableSlot *slot;
	Datum		values[INDEX_MAX_KEYS];
	bool		is_null[INDEX_MAX_KEYS];
} entry_maker;

static void
entry_maker_begin(entry_maker *maker, Relation table, IndexInfo *info)
{
	maker->info = info;
	maker->estate = CreateExecutorState();
	maker->context = GetPerTupleExprContext(maker->estate);
	maker->slot = table_slot_create(table, NULL);
	maker->context->ecxt_scantuple = maker->slot;
	maker->predicate = ExecPrepareQual(info->ii_Predicate, maker->estate);
}

/* Make the entry of the row in the slot; false when the index has none. */
static bool
make_entry(entry_maker *maker)
{
	MemoryContextReset(maker->context->ecxt_per_tuple_memory);
	if (maker->predicate != NULL &&
		!ExecQual(maker->predicate, maker->context))
		return false;
	FormIndexDatum(maker->info, maker->slot, maker->estate, maker->values,
				   maker->is_null);
	return true;
}

static void
entry_maker_end(entry_maker *maker)
{
	ExecDropSingleTupleTableSlot(maker->slot);
	FreeExecutorState(maker->estate);
	/* they pointed into the state */
	maker->info->ii_ExpressionsState = NIL;
	maker->info->ii_PredicateState = NULL;
}

static void
report_blocks(TableScanDesc scan, bool done)
{
	HeapScanDesc heap_scan = (HeapScanDesc) scan;
	BlockNumber blocks = heap_scan->rs_nblocks;
	BlockNumber at = heap_scan->rs_cblock;

	if (!done && BlockNumberIsValid(at))
		blocks = at >= heap_scan->rs_startblock ?
			at - heap_scan->rs_startblock :
			blocks - heap_scan->rs_startblock + at;
	pgstat_progress_update_param(PROGRESS_SCAN_BLOCKS_DONE, blocks);
}

/*
 * The scan of a build that was not given one.  A concurrent build sees what
 * its snapshot sees, validation adds the rest; any other, and each part of a
 * parallel one, sees every row and chooses in should_index().
 */
static TableScanDesc
begin_scan(Relation table, IndexInfo *info, bool allow_sync,
		   BlockNumber start, BlockNumber blocks, Snapshot *registered)
{
	Snapshot	snapshot = SnapshotAny;
	TableScanDesc scan;

	if (info->ii_Concurrent)
		snapshot = *registered = RegisterSnapshot(GetTransactionSnapshot());
	scan = table_beginscan_strat(table, snapshot, 0, NULL, true, allow_sync);
	if (!allow_sync)
		heap_setscanlimits(scan, start, blocks);
	return scan;
}

/*
 * A build keeps writers out: rows are committed, our own, or rolled back.  To
 * summarize does not, and then (any_visible) takes them all, which at worst
 * widens a summary.
 */
static bool
should_index(TableScanDesc scan, TupleTableSlot *slot, bool any_visible)
{
	return any_visible || scan->rs_snapshot != SnapshotAny ||
		table_tuple_satisfies_snapshot(scan->rs_rd, slot, SnapshotSelf);
}

double
ledger_index_build_range_scan(Relation table, Relation index, IndexInfo *info,
							  bool allow_sync, bool any_visible, bool progress,
							  BlockNumber start, BlockNumber blocks,
							  IndexBuildCallback callback,
							  void *callback_state, TableScanDesc scan)
{
	entry_maker maker;
	Snapshot	registered = InvalidSnapshot;
	BlockNumber at = InvalidBlockNumber;
	double		rows = 0;

	entry_maker_begin(&maker, table, info);
	if (scan == NULL)
		scan = begin_scan(table, info, allow_sync, start, blocks, &registered);
	if (progress)
		pgstat_progress_update_param(PROGRESS_SCAN_BLOCKS_TOTAL,
									 ((HeapScanDesc) scan)->rs_nblocks);
	while (table_scan_getnextslot(scan, ForwardScanDirection, maker.slot))
	{
		CHECK_FOR_INTERRUPTS();
		if (progress && ItemPointerGetBlockNumber(&maker.slot->tts_tid) != at)
		{
			at = ItemPointerGetBlockNumber(&maker.slot->tts_tid);
			report_blocks(scan, false);
		}
		if (!should_index(scan, maker.slot, any_visible))
			continue;
		rows++;
		if (make_entry(&maker))
			callback(index, &maker.slot->tts_tid, maker.values, maker.is_null,
					 true, callback_state);
	}
	if (progress)
		report_blocks(scan, true);
	table_endscan(scan);
	if (registered != InvalidSnapshot)
		UnregisterSnapshot(registered);
	entry_maker_end(&maker);
	return rows;
}

/* The row places that the index has, in order. */
typedef struct indexed_places
{
	Tuplesortstate *sort;
	ItemPointerData at;
	bool		done;
} indexed_places;

/* Is the place among them?  Asked in ascending order. */
static bool
is_indexed(indexed_places *places, ItemPointer place)
{
	while (!places->done && ItemPointerCompare(&places->at, place) < 0)
	{
		Datum		value;
		bool		is_null;

		places->done = !tuplesort_next_datum(places->sort, &value, &is_null);
		if (places->done)
			break;
		itemptr_decode(&places->at, DatumGetInt64(value));
		if (!FLOAT8PASSBYVAL)
			pfree(DatumGetPointer(value));
	}
	return !places->done && ItemPointerEquals(&places->at, place);
}

void
ledger_index_validate_scan(Relation table, Relation index, IndexInfo *info,
						   Snapshot snapshot, ValidateIndexState *state)
{
	entry_maker maker;
	indexed_places places = {.sort = state->tuplesort};
	BlockNumber at = InvalidBlockNumber;
	TableScanDesc scan;

	ItemPointerSet(&places.at, 0, 0);	/* before all */
	entry_maker_begin(&maker, table, info);
	/* in the order of places: not along with somebody else's scan */
	scan = table_beginscan_strat(table, snapshot, 0, NULL, true, false);
	pgstat_progress_update_param(PROGRESS_SCAN_BLOCKS_TOTAL,
								 ((HeapScanDesc) scan)->rs_nblocks);
	while (table_scan_getnextslot(scan, ForwardScanDirection, maker.slot))
	{
		CHECK_FOR_INTERRUPTS();
		if (ItemPointerGetBlockNumber(&maker.slot->tts_tid) != at)
		{
			at = ItemPointerGetBlockNumber(&maker.slot->tts_tid);
			report_blocks(scan, false);
		}
		state->htups += 1;
		if (is_indexed(&places, &maker.slot->tts_tid) || !make_entry(&maker))
			continue;
		index_insert(index, maker.values, maker.is_null, &maker.slot->tts_tid,
					 table, info->ii_Unique ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO,
					 false, info);
		state->tups_inserted += 1;
	}
	table_endscan(scan);
	entry_maker_end(&maker);
}
