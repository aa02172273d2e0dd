-- The chain: blocks of sealed rows, and what was said of it outside.  Rows of
-- these tables are bound to each other by hashes (docs/ledger.md), so they are
-- no ledger tables themselves: sealing them would never end.

CREATE TABLE fireiot.ledger_incarnation (
	n integer PRIMARY KEY,
	origin text NOT NULL,
	algorithm text NOT NULL CHECK (algorithm IN ('sha256', 'sm3')),
	started_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	first_block bigint NOT NULL,
	previous bytea,
	tx xid8
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.ledger_incarnation IS 'The databases in which the chain has lived: a restored one begins another incarnation';
COMMENT ON COLUMN fireiot.ledger_incarnation.origin IS 'System identifier of the cluster, a slash, and OID of the database';
COMMENT ON COLUMN fireiot.ledger_incarnation.first_block IS 'Its first block, which covers all rows that were there';
COMMENT ON COLUMN fireiot.ledger_incarnation.previous IS 'Hash of the last block of the incarnation before; null: there was none';
COMMENT ON COLUMN fireiot.ledger_incarnation.tx IS 'Transaction that stored the row';

CREATE TABLE fireiot.ledger_schema (
	table_id uuid NOT NULL,
	version integer NOT NULL,
	columns text[] NOT NULL,
	tx xid8,
	PRIMARY KEY (table_id, version)
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.ledger_schema IS 'Columns of the ledger tables that are in the leaves';
COMMENT ON COLUMN fireiot.ledger_schema.table_id IS 'Id of fireiot.ledger_table';
COMMENT ON COLUMN fireiot.ledger_schema.columns IS 'Name and form of each, in order; a version begins with the one before';
COMMENT ON COLUMN fireiot.ledger_schema.tx IS 'Transaction that stored the row';

CREATE TABLE fireiot.ledger_block (
	n bigint PRIMARY KEY,
	incarnation integer NOT NULL,
	origin text NOT NULL,
	algorithm text NOT NULL,
	snapshot pg_snapshot NOT NULL,
	sealed_at timestamptz NOT NULL,
	rows bigint NOT NULL,
	parts integer NOT NULL,
	root bytea NOT NULL,
	previous bytea NOT NULL,
	hash bytea NOT NULL,
	tx xid8
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.ledger_block IS 'Blocks of the chain, numbered from 0';
COMMENT ON COLUMN fireiot.ledger_block.origin IS 'That of the incarnation';
COMMENT ON COLUMN fireiot.ledger_block.snapshot IS 'Rows that it shows, and that of the block before does not, are those of the block';
COMMENT ON COLUMN fireiot.ledger_block.root IS 'Of the Merkle tree over the block''s parts';
COMMENT ON COLUMN fireiot.ledger_block.previous IS 'Hash of the block before; 32 zero bytes in block 0';
COMMENT ON COLUMN fireiot.ledger_block.hash IS 'Of this block''s header: a leaf of the tree over all blocks';
COMMENT ON COLUMN fireiot.ledger_block.tx IS 'Transaction that stored the row';

CREATE TABLE fireiot.ledger_block_part (
	block bigint NOT NULL,
	part integer NOT NULL,
	table_id uuid NOT NULL,
	partition text NOT NULL,
	version integer NOT NULL,
	first_id bigint NOT NULL,
	last_id bigint NOT NULL,
	rows bigint NOT NULL,
	root bytea NOT NULL,
	hash bytea NOT NULL,
	leaves bytea,
	tx xid8,
	first_page bigint,
	last_page bigint,
	PRIMARY KEY (block, part)
) USING fireiot_ledger;
ALTER TABLE fireiot.ledger_block_part ALTER leaves SET STORAGE EXTERNAL;
CREATE INDEX ledger_block_part_ids ON fireiot.ledger_block_part
	USING gist (pg_catalog.int8range(first_id, last_id, '[]'));
CREATE INDEX ledger_block_part_partition ON fireiot.ledger_block_part (partition, block);
COMMENT ON TABLE fireiot.ledger_block_part IS 'What a block has of one partition, or of one table that has none; of many rows (fireiot.seal_part_rows) it is several parts, one id behind the other';
COMMENT ON COLUMN fireiot.ledger_block_part.part IS 'From 0, by name of the partition, then by id';
COMMENT ON COLUMN fireiot.ledger_block_part.version IS 'Of fireiot.ledger_schema';
COMMENT ON COLUMN fireiot.ledger_block_part.root IS 'Of the Merkle tree over the rows, ordered by id';
COMMENT ON COLUMN fireiot.ledger_block_part.hash IS 'Of this part''s header: a leaf of the block''s tree';
COMMENT ON COLUMN fireiot.ledger_block_part.leaves IS 'Ids, and the first bytes of each leaf: names the row when the root differs';
COMMENT ON COLUMN fireiot.ledger_block_part.first_page IS 'Where its rows lay when they were sealed: saves fireiot.prove() a search, and is not trusted';
COMMENT ON COLUMN fireiot.ledger_block_part.tx IS 'Transaction that stored the row';

CREATE TABLE fireiot.ledger_node (
	level integer NOT NULL,
	index bigint NOT NULL,
	hash bytea NOT NULL,
	tx xid8,
	PRIMARY KEY (level, index)
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.ledger_node IS 'Complete subtrees of the tree over all blocks: 2^level blocks from 2^level * index';
COMMENT ON COLUMN fireiot.ledger_node.tx IS 'Transaction that stored the row';

CREATE TABLE fireiot.ledger_checkpoint (
	size bigint PRIMARY KEY,
	root bytea NOT NULL,
	made_at timestamptz NOT NULL,
	note text NOT NULL,
	tx xid8
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.ledger_checkpoint IS 'Checkpoints that were signed';
COMMENT ON COLUMN fireiot.ledger_checkpoint.size IS 'Number of blocks';
COMMENT ON COLUMN fireiot.ledger_checkpoint.root IS 'Of the tree over them';
COMMENT ON COLUMN fireiot.ledger_checkpoint.note IS 'The signed note';
COMMENT ON COLUMN fireiot.ledger_checkpoint.tx IS 'Transaction that stored the row';
