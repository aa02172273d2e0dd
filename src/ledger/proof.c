/*
 * proof.c
 *	  fireiot.prove(): that a row is in the chain, in a form that can be
 *	  checked without PostgreSQL (docs/ledger.md, "Proofs").
 *
 * Three audit paths follow each other: row in part, part in block, block in the
 * tree over all blocks.
 */
#include "ledger/chain.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "ledger/leaf_list.h"
#include "ledger/merkle.h"
#include "ledger/part_scan.h"

PG_FUNCTION_INFO_V1(ledger_prove);

typedef struct proof_path
{
	uint8		hashes[MERKLE_LEVELS][HASH_SIZE];
	int			length;
	int64		index;
	int64		count;
} proof_path;

typedef struct prover
{
	digest	   *digest;
	Oid			relation;		/* as it was asked for; then, of the part */
	int64		id;
	char	   *table;			/* of fireiot.ledger_table */
	chain_part	part;
	chain_block block;
	bool		has_before;		/* a block of the same incarnation, and parts */
	chain_snapshot before;
	chain_snapshot snapshot;
	leaf_encoder *encoder;
	leaf_list  *leaves;
	StringInfoData form;
	StringInfoData row_form;	/* of the row that is proven */
	uint8		row_hash[HASH_SIZE];
	bool		found;
	proof_path	row_path;
} prover;

static bool
holds_id(const leaf_list *list, int64 id)
{
	int64		low = 0;
	int64		high = list->count;

	while (low < high)
	{
		int64		middle = low + (high - low) / 2;

		if (list->entries[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->count && list->entries[low].id == id;
}

static void
find_table(prover *p)
{
	static SPIPlanPtr plan;
	const Oid	type = OIDOID;
	Datum		value = ObjectIdGetDatum(p->relation);

	spi_read_kept(&plan, "SELECT table_name FROM fireiot.ledger_relation"
				  " WHERE relation OPERATOR(pg_catalog.=) $1"
				  "  OR pg_catalog.to_regclass(table_name) OPERATOR(pg_catalog.=) $1::pg_catalog.regclass"
				  " LIMIT 1", 1, &type, &value);
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("table \"%s\" is no ledger table",
						get_rel_name(p->relation))));
	p->table = spi_text(0, 1);
}

/* The part whose list has the id, the newest of several. */
static bool
find_part(prover *p)
{
	static SPIPlanPtr plan;
	const Oid	types[] = {TEXTOID, INT8OID};
	Datum		values[] = {CStringGetTextDatum(p->table), Int64GetDatum(p->id)};
	SPITupleTable *result;
	uint64		count;
	List	   *schemas = NIL;

	spi_read_kept(&plan, "SELECT " CHAIN_PART_COLUMNS ", p.leaves,"
				  " coalesce(pg_catalog.to_regclass(p.partition)::pg_catalog.oid, 0::pg_catalog.oid)"
				  " FROM fireiot.ledger_block_part AS p"
				  " WHERE p.table_id OPERATOR(pg_catalog.=)"
				  "  (SELECT id FROM fireiot.ledger_table WHERE name OPERATOR(pg_catalog.=) $1)"
				  " AND pg_catalog.int8range(p.first_id, p.last_id, '[]') OPERATOR(pg_catalog.@>) $2"
				  " ORDER BY p.block DESC", 2, types, values);
	result = SPI_tuptable;
	count = SPI_processed;
	for (uint64 i = 0; i < count; i++)
	{
		bool		is_null;
		Datum		index = SPI_getbinval(result->vals[i], result->tupdesc, 13,
										  &is_null);
		leaf_list  *list = is_null ? NULL :
			leaf_list_read_index(DatumGetByteaPP(index));

		if (list == NULL || !holds_id(list, p->id))
			continue;
		SPI_tuptable = result;
		p->relation = (Oid) spi_int64((int) i, 14, NULL);
		chain_read_part((int) i, &p->part, &schemas);
		return true;
	}
	return false;
}

static int64
first_block(int32 incarnation)
{
	static SPIPlanPtr plan;
	const Oid	type = INT4OID;
	Datum		value = Int32GetDatum(incarnation);

	spi_read_kept(&plan, "SELECT first_block FROM fireiot.ledger_incarnation"
				  " WHERE n OPERATOR(pg_catalog.=) $1", 1, &type, &value);
	return SPI_processed > 0 ? spi_int64(0, 1, NULL) : 0;
}

static void
find_block(prover *p)
{
	chain_block before;

	if (!chain_block_by_number(p->part.block, &p->block))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("block " INT64_FORMAT " is missing", p->part.block)));
	p->digest = chain_digest(p->block.algorithm);
	chain_parse_snapshot(p->block.snapshot, &p->snapshot);
	/* a table's first part has all rows that were there */
	p->has_before = chain_block_by_number(p->part.block - 1, &before) &&
		before.incarnation == p->block.incarnation &&
		chain_has_parts(p->part.partition, first_block(p->block.incarnation),
						before.n);
	if (p->has_before)
		chain_parse_snapshot(before.snapshot, &p->before);
}

static void
gather(void *arg, const scanned_row *row)
{
	prover	   *p = arg;
	leaf_entry *entry;

	if (row->id < p->part.first_id || row->id > p->part.last_id ||
		!row->has_tx || !chain_sees(&p->snapshot, row->tx) ||
		(p->has_before && chain_sees(&p->before, row->tx)))
		return;
	leaf_encode(p->encoder, p->part.schema->version, p->part.schema->columns,
				row->values, row->nulls, &p->form);
	entry = leaf_list_add(p->leaves, row->id);
	leaf_hash(p->digest, &p->form, entry->hash);
	if (row->id != p->id || p->found)
		return;
	p->found = true;
	appendBinaryStringInfo(&p->row_form, p->form.data, p->form.len);
	memcpy(p->row_hash, entry->hash, HASH_SIZE);
}

/* From the least to the greatest tx that a row of the block can have. */
static char *
condition(const prover *p)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "tx OPERATOR(pg_catalog.<) '" UINT64_FORMAT "'::pg_catalog.xid8",
					 p->snapshot.xmax);
	if (p->has_before)
	{
		appendStringInfo(&text, " AND (tx OPERATOR(pg_catalog.>=) '" UINT64_FORMAT "'::pg_catalog.xid8",
						 p->before.xmax);
		for (int i = 0; i < p->before.running_count; i++)
			appendStringInfo(&text, " OR tx OPERATOR(pg_catalog.=) '" UINT64_FORMAT "'::pg_catalog.xid8",
							 p->before.running[i]);
		appendStringInfoChar(&text, ')');
	}
	return text.data;
}

static void
start_gathering(prover *p)
{
	p->leaves = leaf_list_make();
	p->found = false;
	initStringInfo(&p->form);
	initStringInfo(&p->row_form);
}

static const uint8_t *
entry_hash(void *list, uint64_t n)
{
	return ((leaf_list *) list)->entries[n].hash;
}

/* The audit path of the row, if the rows that were found are the part's. */
static bool
is_sealed_part(prover *p)
{
	proof_path *path = &p->row_path;
	uint8		root[HASH_SIZE];

	if (!p->found || p->leaves->count != p->part.rows)
		return false;
	leaf_list_sort(p->leaves);
	path->count = p->leaves->count;
	for (path->index = 0;; path->index++)
		if (memcmp(p->leaves->entries[path->index].hash, p->row_hash, HASH_SIZE) == 0)
			break;
	path->length = merkle_path(p->digest, entry_hash, p->leaves,
							   path->index, path->count, path->hashes);
	if (path->length < 0)
		digest_failed();
	return merkle_climb(p->digest, p->row_hash, path->index, path->count,
						path->hashes, path->length, root) &&
		memcmp(root, p->part.root, HASH_SIZE) == 0;
}

/* Where they lay when they were sealed; rows move when a table is rewritten. */
static void
gather_part(prover *p)
{
	if (!OidIsValid(p->relation))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("partition \"%s\" is not there any more",
						p->part.partition),
				 errhint("fireiot.purge_certificate says whether it was purged.")));
	p->encoder = leaf_encoder_make(p->part.schema, &p->part.table);
	start_gathering(p);
	scan_pages(p->relation, p->part.schema, (BlockNumber) p->part.first_page,
			   (BlockNumber) p->part.last_page, gather, p);
	if (is_sealed_part(p))
		return;
	start_gathering(p);
	scan_where(p->part.partition, p->part.schema, condition(p), gather, p);
	if (!is_sealed_part(p))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the rows of \"%s\" in block " INT64_FORMAT " are not those that were sealed",
						p->part.partition, p->part.block),
				 errhint("fireiot.verify_ledger() names them.")));
}

static void
part_path(prover *p, proof_path *path)
{
	static SPIPlanPtr plan;
	const Oid	type = INT8OID;
	Datum		value = Int64GetDatum(p->part.block);
	leaf_list  *hashes = leaf_list_make();

	spi_read_kept(&plan, "SELECT hash FROM fireiot.ledger_block_part"
				  " WHERE block OPERATOR(pg_catalog.=) $1 ORDER BY part",
				  1, &type, &value);
	for (uint64 i = 0; i < SPI_processed; i++)
		spi_hash((int) i, 1, leaf_list_add(hashes, (int64) i)->hash);
	path->index = p->part.part;
	path->count = hashes->count;
	path->length = merkle_path(p->digest, entry_hash, hashes, path->index,
							   path->count, path->hashes);
	if (path->length < 0)
		digest_failed();
}

/* The last checkpoint behind the block; its size, or that of the chain. */
static char *
find_checkpoint(prover *p, int64 *size)
{
	static SPIPlanPtr plan;
	chain_block head;

	spi_read_kept(&plan, "SELECT size, note FROM fireiot.ledger_checkpoint"
				  " ORDER BY size DESC LIMIT 1", 0, NULL, NULL);
	if (SPI_processed > 0 && spi_int64(0, 1, NULL) > p->part.block)
	{
		*size = spi_int64(0, 1, NULL);
		return spi_text(0, 2);
	}
	(void) chain_head(&head);
	*size = head.n + 1;
	return NULL;
}

static void
block_path(prover *p, int64 size, proof_path *path)
{
	path->index = p->part.block;
	path->count = size;
	path->length = chain_tree_path(p->digest, path->index, size, path->hashes);
}

static void
put_hex(StringInfo json, const char *key, const void *bytes, int length)
{
	appendStringInfo(json, "\"%s\": \"", key);
	enlargeStringInfo(json, 2 * length);
	json->len += hex_encode(bytes, length, json->data + json->len);
	json->data[json->len] = '\0';
	appendStringInfoString(json, "\", ");
}

static void
put_form(StringInfo json, const char *key, const StringInfoData *form,
		 const proof_path *path)
{
	put_hex(json, key, form->data, form->len);
	appendStringInfo(json, "\"%s_index\": " INT64_FORMAT ", \"%s_count\": " INT64_FORMAT ", \"%s_path\": [",
					 key, path->index, key, path->count, key);
	for (int i = 0; i < path->length; i++)
	{
		char		hex[2 * HASH_SIZE + 1];

		hex[hex_encode((const char *) path->hashes[i], HASH_SIZE, hex)] = '\0';
		appendStringInfo(json, "%s\"%s\"", i > 0 ? ", " : "", hex);
	}
	appendStringInfoString(json, "], ");
}

static Datum
make_proof(prover *p)
{
	StringInfoData json;
	StringInfoData form;
	proof_path	path;
	int64		size;
	char	   *note = find_checkpoint(p, &size);
	uint8		root[HASH_SIZE];

	initStringInfo(&json);
	initStringInfo(&form);
	appendStringInfo(&json, "{\"format\": 1, \"algorithm\": \"%s\", \"id\": " INT64_FORMAT ", \"table\": ",
					 digest_name(p->block.algorithm), p->id);
	escape_json(&json, p->table);
	appendStringInfoString(&json, ", ");
	put_form(&json, "row", &p->row_form, &p->row_path);
	part_path(p, &path);
	chain_part_form(&p->part, &form);
	put_form(&json, "part", &form, &path);
	block_path(p, size, &path);
	chain_block_form(&p->block, &form);
	put_form(&json, "block", &form, &path);
	chain_tree_root(p->digest, 0, size, root);
	put_hex(&json, "root", root, HASH_SIZE);
	appendStringInfoString(&json, "\"checkpoint\": ");
	if (note != NULL)
		escape_json(&json, note);
	else
		appendStringInfoString(&json, "null");
	appendStringInfoChar(&json, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

Datum
ledger_prove(PG_FUNCTION_ARGS)
{
	prover		p = {.relation = PG_GETARG_OID(0), .id = PG_GETARG_INT64(1)};
	Datum		proof;

	SPI_connect();
	find_table(&p);
	if (!find_part(&p))
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("no sealed row of %s has id %lld", p.table,
						(long long) p.id),
				 errhint("A new row is sealed within fireiot.seal_interval, or by fireiot.seal().")));
	find_block(&p);
	gather_part(&p);
	proof = SPI_datumTransfer(make_proof(&p), false, -1);
	SPI_finish();
	PG_RETURN_DATUM(proof);
}
