/*
 * part_rows.c
 *	  Rows of part_now changed in place, without a plan.
 */
#include "ingest/part_rows.h"

#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "types/alarm_state.h"

/* Columns of part_now, by their places; the first ones are its key. */
enum
{
	COLUMN_DEVICE,
	COLUMN_PART,
	COLUMN_KIND,
	COLUMN_QUANTITY,
	KEY_COLUMNS,
	COLUMN_STATE = KEY_COLUMNS,
	COLUMN_RAW_VALUE,
	COLUMN_VALUE,
	COLUMN_OPERATOR,
	COLUMN_TEXT,
	COLUMN_OBSERVED_AT,
	COLUMN_RECEIVED_AT,
	COLUMN_SINCE,
	COLUMN_FRAME_ID,
	COLUMNS
};

struct part_rows
{
	EState	   *estate;
	ResultRelInfo *target;
	IndexScanDesc scan;
	ScanKeyData keys[KEY_COLUMNS];
	BlockNumber blocks;			/* of the table */
	TupleTableSlot *found;
	TupleTableSlot *changed;
};

static void
check_privileges(Relation table)
{
	AclResult	result = pg_class_aclmask(RelationGetRelid(table), GetUserId(),
										  ACL_SELECT | ACL_UPDATE,
										  ACLMASK_ALL) ==
				(ACL_SELECT | ACL_UPDATE) ? ACLCHECK_OK : ACLCHECK_NO_PRIV;

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_TABLE, RelationGetRelationName(table));
}

static bool
is_plain(Relation table)
{
	return table->rd_rel->relkind == RELKIND_RELATION &&
		RelationGetDescr(table)->natts == COLUMNS &&
		table->trigdesc == NULL && table->rd_rules == NULL &&
		!table->rd_rel->relrowsecurity;
}

static Relation
primary_key(ResultRelInfo *target)
{
	for (int i = 0; i < target->ri_NumIndices; i++)
	{
		Relation	index = target->ri_IndexRelationDescs[i];

		if (index->rd_index->indisprimary &&
			index->rd_index->indnkeyatts == KEY_COLUMNS)
			return index;
	}
	return NULL;
}

/* Equality of each column of the key, whose value is filled in later. */
static void
make_keys(part_rows *rows, Relation index)
{
	for (int i = 0; i < KEY_COLUMNS; i++)
	{
		Oid			type = index->rd_opcintype[i];
		Oid			equal = get_opfamily_member(index->rd_opfamily[i], type,
												type, BTEqualStrategyNumber);

		ScanKeyInit(&rows->keys[i], i + 1, BTEqualStrategyNumber,
					get_opcode(equal), (Datum) 0);
	}
}

static void
make_slots(part_rows *rows, Relation table)
{
	rows->found = table_slot_create(table, NULL);
	rows->changed = MakeSingleTupleTableSlot(RelationGetDescr(table),
											 &TTSOpsVirtual);
}

part_rows *
part_rows_begin(Oid part_now)
{
	Relation	table = table_open(part_now, RowExclusiveLock);
	part_rows  *rows = palloc0(sizeof(part_rows));
	Relation	key = NULL;

	check_privileges(table);
	rows->target = makeNode(ResultRelInfo);
	InitResultRelInfo(rows->target, table, 0, NULL, 0);
	ExecOpenIndices(rows->target, false);
	if (is_plain(table))
		key = primary_key(rows->target);
	if (key == NULL)
	{
		ExecCloseIndices(rows->target);
		table_close(table, NoLock);
		return NULL;
	}
	CheckCmdReplicaIdentity(table, CMD_UPDATE);
	rows->estate = CreateExecutorState();
	rows->estate->es_snapshot = GetActiveSnapshot();
	rows->estate->es_output_cid = GetCurrentCommandId(true);
	rows->blocks = RelationGetNumberOfBlocks(table);
	make_keys(rows, key);
	make_slots(rows, table);
	rows->scan = index_scan_begin(table, key, rows->estate->es_snapshot,
								  KEY_COLUMNS);
	return rows;
}

static bool
is_key(TupleTableSlot *slot, const part_change *c)
{
	slot_getsomeattrs(slot, KEY_COLUMNS);
	return DatumGetDeviceAddr(slot->tts_values[COLUMN_DEVICE]) == c->device &&
		DatumGetPartAddr(slot->tts_values[COLUMN_PART]) == c->part &&
		DatumGetInt16(slot->tts_values[COLUMN_KIND]) == c->kind &&
		DatumGetInt16(slot->tts_values[COLUMN_QUANTITY]) == c->quantity;
}

/*
 * Where this process left it.  By now another row may be there, or none, or
 * the table may be a shorter one.
 */
static bool
find_in_place(part_rows *rows, part_change *c)
{
	return ItemPointerIsValid(&c->at) &&
		ItemPointerGetBlockNumber(&c->at) < rows->blocks &&
		table_tuple_fetch_row_version(rows->target->ri_RelationDesc, &c->at,
									  rows->estate->es_snapshot,
									  rows->found) &&
		is_key(rows->found, c);
}

static bool
find_by_key(part_rows *rows, const part_change *c)
{
	rows->keys[COLUMN_DEVICE].sk_argument = DeviceAddrGetDatum(c->device);
	rows->keys[COLUMN_PART].sk_argument = PartAddrGetDatum(c->part);
	rows->keys[COLUMN_KIND].sk_argument = Int16GetDatum(c->kind);
	rows->keys[COLUMN_QUANTITY].sk_argument = Int16GetDatum(c->quantity);
	index_rescan(rows->scan, rows->keys, KEY_COLUMNS, NULL, 0);
	return index_getnext_slot(rows->scan, ForwardScanDirection, rows->found);
}

static void
set(TupleTableSlot *slot, int column, Datum value, bool isnull)
{
	slot->tts_values[column] = value;
	slot->tts_isnull[column] = isnull;
}

/* The row as it was, but for what the change says. */
static void
fill(part_rows *rows, const part_change *c)
{
	TupleTableSlot *slot = rows->changed;
	bool		is_state = c->quantity < 0;
	bool		no_value;
	Datum		value = part_change_value(c, &no_value);

	ExecClearTuple(slot);
	slot_getallattrs(rows->found);
	memcpy(slot->tts_values, rows->found->tts_values, COLUMNS * sizeof(Datum));
	memcpy(slot->tts_isnull, rows->found->tts_isnull, COLUMNS * sizeof(bool));
	set(slot, COLUMN_STATE, AlarmStateGetDatum(c->state), !is_state);
	set(slot, COLUMN_RAW_VALUE, Int16GetDatum(c->raw), is_state);
	set(slot, COLUMN_VALUE, value, no_value);
	set(slot, COLUMN_TEXT, c->text, c->text == (Datum) 0);
	set(slot, COLUMN_OBSERVED_AT, TimestampTzGetDatum(c->observed_at),
		!c->observed);
	set(slot, COLUMN_RECEIVED_AT, TimestampTzGetDatum(c->received_at), false);
	set(slot, COLUMN_SINCE, TimestampTzGetDatum(c->received_at), false);
	set(slot, COLUMN_FRAME_ID, Int64GetDatum(c->frame_id), false);
	ExecStoreVirtualTuple(slot);
}

bool
part_rows_update(part_rows *rows, part_change *change)
{
	Relation	table = rows->target->ri_RelationDesc;
	MemoryContext old;
	bool		done;

	if (!find_in_place(rows, change) && !find_by_key(rows, change))
		return false;
	old = MemoryContextSwitchTo(GetPerTupleMemoryContext(rows->estate));
	fill(rows, change);
	rows->changed->tts_tableOid = RelationGetRelid(table);
	if (table->rd_att->constr != NULL)
		ExecConstraints(rows->target, rows->changed, rows->estate);
	done = update_row(rows->target, &rows->found->tts_tid, rows->changed,
					  rows->estate, rows->estate->es_snapshot) == TM_Ok;
	MemoryContextSwitchTo(old);
	change->at = rows->changed->tts_tid;
	ExecClearTuple(rows->found);
	ExecClearTuple(rows->changed);
	ResetPerTupleExprContext(rows->estate);
	return done;
}

void
part_rows_end(part_rows *rows)
{
	Relation	table = rows->target->ri_RelationDesc;

	index_endscan(rows->scan);
	ExecDropSingleTupleTableSlot(rows->found);
	ExecDropSingleTupleTableSlot(rows->changed);
	ExecCloseIndices(rows->target);
	FreeExecutorState(rows->estate);
	table_close(table, NoLock);
	pfree(rows);
}
