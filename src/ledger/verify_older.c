/*
 * verify_older.c
 *	  The rows of one partition against what was sealed of it in databases
 *	  that this one is a copy of.
 *
 * A restored row has another tx, so the block in which it was sealed then is
 * found by its id and the mark of its leaf, which each part keeps.  The marks
 * only say where a row belongs; that all of them are as they were is shown by
 * the part's root.  Rows that no part has are nothing special here: they were
 * not sealed yet, or came later.
 */
#include "ledger/verify_older.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "ledger/part_scan.h"
#include "ledger/progress.h"

/* A row that was sealed. */
typedef struct known_leaf
{
	int64		id;
	uint8		mark[LEAF_MARK];
	int32		part;			/* IS_THERE - part: the row was found */
} known_leaf;

#define IS_THERE (-1)

typedef struct old_part
{
	chain_part	part;
	leaf_list  *leaves;			/* of rows that were found; NULL: none, or
								 * complete */
	bool		is_complete;	/* all rows were found */
	bool		is_right;
	const char *problem;		/* why its rows cannot be looked for */
} old_part;

typedef struct older
{
	const verify_part_job *job;
	MemoryContext context;
	old_part   *parts;
	int			count;
	leaf_schema **schemas;		/* the versions that parts have */
	int			schema_count;
	known_leaf *known;			/* by id and mark */
	int64		known_count;
	int64	   *changed;		/* ids of rows that are there otherwise */
	int64		changed_count;
	int64		changed_room;
	leaf_encoder *encoder;
	StringInfoData form;
} older;

static void
note_schema(older *o, leaf_schema *schema)
{
	for (int i = 0; i < o->schema_count; i++)
		if (o->schemas[i] == schema)
			return;
	o->schemas[o->schema_count++] = schema;
}

static void
load_parts(older *o, int64 from, int64 to)
{
	const Oid	types[] = {TEXTOID, INT8OID, INT8OID};
	Datum		values[] = {CStringGetTextDatum(o->job->partition),
	Int64GetDatum(from), Int64GetDatum(to)};
	List	   *schemas = NIL;

	spi_read("SELECT " CHAIN_PART_COLUMNS " FROM fireiot.ledger_block_part AS p"
			 " WHERE p.partition OPERATOR(pg_catalog.=) $1"
			 " AND p.block OPERATOR(pg_catalog.>=) $2"
			 " AND p.block OPERATOR(pg_catalog.<=) $3"
			 " ORDER BY p.block, p.part", 3, types, values);
	o->count = (int) SPI_processed;
	o->parts = MemoryContextAllocHuge(CurrentMemoryContext,
									  Max(o->count, 1) * sizeof(old_part));
	o->schemas = palloc(Max(o->count, 1) * sizeof(leaf_schema *));
	for (int i = 0; i < o->count; i++)
	{
		o->parts[i] = (old_part) {.leaves = NULL};
		chain_read_part(i, &o->parts[i].part, &schemas);
		note_schema(o, o->parts[i].part.schema);
	}
}

static void
keep_marks(older *o, int part, const leaf_list *marks)
{
	for (int64 i = 0; i < marks->count; i++)
	{
		known_leaf *leaf = &o->known[o->known_count++];

		leaf->id = marks->entries[i].id;
		memcpy(leaf->mark, marks->entries[i].hash, LEAF_MARK);
		leaf->part = part;
	}
}

static int
compare_leaf(const known_leaf *one, int64 id, const uint8 *mark)
{
	if (one->id != id)
		return one->id < id ? -1 : 1;
	return memcmp(one->mark, mark, LEAF_MARK);
}

static int
compare_known(const void *a, const void *b)
{
	const known_leaf *other = b;

	return compare_leaf(a, other->id, other->mark);
}

static void
load_marks(older *o, const leaf_schema *present)
{
	int64		rows = 0;

	for (int i = 0; i < o->count; i++)
		rows += o->parts[i].part.rows;
	o->known = MemoryContextAllocHuge(CurrentMemoryContext,
									  Max(rows, 1) * sizeof(known_leaf));
	for (int i = 0; i < o->count; i++)
	{
		old_part   *part = &o->parts[i];
		leaf_list  *marks = NULL;

		if (!leaf_schema_extends(present, part->part.schema))
			part->problem = "The table does not have the columns any more with which it was sealed.";
		else if ((marks = sealed_leaves(&part->part)) == NULL)
			part->problem = "The list of its rows was altered, so that they cannot be looked for.";
		if (marks == NULL)
			continue;
		keep_marks(o, i, marks);
		leaf_list_free(marks);
	}
	if (o->known_count > 0)
		qsort(o->known, o->known_count, sizeof(known_leaf), compare_known);
}

/* The first that is not before (id, mark). */
static int64
lower_bound(const older *o, int64 id, const uint8 *mark)
{
	int64		low = 0;
	int64		high = o->known_count;

	while (low < high)
	{
		int64		middle = low + (high - low) / 2;

		if (compare_leaf(&o->known[middle], id, mark) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* One that was not found yet, and was sealed with these columns. */
static known_leaf *
find_leaf(const older *o, int64 id, const uint8 *mark,
		  const leaf_schema *schema)
{
	for (int64 i = lower_bound(o, id, mark); i < o->known_count &&
		 compare_leaf(&o->known[i], id, mark) == 0; i++)
		if (o->known[i].part >= 0 &&
			o->parts[o->known[i].part].part.schema == schema)
			return &o->known[i];
	return NULL;
}

static void
try_root(older *o, old_part *part)
{
	uint8		root[HASH_SIZE];

	leaf_list_root(part->leaves, o->job->digest, root);
	part->is_right = memcmp(root, part->part.root, HASH_SIZE) == 0;
	part->is_complete = true;
	leaf_list_free(part->leaves);
	part->leaves = NULL;
}

static void
take_row(older *o, known_leaf *leaf, const uint8 hash[HASH_SIZE])
{
	old_part   *part = &o->parts[leaf->part];
	MemoryContext before = MemoryContextSwitchTo(o->context);

	if (part->leaves == NULL)
		part->leaves = leaf_list_make();
	memcpy(leaf_list_add(part->leaves, leaf->id)->hash, hash, HASH_SIZE);
	leaf->part = IS_THERE - leaf->part;
	if (part->leaves->count == part->part.rows)
		try_root(o, part);
	MemoryContextSwitchTo(before);
}

static void
note_changed(older *o, int64 id)
{
	MemoryContext before = MemoryContextSwitchTo(o->context);

	if (o->changed_count == o->changed_room)
	{
		o->changed_room = Max(2 * o->changed_room, 64);
		o->changed = o->changed == NULL ?
			palloc(o->changed_room * sizeof(int64)) :
			repalloc_huge(o->changed, o->changed_room * sizeof(int64));
	}
	o->changed[o->changed_count++] = id;
	MemoryContextSwitchTo(before);
}

static void
look_for_row(void *arg, const scanned_row *row)
{
	static const uint8 least[LEAF_MARK];
	older	   *o = arg;
	int64		at = lower_bound(o, row->id, least);

	if (at == o->known_count || o->known[at].id != row->id)
		return;
	progress_row();
	for (int i = 0; i < o->schema_count; i++)
	{
		const leaf_schema *schema = o->schemas[i];
		uint8		hash[HASH_SIZE];
		known_leaf *leaf;

		leaf_encode(o->encoder, schema->version, schema->columns, row->values,
					row->nulls, &o->form);
		leaf_hash(o->job->digest, &o->form, hash);
		leaf = find_leaf(o, row->id, hash, schema);
		if (leaf != NULL)
		{
			take_row(o, leaf, hash);
			return;
		}
	}
	note_changed(o, row->id);
}

static void
say(const older *o, const char *kind, const chain_part *part,
	const int64 *id, const char *detail)
{
	finding		found = {
		.kind = kind,
		.table = o->job->partition,
		.has_row = id != NULL,
		.row = id != NULL ? *id : 0,
		.block = part->block,
		.detail = detail
	};

	o->job->report(o->job->arg, &found);
}

static int
compare_ids(const void *a, const void *b)
{
	int64		one = *(const int64 *) a;
	int64		other = *(const int64 *) b;

	return one < other ? -1 : one > other;
}

static void
say_rows(older *o)
{
	if (o->changed_count > 0)
		qsort(o->changed, o->changed_count, sizeof(int64), compare_ids);
	for (int64 i = 0; i < o->known_count; i++)
	{
		known_leaf *leaf = &o->known[i];
		bool		changed;

		if (leaf->part < 0)
			continue;
		changed = o->changed_count > 0 &&
			bsearch(&leaf->id, o->changed, o->changed_count, sizeof(int64),
					compare_ids) != NULL;
		say(o, changed ? "altered" : "missing", &o->parts[leaf->part].part,
			&leaf->id, "Sealed in the database that this one is a copy of.");
	}
}

/* Parts of which no row can be named. */
static void
say_parts(const older *o)
{
	for (int i = 0; i < o->count; i++)
	{
		const old_part *part = &o->parts[i];

		if (part->problem != NULL)
			say(o, "altered", &part->part, NULL, part->problem);
		else if (part->is_complete && !part->is_right)
			say(o, "altered", &part->part, NULL,
				"The rows differ from what was sealed; the list that would name them does not.");
	}
}

static void
verify_incarnation(const verify_part_job *job, int64 from, int64 to)
{
	older		o = {.job = job, .context = CurrentMemoryContext};
	leaf_schema *present = present_columns(job->relation);

	load_parts(&o, from, to);
	if (o.count == 0)
		return;
	load_marks(&o, present);
	o.encoder = leaf_encoder_make(present, &job->table_id);
	initStringInfo(&o.form);
	scan_pages(job->relation, present, 0, LAST_PAGE, look_for_row, &o);
	say_rows(&o);
	say_parts(&o);
}

/* One by one: a row is in a block of each. */
void
verify_older(const verify_part_job *job, List *incarnations)
{
	int64		end = job->first_block;

	for (int i = list_length(incarnations) - 1; i >= 0; i--)
	{
		int64		first = ((chain_block *) list_nth(incarnations, i))->n;
		MemoryContext turn = AllocSetContextCreate(CurrentMemoryContext,
												   "fireiot incarnation",
												   ALLOCSET_DEFAULT_SIZES);
		MemoryContext before = MemoryContextSwitchTo(turn);

		if (first < job->first_block)
		{
			verify_incarnation(job, Max(first, job->from),
							   Min(end - 1, job->to));
			end = first;
		}
		MemoryContextSwitchTo(before);
		MemoryContextDelete(turn);
	}
}
