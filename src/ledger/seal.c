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
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "ledger/fresh.h"
#include "ledger/leaf_sort.h"
#include "ledger/merkle.h"
#include "ledger/part_scan.h"
#include "ledger/seal_store.h"

PG_FUNCTION_INFO_V1(ledger_seal);

typedef struct sealer
{
	digest	   *digest;
	bool		has_head;
	chain_block head;			/* the last block */
	chain_block block;			/* the one that is made */
	bool		is_new;			/* begins an incarnation */
	int64		first_block;	/* of the incarnation */
	chain_snapshot snapshot;	/* of the block */
	chain_snapshot before;		/* that of the last block */
	merkle_tree tree;			/* over the parts so far */
} sealer;

/* A relation that may have new rows. */
typedef struct candidate
{
	Oid			relation;
	pg_uuid_t	table;
	char	   *partition;
	fresh_state state;
	BlockNumber first;			/* pages, of FRESH_PAGES */
	BlockNumber last;
} candidate;

/* One relation as it is scanned. */
typedef struct gathering
{
	sealer	   *sealer;
	leaf_schema *schema;
	leaf_encoder *encoder;
	leaf_sort  *leaves;
	bool		is_first;		/* no block has rows of it */
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
condition_of(const chain_snapshot *before)
{
	StringInfoData condition;

	initStringInfo(&condition);
	appendStringInfo(&condition,
					 "tx OPERATOR(pg_catalog.>=) '" UINT64_FORMAT "'::pg_catalog.xid8",
					 before->xmax);
	for (int i = 0; i < before->running_count; i++)
		appendStringInfo(&condition,
						 " OR tx OPERATOR(pg_catalog.=) '" UINT64_FORMAT "'::pg_catalog.xid8",
						 before->running[i]);
	return condition.data;
}

static int64
first_block(const sealer *s)
{
	static SPIPlanPtr plan;

	if (s->is_new)
		return s->block.n;
	spi_read_kept(&plan, "SELECT first_block FROM fireiot.ledger_incarnation"
				  " ORDER BY n DESC LIMIT 1", 0, NULL, NULL);
	return SPI_processed > 0 ? spi_int64(0, 1, NULL) : 0;
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
	merkle_start(&s->tree, s->digest);
	/* both ignore what they do not take */
	block->snapshot = DatumGetCString(DirectFunctionCall1(pg_snapshot_out,
														  DirectFunctionCall1(pg_current_snapshot, 0)));
	chain_parse_snapshot(block->snapshot, &s->snapshot);
	if (!s->is_new)
		chain_parse_snapshot(s->head.snapshot, &s->before);
	s->first_block = first_block(s);
}

static uint32
last_version(const pg_uuid_t *table)
{
	static SPIPlanPtr plan;
	const Oid	type = UUIDOID;
	Datum		value = UUIDPGetDatum(table);

	spi_read_kept(&plan, "SELECT coalesce(max(version), 0) FROM fireiot.ledger_schema"
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
gather(void *arg, const scanned_row *row)
{
	gathering  *g = arg;

	/*
	 * Without tx no snapshot can tell when it came; with that of a
	 * transaction to come, which is forged, each block would have it.
	 */
	if (!row->has_tx || !chain_sees(&g->sealer->snapshot, row->tx) ||
		(!g->is_first && chain_sees(&g->sealer->before, row->tx)))
		return;
	leaf_encode(g->encoder, g->schema->version, g->schema->columns,
				row->values, row->nulls, &g->form);
	leaf_hash(g->sealer->digest, &g->form,
			  leaf_sort_add(g->leaves, row->id, row->page)->hash);
}

/* A part is written at once: the parts of a whole database would not fit. */
static void
add_part(gathering *g, const candidate *from, leaf_list *leaves)
{
	sealer	   *s = g->sealer;
	chain_part	part = {
		.block = s->block.n,
		.part = s->block.parts,
		.table = from->table,
		.partition = from->partition,
		.schema = g->schema,
		.first_id = leaves->entries[0].id,
		.last_id = leaves->entries[leaves->count - 1].id,
		.rows = leaves->count,
		.first_page = leaves->entries[0].page
	};

	for (int64 i = 0; i < leaves->count; i++)
	{
		part.first_page = Min(part.first_page, leaves->entries[i].page);
		part.last_page = Max(part.last_page, leaves->entries[i].page);
	}
	leaf_list_root(leaves, s->digest, part.root);
	chain_part_hash(s->digest, &part, part.hash);
	store_part(&part, leaf_list_index(leaves));
	if (!merkle_add(&s->tree, part.hash))
		digest_failed();
	s->block.parts++;
	s->block.rows += part.rows;
}

static void
add_parts(gathering *g, const candidate *from)
{
	MemoryContext turn = AllocSetContextCreate(CurrentMemoryContext,
											   "fireiot ledger part",
											   ALLOCSET_DEFAULT_SIZES);
	leaf_list  *leaves;

	while ((leaves = leaf_sort_next(g->leaves, settings.seal_part_rows)) != NULL)
	{
		MemoryContext before = MemoryContextSwitchTo(turn);

		add_part(g, from, leaves);
		MemoryContextSwitchTo(before);
		MemoryContextReset(turn);
	}
	MemoryContextDelete(turn);
}

/*
 * Of a table that no block knows yet all rows are new: it may have had some
 * before it was given to the ledger.
 */
static void
scan_relation(gathering *g, const candidate *from)
{
	sealer	   *s = g->sealer;

	if (from->state == FRESH_UNKNOWN)
		g->is_first = s->is_new ||
			!chain_has_parts(from->partition, s->first_block, s->head.n);
	if (g->is_first)
		scan_pages(from->relation, g->schema, 0, LAST_PAGE, gather, g);
	else if (from->state == FRESH_PAGES)
		scan_pages(from->relation, g->schema, from->first, from->last, gather,
				   g);
	else
		scan_where(from->partition, g->schema, condition_of(&s->before),
				   gather, g);
}

static void
gather_relation(sealer *s, const candidate *from)
{
	bool		schema_is_new;
	leaf_schema *schema = present_schema(from->relation, &from->table,
										 &schema_is_new);
	int64		rows = s->block.rows;
	gathering	g = {.sealer = s, .schema = schema};

	g.encoder = leaf_encoder_make(schema, &from->table);
	g.leaves = leaf_sort_make();
	initStringInfo(&g.form);
	scan_relation(&g, from);
	add_parts(&g, from);
	if (schema_is_new && s->block.rows > rows)
		store_schema(&from->table, schema);
	leaf_sort_free(g.leaves);
	pfree(g.form.data);
}

/* A partition that has no page has no row; most are made ahead. */
static void
look(sealer *s, candidate *from)
{
	Relation	relation = table_open(from->relation, AccessShareLock);

	if (RelationGetNumberOfBlocks(relation) > 0)
		from->state = fresh_look(relation, &s->snapshot, &from->first,
								 &from->last);
	if (s->is_new)
		from->state = FRESH_UNKNOWN;
	table_close(relation, NoLock);
}

static void
gather_all(sealer *s)
{
	static SPIPlanPtr plan;
	int			count;
	candidate  *candidates;

	spi_read_kept(&plan, "SELECT relation, partition, table_id FROM fireiot.ledger_relation"
				  " ORDER BY partition COLLATE \"C\"", 0, NULL, NULL);
	count = (int) SPI_processed;
	candidates = palloc0(Max(count, 1) * sizeof(candidate));
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
	{
		look(s, &candidates[i]);
		if (candidates[i].state != FRESH_NONE)
			gather_relation(s, &candidates[i]);
	}
}

static void
close_block(sealer *s)
{
	if (!merkle_root(&s->tree, s->block.root))
		digest_failed();
	s->block.sealed_at = GetCurrentTimestamp();
	chain_block_hash(s->digest, &s->block, s->block.hash);
	if (s->is_new)
		store_incarnation(&s->block);
	store_block(s->digest, &s->block);
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
		close_block(&s);
	SPI_finish();
	PopActiveSnapshot();
	if (s.block.rows == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(s.block.n);
}
