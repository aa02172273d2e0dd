/*
 * part_scan.c
 *	  The rows of one relation, straight into a function.
 *
 * Where it is known which pages have them, without the executor: it would take
 * more than half of the time.  Otherwise by a DestReceiver of our own: SPI's
 * result would copy each row.
 */
#include "ledger/part_scan.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

typedef struct row_receiver
{
	DestReceiver dest;
	int			columns;		/* of the schema; tx and ctid stand behind */
	int			id;				/* which of them; -1: none */
	scanned_row_function function;
	void	   *arg;
	MemoryContext row_context;
} row_receiver;

static void
start(DestReceiver *self, int operation, TupleDesc type)
{
}

static void
nothing(DestReceiver *self)
{
}

static bool
receive(TupleTableSlot *slot, DestReceiver *self)
{
	row_receiver *receiver = (row_receiver *) self;
	MemoryContext before = MemoryContextSwitchTo(receiver->row_context);
	scanned_row row;

	slot_getallattrs(slot);
	row.values = slot->tts_values;
	row.nulls = slot->tts_isnull;
	row.has_tx = !slot->tts_isnull[receiver->columns];
	row.tx = row.has_tx ?
		DatumGetInt64(slot->tts_values[receiver->columns]) : 0;
	row.id = receiver->id >= 0 && !slot->tts_isnull[receiver->id] ?
		DatumGetInt64(slot->tts_values[receiver->id]) : 0;
	row.page = ItemPointerGetBlockNumberNoCheck((ItemPointer)
												DatumGetPointer(slot->tts_values[receiver->columns + 1]));
	receiver->function(receiver->arg, &row);
	MemoryContextReset(receiver->row_context);
	MemoryContextSwitchTo(before);
	return true;
}

static int
id_column(const leaf_schema *schema)
{
	for (int i = 0; i < schema->columns; i++)
		if (strcmp(schema->names[i], "id") == 0 &&
			strcmp(schema->types[i], "int8") == 0)
			return i;
	return -1;
}

/* Where the schema's columns and tx are in the table. */
typedef struct page_scan
{
	const leaf_schema *schema;
	int		   *places;			/* from 0 */
	int			tx;				/* -1: there is none */
	int			id;				/* -1: there is none */
	scanned_row row;
} page_scan;

static int
place_of_column(TupleDesc description, const char *name)
{
	for (int i = 0; i < description->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(description, i);

		if (!column->attisdropped && strcmp(NameStr(column->attname), name) == 0)
			return i;
	}
	return -1;
}

/* Values of another type would be read as what they are not. */
static void
find_columns(page_scan *scan, Relation relation)
{
	const leaf_schema *schema = scan->schema;
	TupleDesc	description = RelationGetDescr(relation);
	int			id = id_column(schema);

	scan->places = palloc(Max(schema->columns, 1) * sizeof(int));
	scan->row.values = palloc(Max(schema->columns, 1) * sizeof(Datum));
	scan->row.nulls = palloc(Max(schema->columns, 1) * sizeof(bool));
	for (int i = 0; i < schema->columns; i++)
	{
		int			place = place_of_column(description, schema->names[i]);

		if (place < 0 ||
			strcmp(leaf_form_name(TupleDescAttr(description, place)->atttypid),
				   schema->types[i]) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_DATA_CORRUPTED),
					 errmsg("table \"%s\" has no column \"%s\" of form %s any more",
							RelationGetRelationName(relation),
							schema->names[i], schema->types[i])));
		scan->places[i] = place;
	}
	scan->id = id < 0 ? -1 : scan->places[id];
	scan->tx = place_of_column(description, "tx");
}

static inline void
take_row(page_scan *scan, TupleTableSlot *slot)
{
	scanned_row *row = &scan->row;

	slot_getallattrs(slot);
	for (int i = 0; i < scan->schema->columns; i++)
	{
		row->values[i] = slot->tts_values[scan->places[i]];
		row->nulls[i] = slot->tts_isnull[scan->places[i]];
	}
	row->has_tx = scan->tx >= 0 && !slot->tts_isnull[scan->tx];
	row->tx = row->has_tx ? DatumGetInt64(slot->tts_values[scan->tx]) : 0;
	row->id = scan->id >= 0 && !slot->tts_isnull[scan->id] ?
		DatumGetInt64(slot->tts_values[scan->id]) : 0;
	row->page = ItemPointerGetBlockNumberNoCheck(&slot->tts_tid);
}

/* A range of pages is short, and would only wait behind a ring of buffers. */
static TableScanDesc
begin_scan(Relation relation, BlockNumber first, BlockNumber last,
		   bool *is_range)
{
	ItemPointerData from;
	ItemPointerData to;

	*is_range = first > 0 || last < LAST_PAGE;
	if (!*is_range)
		return table_beginscan_strat(relation, GetActiveSnapshot(), 0, NULL,
									 true, false);
	ItemPointerSet(&from, first, FirstOffsetNumber);
	ItemPointerSet(&to, last, MaxOffsetNumber);
	return table_beginscan_tidrange(relation, GetActiveSnapshot(), &from, &to);
}

void
scan_pages(Oid relation_id, const leaf_schema *schema, BlockNumber first,
		   BlockNumber last, scanned_row_function function, void *arg)
{
	Relation	relation = table_open(relation_id, AccessShareLock);
	page_scan	scan = {.schema = schema};
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext,
													  "fireiot ledger row",
													  ALLOCSET_DEFAULT_SIZES);
	BlockNumber page = InvalidBlockNumber;
	bool		is_range;
	TableScanDesc rows = begin_scan(relation, first, last, &is_range);
	MemoryContext before;

	find_columns(&scan, relation);
	before = MemoryContextSwitchTo(row_context);
	while (is_range ?
		   table_scan_getnextslot_tidrange(rows, ForwardScanDirection, slot) :
		   table_scan_getnextslot(rows, ForwardScanDirection, slot))
	{
		take_row(&scan, slot);
		if (scan.row.page != page)
		{
			CHECK_FOR_INTERRUPTS();
			page = scan.row.page;
		}
		function(arg, &scan.row);
		MemoryContextReset(row_context);
	}
	MemoryContextSwitchTo(before);
	table_endscan(rows);
	ExecDropSingleTupleTableSlot(slot);
	MemoryContextDelete(row_context);
	table_close(relation, NoLock);
}

static char *
make_query(const char *relation, const leaf_schema *schema,
		   const char *condition)
{
	StringInfoData query;

	initStringInfo(&query);
	appendStringInfoString(&query, "SELECT ");
	for (int i = 0; i < schema->columns; i++)
		appendStringInfo(&query, "%s, ", quote_identifier(schema->names[i]));
	appendStringInfo(&query, "tx, ctid FROM ONLY %s WHERE %s",
					 relation, condition);
	return query.data;
}

void
scan_where(const char *relation, const leaf_schema *schema,
		   const char *condition, scanned_row_function function, void *arg)
{
	char	   *query = make_query(relation, schema, condition);
	row_receiver receiver = {
		.dest = {
			.receiveSlot = receive,
			.rStartup = start,
			.rShutdown = nothing,
			.rDestroy = nothing,
			/* not DestNone: then the result would not count as one */
			.mydest = DestTuplestore
		},
		.columns = schema->columns,
		.id = id_column(schema),
		.function = function,
		.arg = arg,
		.row_context = AllocSetContextCreate(CurrentMemoryContext,
											 "fireiot ledger row",
											 ALLOCSET_DEFAULT_SIZES)
	};
	SPIExecuteOptions options = {
		.read_only = true,
		.dest = &receiver.dest
	};
	int			code = SPI_execute_extended(query, &options);

	if (code != SPI_OK_SELECT)
		elog(ERROR, "scan of %s failed: %s", relation,
			 SPI_result_code_string(code));
	MemoryContextDelete(receiver.row_context);
	pfree(query);
}
