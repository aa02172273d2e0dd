/*
 * chain.h
 *	  Blocks and their parts: what their hashes are made of, and how they are
 *	  read from the tables.
 *
 * Functions that read want SPI connected, read with the active snapshot, and
 * allocate in the current memory context, which is not SPI's procedure context
 * unless the caller is in it.
 */
#ifndef FIREIOT_CHAIN_H
#define FIREIOT_CHAIN_H

#include "base/compat.h"

#include "datatype/timestamp.h"
#include "executor/spi.h"
#include "utils/uuid.h"

#include "ledger/digest.h"
#include "ledger/leaf.h"

typedef struct chain_snapshot
{
	uint64		xmax;
	int			running_count;
	uint64	   *running;		/* ascending */
} chain_snapshot;

typedef struct chain_block
{
	int64		n;
	int32		incarnation;
	char	   *origin;
	digest_algorithm algorithm;
	char	   *snapshot;		/* as text */
	TimestampTz sealed_at;
	int64		rows;
	int32		parts;
	uint8		root[HASH_SIZE];
	uint8		previous[HASH_SIZE];
	uint8		hash[HASH_SIZE];
} chain_block;

typedef struct chain_part
{
	int64		block;
	int32		part;
	pg_uuid_t	table;
	char	   *partition;
	leaf_schema *schema;		/* of its version */
	int64		first_id;
	int64		last_id;
	int64		rows;
	uint8		root[HASH_SIZE];
	uint8		hash[HASH_SIZE];
	int64		first_page;		/* where its rows lay when they were sealed */
	int64		last_page;
} chain_part;

extern digest *chain_digest(digest_algorithm algorithm);

/* What makes this database another one than that of which it is a copy. */
extern char *chain_origin(void);

/* What notes call the chain, wherever it lives now; ERROR: it has no block. */
extern char *chain_name(void);

extern void chain_parse_snapshot(const char *text, chain_snapshot *snapshot);
extern bool chain_sees(const chain_snapshot *snapshot, uint64 tx);

/* What is hashed of a header, and its hash. */
extern void chain_part_form(const chain_part *part, StringInfo form);
extern void chain_block_form(const chain_block *block, StringInfo form);
extern void chain_part_hash(digest *d, const chain_part *part,
							uint8 hash[HASH_SIZE]);
extern void chain_block_hash(digest *d, const chain_block *block,
							 uint8 hash[HASH_SIZE]);

/* Columns of a query for chain_read_block, and the row number i of its result. */
#define CHAIN_BLOCK_COLUMNS \
	"n, incarnation, origin, algorithm, snapshot::pg_catalog.text, sealed_at, rows, parts, root, previous, hash"

extern void chain_read_block(int i, chain_block *block);

/* The last block; false: there is none. */
extern bool chain_head(chain_block *block);
extern bool chain_block_by_number(int64 n, chain_block *block);

/* A stored node of the tree over all blocks; ERROR: it is not there. */
extern void chain_node(int32 level, int64 index, uint8 hash[HASH_SIZE]);

/* Of size blocks from the first on, from stored nodes; size is not 0. */
extern void chain_tree_root(digest *d, int64 from, int64 size,
							uint8 root[HASH_SIZE]);

/* The audit path of block n in the tree of the first size blocks; its length. */
extern int	chain_tree_path(digest *d, int64 n, int64 size,
							uint8 (*path)[HASH_SIZE]);

#define CHAIN_PART_COLUMNS \
	"p.block, p.part, p.table_id, p.partition, p.first_id, p.last_id, p.rows, p.root, p.hash, p.version, p.first_page, p.last_page"

/* Schemas are looked up once each. */
extern void chain_read_part(int i, chain_part *part, List **schemas);

/* Has a partition, given by its quoted name, parts in blocks from first to last? */
extern bool chain_has_parts(const char *partition, int64 first, int64 last);

/* The schema of a version; NULL: it is not there. */
extern leaf_schema *chain_schema(const pg_uuid_t *table, uint32 version);

/* Values of the current SPI result. */
extern int64 spi_int64(int row, int column, bool *is_null);
extern char *spi_text(int row, int column);
extern void spi_hash(int row, int column, uint8 hash[HASH_SIZE]);

/* Run a query that must succeed; the rows are in SPI_tuptable. */
extern void spi_read(const char *query, int args, const Oid *types,
					 const Datum *values);
extern void spi_write(const char *query, int args, const Oid *types,
					  const Datum *values, const char *nulls);

/*
 * The same, with a plan that is kept where the caller says: for what is asked
 * again and again, and may go by an index.
 */
extern void spi_read_kept(SPIPlanPtr *plan, const char *query, int args,
						  const Oid *types, const Datum *values);
extern void spi_write_kept(SPIPlanPtr *plan, const char *query, int args,
						   const Oid *types, const Datum *values);

extern bytea *bytes_datum(const void *bytes, Size length);

#endif							/* FIREIOT_CHAIN_H */
