-- The lawful ways into and out of the ledger.

CREATE OR REPLACE FUNCTION fireiot.make_ledger("table" regclass)
RETURNS void
AS 'MODULE_PATHNAME', 'make_ledger'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION fireiot.make_ledger(regclass) IS
'Gives a table to the ledger: from now on its rows are added and never changed';

CREATE OR REPLACE FUNCTION fireiot.drop_purged_partition(partition text)
RETURNS void
AS 'MODULE_PATHNAME', 'drop_purged_partition'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION fireiot.drop_purged_partition(text) IS
'Drops a partition of records that this transaction has issued a purge certificate for';

CREATE OR REPLACE FUNCTION fireiot.decommission(reason text)
RETURNS void
AS 'MODULE_PATHNAME', 'ledger_decommission'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION fireiot.decommission(text) IS
'Gives up the installation: seals and signs what there is and orders its end. When the order is sealed too, DROP EXTENSION and DROP DATABASE take all records with them';
