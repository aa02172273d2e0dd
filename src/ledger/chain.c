/*
 * chain.c
 *	  Blocks and their parts: hashes and rows.
 */
#include "ledger/chain.h"

#include "access/transam.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/pg_lsn.h"
#include "utils/timestamp.h"

#include "ledger/merkle.h"

digest *
chain_digest(digest_algorithm algorithm)
{
	digest	   *d = digest_open(algorithm);

	if (d == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("OpenSSL does not offer the digest \"%s\"",
						digest_name(algorithm) != NULL ?
						digest_name(algorithm) : "?")));
	return d;
}

char *
chain_origin(void)
{
	return psprintf(UINT64_FORMAT "/%u", GetSystemIdentifier(), MyDatabaseId);
}

char *
chain_name(void)
{
	spi_read("SELECT origin FROM fireiot.ledger_incarnation ORDER BY n LIMIT 1",
			 0, NULL, NULL);
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("fireiot.ledger_incarnation has no row")));
	return psprintf("fireiot/%s", spi_text(0, 1));
}

static pg_noreturn void
bad_chain(const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("the chain cannot be read: %s", what)));
}

void
chain_parse_snapshot(const char *text, chain_snapshot *snapshot)
{
	char	   *end;
	int			commas = 0;

	for (const char *c = text; *c != '\0'; c++)
		commas += *c == ',';
	snapshot->running = palloc((commas + 1) * sizeof(uint64));
	snapshot->running_count = 0;
	(void) strtou64(text, &end, 10);
	if (*end != ':')
		bad_chain("a snapshot has another form");
	snapshot->xmax = strtou64(end + 1, &end, 10);
	if (*end != ':')
		bad_chain("a snapshot has another form");
	while (*end != '\0' && end[1] != '\0' &&
		   snapshot->running_count <= commas)
		snapshot->running[snapshot->running_count++] =
			strtou64(end + 1, &end, 10);
}

bool
chain_sees(const chain_snapshot *snapshot, uint64 tx)
{
	int			low = 0;
	int			high = snapshot->running_count;

	if (tx >= snapshot->xmax)
		return false;
	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (snapshot->running[middle] < tx)
			low = middle + 1;
		else
			high = middle;
	}
	return low == snapshot->running_count || snapshot->running[low] != tx;
}

static void
start_form(StringInfo form, uint8 kind)
{
	resetStringInfo(form);
	appendStringInfoChar(form, 0x00);
	appendStringInfoChar(form, (char) kind);
}

void
chain_part_form(const chain_part *part, StringInfo form)
{
	start_form(form, LEAF_PART);
	appendBinaryStringInfo(form, (const char *) &part->table, UUID_LEN);
	leaf_put_u32(form, part->schema->version);
	leaf_put_u32(form, part->schema->columns);
	for (int i = 0; i < part->schema->columns; i++)
	{
		leaf_put_text(form, part->schema->names[i]);
		leaf_put_text(form, part->schema->types[i]);
	}
	leaf_put_text(form, part->partition);
	leaf_put_i64(form, part->first_id);
	leaf_put_i64(form, part->last_id);
	leaf_put_i64(form, part->rows);
	appendBinaryStringInfo(form, (const char *) part->root, HASH_SIZE);
}

void
chain_block_form(const chain_block *block, StringInfo form)
{
	start_form(form, LEAF_BLOCK);
	leaf_put_i64(form, block->n);
	leaf_put_u32(form, block->incarnation);
	leaf_put_text(form, block->origin);
	leaf_put_u32(form, block->algorithm);
	leaf_put_text(form, block->snapshot);
	leaf_put_i64(form, block->sealed_at);
	leaf_put_i64(form, block->rows);
	leaf_put_u32(form, block->parts);
	appendBinaryStringInfo(form, (const char *) block->root, HASH_SIZE);
	appendBinaryStringInfo(form, (const char *) block->previous, HASH_SIZE);
}

void
chain_part_hash(digest *d, const chain_part *part, uint8 hash[HASH_SIZE])
{
	StringInfoData form;

	initStringInfo(&form);
	chain_part_form(part, &form);
	leaf_hash(d, &form, hash);
	pfree(form.data);
}

void
chain_block_hash(digest *d, const chain_block *block, uint8 hash[HASH_SIZE])
{
	StringInfoData form;

	initStringInfo(&form);
	chain_block_form(block, &form);
	leaf_hash(d, &form, hash);
	pfree(form.data);
}

int64
spi_int64(int row, int column, bool *is_null)
{
	bool		null;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row],
									  SPI_tuptable->tupdesc, column, &null);

	if (is_null != NULL)
		*is_null = null;
	if (null)
		return 0;
	switch (SPI_gettypeid(SPI_tuptable->tupdesc, column))
	{
		case INT4OID:
			return DatumGetInt32(value);
		case OIDOID:
			return DatumGetObjectId(value);
		default:
			return DatumGetInt64(value);
	}
}

char *
spi_text(int row, int column)
{
	bool		is_null;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row],
									  SPI_tuptable->tupdesc, column, &is_null);

	return is_null ? NULL : TextDatumGetCString(value);
}

/* A hash of another length can only be wrong: it becomes zeros. */
void
spi_hash(int row, int column, uint8 hash[HASH_SIZE])
{
	bool		is_null;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row],
									  SPI_tuptable->tupdesc, column, &is_null);
	bytea	   *bytes = is_null ? NULL : DatumGetByteaPP(value);

	memset(hash, 0, HASH_SIZE);
	if (bytes != NULL && VARSIZE_ANY_EXHDR(bytes) == HASH_SIZE)
		memcpy(hash, VARDATA_ANY(bytes), HASH_SIZE);
}

void
spi_read(const char *query, int args, const Oid *types, const Datum *values)
{
	int			code = SPI_execute_with_args(query, args, unconstify(Oid *, types),
											 unconstify(Datum *, values),
											 NULL, true, 0);

	if (code != SPI_OK_SELECT)
		elog(ERROR, "query on the chain failed: %s", SPI_result_code_string(code));
}

void
spi_write(const char *query, int args, const Oid *types, const Datum *values,
		  const char *nulls)
{
	int			code = SPI_execute_with_args(query, args, unconstify(Oid *, types),
											 unconstify(Datum *, values),
											 nulls, false, 0);

	if (code != SPI_OK_INSERT)
		elog(ERROR, "insert into the chain failed: %s", SPI_result_code_string(code));
}

static int
run_kept(SPIPlanPtr *plan, const char *query, int args, const Oid *types,
		 const Datum *values, bool read_only)
{
	if (*plan == NULL)
	{
		SPIPlanPtr	made = SPI_prepare(query, args, unconstify(Oid *, types));

		if (made == NULL || SPI_keepplan(made) != 0)
			elog(ERROR, "query on the chain was not prepared: %s",
				 SPI_result_code_string(SPI_result));
		*plan = made;
	}
	return SPI_execute_plan(*plan, unconstify(Datum *, values), NULL,
							read_only, 0);
}

void
spi_read_kept(SPIPlanPtr *plan, const char *query, int args, const Oid *types,
			  const Datum *values)
{
	int			code = run_kept(plan, query, args, types, values, true);

	if (code != SPI_OK_SELECT)
		elog(ERROR, "query on the chain failed: %s", SPI_result_code_string(code));
}

void
spi_write_kept(SPIPlanPtr *plan, const char *query, int args, const Oid *types,
			   const Datum *values)
{
	int			code = run_kept(plan, query, args, types, values, false);

	if (code != SPI_OK_INSERT)
		elog(ERROR, "insert into the chain failed: %s", SPI_result_code_string(code));
}

bytea *
bytes_datum(const void *bytes, Size length)
{
	bytea	   *value = palloc(VARHDRSZ + length);

	SET_VARSIZE(value, VARHDRSZ + length);
	memcpy(VARDATA(value), bytes, length);
	return value;
}

void
chain_read_block(int i, chain_block *block)
{
	char	   *algorithm = spi_text(i, 4);

	block->n = spi_int64(i, 1, NULL);
	block->incarnation = (int32) spi_int64(i, 2, NULL);
	block->origin = spi_text(i, 3);
	if (algorithm == NULL || !digest_by_name(algorithm, &block->algorithm))
		bad_chain("a block has an unknown algorithm");
	block->snapshot = spi_text(i, 5);
	block->sealed_at = spi_int64(i, 6, NULL);
	block->rows = spi_int64(i, 7, NULL);
	block->parts = (int32) spi_int64(i, 8, NULL);
	spi_hash(i, 9, block->root);
	spi_hash(i, 10, block->previous);
	spi_hash(i, 11, block->hash);
}

bool
chain_head(chain_block *block)
{
	static SPIPlanPtr plan;

	spi_read_kept(&plan, "SELECT " CHAIN_BLOCK_COLUMNS " FROM fireiot.ledger_block"
				  " ORDER BY n DESC LIMIT 1", 0, NULL, NULL);
	if (SPI_processed == 0)
		return false;
	chain_read_block(0, block);
	return true;
}

bool
chain_block_by_number(int64 n, chain_block *block)
{
	static SPIPlanPtr plan;
	const Oid	type = INT8OID;
	Datum		value = Int64GetDatum(n);

	spi_read_kept(&plan, "SELECT " CHAIN_BLOCK_COLUMNS " FROM fireiot.ledger_block"
				  " WHERE n OPERATOR(pg_catalog.=) $1", 1, &type, &value);
	if (SPI_processed == 0)
		return false;
	chain_read_block(0, block);
	return true;
}

void
chain_node(int32 level, int64 index, uint8 hash[HASH_SIZE])
{
	static SPIPlanPtr plan;
	const Oid	types[] = {INT4OID, INT8OID};
	Datum		values[] = {Int32GetDatum(level), Int64GetDatum(index)};

	spi_read_kept(&plan, "SELECT hash FROM fireiot.ledger_node"
				  " WHERE level OPERATOR(pg_catalog.=) $1"
				  " AND index OPERATOR(pg_catalog.=) $2", 2, types, values);
	if (SPI_processed == 0)
		bad_chain("a row of fireiot.ledger_node is missing");
	spi_hash(0, 1, hash);
}

/* The left side of a tree of this size, as in RFC 6962. */
static int64
left_side(int64 size)
{
	int64		left = 1;

	while (left < size - left)
		left *= 2;
	return left;
}

void
chain_tree_root(digest *d, int64 from, int64 size, uint8 root[HASH_SIZE])
{
	uint8		right[HASH_SIZE];
	int64		left = left_side(size);
	int32		level = 0;

	if (size == 1 || left * 2 == size)
	{
		while ((INT64CONST(1) << level) < size)
			level++;
		chain_node(level, from >> level, root);
		return;
	}
	chain_tree_root(d, from, left, root);
	chain_tree_root(d, from + left, size - left, right);
	if (!merkle_join(d, root, right, root))
		digest_failed();
}

int
chain_tree_path(digest *d, int64 n, int64 size, uint8 (*path)[HASH_SIZE])
{
	uint8		top_down[MERKLE_LEVELS][HASH_SIZE];
	int64		from = 0;
	int			length = 0;

	while (size > 1)
	{
		int64		left = left_side(size);
		bool		on_left = n - from < left;

		chain_tree_root(d, on_left ? from + left : from,
						on_left ? size - left : left, top_down[length++]);
		if (!on_left)
			from += left;
		size = on_left ? left : size - left;
	}
	for (int i = 0; i < length; i++)
		memcpy(path[i], top_down[length - 1 - i], HASH_SIZE);
	return length;
}

bool
chain_has_parts(const char *partition, int64 first, int64 last)
{
	static SPIPlanPtr plan;
	const Oid	types[] = {TEXTOID, INT8OID, INT8OID};
	Datum		values[] = {CStringGetTextDatum(partition),
	Int64GetDatum(first), Int64GetDatum(last)};

	spi_read_kept(&plan, "SELECT FROM fireiot.ledger_block_part"
				  " WHERE partition OPERATOR(pg_catalog.=) $1"
				  " AND block OPERATOR(pg_catalog.>=) $2"
				  " AND block OPERATOR(pg_catalog.<=) $3 LIMIT 1",
				  3, types, values);
	return SPI_processed > 0;
}

/* From an array of texts "name form". */
static leaf_schema *
schema_of_array(Datum value, uint32 version)
{
	leaf_schema *schema = palloc0(sizeof(leaf_schema));
	Datum	   *texts;
	int			count;

	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false,
					  TYPALIGN_INT, &texts, NULL, &count);
	schema->version = version;
	schema->columns = count;
	schema->names = palloc(Max(count, 1) * sizeof(char *));
	schema->types = palloc(Max(count, 1) * sizeof(char *));
	for (int i = 0; i < count; i++)
	{
		char	   *space;

		schema->names[i] = TextDatumGetCString(texts[i]);
		space = strrchr(schema->names[i], ' ');
		if (space == NULL)
			bad_chain("a column of fireiot.ledger_schema has no form");
		*space = '\0';
		schema->types[i] = space + 1;
	}
	return schema;
}

leaf_schema *
chain_schema(const pg_uuid_t *table, uint32 version)
{
	const Oid	types[] = {UUIDOID, INT4OID};
	Datum		values[] = {UUIDPGetDatum(table), Int32GetDatum((int32) version)};
	bool		is_null;
	Datum		columns;

	spi_read("SELECT columns FROM fireiot.ledger_schema"
			 " WHERE table_id OPERATOR(pg_catalog.=) $1"
			 " AND version OPERATOR(pg_catalog.=) $2", 2, types, values);
	if (SPI_processed == 0)
		return NULL;
	columns = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
							&is_null);
	return schema_of_array(columns, version);
}

typedef struct known_schema
{
	pg_uuid_t	table;
	leaf_schema *schema;
} known_schema;

static leaf_schema *
schema_once(const pg_uuid_t *table, uint32 version, List **schemas)
{
	ListCell   *cell;
	known_schema *known;

	foreach(cell, *schemas)
	{
		known = lfirst(cell);
		if (known->schema->version == version &&
			memcmp(&known->table, table, UUID_LEN) == 0)
			return known->schema;
	}
	known = palloc(sizeof(known_schema));
	known->table = *table;
	known->schema = chain_schema(table, version);
	if (known->schema == NULL)
		bad_chain("a row of fireiot.ledger_schema is missing");
	*schemas = lappend(*schemas, known);
	return known->schema;
}

/* The result is read before a schema is looked up, which replaces it. */
void
chain_read_part(int i, chain_part *part, List **schemas)
{
	SPITupleTable *result = SPI_tuptable;
	uint64		processed = SPI_processed;
	bool		is_null;
	Datum		table = SPI_getbinval(SPI_tuptable->vals[i],
									  SPI_tuptable->tupdesc, 3, &is_null);

	part->block = spi_int64(i, 1, NULL);
	part->part = (int32) spi_int64(i, 2, NULL);
	part->table = *DatumGetUUIDP(table);
	part->partition = spi_text(i, 4);
	part->first_id = spi_int64(i, 5, NULL);
	part->last_id = spi_int64(i, 6, NULL);
	part->rows = spi_int64(i, 7, NULL);
	spi_hash(i, 8, part->root);
	spi_hash(i, 9, part->hash);
	part->first_page = spi_int64(i, 11, NULL);
	part->last_page = spi_int64(i, 12, NULL);
	part->schema = schema_once(&part->table, (uint32) spi_int64(i, 10, NULL),
							   schemas);
	SPI_tuptable = result;
	SPI_processed = processed;
}
