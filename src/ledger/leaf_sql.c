/*
 * leaf_sql.c
 *	  fireiot.canonical_row(): the form of a row that its leaf is the hash of.
 */
#include "ledger/leaf.h"

#include "access/htup_details.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(ledger_canonical_row);

/* Values of the columns that the schema has, in its order. */
static void
pick_columns(HeapTuple tuple, TupleDesc description, Datum *values,
			 bool *nulls)
{
	int			count = 0;

	heap_deform_tuple(tuple, description, values, nulls);
	for (int i = 0; i < description->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(description, i);

		if (column->attisdropped || strcmp(NameStr(column->attname), "tx") == 0)
			continue;
		values[count] = values[i];
		nulls[count] = nulls[i];
		count++;
	}
}

Datum
ledger_canonical_row(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(0);
	TupleDesc	description = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(row),
													 HeapTupleHeaderGetTypMod(row));
	HeapTupleData tuple = {
		.t_len = HeapTupleHeaderGetDatumLength(row),
		.t_data = row
	};
	leaf_schema *schema = leaf_schema_of(description, "record");
	Datum	   *values = palloc(description->natts * sizeof(Datum));
	bool	   *nulls = palloc(description->natts * sizeof(bool));
	StringInfoData form;
	bytea	   *result;

	initStringInfo(&form);
	pick_columns(&tuple, description, values, nulls);
	leaf_encode(leaf_encoder_make(schema, PG_GETARG_UUID_P(1)),
				(uint32) PG_GETARG_INT32(2), schema->columns, values, nulls,
				&form);
	ReleaseTupleDesc(description);
	result = palloc(VARHDRSZ + form.len);
	SET_VARSIZE(result, VARHDRSZ + form.len);
	memcpy(VARDATA(result), form.data, form.len);
	PG_RETURN_BYTEA_P(result);
}
