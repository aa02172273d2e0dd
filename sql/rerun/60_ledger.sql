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
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF fireiot.setting('allow_decommission') IS DISTINCT FROM 'on' THEN
		RAISE EXCEPTION 'this installation may not be given up'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Set fireiot.allow_decommission = on in postgresql.conf and restart the server.';
	END IF;
	IF coalesce(trim(reason), '') = '' THEN
		RAISE EXCEPTION 'an installation is not given up without a reason'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Say who decided it and why; it is recorded.';
	END IF;
	-- what there is, for whoever keeps the checkpoints
	PERFORM fireiot.seal();
	IF fireiot.setting('checkpoint_key_file') IS NOT NULL THEN
		PERFORM fireiot.checkpoint();
	ELSE
		RAISE WARNING 'no final checkpoint is signed'
			USING HINT = 'To have one, roll back, set fireiot.checkpoint_key_file and call the function again.';
	END IF;
	INSERT INTO fireiot.decommission (reason, ordered_by) VALUES (reason, session_user);
END
$$;
COMMENT ON FUNCTION fireiot.decommission(text) IS
'Gives up the installation: seals it, signs a final checkpoint, and lets DROP EXTENSION and DROP DATABASE take all records with them';
