/*
 * seal.c
 *	  fireiot.seal(): rows committed since the last block become another one.
 *
 * The rows of block k are those that its snapshot shows and that of block k-1
 * does not: each row is in one block, and a transaction that is open delays
 * nothing but its own rows.  Rows are told by tx, which the access method
 * stamps: a row is visible exactly when its tx is.
 *
 * Sealers wait for one another on a lock of fireiot.ledger_incarnation, which
 * is held until commit; the snapshot is taken behind it.
 */
#include "ledger/chain.h"

#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "ledger/leaf_list.h"
#include "ledger/merkle.h"
#include "ledger/part_scan.h"
#include "ledger/summarize.h"

PG_FUNCTION_INFO_V1(ledger_seal);

typedef struct sealed_part
{
	chain_part	part;
	bytea	   *index;
} sealed_part;

typedef struct sealer
{
	digest	   *digest;
	bool		has_head;
	chain_block head;			/* the last block */
	chain_block block;			/* the one that is made */
	chain_snapshot snapshot;	/* of it */
	bool		is_new;			/* begins an incarnation */
	char	   *condition;		/* on tx; NULL: all rows */
	List	   *parts;			/* of sealed_part */
} sealer;

/* One relation as it is scanned. */
typedef struct gathering
{
	sealer	   *sealer;
	const leaf_schema *schema;
	leaf_encoder *encoder;
	leaf_list  *leaves;
	StringInfoData form;
} gathering;

/*
 * In a transaction that has written, rows of its own could come after the
 * snapshot; with an old snapshot, rows could be sealed twice.
 */
static void
check_transaction(void)
{
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("rows cannot be sealed at this isolation level"),
				 errhint("Call fireiot.seal() in a READ COMMITTED transaction.")));
	if (TransactionIdIsValid(GetTopTransactionIdIfAny()))
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("rows cannot be sealed in a transaction that has written"),
				 errhint("Call fireiot.seal() in a transaction of its own.")));
	PreventCommandDuringRecovery("fireiot.seal()");
	PreventCommandIfReadOnly("fireiot.seal()");
}

static void
lock_chain(void)
{
	Oid			relation = get_relname_relid("ledger_incarnation",
											 get_namespace_oid("fireiot", false));

	LockRelationOid(relation, ShareUpdateExclusiveLock);
}

/* What the rows of the next block have in tx. */
static char *
condition_of(const char *snapshot_text)
{
	chain_snapshot snapshot;
	StringInfoData condition;

	chain_parse_snapshot(snapshot_text, &snapshot);
	initStringInfo(&condition);
	appendStringInfo(&condition,
					 "tx OPERATOR(pg_catalog.>=) '" UINT64_FORMAT "'::pg_catalog.xid8",
					 snapshot.xmax);
	for (int i = 0; i < snapshot.running_count; i++)
		appendStringInfo(&condition,
						 " OR tx OPERATOR(pg_catalog.=) '" UINT64_FORMAT "'::pg_catalog.xid8",
						 snapshot.running[i]);
	return condition.data;
}

static void
start_block(sealer *s)
{
	chain_block *block = &s->block;

	block->origin = chain_origin();
	s->has_head = chain_head(&s->head);
	s->is_new = !s->has_head || strcmp(s->head.origin, block->origin) != 0;
	if (s->has_head)
	{
		block->n = s->head.n + 1;
		block->incarnation = s->head.incarnation + s->is_new;
		block->algorithm = s->head.algorithm;
		memcpy(block->previous, s->head.hash, HASH_SIZE);
	}
	else
	{
		block->incarnation = 1;
		block->algorithm = settings.ledger_algorithm;
	}
	s->digest = chain_digest(block->algorithm);
	/* both ignore what they do not take */
	block->snapshot = DatumGetCString(DirectFunctionCall1(pg_snapshot_out,
														  DirectFunctionCall1(pg_current_snapshot, 0)));
	chain_parse_snapshot(block->snapshot, &s->snapshot);
	if (!s->is_new)
		s->condition = condition_of(s->head.snapshot);
}

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

static uint32
last_version(const pg_uuid_t *table)
{
	const Oid	type = UUIDOID;
	Datum		value = UUIDPGetDatum(table);

	spi_read("SELECT coalesce(max(version), 0) FROM fireiot.ledger_schema"
			 " WHERE table_id OPERATOR(pg_catalog.=) $1", 1, &type, &value);
	return (uint32) spi_int64(0, 1, NULL);
}

/* The schema as the relation has it now, with its version. */
static leaf_schema *
present_schema(Oid relation_id, const pg_uuid_t *table, bool *is_new)
{
	Relation	relation = table_open(relation_id, AccessShareLock);
	leaf_schema *schema = leaf_schema_of(RelationGetDescr(relation),
										 RelationGetRelationName(relation));
	uint32		version = last_version(table);
	leaf_schema *before = version > 0 ? chain_schema(table, version) : NULL;

	if (before != NULL && !leaf_schema_extends(schema, before))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("table \"%s\" does not have the columns any more with which it was sealed",
						RelationGetRelationName(relation)),
				 errdetail("Columns of a ledger table keep name, type and place; others may follow.")));
	*is_new = before == NULL || schema->columns > before->columns;
	schema->version = version + *is_new;
	table_close(relation, NoLock);
	return schema;
}

static void
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

static void
gather(void *arg, const scanned_row *row)
{
	gathering  *g = arg;

	/*
	 * Without tx no snapshot can tell when it came; with that of a
	 * transaction to come, which is forged, each block would have it.
	 */
	if (!row->has_tx || !chain_sees(&g->sealer->snapshot, row->tx))
		return;
	leaf_encode(g->encoder, g->schema->version, g->schema->columns,
				row->values, row->nulls, &g->form);
	leaf_hash(g->sealer->digest, &g->form,
			  leaf_list_add(g->leaves, row->id)->hash);
}

static void
add_part(sealer *s, const pg_uuid_t *table, const char *partition,
		 leaf_schema *schema, leaf_list *leaves)
{
	sealed_part *sealed = palloc0(sizeof(sealed_part));
	chain_part *part = &sealed->part;

	leaf_list_root(leaves, s->digest, part->root);
	part->block = s->block.n;
	part->part = list_length(s->parts);
	part->table = *table;
	part->partition = pstrdup(partition);
	part->schema = schema;
	part->first_id = leaves->entries[0].id;
	part->last_id = leaves->entries[leaves->count - 1].id;
	part->rows = leaves->count;
	chain_part_hash(s->digest, part, part->hash);
	sealed->index = leaf_list_index(leaves);
	s->parts = lappend(s->parts, sealed);
	s->block.rows += leaves->count;
}

static void
gather_relation(sealer *s, Oid relation, const pg_uuid_t *table,
				const char *partition)
{
	bool		schema_is_new;
	leaf_schema *schema = present_schema(relation, table, &schema_is_new);
	gathering	g = {.sealer = s, .schema = schema};

	g.encoder = leaf_encoder_make(schema, table);
	g.leaves = leaf_list_make();
	initStringInfo(&g.form);
	part_scan(partition, schema, s->condition, gather, &g);
	if (g.leaves->count > 0)
	{
		if (schema_is_new)
			store_schema(table, schema);
		add_part(s, table, partition, schema, g.leaves);
	}
	leaf_list_free(g.leaves);
	pfree(g.form.data);
}

/* A partition that has no page has no row; most are made ahead. */
static bool
is_empty(Oid relation_id)
{
	Relation	relation = table_open(relation_id, AccessShareLock);
	bool		empty = RelationGetNumberOfBlocks(relation) == 0;

	if (!empty)
		summarize_if_due(relation);
	table_close(relation, NoLock);
	return empty;
}

typedef struct candidate
{
	Oid			relation;
	pg_uuid_t	table;
	char	   *partition;
} candidate;

static void
gather_all(sealer *s)
{
	int			count;
	candidate  *candidates;

	spi_read("SELECT relation, partition, table_id FROM fireiot.ledger_relation"
			 " ORDER BY partition COLLATE \"C\"", 0, NULL, NULL);
	count = (int) SPI_processed;
	candidates = palloc(Max(count, 1) * sizeof(candidate));
	for (int i = 0; i < count; i++)
	{
		bool		is_null;

		candidates[i].relation = (Oid) spi_int64(i, 1, NULL);
		candidates[i].partition = spi_text(i, 2);
		candidates[i].table =
			*DatumGetUUIDP(SPI_getbinval(SPI_tuptable->vals[i],
										 SPI_tuptable->tupdesc, 3, &is_null));
	}
	for (int i = 0; i < count; i++)
		if (!is_empty(candidates[i].relation))
			gather_relation(s, candidates[i].relation, &candidates[i].table,
							candidates[i].partition);
}

static void
store_parts(sealer *s)
{
	static const Oid types[] = {INT8OID, INT4OID, UUIDOID, TEXTOID, INT4OID,
	INT8OID, INT8OID, INT8OID, BYTEAOID, BYTEAOID, BYTEAOID};
	ListCell   *cell;

	foreach(cell, s->parts)
	{
		sealed_part *sealed = lfirst(cell);
		chain_part *part = &sealed->part;
		Datum		values[] = {
			Int64GetDatum(part->block), Int32GetDatum(part->part),
			UUIDPGetDatum(&part->table), CStringGetTextDatum(part->partition),
			Int32GetDatum((int32) part->schema->version),
			Int64GetDatum(part->first_id), Int64GetDatum(part->last_id),
			Int64GetDatum(part->rows),
			PointerGetDatum(bytes_datum(part->root, HASH_SIZE)),
			PointerGetDatum(bytes_datum(part->hash, HASH_SIZE)),
			PointerGetDatum(sealed->index)
		};

		spi_write("INSERT INTO fireiot.ledger_block_part"
				  " (block, part, table_id, partition, version, first_id, last_id, rows, root, hash, leaves)"
				  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
				  lengthof(types), types, values, NULL);
	}
}

static void
store_incarnation(sealer *s)
{
	static const Oid types[] = {INT4OID, TEXTOID, TEXTOID, INT8OID, BYTEAOID};
	Datum		values[] = {
		Int32GetDatum(s->block.incarnation),
		CStringGetTextDatum(s->block.origin),
		CStringGetTextDatum(digest_name(s->block.algorithm)),
		Int64GetDatum(s->block.n),
		PointerGetDatum(bytes_datum(s->block.previous, HASH_SIZE))
	};

	spi_write("INSERT INTO fireiot.ledger_incarnation (n, origin, algorithm, first_block, previous)"
			  " VALUES ($1, $2, $3, $4, $5)", lengthof(types), types, values,
			  s->has_head ? "     " : "    n");
}

static void
close_block(sealer *s)
{
	merkle_tree tree;
	ListCell   *cell;

	merkle_start(&tree, s->digest);
	foreach(cell, s->parts)
		if (!merkle_add(&tree, ((sealed_part *) lfirst(cell))->part.hash))
			digest_failed();
	if (!merkle_root(&tree, s->block.root))
		digest_failed();
	s->block.parts = list_length(s->parts);
	s->block.sealed_at = GetCurrentTimestamp();
	chain_block_hash(s->digest, &s->block, s->block.hash);
}

static void
store_block(sealer *s)
{
	static const Oid types[] = {INT8OID, INT4OID, TEXTOID, TEXTOID, TEXTOID,
	TIMESTAMPTZOID, INT8OID, INT4OID, BYTEAOID, BYTEAOID, BYTEAOID};
	chain_block *b = &s->block;
	Datum		values[] = {
		Int64GetDatum(b->n), Int32GetDatum(b->incarnation),
		CStringGetTextDatum(b->origin),
		CStringGetTextDatum(digest_name(b->algorithm)),
		CStringGetTextDatum(b->snapshot), TimestampTzGetDatum(b->sealed_at),
		Int64GetDatum(b->rows), Int32GetDatum(b->parts),
		PointerGetDatum(bytes_datum(b->root, HASH_SIZE)),
		PointerGetDatum(bytes_datum(b->previous, HASH_SIZE)),
		PointerGetDatum(bytes_datum(b->hash, HASH_SIZE))
	};

	spi_write("INSERT INTO fireiot.ledger_block"
			  " (n, incarnation, origin, algorithm, snapshot, sealed_at, rows, parts, root, previous, hash)"
			  " VALUES ($1, $2, $3, $4, $5::pg_catalog.pg_snapshot, $6, $7, $8, $9, $10, $11)",
			  lengthof(types), types, values, NULL);
}

static void
store_node(int32 level, int64 index, const uint8 hash[HASH_SIZE])
{
	static const Oid types[] = {INT4OID, INT8OID, BYTEAOID};
	Datum		values[] = {Int32GetDatum(level), Int64GetDatum(index),
	PointerGetDatum(bytes_datum(hash, HASH_SIZE))};

	spi_write("INSERT INTO fireiot.ledger_node (level, index, hash) VALUES ($1, $2, $3)",
			  lengthof(types), types, values, NULL);
}

/* The subtrees that this block completes. */
static void
store_nodes(sealer *s)
{
	uint8		hash[HASH_SIZE];
	int32		level = 0;

	memcpy(hash, s->block.hash, HASH_SIZE);
	store_node(0, s->block.n, hash);
	for (int64 n = s->block.n; (n & 1) != 0; n >>= 1)
	{
		uint8		left[HASH_SIZE];

		chain_node(level, n - 1, left);
		if (!merkle_join(s->digest, left, hash, hash))
			digest_failed();
		store_node(++level, n >> 1, hash);
	}
}

static void
store(sealer *s)
{
	close_block(s);
	if (s->is_new)
		store_incarnation(s);
	store_parts(s);
	store_block(s);
	store_nodes(s);
}

Datum
ledger_seal(PG_FUNCTION_ARGS)
{
	sealer		s = {0};

	check_transaction();
	lock_chain();
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	start_block(&s);
	gather_all(&s);
	if (s.block.rows > 0)
		store(&s);
	SPI_finish();
	PopActiveSnapshot();
	if (s.block.rows == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(s.block.n);
}
