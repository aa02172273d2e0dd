/*
 * seal_store.c
 *	  What sealing writes: rows of the chain's tables.
 */
#include "ledger/seal_store.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "ledger/merkle.h"

static Datum
schema_array(const leaf_schema *schema)
{
	Datum	   *texts = palloc(Max(schema->columns, 1) * sizeof(Datum));

	for (int i = 0; i < schema->columns; i++)
		texts[i] = CStringGetTextDatum(psprintf("%s %s", schema->names[i],
												schema->types[i]));
	return PointerGetDatum(construct_array(texts, schema->columns, TEXTOID, -1,
										   false, TYPALIGN_INT));
}

void
store_schema(const pg_uuid_t *table, const leaf_schema *schema)
{
	const Oid	types[] = {UUIDOID, INT4OID, TEXTARRAYOID};
	Datum		values[] = {UUIDPGetDatum(table), Int32GetDatum((int32) schema->version),
	schema_array(schema)};

	spi_write("INSERT INTO fireiot.ledger_schema (table_id, version, columns)"
			  " VALUES ($1, $2, $3)", 3, types, values, NULL);
	/* the table's next partition, of the same block, has it already */
	CommandCounterIncrement();
	UpdateActiveSnapshotCommandId();
}

void
store_part(const chain_part *part, const bytea *index)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID, INT4OID, UUIDOID, TEXTOID, INT4OID,
		INT8OID, INT8OID, INT8OID, BYTEAOID, BYTEAOID, BYTEAOID, INT8OID,
	INT8OID};
	Datum		values[] = {
		Int64GetDatum(part->block), Int32GetDatum(part->part),
		UUIDPGetDatum(&part->table), CStringGetTextDatum(part->partition),
		Int32GetDatum((int32) part->schema->version),
		Int64GetDatum(part->first_id), Int64GetDatum(part->last_id),
		Int64GetDatum(part->rows),
		PointerGetDatum(bytes_datum(part->root, HASH_SIZE)),
		PointerGetDatum(bytes_datum(part->hash, HASH_SIZE)),
		PointerGetDatum(index), Int64GetDatum(part->first_page),
		Int64GetDatum(part->last_page)
	};

	spi_write_kept(&plan, "INSERT INTO fireiot.ledger_block_part"
				   " (block, part, table_id, partition, version, first_id, last_id, rows, root, hash, leaves, first_page, last_page)"
				   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
				   lengthof(types), types, values);
}

void
store_incarnation(const chain_block *block)
{
	static const Oid types[] = {INT4OID, TEXTOID, TEXTOID, INT8OID, BYTEAOID};
	Datum		values[] = {
		Int32GetDatum(block->incarnation),
		CStringGetTextDatum(block->origin),
		CStringGetTextDatum(digest_name(block->algorithm)),
		Int64GetDatum(block->n),
		PointerGetDatum(bytes_datum(block->previous, HASH_SIZE))
	};

	spi_write("INSERT INTO fireiot.ledger_incarnation (n, origin, algorithm, first_block, previous)"
			  " VALUES ($1, $2, $3, $4, $5)", lengthof(types), types, values,
			  block->n > 0 ? "     " : "    n");
}

static void
store_node(int32 level, int64 index, const uint8 hash[HASH_SIZE])
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID, INT8OID, BYTEAOID};
	Datum		values[] = {Int32GetDatum(level), Int64GetDatum(index),
	PointerGetDatum(bytes_datum(hash, HASH_SIZE))};

	spi_write_kept(&plan, "INSERT INTO fireiot.ledger_node (level, index, hash) VALUES ($1, $2, $3)",
				   lengthof(types), types, values);
}

/* The subtrees that this block completes. */
static void
store_nodes(digest *d, const chain_block *block)
{
	uint8		hash[HASH_SIZE];
	int32		level = 0;

	memcpy(hash, block->hash, HASH_SIZE);
	store_node(0, block->n, hash);
	for (int64 n = block->n; (n & 1) != 0; n >>= 1)
	{
		uint8		left[HASH_SIZE];

		chain_node(level, n - 1, left);
		if (!merkle_join(d, left, hash, hash))
			digest_failed();
		store_node(++level, n >> 1, hash);
	}
}

void
store_block(digest *d, const chain_block *block)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID, INT4OID, TEXTOID, TEXTOID, TEXTOID,
	TIMESTAMPTZOID, INT8OID, INT4OID, BYTEAOID, BYTEAOID, BYTEAOID};
	Datum		values[] = {
		Int64GetDatum(block->n), Int32GetDatum(block->incarnation),
		CStringGetTextDatum(block->origin),
		CStringGetTextDatum(digest_name(block->algorithm)),
		CStringGetTextDatum(block->snapshot), TimestampTzGetDatum(block->sealed_at),
		Int64GetDatum(block->rows), Int32GetDatum(block->parts),
		PointerGetDatum(bytes_datum(block->root, HASH_SIZE)),
		PointerGetDatum(bytes_datum(block->previous, HASH_SIZE)),
		PointerGetDatum(bytes_datum(block->hash, HASH_SIZE))
	};

	spi_write_kept(&plan, "INSERT INTO fireiot.ledger_block"
				   " (n, incarnation, origin, algorithm, snapshot, sealed_at, rows, parts, root, previous, hash)"
				   " VALUES ($1, $2, $3, $4, $5::pg_catalog.pg_snapshot, $6, $7, $8, $9, $10, $11)",
				   lengthof(types), types, values);
	store_nodes(d, block);
}
