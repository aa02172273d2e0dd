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
#include "access/transam.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "ledger/part_scan.h"
#include "ledger/progress.h"

/*
 * What was sealed of the partition in one block: a part, or several that are
 * checked together because their ids overlap.
 */
typedef struct expected_part
{
	const chain_part *parts;
	int			count;
	int64		block;
	int64		rows;
	int64		last_id;
	const chain_snapshot *snapshot;
	leaf_list  *leaves;			/* NULL: none yet, or complete and right */
	bool		is_right;
	bool		has_bad_list;	/* that would name the rows */
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
	const verify_part_job *job;
	int64		from;			/* blocks whose rows are read */
	int64		to;
	bool		has_rest;
	MemoryContext context;
	chain_part *sealed;			/* all parts */
	uint8 (*lists)[HASH_SIZE];	/* SHA-256 of what each keeps of its
										 * leaves */
	digest	   *list_digest;
	expected_part *parts;		/* ascending blocks, and ids in a block */
	int			count;
	leaf_schema *schema;		/* the last version, which has all columns */
	leaf_encoder *encoder;
	StringInfoData form;
	uint64		next_tx;		/* that no transaction has had yet */
	uint64		last_tx;		/* and where its rows belong: the block's */
	int			last_place;		/* first part */
	int			last_end;		/* behind its last */
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

/* Together with the one before, or by itself. */
static void
expect_part(comparison *c, const chain_part *part,
			const chain_snapshot *snapshot)
{
	expected_part *before = c->count > 0 ? &c->parts[c->count - 1] : NULL;

	if (before != NULL && before->block == part->block &&
		part->first_id <= before->last_id)
	{
		before->count++;
		before->rows += part->rows;
		before->last_id = Max(before->last_id, part->last_id);
		return;
	}
	c->parts[c->count++] = (expected_part){
		.parts = part,
		.count = 1,
		.block = part->block,
		.rows = part->rows,
		.last_id = part->last_id,
		.snapshot = before != NULL && before->block == part->block ?
			before->snapshot : snapshot,
		.is_unreadable = !leaf_schema_extends(c->schema, part->schema)};
}

static void
load_parts(comparison *c)
{
	const Oid	types[] = {TEXTOID, INT8OID};
	Datum		values[] = {CStringGetTextDatum(c->job->partition),
	Int64GetDatum(c->job->first_block)};
	List	   *schemas = NIL;
	SPITupleTable *result;
	int			count;

	spi_read("SELECT " CHAIN_PART_COLUMNS ", b.snapshot::pg_catalog.text, pg_catalog.sha256(p.leaves)"
			 " FROM fireiot.ledger_block_part AS p"
			 " JOIN fireiot.ledger_block AS b ON b.n OPERATOR(pg_catalog.=) p.block"
			 " WHERE p.partition OPERATOR(pg_catalog.=) $1"
			 " AND p.block OPERATOR(pg_catalog.>=) $2"
			 " ORDER BY p.block, p.first_id, p.part", 2, types, values);
	result = SPI_tuptable;
	count = (int) SPI_processed;
	c->sealed = MemoryContextAllocHuge(CurrentMemoryContext,
									   Max(count, 1) * sizeof(chain_part));
	c->parts = MemoryContextAllocHuge(CurrentMemoryContext,
									  Max(count, 1) * sizeof(expected_part));
	c->lists = MemoryContextAllocHuge(CurrentMemoryContext,
									  Max(count, 1) * HASH_SIZE);
	c->count = 0;
	for (int i = 0; i < count; i++)
	{
		chain_snapshot *snapshot = palloc(sizeof(chain_snapshot));

		spi_hash(i, 14, c->lists[i]);
		chain_read_part(i, &c->sealed[i], &schemas);
		chain_parse_snapshot(spi_text(i, 13), snapshot);
		expect_part(c, &c->sealed[i], snapshot);
	}
	SPI_freetuptable(result);
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

		if (c->parts[middle].snapshot->xmax <= tx)
			low = middle + 1;
		else
			high = middle;
	}
	/* it was running when that snapshot was taken */
	while (low < c->count && !chain_sees(c->parts[low].snapshot, tx))
		low++;
	if (low < c->count)
		return low;
	return chain_sees(c->job->head, tx) || tx >= c->next_tx ?
		IN_NO_PART : NOT_SEALED;
}

static int
end_of_block(const comparison *c, int place)
{
	int			end = place;

	while (end >= 0 && end < c->count &&
		   c->parts[end].block == c->parts[place].block)
		end++;
	return end;
}

/* Of the parts of a block, that in which the id lies, or would lie. */
static int
part_of_block(const comparison *c, int64 id)
{
	int			low = c->last_place;
	int			high = c->last_end - 1;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (c->parts[middle].last_id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
place_of(comparison *c, const scanned_row *row)
{
	if (!row->has_tx)
		return IN_NO_PART;
	if (row->tx != c->last_tx)
	{
		c->last_tx = row->tx;
		c->last_place = find_place(c, row->tx);
		c->last_end = end_of_block(c, c->last_place);
	}
	return c->last_place < 0 ? c->last_place : part_of_block(c, row->id);
}

leaf_list *
sealed_leaves(const chain_part *part)
{
	const Oid	types[] = {INT8OID, INT4OID};
	Datum		values[] = {Int64GetDatum(part->block), Int32GetDatum(part->part)};
	bool		is_null;
	Datum		index;
	leaf_list  *list;

	spi_read("SELECT leaves FROM fireiot.ledger_block_part"
			 " WHERE block OPERATOR(pg_catalog.=) $1"
			 " AND part OPERATOR(pg_catalog.=) $2", 2, types, values);
	if (SPI_processed == 0)
		return NULL;
	index = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
						  &is_null);
	list = is_null ? NULL : leaf_list_read_index(DatumGetByteaPP(index));
	SPI_freetuptable(SPI_tuptable);
	return list != NULL && list->count == part->rows ? list : NULL;
}

/* The marks of all parts, in order; NULL: a list was altered. */
static leaf_list *
expected_leaves(const expected_part *expected)
{
	leaf_list  *all;

	if (expected->count == 1)
		return sealed_leaves(expected->parts);
	all = leaf_list_make();
	for (int i = 0; i < expected->count; i++)
	{
		leaf_list  *list = sealed_leaves(&expected->parts[i]);

		if (list == NULL)
			return NULL;
		for (int64 j = 0; j < list->count; j++)
		{
			leaf_entry *entry = leaf_list_add(all, list->entries[j].id);

			memset(entry->hash, 0, HASH_SIZE);
			memcpy(entry->hash, list->entries[j].hash, LEAF_MARK);
		}
		leaf_list_free(list);
	}
	leaf_list_sort(all);
	return all;
}

static int
compare_marks(const leaf_entry *one, const leaf_entry *other)
{
	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	return memcmp(one->hash, other->hash, LEAF_MARK);
}

/*
 * Those of the leaves that a part's marks say are its own are taken out of
 * them.  Both are sorted.
 */
static leaf_list *
take_leaves(leaf_list *leaves, const leaf_list *marks)
{
	leaf_list  *taken = leaf_list_make();
	int64		left = 0;
	int64		next = 0;

	for (int64 i = 0; i < leaves->count; i++)
	{
		leaf_entry *entry = &leaves->entries[i];

		while (next < marks->count &&
			   compare_marks(&marks->entries[next], entry) < 0)
			next++;
		if (next < marks->count &&
			compare_marks(&marks->entries[next], entry) == 0)
		{
			memcpy(leaf_list_add(taken, entry->id)->hash, entry->hash,
				   HASH_SIZE);
			next++;
		}
		else
			leaves->entries[left++] = *entry;
	}
	leaves->count = left;
	return taken;
}

static bool
has_root(const comparison *c, leaf_list *leaves, const chain_part *part)
{
	uint8		root[HASH_SIZE];

	leaf_list_root(leaves, c->job->digest, root);
	return memcmp(root, part->root, HASH_SIZE) == 0;
}

/*
 * Which row is whose?  The marks say it, and the roots whether they are right.
 * In the midst of a scan: what it has in SPI stays untouched.
 */
static bool
have_roots(const comparison *c, const expected_part *expected)
{
	leaf_list  *rest = leaf_list_make();
	bool		right = true;

	SPI_connect();
	MemoryContextSwitchTo(c->context);
	leaf_list_sort(expected->leaves);
	for (int64 i = 0; i < expected->leaves->count; i++)
		memcpy(leaf_list_add(rest, expected->leaves->entries[i].id)->hash,
			   expected->leaves->entries[i].hash, HASH_SIZE);
	for (int i = 0; right && i < expected->count; i++)
	{
		leaf_list  *marks = sealed_leaves(&expected->parts[i]);
		leaf_list  *taken;

		if (marks == NULL)
			right = false;
		else
		{
			taken = take_leaves(rest, marks);
			right = has_root(c, taken, &expected->parts[i]);
			leaf_list_free(taken);
			leaf_list_free(marks);
		}
	}
	leaf_list_free(rest);
	SPI_finish();
	return right;
}

/* The rows are as they were sealed; is what names them, too? */
static bool
has_list(const comparison *c, const expected_part *part)
{
	bytea	   *index = leaf_list_index(part->leaves);
	uint8		hash[HASH_SIZE];

	if (!digest_of(c->list_digest, VARDATA(index), VARSIZE(index) - VARHDRSZ,
				   hash))
		digest_failed();
	pfree(index);
	return memcmp(hash, c->lists[part->parts - c->sealed], HASH_SIZE) == 0;
}

/* All rows that there should be: are they the right ones? */
static void
try_root(comparison *c, expected_part *part)
{
	MemoryContext before = MemoryContextSwitchTo(c->context);

	part->is_right = part->count == 1 ?
		has_root(c, part->leaves, part->parts) : have_roots(c, part);
	if (part->is_right)
	{
		/* several parts are told apart by their lists */
		part->has_bad_list = part->count == 1 && !has_list(c, part);
		leaf_list_free(part->leaves);
		part->leaves = NULL;
	}
	MemoryContextSwitchTo(before);
}

static void
hash_row(comparison *c, const leaf_schema *schema, const scanned_row *row,
		 uint8 *hash)
{
	leaf_encode(c->encoder, schema->version, schema->columns, row->values,
				row->nulls, &c->form);
	leaf_hash(c->job->digest, &c->form, hash);
}

static bool
was_read(const comparison *c, const expected_part *part)
{
	return part->block >= c->from && part->block <= c->to;
}

static leaf_list *
leaves_of(comparison *c, expected_part *part)
{
	if (part->leaves == NULL)
	{
		MemoryContext before = MemoryContextSwitchTo(c->context);

		part->leaves = leaf_list_make();
		MemoryContextSwitchTo(before);
	}
	return part->leaves;
}

static void
compare_row(void *arg, const scanned_row *row)
{
	comparison *c = arg;
	int			place = place_of(c, row);
	expected_part *part = place >= 0 ? &c->parts[place] : NULL;
	uint8		hash[HASH_SIZE];

	if (place == NOT_SEALED ||
		(part != NULL ? part->is_unreadable || !was_read(c, part) : !c->has_rest))
		return;
	progress_row();
	if (part == NULL || part->is_right)
	{
		hash_row(c, part != NULL ? part->parts->schema : c->schema, row, hash);
		add_odd(c, &c->added, row->id, part != NULL ? part->block : NO_BLOCK,
				hash);
		return;
	}
	hash_row(c, part->parts->schema, row,
			 leaf_list_add(leaves_of(c, part), row->id)->hash);
	if (part->leaves->count == part->rows)
		try_root(c, part);
}

/* Is what is found of this block to be said? */
static bool
is_reported(const comparison *c, int64 block)
{
	return block == NO_BLOCK ? c->job->has_rest :
		block >= c->job->from && block <= c->job->to;
}

static void
report(comparison *c, const char *kind, const odd_row *row, const char *detail)
{
	finding		found = {
		.kind = kind,
		.table = c->job->partition,
		.has_row = true,
		.row = row->id,
		.block = row->block,
		.detail = detail
	};

	if (is_reported(c, row->block))
		c->job->report(c->job->arg, &found);
}

static void
report_list(comparison *c, const expected_part *part)
{
	finding		found = {
		.kind = "chain",
		.table = "fireiot.ledger_block_part",
		.block = part->block,
		.detail = psprintf("The rows of %s are as they were sealed, the list that would name them is not.",
						   c->job->partition)
	};

	if (is_reported(c, part->block))
		c->job->report(c->job->arg, &found);
}

static void
report_part(comparison *c, const expected_part *part, const char *detail)
{
	finding		found = {
		.kind = "altered",
		.table = c->job->partition,
		.block = part->block,
		.detail = detail
	};

	if (is_reported(c, part->block))
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
		report_part(c, part, "The table does not have the columns any more with which it was sealed.");
		return;
	}
	sealed = expected_leaves(part);
	if (sealed == NULL)
	{
		report_part(c, part, "The rows differ, and the list that would name them was altered, too.");
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
			add_odd(c, &c->missing, sealed->entries[i].id, part->block,
					sealed->entries[i].hash);
		else if (order > 0)
			add_odd(c, &c->added, there->entries[j].id, part->block,
					there->entries[j].hash);
		i += order <= 0;
		j += order >= 0;
	}
	if (c->missing.count + c->added.count == odd)
		report_part(c, part, "The rows differ from what was sealed; the list that would name them does not.");
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

leaf_schema *
present_columns(Oid relation_id)
{
	Relation	relation = table_open(relation_id, AccessShareLock);
	leaf_schema *schema = leaf_schema_of(RelationGetDescr(relation),
										 RelationGetRelationName(relation));

	table_close(relation, NoLock);
	return schema;
}

static void
start_comparison(comparison *c, const verify_part_job *job, leaf_schema *schema)
{
	*c = (comparison){
		.job = job, .context = CurrentMemoryContext, .last_place = NOT_SEALED, .schema = schema};
	c->encoder = leaf_encoder_make(schema, &job->table_id);
	c->list_digest = chain_digest(DIGEST_SHA256);
	c->next_tx = U64FromFullTransactionId(ReadNextFullTransactionId());
	initStringInfo(&c->form);
	load_parts(c);
	if (c->count > 0)
		schema->version = c->parts[c->count - 1].parts->schema->version;
}

/* Is all that was read as it was sealed? */
static bool
is_clean(const comparison *c)
{
	for (int i = 0; i < c->count; i++)
		if (was_read(c, &c->parts[i]) &&
			(!c->parts[i].is_right || c->parts[i].has_bad_list))
			return false;
	return c->added.count == 0;
}

static void
report_parts(comparison *c)
{
	for (int i = 0; i < c->count; i++)
	{
		if (was_read(c, &c->parts[i]) && !c->parts[i].is_right)
			compare_leaves(c, &c->parts[i]);
		if (c->parts[i].has_bad_list)
			report_list(c, &c->parts[i]);
	}
	report_odd(c);
}

/*
 * What a row is that is odd in its block depends on the other blocks, where it
 * may have come from.  So the blocks that were asked for are read first, and
 * all of them only when something is wrong.
 */
void
verify_part(const verify_part_job *job)
{
	leaf_schema *schema = present_columns(job->relation);
	comparison	c;

	start_comparison(&c, job, schema);
	c.from = job->from;
	c.to = job->to;
	c.has_rest = job->has_rest;
	scan_pages(job->relation, schema, 0, LAST_PAGE, compare_row, &c);
	if (is_clean(&c))
		return;
	if (c.count > 0 && (c.from > c.parts[0].block ||
						c.to < c.parts[c.count - 1].block || !c.has_rest))
	{
		start_comparison(&c, job, schema);
		c.to = PG_INT64_MAX;
		c.has_rest = true;
		scan_pages(job->relation, schema, 0, LAST_PAGE, compare_row, &c);
	}
	report_parts(&c);
}
