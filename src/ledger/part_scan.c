/*
 * part_scan.c
 *	  The rows of one relation, by the executor, straight into a function.
 *
 * A DestReceiver of our own: SPI's result would copy each row.
 */
#include "ledger/part_scan.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

typedef struct row_receiver
{
	DestReceiver dest;
	int			columns;		/* of the schema; tx stands behind them */
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

static char *
make_query(const char *relation, const leaf_schema *schema,
		   const char *condition)
{
	StringInfoData query;

	initStringInfo(&query);
	appendStringInfoString(&query, "SELECT ");
	for (int i = 0; i < schema->columns; i++)
		appendStringInfo(&query, "%s, ", quote_identifier(schema->names[i]));
	appendStringInfo(&query, "tx FROM ONLY %s", relation);
	if (condition != NULL)
		appendStringInfo(&query, " WHERE %s", condition);
	return query.data;
}

void
part_scan(const char *relation, const leaf_schema *schema,
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
