/*
 * verify.c
 *	  fireiot.verify_ledger(): rows, parts and blocks against each other.
 *
 * Headers are always read from the first block on: each is bound to the one
 * before.  Rows are read of the blocks that are asked for.
 */
#include "ledger/verify_part.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "ledger/merkle.h"

PG_FUNCTION_INFO_V1(ledger_verify);

/* Rows that are taken from a cursor at a time. */
#define FETCH 1000

typedef struct verifier
{
	ReturnSetInfo *result;
	MemoryContext context;		/* of the call */
	digest	   *digest;
	int64		from;
	int64		to;
	bool		all;			/* no range was given */
	int64		blocks;
	chain_block head;
	int64		first_block;	/* of the last incarnation */
	merkle_tree tree;
	List	   *schemas;
} verifier;

/* Rows of an ordered query, one by one. */
typedef struct cursor
{
	Portal		portal;
	SPITupleTable *rows;
	uint64		count;
	uint64		next;
} cursor;

static void
put_finding(void *arg, const finding *found)
{
	verifier   *v = arg;
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

static void
chain_broken(verifier *v, const char *table, int64 block, const char *detail)
{
	finding		found = {.kind = "chain",.table = table,.block = block,
	.detail = detail};

	put_finding(v, &found);
}

static void
open_cursor(cursor *c, const char *query)
{
	SPIPlanPtr	plan = SPI_prepare(query, 0, NULL);

	c->portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	c->rows = NULL;
	c->count = c->next = 0;
}

/* Is there a row?  It is number c->next of SPI_tuptable then. */
static bool
cursor_row(cursor *c)
{
	if (c->next == c->count)
	{
		if (c->rows != NULL)
			SPI_freetuptable(c->rows);
		SPI_cursor_fetch(c->portal, true, FETCH);
		c->rows = SPI_tuptable;
		c->count = SPI_processed;
		c->next = 0;
	}
	SPI_tuptable = c->rows;
	SPI_processed = c->count;
	return c->next < c->count;
}

static void
check_header(verifier *v, const chain_block *block)
{
	uint8		hash[HASH_SIZE];
	static const uint8 zeros[HASH_SIZE];

	if (block->n != v->blocks)
		chain_broken(v, "fireiot.ledger_block", v->blocks,
					 psprintf("Block " INT64_FORMAT " stands in the place of this one.", block->n));
	if (memcmp(block->previous, v->blocks > 0 ? v->head.hash : zeros,
			   HASH_SIZE) != 0)
		chain_broken(v, "fireiot.ledger_block", block->n,
					 "It does not name the hash of the block before.");
	chain_block_hash(v->digest, block, hash);
	if (memcmp(hash, block->hash, HASH_SIZE) != 0)
		chain_broken(v, "fireiot.ledger_block", block->n,
					 "Its hash is not that of its header.");
	if (v->blocks > 0 && block->algorithm != v->head.algorithm)
		chain_broken(v, "fireiot.ledger_block", block->n,
					 "Its algorithm is not that of the block before.");
	if (!merkle_add(&v->tree, hash))
		digest_failed();
}

static void
check_part(verifier *v, const chain_part *part, merkle_tree *tree)
{
	uint8		hash[HASH_SIZE];

	chain_part_hash(v->digest, part, hash);
	if (memcmp(hash, part->hash, HASH_SIZE) != 0)
		chain_broken(v, "fireiot.ledger_block_part", part->block,
					 psprintf("The hash of part %d, of %s, is not that of its header.",
							  part->part, part->partition));
	if (!merkle_add(tree, hash))
		digest_failed();
}

/* The parts of a block, which the cursor stands at. */
static void
check_parts(verifier *v, const chain_block *block, cursor *parts)
{
	merkle_tree tree;
	uint8		root[HASH_SIZE];
	int64		rows = 0;
	chain_part	part;

	merkle_start(&tree, v->digest);
	while (cursor_row(parts))
	{
		if (spi_int64((int) parts->next, 1, NULL) > block->n)
			break;
		chain_read_part((int) parts->next, &part, &v->schemas);
		parts->next++;
		if (part.block < block->n)
		{
			chain_broken(v, "fireiot.ledger_block_part", part.block,
						 "There is a part of a block that is not there.");
			continue;
		}
		check_part(v, &part, &tree);
		rows += part.rows;
	}
	if (!merkle_root(&tree, root))
		digest_failed();
	if (memcmp(root, block->root, HASH_SIZE) != 0 || rows != block->rows)
		chain_broken(v, "fireiot.ledger_block_part", block->n,
					 "The parts of the block are not those that were sealed.");
}

static void
keep_head(verifier *v, const chain_block *block)
{
	MemoryContext before = MemoryContextSwitchTo(v->context);

	if (v->blocks == 0 || block->incarnation != v->head.incarnation)
		v->first_block = block->n;
	v->head = *block;
	v->head.origin = pstrdup(block->origin);
	v->head.snapshot = pstrdup(block->snapshot);
	v->blocks++;
	MemoryContextSwitchTo(before);
}

/* A checkpoint of the size that the tree has now must have its root. */
static void
check_checkpoint(verifier *v, cursor *checkpoints)
{
	uint8		root[HASH_SIZE];
	uint8		said[HASH_SIZE];

	while (cursor_row(checkpoints) &&
		   spi_int64((int) checkpoints->next, 1, NULL) <= v->blocks)
	{
		spi_hash((int) checkpoints->next, 2, said);
		checkpoints->next++;
		if (!merkle_root(&v->tree, root))
			digest_failed();
		if (memcmp(root, said, HASH_SIZE) != 0)
			chain_broken(v, "fireiot.ledger_checkpoint", v->blocks - 1,
						 "The checkpoint behind this block has another root.");
	}
}

static void
check_chain(verifier *v)
{
	cursor		blocks;
	cursor		parts;
	cursor		checkpoints;
	MemoryContext turn = AllocSetContextCreate(v->context, "fireiot block",
											   ALLOCSET_DEFAULT_SIZES);

	open_cursor(&blocks, "SELECT " CHAIN_BLOCK_COLUMNS
				" FROM fireiot.ledger_block ORDER BY n");
	open_cursor(&parts, "SELECT " CHAIN_PART_COLUMNS
				" FROM fireiot.ledger_block_part AS p ORDER BY p.block, p.part");
	open_cursor(&checkpoints, "SELECT size, root"
				" FROM fireiot.ledger_checkpoint ORDER BY size");
	while (cursor_row(&blocks))
	{
		chain_block block;
		MemoryContext before;

		CHECK_FOR_INTERRUPTS();
		before = MemoryContextSwitchTo(turn);
		chain_read_block((int) blocks.next, &block);
		blocks.next++;
		if (v->blocks == 0)
		{
			v->digest = chain_digest(block.algorithm);
			merkle_start(&v->tree, v->digest);
		}
		check_header(v, &block);
		MemoryContextSwitchTo(v->context);
		check_parts(v, &block, &parts);
		keep_head(v, &block);
		check_checkpoint(v, &checkpoints);
		MemoryContextSwitchTo(before);
		MemoryContextReset(turn);
	}
	while (cursor_row(&checkpoints))
	{
		chain_broken(v, "fireiot.ledger_checkpoint", NO_BLOCK,
					 psprintf("There is a checkpoint of " INT64_FORMAT " blocks, and there are " INT64_FORMAT ".",
							  spi_int64((int) checkpoints.next, 1, NULL), v->blocks));
		checkpoints.next++;
	}
}

typedef struct relation_entry
{
	Oid			relation;		/* InvalidOid: it is not there */
	char	   *partition;
	pg_uuid_t	table;
	int64		parts;
	int64		first_part;
} relation_entry;

/* What was sealed, and what could have rows now; of the last incarnation. */
static relation_entry *
list_relations(verifier *v, int *count)
{
	const Oid	types[] = {INT8OID, INT8OID, INT8OID};
	Datum		values[] = {Int64GetDatum(v->first_block),
	Int64GetDatum(v->from), Int64GetDatum(v->to)};
	relation_entry *list;

	spi_read("SELECT coalesce(r.relation, 0::pg_catalog.oid), coalesce(r.partition, p.partition),"
			 " coalesce(r.table_id, p.table_id), coalesce(p.parts, 0), coalesce(p.first, -1)"
			 " FROM fireiot.ledger_relation AS r FULL JOIN"
			 " (SELECT partition, table_id, count(*) AS parts, min(block) AS first"
			 "  FROM fireiot.ledger_block_part"
			 "  WHERE block OPERATOR(pg_catalog.>=) $1"
			 "   AND block OPERATOR(pg_catalog.>=) $2 AND block OPERATOR(pg_catalog.<=) $3"
			 "  GROUP BY 1, 2) AS p"
			 " ON p.partition OPERATOR(pg_catalog.=) r.partition"
			 "  AND p.table_id OPERATOR(pg_catalog.=) r.table_id"
			 " ORDER BY 2", 3, types, values);
	*count = (int) SPI_processed;
	list = palloc(Max(*count, 1) * sizeof(relation_entry));
	for (int i = 0; i < *count; i++)
	{
		bool		is_null;

		list[i].relation = (Oid) spi_int64(i, 1, NULL);
		list[i].partition = spi_text(i, 2);
		list[i].table = *DatumGetUUIDP(SPI_getbinval(SPI_tuptable->vals[i],
													 SPI_tuptable->tupdesc, 3,
													 &is_null));
		list[i].parts = spi_int64(i, 4, NULL);
		list[i].first_part = spi_int64(i, 5, NULL);
	}
	return list;
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
		.head = head,
		.report = put_finding,
		.arg = v
	};
	MemoryContext turn = AllocSetContextCreate(v->context, "fireiot partition",
											   ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(turn);

	verify_part(&job);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(turn);
}

/* The purge certificate of a partition, if it is of what was sealed; else 0. */
static int64
certificate_of(const char *partition)
{
	const Oid	type = TEXTOID;
	Datum		value = CStringGetTextDatum(partition);

	spi_read("SELECT max(c.id) FROM fireiot.purge_certificate AS c,"
			 " LATERAL fireiot.ledger_partition(c.partition) AS l"
			 " WHERE c.partition OPERATOR(pg_catalog.=) $1"
			 " AND c.root OPERATOR(pg_catalog.=) l.root"
			 " AND c.rows OPERATOR(pg_catalog.=) l.sealed", 1, &type, &value);
	return spi_int64(0, 1, NULL);
}

static void
check_gone(verifier *v, const relation_entry *entry)
{
	int64		certificate = certificate_of(entry->partition);
	finding		found = {.kind = "missing",.table = entry->partition,
		.block = entry->first_part,
	.detail = "The whole table is gone."};

	if (certificate != 0)
	{
		found.kind = "purged";
		found.detail = psprintf("By purge certificate " INT64_FORMAT ".",
								certificate);
	}
	put_finding(v, &found);
}

static void
check_rows(verifier *v)
{
	chain_snapshot head;
	int			count;
	relation_entry *list = list_relations(v, &count);

	chain_parse_snapshot(v->head.snapshot, &head);
	for (int i = 0; i < count; i++)
	{
		if (!OidIsValid(list[i].relation))
			check_gone(v, &list[i]);
		else if (list[i].parts > 0 || v->all)
			check_relation(v, &list[i], &head);
	}
}

Datum
ledger_verify(PG_FUNCTION_ARGS)
{
	verifier	v = {0};

	InitMaterializedSRF(fcinfo, 0);
	v.result = (ReturnSetInfo *) fcinfo->resultinfo;
	v.from = PG_ARGISNULL(0) ? 0 : PG_GETARG_INT64(0);
	v.to = PG_ARGISNULL(1) ? PG_INT64_MAX : PG_GETARG_INT64(1);
	v.all = PG_ARGISNULL(0) && PG_ARGISNULL(1);
	SPI_connect();
	v.context = AllocSetContextCreate(CurrentMemoryContext, "fireiot verify",
									  ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(v.context);
	check_chain(&v);
	if (v.blocks > 0)
		check_rows(&v);
	SPI_finish();
	return (Datum) 0;
}
