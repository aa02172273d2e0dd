/*
 * verify.c
 *	  fireiot.verify_ledger(): rows, parts and blocks against each other.
 */
#include "ledger/verify.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "ledger/progress.h"
#include "ledger/verify_older.h"
#include "ledger/verify_part.h"

PG_FUNCTION_INFO_V1(ledger_verify);

void
put_finding(verifier *v, const finding *found)
{
	Datum		values[5] = {0};
	bool		nulls[5] = {false};

	values[0] = CStringGetTextDatum(found->kind);
	nulls[1] = found->table == NULL;
	if (found->table != NULL)
		values[1] = CStringGetTextDatum(found->table);
	nulls[2] = !found->has_row;
	values[2] = Int64GetDatum(found->row);
	nulls[3] = found->block == NO_BLOCK;
	values[3] = Int64GetDatum(found->block);
	nulls[4] = found->detail == NULL;
	if (found->detail != NULL)
		values[4] = CStringGetTextDatum(found->detail);
	tuplestore_putvalues(v->result->setResult, v->result->setDesc, values,
						 nulls);
}

typedef struct relation_entry
{
	Oid			relation;		/* InvalidOid: it is not there */
	char	   *partition;
	pg_uuid_t	table;
	int64		parts;			/* that are asked for: of the last incarnation */
	int64		older;			/* and of those before */
	int64		first;			/* block of the last incarnation; NO_BLOCK */
	int64		first_ever;
	int64		rows;			/* of parts and older */
} relation_entry;

static pg_uuid_t
spi_uuid(int row, int column)
{
	bool		is_null;

	return *DatumGetUUIDP(SPI_getbinval(SPI_tuptable->vals[row],
										SPI_tuptable->tupdesc, column,
										&is_null));
}

/* What was sealed, and what could have rows now. */
static relation_entry *
list_relations(const verifier *v, int *count)
{
	const Oid	types[] = {INT8OID, INT8OID, INT8OID};
	Datum		values[] = {Int64GetDatum(v->first_block),
	Int64GetDatum(v->from), Int64GetDatum(v->to)};
	relation_entry *list;

	spi_read("SELECT coalesce(r.relation, 0::pg_catalog.oid), coalesce(r.partition, p.partition),"
			 " coalesce(r.table_id, p.table_id), coalesce(p.parts, 0), coalesce(p.older, 0),"
			 " coalesce(p.first, -1), coalesce(p.first_ever, -1), coalesce(p.rows, 0)::pg_catalog.int8"
			 " FROM fireiot.ledger_relation AS r FULL JOIN"
			 " (SELECT p.partition, p.table_id,"
			 "  count(*) FILTER (WHERE asked AND NOT old) AS parts,"
			 "  count(*) FILTER (WHERE asked AND old) AS older,"
			 "  min(p.block) FILTER (WHERE NOT old) AS first, min(p.block) AS first_ever,"
			 "  sum(p.rows) FILTER (WHERE asked) AS rows"
			 "  FROM (SELECT partition, table_id, block, rows, block OPERATOR(pg_catalog.<) $1 AS old,"
			 "   block OPERATOR(pg_catalog.>=) $2 AND block OPERATOR(pg_catalog.<=) $3 AS asked"
			 "   FROM fireiot.ledger_block_part) AS p GROUP BY 1, 2) AS p"
			 " ON p.partition OPERATOR(pg_catalog.=) r.partition"
			 "  AND p.table_id OPERATOR(pg_catalog.=) r.table_id"
			 " ORDER BY 2", 3, types, values);
	*count = (int) SPI_processed;
	list = palloc(Max(*count, 1) * sizeof(relation_entry));
	for (int i = 0; i < *count; i++)
		list[i] = (relation_entry){
			.relation = (Oid) spi_int64(i, 1, NULL),
			.partition = spi_text(i, 2),
			.table = spi_uuid(i, 3),
			.parts = spi_int64(i, 4, NULL),
			.older = spi_int64(i, 5, NULL),
			.first = spi_int64(i, 6, NULL),
			.first_ever = spi_int64(i, 7, NULL),
			.rows = spi_int64(i, 8, NULL)};
	return list;
}

static void
report_of_part(void *arg, const finding *found)
{
	put_finding(arg, found);
}

/* Does the range name what is in the partition and of no block? */
static bool
has_rest(const verifier *v, const relation_entry *entry)
{
	return entry->first == NO_BLOCK ? has_tail(v) :
		is_asked_for(v, entry->first);
}

static void
check_relation(verifier *v, const relation_entry *entry,
			   const chain_snapshot *head)
{
	verify_part_job job = {
		.digest = v->digest,
		.partition = entry->partition,
		.table_id = entry->table,
		.relation = entry->relation,
		.first_block = v->first_block,
		.from = v->from,
		.to = v->to,
		.has_rest = has_rest(v, entry),
		.head = head,
		.report = report_of_part,
		.arg = v
	};
	MemoryContext turn = AllocSetContextCreate(v->context, "fireiot partition",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(turn);

	if (entry->parts > 0 || job.has_rest)
		verify_part(&job);
	if (entry->older > 0)
		verify_older(&job, v->incarnations);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(turn);
}

/*
 * The purge certificate of a partition, if it is of what was sealed when the
 * partition was last there; else 0.
 */
static int64
certificate_of(const char *partition)
{
	const Oid	type = TEXTOID;
	Datum		value = CStringGetTextDatum(partition);

	spi_read("SELECT max(c.id) FROM fireiot.purge_certificate AS c,"
			 " (SELECT sum(p.rows) AS rows, fireiot.merkle_root("
			 "   pg_catalog.array_agg(p.root ORDER BY p.block, p.part), max(b.algorithm)) AS root"
			 "  FROM fireiot.ledger_block_part AS p"
			 "  JOIN fireiot.ledger_block AS b ON b.n OPERATOR(pg_catalog.=) p.block"
			 "  WHERE p.partition OPERATOR(pg_catalog.=) $1"
			 "  GROUP BY b.incarnation ORDER BY b.incarnation DESC LIMIT 1) AS l"
			 " WHERE c.partition OPERATOR(pg_catalog.=) $1"
			 " AND c.root OPERATOR(pg_catalog.=) l.root"
			 " AND c.rows OPERATOR(pg_catalog.=) l.rows", 1, &type, &value);
	return spi_int64(0, 1, NULL);
}

static void
check_gone(verifier *v, const relation_entry *entry)
{
	int64		certificate;
	finding		found = {.kind = "missing",.table = entry->partition,
		.block = entry->first != NO_BLOCK ? entry->first : entry->first_ever,
	.detail = "The whole table is gone."};

	if (!is_asked_for(v, found.block))
		return;
	certificate = certificate_of(entry->partition);
	if (certificate != 0)
	{
		found.kind = "purged";
		found.detail = psprintf("By purge certificate " INT64_FORMAT ".",
								certificate);
	}
	put_finding(v, &found);
}

static void
start_rows(const relation_entry *list, int count)
{
	int64		rows = 0;

	for (int i = 0; i < count; i++)
		if (OidIsValid(list[i].relation))
			rows += list[i].rows;
	progress_set(PROGRESS_RELATIONS_TOTAL, count);
	progress_set(PROGRESS_ROWS_TOTAL, rows);
	progress_set(PROGRESS_PHASE, PROGRESS_ROWS);
}

static void
check_rows(verifier *v)
{
	chain_snapshot head;
	int			count;
	relation_entry *list = list_relations(v, &count);

	chain_parse_snapshot(v->first_block < v->blocks ? v->head.snapshot : "1:1:",
						 &head);
	start_rows(list, count);
	for (int i = 0; i < count; i++)
	{
		progress_set(PROGRESS_RELATION, list[i].relation);
		if (OidIsValid(list[i].relation))
			check_relation(v, &list[i], &head);
		else
			check_gone(v, &list[i]);
		progress_set(PROGRESS_RELATIONS_DONE, i + 1);
	}
}

static void
check_all(verifier *v)
{
	progress_start();
	progress_set(PROGRESS_FROM, v->from);
	progress_set(PROGRESS_TO, v->to);
	spi_read("SELECT count(*) FROM fireiot.ledger_block", 0, NULL, NULL);
	progress_set(PROGRESS_BLOCKS_TOTAL, spi_int64(0, 1, NULL));
	verify_chain(v);
	progress_set(PROGRESS_BLOCKS_DONE, v->blocks);
	if (v->blocks > 0)
		check_rows(v);
	progress_end();
}

Datum
ledger_verify(PG_FUNCTION_ARGS)
{
	verifier	v = {0};

	InitMaterializedSRF(fcinfo, 0);
	v.result = (ReturnSetInfo *) fcinfo->resultinfo;
	v.from = PG_ARGISNULL(0) ? 0 : PG_GETARG_INT64(0);
	v.to = PG_ARGISNULL(1) ? PG_INT64_MAX : PG_GETARG_INT64(1);
	SPI_connect();
	v.context = AllocSetContextCreate(CurrentMemoryContext, "fireiot verify",
									  ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(v.context);
	check_all(&v);
	SPI_finish();
	return (Datum) 0;
}
