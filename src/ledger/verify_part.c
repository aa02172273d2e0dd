/*
 * verify_part.c
 *	  The rows of one partition against the parts that were sealed of it.
 *
 * One scan of the partition.  Each row goes to the block in which its tx came
 * into view; when a block's rows are complete their root is computed and they
 * are forgotten, so that memory holds what lies between the first and the last
 * row of a block, not the partition.
 */
#include "ledger/verify_part.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "ledger/part_scan.h"

typedef struct expected_part
{
	chain_part	part;
	chain_snapshot snapshot;
	leaf_list  *leaves;			/* NULL: none yet, or complete and right */
	bool		is_right;
	bool		is_unreadable;	/* its columns are not those of the table */
} expected_part;

/* A row that is in one of table and chain only. */
typedef struct odd_row
{
	int64		id;
	int64		block;
	uint8		mark[LEAF_MARK];
	bool		has_pair;		/* it is in the other, in another place */
} odd_row;

typedef struct odd_rows
{
	odd_row    *rows;
	int64		count;
	int64		room;
} odd_rows;

typedef struct comparison
{
	verify_part_job *job;
	MemoryContext context;
	expected_part *parts;		/* ascending blocks */
	int			count;
	leaf_schema *schema;		/* the last version, which has all columns */
	leaf_encoder *encoder;
	StringInfoData form;
	chain_snapshot now;			/* that the rows are read with */
	uint64		last_tx;		/* and where its rows belong */
	int			last_place;
	odd_rows	missing;
	odd_rows	added;
} comparison;

#define NOT_SEALED (-1)
#define IN_NO_PART (-2)

static void
add_odd(comparison *c, odd_rows *rows, int64 id, int64 block,
		const uint8 *mark)
{
	MemoryContext before = MemoryContextSwitchTo(c->context);

	if (rows->count == rows->room)
	{
		rows->room = Max(2 * rows->room, 64);
		rows->rows = rows->rows == NULL ?
			palloc(rows->room * sizeof(odd_row)) :
			repalloc_huge(rows->rows, rows->room * sizeof(odd_row));
	}
	rows->rows[rows->count] = (odd_row) {.id = id, .block = block};
	memcpy(rows->rows[rows->count].mark, mark, LEAF_MARK);
	rows->count++;
	MemoryContextSwitchTo(before);
}

static void
load_parts(comparison *c)
{
	const Oid	types[] = {TEXTOID, INT8OID};
	Datum		values[] = {CStringGetTextDatum(c->job->partition),
	Int64GetDatum(c->job->first_block)};
	List	   *schemas = NIL;
	SPITupleTable *result;

	spi_read("SELECT " CHAIN_PART_COLUMNS ", b.snapshot::pg_catalog.text"
			 " FROM fireiot.ledger_block_part AS p"
			 " JOIN fireiot.ledger_block AS b ON b.n OPERATOR(pg_catalog.=) p.block"
			 " WHERE p.partition OPERATOR(pg_catalog.=) $1"
			 " AND p.block OPERATOR(pg_catalog.>=) $2"
			 " ORDER BY p.block", 2, types, values);
	result = SPI_tuptable;
	c->count = (int) SPI_processed;
	c->parts = MemoryContextAllocHuge(CurrentMemoryContext,
									  Max(c->count, 1) * sizeof(expected_part));
	for (int i = 0; i < c->count; i++)
	{
		c->parts[i] = (expected_part) {.leaves = NULL};
		chain_read_part(i, &c->parts[i].part, &schemas);
		c->parts[i].is_unreadable =
			!leaf_schema_extends(c->schema, c->parts[i].part.schema);
		chain_parse_snapshot(spi_text(i, 11), &c->parts[i].snapshot);
	}
	SPI_freetuptable(result);
}

/* Can a row be visible that such a transaction stored? */
static bool
is_of_today(const comparison *c, uint64 tx)
{
	return chain_sees(&c->now, tx) ||
		tx == U64FromFullTransactionId(GetTopFullTransactionIdIfAny());
}

/* The first block that sees the transaction, among those of the partition. */
static int
find_place(const comparison *c, uint64 tx)
{
	int			low = 0;
	int			high = c->count;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (c->parts[middle].snapshot.xmax <= tx)
			low = middle + 1;
		else
			high = middle;
	}
	/* it was running when that snapshot was taken */
	while (low < c->count && !chain_sees(&c->parts[low].snapshot, tx))
		low++;
	if (low < c->count)
		return low;
	return chain_sees(c->job->head, tx) || !is_of_today(c, tx) ?
		IN_NO_PART : NOT_SEALED;
}

static int
place_of(comparison *c, uint64 tx)
{
	if (tx != c->last_tx)
	{
		c->last_tx = tx;
		c->last_place = find_place(c, tx);
	}
	return c->last_place;
}

/* All rows that there should be: are they the right ones? */
static void
try_root(comparison *c, expected_part *part)
{
	uint8		root[HASH_SIZE];

	leaf_list_root(part->leaves, c->job->digest, root);
	if (memcmp(root, part->part.root, HASH_SIZE) != 0)
		return;
	part->is_right = true;
	leaf_list_free(part->leaves);
	part->leaves = NULL;
}

static void
hash_row(comparison *c, const leaf_schema *schema, const scanned_row *row,
		 uint8 *hash)
{
	leaf_encode(c->encoder, schema->version, schema->columns, row->values,
				row->nulls, &c->form);
	leaf_hash(c->job->digest, &c->form, hash);
}

static void
compare_row(void *arg, const scanned_row *row)
{
	comparison *c = arg;
	int			place = row->has_tx ? place_of(c, row->tx) : IN_NO_PART;
	expected_part *part = place >= 0 ? &c->parts[place] : NULL;
	uint8		hash[HASH_SIZE];

	if (place == NOT_SEALED ||
		(part != NULL &&
		 (part->is_unreadable || part->part.block < c->job->from ||
		  part->part.block > c->job->to)))
		return;
	c->job->rows++;
	if (part == NULL || part->is_right)
	{
		hash_row(c, part != NULL ? part->part.schema : c->schema, row, hash);
		add_odd(c, &c->added, row->id,
				part != NULL ? part->part.block : NO_BLOCK, hash);
		return;
	}
	if (part->leaves == NULL)
	{
		MemoryContext before = MemoryContextSwitchTo(c->context);

		part->leaves = leaf_list_make();
		MemoryContextSwitchTo(before);
	}
	hash_row(c, part->part.schema, row,
			 leaf_list_add(part->leaves, row->id)->hash);
	if (part->leaves->count == part->part.rows)
		try_root(c, part);
}

static int
compare_marks(const leaf_entry *one, const leaf_entry *other)
{
	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	return memcmp(one->hash, other->hash, LEAF_MARK);
}

static leaf_list *
sealed_leaves(const chain_part *part)
{
	const Oid	types[] = {INT8OID, INT4OID};
	Datum		values[] = {Int64GetDatum(part->block), Int32GetDatum(part->part)};
	bool		is_null;
	Datum		index;

	spi_read("SELECT leaves FROM fireiot.ledger_block_part"
			 " WHERE block OPERATOR(pg_catalog.=) $1"
			 " AND part OPERATOR(pg_catalog.=) $2", 2, types, values);
	if (SPI_processed == 0)
		return NULL;
	index = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
						  &is_null);
	return is_null ? NULL : leaf_list_read_index(DatumGetByteaPP(index));
}

static void
report(comparison *c, const char *kind, const odd_row *row, const char *detail)
{
	finding		found = {
		.kind = kind,
		.table = c->job->partition,
		.has_row = row != NULL,
		.row = row != NULL ? row->id : 0,
		.block = row != NULL ? row->block : NO_BLOCK,
		.detail = detail
	};

	c->job->report(c->job->arg, &found);
}

static void
report_part(comparison *c, const chain_part *part, const char *detail)
{
	finding		found = {
		.kind = "altered",
		.table = c->job->partition,
		.block = part->block,
		.detail = detail
	};

	c->job->report(c->job->arg, &found);
}

/* What is in one of them only becomes odd. */
static void
compare_leaves(comparison *c, expected_part *part)
{
	leaf_list  *sealed;
	leaf_list  *there = part->leaves;
	int64		odd = c->missing.count + c->added.count;
	int64		i = 0;
	int64		j = 0;

	if (part->is_unreadable)
	{
		report_part(c, &part->part, "The table does not have the columns any more with which it was sealed.");
		return;
	}
	sealed = sealed_leaves(&part->part);
	if (sealed == NULL || sealed->count != part->part.rows)
	{
		report_part(c, &part->part, "The rows differ, and the list that would name them was altered, too.");
		return;
	}
	if (there == NULL)
		there = leaf_list_make();
	leaf_list_sort(there);
	while (i < sealed->count || j < there->count)
	{
		int			order = i == sealed->count ? 1 : j == there->count ? -1 :
			compare_marks(&sealed->entries[i], &there->entries[j]);

		if (order < 0)
			add_odd(c, &c->missing, sealed->entries[i].id, part->part.block,
					sealed->entries[i].hash);
		else if (order > 0)
			add_odd(c, &c->added, there->entries[j].id, part->part.block,
					there->entries[j].hash);
		i += order <= 0;
		j += order >= 0;
	}
	if (c->missing.count + c->added.count == odd)
		report_part(c, &part->part, "The rows differ from what was sealed; the list that would name them does not.");
	leaf_list_free(sealed);
}

static int
compare_odd(const void *a, const void *b)
{
	const odd_row *one = a;
	const odd_row *other = b;

	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	return one->block < other->block ? -1 : one->block > other->block;
}

static void
report_pair(comparison *c, odd_row *missing, odd_row *added)
{
	bool		same = memcmp(missing->mark, added->mark, LEAF_MARK) == 0;

	missing->has_pair = added->has_pair = true;
	if (!same)
		report(c, "altered", missing, NULL);
	else if (added->block == NO_BLOCK)
		report(c, "reordered", missing, "Its tx is that of no block now.");
	else
		report(c, "reordered", missing,
			   psprintf("Its tx is that of block " INT64_FORMAT " now.",
						added->block));
}

/* A row that is missing here and added there was altered or moved. */
static void
report_odd(comparison *c)
{
	int64		j = 0;

	if (c->missing.count > 0)
		qsort(c->missing.rows, c->missing.count, sizeof(odd_row), compare_odd);
	if (c->added.count > 0)
		qsort(c->added.rows, c->added.count, sizeof(odd_row), compare_odd);
	for (int64 i = 0; i < c->missing.count; i++)
	{
		while (j < c->added.count &&
			   (c->added.rows[j].has_pair ||
				c->added.rows[j].id < c->missing.rows[i].id))
			j++;
		if (j < c->added.count &&
			c->added.rows[j].id == c->missing.rows[i].id)
			report_pair(c, &c->missing.rows[i], &c->added.rows[j]);
		else
			report(c, "missing", &c->missing.rows[i], NULL);
	}
	for (int64 i = 0; i < c->added.count; i++)
		if (!c->added.rows[i].has_pair)
			report(c, "added", &c->added.rows[i], NULL);
}

static void
report_parts(comparison *c)
{
	for (int i = 0; i < c->count; i++)
	{
		expected_part *part = &c->parts[i];

		if (!part->is_right && part->part.block >= c->job->from &&
			part->part.block <= c->job->to)
			compare_leaves(c, part);
	}
	report_odd(c);
}

void
verify_part(verify_part_job *job)
{
	comparison	c = {.job = job,.context = CurrentMemoryContext,
	.last_place = NOT_SEALED};
	Relation	relation = table_open(job->relation, AccessShareLock);

	c.schema = leaf_schema_of(RelationGetDescr(relation),
							  RelationGetRelationName(relation));
	table_close(relation, NoLock);
	c.encoder = leaf_encoder_make(c.schema, &job->table_id);
	initStringInfo(&c.form);
	chain_parse_snapshot(DatumGetCString(DirectFunctionCall1(pg_snapshot_out,
															 DirectFunctionCall1(pg_current_snapshot, 0))),
						 &c.now);
	load_parts(&c);
	if (c.count > 0)
		c.schema->version = c.parts[c.count - 1].part.schema->version;
	part_scan(job->partition, c.schema, NULL, compare_row, &c);
	report_parts(&c);
}
