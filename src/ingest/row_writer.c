/*
 * row_writer.c
 *	  Rows into a table partitioned by received_at, many at a time.
 */
#include "ingest/row_writer.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/tupconvert.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/acl.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* As many as COPY gathers. */
#define GATHER 1000

struct row_writer
{
	Relation	parent;
	EState	   *estate;
	CommandId	command;
	int			columns;

	/* the partition in use, for rows of [from, to) */
	ResultRelInfo *target;
	TimestampTz from;
	TimestampTz to;
	BulkInsertState bulk;
	TupleDesc	shape;			/* its columns; a copy, which slots need not count */

	TupleTableSlot *slots[GATHER];
	int			made;			/* slots that exist */
	int			filled;
};

/* As for an INSERT. */
static void
check_privilege(Relation table)
{
	AclResult	result = pg_class_aclcheck(RelationGetRelid(table),
										   GetUserId(), ACL_INSERT);

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_TABLE, RelationGetRelationName(table));
}

row_writer *
row_writer_begin(Oid table, int columns)
{
	row_writer *writer = palloc0(sizeof(row_writer));

	writer->parent = table_open(table, RowExclusiveLock);
	check_privilege(writer->parent);
	if (RelationGetDescr(writer->parent)->natts < columns)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has %d columns instead of at least %d",
						RelationGetRelationName(writer->parent),
						RelationGetDescr(writer->parent)->natts, columns),
				 errhint("Columns of fireiot's own tables cannot be added or dropped; keep site data in tables of your own.")));
	writer->columns = RelationGetDescr(writer->parent)->natts;
	writer->estate = CreateExecutorState();
	writer->command = GetCurrentCommandId(true);
	AfterTriggerBeginQuery();
	return writer;
}

static void
no_partition(row_writer *writer, TimestampTz at)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" has no partition for %s",
					RelationGetRelationName(writer->parent),
					timestamptz_to_str(at)),
			 errhint("SELECT fireiot.make_partitions() makes it."),
			 errtable(writer->parent)));
}

/* A bound of the partition; infinite bounds are the ends of all time. */
static TimestampTz
bound(PartitionBoundInfo bounds, int i)
{
	if (i < 0)
		return PG_INT64_MIN;
	if (i >= bounds->ndatums)
		return PG_INT64_MAX;
	switch (bounds->kind[i][0])
	{
		case PARTITION_RANGE_DATUM_MINVALUE:
			return PG_INT64_MIN;
		case PARTITION_RANGE_DATUM_MAXVALUE:
			return PG_INT64_MAX;
		default:
			return DatumGetTimestampTz(bounds->datums[i][0]);
	}
}

/* The last bound that is not above the time; -1 when all are. */
static int
bound_before(PartitionBoundInfo bounds, TimestampTz at)
{
	int			low = -1;
	int			high = bounds->ndatums - 1;

	while (low < high)
	{
		int			middle = low + (high - low + 1) / 2;

		if (bound(bounds, middle) <= at)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* A plain table with the parent's columns at the same places. */
static void
check_shape(row_writer *writer, Relation partition)
{
	if (partition->rd_rel->relkind != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("partition \"%s\" of table \"%s\" is no plain table",
						RelationGetRelationName(partition),
						RelationGetRelationName(writer->parent)),
				 errhint("Detach it and let fireiot.make_partitions() make it.")));
	if (convert_tuples_by_name(RelationGetDescr(writer->parent),
							   RelationGetDescr(partition)) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("partition \"%s\" of table \"%s\" has its columns in another order",
						RelationGetRelationName(partition),
						RelationGetRelationName(writer->parent)),
				 errhint("Detach it and let fireiot.make_partitions() make it.")));
}

static void
open_target(row_writer *writer, Oid partition)
{
	Relation	relation = table_open(partition, RowExclusiveLock);

	check_shape(writer, relation);
	writer->target = makeNode(ResultRelInfo);
	InitResultRelInfo(writer->target, relation, 0, NULL, 0);
	ExecOpenIndices(writer->target, false);
	writer->bulk = GetBulkInsertState();
	writer->shape = CreateTupleDescCopyConstr(RelationGetDescr(relation));
}

/* Row triggers behind the insert, as COPY runs them. */
static void
after_insert(row_writer *writer, TupleTableSlot *slot, List *recheck)
{
	TriggerDesc *triggers = writer->target->ri_TrigDesc;

	if (triggers != NULL && triggers->trig_insert_after_row)
		ExecARInsertTriggers(writer->estate, writer->target, slot, recheck,
							 NULL);
}

static void
flush(row_writer *writer)
{
	EState	   *estate = writer->estate;
	ResultRelInfo *target = writer->target;
	MemoryContext old;

	if (writer->filled == 0)
		return;
	/* what forming tuples and evaluating indexes takes is given back below */
	old = MemoryContextSwitchTo(GetPerTupleMemoryContext(estate));
	table_multi_insert(target->ri_RelationDesc, writer->slots, writer->filled,
					   writer->command, 0, writer->bulk);
	MemoryContextSwitchTo(old);
	for (int i = 0; i < writer->filled; i++)
	{
		TupleTableSlot *slot = writer->slots[i];
		List	   *recheck = NIL;

		if (target->ri_NumIndices > 0)
			recheck = insert_index_entries(target, slot, estate);
		after_insert(writer, slot, recheck);
		list_free(recheck);
		ExecClearTuple(slot);
	}
	ResetPerTupleExprContext(estate);
	writer->filled = 0;
}

static void
close_target(row_writer *writer)
{
	if (writer->target == NULL)
		return;
	flush(writer);
	table_finish_bulk_insert(writer->target->ri_RelationDesc, 0);
	FreeBulkInsertState(writer->bulk);
	for (int i = 0; i < writer->made; i++)
		ExecDropSingleTupleTableSlot(writer->slots[i]);
	writer->made = 0;
	FreeTupleDesc(writer->shape);
	ExecCloseIndices(writer->target);
	table_close(writer->target->ri_RelationDesc, NoLock);
	writer->target = NULL;
}

/* Make the partition of this time the target. */
static void
route(row_writer *writer, TimestampTz at)
{
	PartitionDesc partitions = RelationGetPartitionDesc(writer->parent, true);
	PartitionBoundInfo bounds = partitions->boundinfo;
	int			before;
	int			index;

	close_target(writer);
	if (partitions->nparts == 0)
		no_partition(writer, at);
	before = bound_before(bounds, at);
	index = bounds->indexes[before + 1];
	if (index < 0)
		no_partition(writer, at);
	open_target(writer, partitions->oids[index]);
	writer->from = bound(bounds, before);
	writer->to = bound(bounds, before + 1);
}

TupleTableSlot *
row_writer_slot(row_writer *writer, TimestampTz received_at)
{
	TupleTableSlot *slot;

	if (writer->target == NULL || received_at < writer->from ||
		received_at >= writer->to)
		route(writer, received_at);
	if (writer->filled == writer->made)
		writer->slots[writer->made++] =
			MakeSingleTupleTableSlot(writer->shape,
									 table_slot_callbacks(writer->target->ri_RelationDesc));
	slot = writer->slots[writer->filled];
	memset(slot->tts_isnull, true, writer->columns * sizeof(bool));
	return slot;
}

/* A BEFORE trigger may turn the row away. */
static bool
before_insert(row_writer *writer, TupleTableSlot *slot)
{
	TriggerDesc *triggers = writer->target->ri_TrigDesc;

	return triggers == NULL || !triggers->trig_insert_before_row ||
		ExecBRInsertTriggers(writer->estate, writer->target, slot);
}

void
row_writer_put(row_writer *writer)
{
	TupleTableSlot *slot = writer->slots[writer->filled];
	Relation	target = writer->target->ri_RelationDesc;

	ExecStoreVirtualTuple(slot);
	slot->tts_tableOid = RelationGetRelid(target);
	if (!before_insert(writer, slot))
	{
		ExecClearTuple(slot);
		return;
	}
	if (target->rd_att->constr != NULL)
		ExecConstraints(writer->target, slot, writer->estate);
	writer->filled++;
	if (writer->filled == GATHER)
		flush(writer);
}

void
row_writer_end(row_writer *writer)
{
	close_target(writer);
	AfterTriggerEndQuery(writer->estate);
	ExecCloseResultRelations(writer->estate);
	table_close(writer->parent, NoLock);
	FreeExecutorState(writer->estate);
	pfree(writer);
}
