-- Tables whose rows are added and never changed: the access method, and which
-- tables are kept by it.

CREATE FUNCTION fireiot.fireiot_ledger_handler(internal)
RETURNS table_am_handler
AS 'MODULE_PATHNAME'
LANGUAGE C VOLATILE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.fireiot_ledger_handler(internal) IS
'Handler of access method fireiot_ledger';

CREATE ACCESS METHOD fireiot_ledger TYPE TABLE HANDLER fireiot.fireiot_ledger_handler;
COMMENT ON ACCESS METHOD fireiot_ledger IS
'Tables whose rows are added and never changed';

-- The ledger finds new rows by tx, in the index that finds them by time.
CREATE OPERATOR CLASS fireiot.xid8_minmax_ops
FOR TYPE xid8 USING brin AS
	OPERATOR 1 pg_catalog.<,
	OPERATOR 2 pg_catalog.<=,
	OPERATOR 3 pg_catalog.=,
	OPERATOR 4 pg_catalog.>=,
	OPERATOR 5 pg_catalog.>,
	FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
	FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
	FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
	FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS fireiot.xid8_minmax_ops USING brin IS
'least and greatest value of a block range';

-- Names, not OIDs: they outlast dumps and upgrades, and the guard refuses to
-- rename what is named here.
CREATE TABLE fireiot.ledger_table (
	name text PRIMARY KEY,
	id uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
	registered_at timestamptz NOT NULL DEFAULT '-infinity',
	tx xid8,
	builtin boolean NOT NULL DEFAULT false
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.ledger_table IS
'Tables whose rows are kept for ever: those of fireiot, and those given to fireiot.make_ledger()';
COMMENT ON COLUMN fireiot.ledger_table.name IS 'Schema and name, quoted as in SQL; of a partitioned table the parent';
COMMENT ON COLUMN fireiot.ledger_table.id IS 'What the ledger knows the table by';
COMMENT ON COLUMN fireiot.ledger_table.registered_at IS 'Our own: -infinity, so that a restored database, which makes them anew, has the same rows';
COMMENT ON COLUMN fireiot.ledger_table.tx IS 'Transaction that stored the row';

-- The ids of our own are the same everywhere: a dump does not carry them.
INSERT INTO fireiot.ledger_table (name, id, builtin)
SELECT name, pg_catalog.md5(name)::uuid, true
FROM pg_catalog.unnest(ARRAY['fireiot.frame', 'fireiot.observation', 'fireiot.quarantine',
							 'fireiot.command_step', 'fireiot.ledger_table', 'fireiot.decommission']) AS name;

CREATE TABLE fireiot.decommission (
	id bigint NOT NULL DEFAULT 1,
	received_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	tx xid8,
	reason text NOT NULL,
	ordered_by text NOT NULL
) USING fireiot_ledger;
COMMENT ON TABLE fireiot.decommission IS 'When this installation was given up; normally empty. Only fireiot.decommission() writes it';
COMMENT ON COLUMN fireiot.decommission.received_at IS 'When it was ordered';
COMMENT ON COLUMN fireiot.decommission.tx IS 'Transaction that stored the row';
COMMENT ON COLUMN fireiot.decommission.ordered_by IS 'Role that ordered it';
