/*
 * verify_chain.c
 *	  Headers, parts, nodes, incarnations and checkpoints against each other.
 *
 * Headers are read from the first block on: each is bound to the one before.
 */
#include "ledger/verify.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "ledger/progress.h"

/* Rows that are taken from a cursor at a time. */
#define FETCH 1000

/* Rows of an ordered query, one by one. */
typedef struct cursor
{
	Portal		portal;
	SPITupleTable *rows;
	uint64		count;
	uint64		next;
} cursor;

static void
chain_broken(verifier *v, const char *table, int64 block, const char *detail)
{
	finding		found = {.kind = "chain",.table = table,.block = block,
	.detail = detail};

	if (is_asked_for(v, block))
		put_finding(v, &found);
}

/* $1 and $2 of the query are the blocks that are asked for. */
static void
open_cursor(verifier *v, cursor *c, const char *query)
{
	Oid			types[] = {INT8OID, INT8OID};
	Datum		values[] = {Int64GetDatum(v->from), Int64GetDatum(v->to)};
	SPIPlanPtr	plan = SPI_prepare(query, 2, types);

	if (plan == NULL)
		elog(ERROR, "query on the chain failed: %s",
			 SPI_result_code_string(SPI_result));
	c->portal = SPI_cursor_open(NULL, plan, values, NULL, true);
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

static void
part_without_block(verifier *v, int64 block)
{
	chain_broken(v, "fireiot.ledger_block_part", block,
				 "There is a part of a block that is not there.");
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
			part_without_block(v, part.block);
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
copy_block(chain_block *to, const chain_block *from)
{
	*to = *from;
	to->origin = pstrdup(from->origin);
	to->snapshot = pstrdup(from->snapshot);
}

static void
keep_head(verifier *v, const chain_block *block)
{
	MemoryContext before = MemoryContextSwitchTo(v->context);

	if (v->blocks == 0 || block->incarnation != v->head.incarnation)
	{
		chain_block *first = palloc(sizeof(chain_block));

		copy_block(first, block);
		v->incarnations = lappend(v->incarnations, first);
		v->first_block = block->n;
	}
	else
	{
		pfree(v->head.origin);
		pfree(v->head.snapshot);
	}
	copy_block(&v->head, block);
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
check_block(verifier *v, cursor *blocks, cursor *parts)
{
	chain_block block;

	chain_read_block((int) blocks->next, &block);
	blocks->next++;
	if (v->blocks == 0)
	{
		v->digest = chain_digest(block.algorithm);
		merkle_start(&v->tree, v->digest);
	}
	check_header(v, &block);
	if (is_asked_for(v, block.n))
	{
		MemoryContext before = MemoryContextSwitchTo(v->context);

		check_parts(v, &block, parts);
		MemoryContextSwitchTo(before);
	}
	keep_head(v, &block);
	progress_block();
}

/* What is said of blocks behind the last one. */
static void
check_end(verifier *v, cursor *parts, cursor *checkpoints)
{
	while (cursor_row(parts))
	{
		part_without_block(v, spi_int64((int) parts->next, 1, NULL));
		parts->next++;
	}
	while (cursor_row(checkpoints))
	{
		int64		size = spi_int64((int) checkpoints->next, 1, NULL);

		chain_broken(v, "fireiot.ledger_checkpoint", size - 1,
					 psprintf("There is a checkpoint of " INT64_FORMAT " blocks, and there are " INT64_FORMAT ".",
							  size, v->blocks));
		checkpoints->next++;
	}
}

static void
check_blocks(verifier *v)
{
	cursor		blocks;
	cursor		parts;
	cursor		checkpoints;
	MemoryContext turn = AllocSetContextCreate(v->context, "fireiot block",
											   ALLOCSET_DEFAULT_SIZES);

	open_cursor(v, &blocks, "SELECT " CHAIN_BLOCK_COLUMNS
				" FROM fireiot.ledger_block ORDER BY n");
	open_cursor(v, &parts, "SELECT " CHAIN_PART_COLUMNS
				" FROM fireiot.ledger_block_part AS p"
				" WHERE p.block OPERATOR(pg_catalog.>=) $1"
				" AND p.block OPERATOR(pg_catalog.<=) $2 ORDER BY p.block, p.part");
	open_cursor(v, &checkpoints, "SELECT size, root"
				" FROM fireiot.ledger_checkpoint ORDER BY size");
	while (cursor_row(&blocks))
	{
		MemoryContext before;

		CHECK_FOR_INTERRUPTS();
		before = MemoryContextSwitchTo(turn);
		check_block(v, &blocks, &parts);
		check_checkpoint(v, &checkpoints);
		MemoryContextSwitchTo(before);
		MemoryContextReset(turn);
	}
	check_end(v, &parts, &checkpoints);
}

static bool
begins_incarnation(const chain_block *block, int i)
{
	static const uint8 zeros[HASH_SIZE];
	uint8		previous[HASH_SIZE];

	spi_hash(i, 5, previous);	/* null is zeros */
	return spi_int64(i, 1, NULL) == block->incarnation &&
		spi_int64(i, 4, NULL) == block->n &&
		strcmp(spi_text(i, 2), block->origin) == 0 &&
		strcmp(spi_text(i, 3), digest_name(block->algorithm)) == 0 &&
		memcmp(previous, block->n > 0 ? block->previous : zeros,
			   HASH_SIZE) == 0;
}

static void
check_incarnations(verifier *v)
{
	ListCell   *cell;
	int			i = 0;

	spi_read("SELECT n, origin, algorithm, first_block, previous"
			 " FROM fireiot.ledger_incarnation ORDER BY n", 0, NULL, NULL);
	foreach(cell, v->incarnations)
	{
		chain_block *block = lfirst(cell);

		if (i >= SPI_processed || !begins_incarnation(block, i))
			chain_broken(v, "fireiot.ledger_incarnation", block->n,
						 "The incarnation that begins with this block is another one, or missing.");
		i++;
	}
	for (; i < SPI_processed; i++)
		chain_broken(v, "fireiot.ledger_incarnation", spi_int64(i, 4, NULL),
					 "No block begins this incarnation.");
}

/* Is the node what it stands for: the block's hash, or that of two nodes? */
static bool
is_node(verifier *v, int i)
{
	uint8		node[HASH_SIZE];
	uint8		left[HASH_SIZE];
	uint8		right[HASH_SIZE];

	spi_hash(i, 3, node);
	spi_hash(i, 4, left);
	if (spi_int64(i, 1, NULL) > 0)
	{
		spi_hash(i, 5, right);
		if (!merkle_join(v->digest, left, right, left))
			digest_failed();
	}
	return memcmp(node, left, HASH_SIZE) == 0;
}

/* How many subtrees block n completes. */
static int
nodes_of(int64 n)
{
	int			nodes = 1;

	for (; (n & 1) != 0; n >>= 1)
		nodes++;
	return nodes;
}

#define LAST_BLOCK \
	"(((n.index OPERATOR(pg_catalog.+) 1) OPERATOR(pg_catalog.<<) n.level) OPERATOR(pg_catalog.-) 1)"

/* The cursor stands at the first node that the block completes, or behind. */
static void
check_nodes_of(verifier *v, int64 n, cursor *nodes)
{
	int			count = 0;

	CHECK_FOR_INTERRUPTS();
	for (; cursor_row(nodes) && spi_int64((int) nodes->next, 6, NULL) <= n;
		 nodes->next++)
		count += is_node(v, (int) nodes->next);
	if (count != nodes_of(n))
		chain_broken(v, "fireiot.ledger_node", n,
					 "The nodes that end with this block are not those of the blocks below them.");
}

static void
check_nodes(verifier *v)
{
	cursor		nodes;

	open_cursor(v, &nodes, "SELECT n.level, n.index, n.hash,"
				" CASE WHEN n.level OPERATOR(pg_catalog.=) 0 THEN b.hash ELSE l.hash END,"
				" r.hash, " LAST_BLOCK
				" FROM fireiot.ledger_node AS n"
				" LEFT JOIN fireiot.ledger_block AS b ON b.n OPERATOR(pg_catalog.=) n.index"
				" LEFT JOIN fireiot.ledger_node AS l ON l.level OPERATOR(pg_catalog.=) (n.level OPERATOR(pg_catalog.-) 1)"
				"  AND l.index OPERATOR(pg_catalog.=) (n.index OPERATOR(pg_catalog.*) 2)"
				" LEFT JOIN fireiot.ledger_node AS r ON r.level OPERATOR(pg_catalog.=) (n.level OPERATOR(pg_catalog.-) 1)"
				"  AND r.index OPERATOR(pg_catalog.=) (n.index OPERATOR(pg_catalog.*) 2 OPERATOR(pg_catalog.+) 1)"
				" WHERE " LAST_BLOCK " OPERATOR(pg_catalog.>=) $1"
				" AND " LAST_BLOCK " OPERATOR(pg_catalog.<=) $2 ORDER BY 6, 1");
	for (int64 n = Max(v->from, 0); n <= Min(v->to, v->blocks - 1); n++)
		check_nodes_of(v, n, &nodes);
}

/* In a copy that has sealed nothing yet, no tx is that of any block. */
static void
find_own_blocks(verifier *v)
{
	if (strcmp(v->head.origin, chain_origin()) != 0)
		v->first_block = v->blocks;
}

void
verify_chain(verifier *v)
{
	check_blocks(v);
	check_incarnations(v);
	if (v->blocks == 0)
		return;
	check_nodes(v);
	find_own_blocks(v);
}
