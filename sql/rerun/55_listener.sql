-- The listener and the way of a frame into the tables.

CREATE OR REPLACE FUNCTION fireiot.ingest(
	bytes bytea,
	device fireiot.device_addr DEFAULT NULL,
	received_at timestamptz DEFAULT pg_catalog.now(),
	profile text DEFAULT NULL,
	OUT frames bigint,
	OUT stored bigint,
	OUT duplicates bigint,
	OUT refused bigint,
	OUT quarantined bigint,
	OUT garbage_bytes bigint)
RETURNS record
AS 'MODULE_PATHNAME', 'fireiot_ingest'
LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000
SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION fireiot.ingest(bytea, fireiot.device_addr, timestamptz, text) IS
'Store the frames of a byte stream as the listener would: same admission, same recognition of repeats, same tables. device: raise when a frame is of another one; profile: dialect of devices that are not registered';

CREATE OR REPLACE FUNCTION fireiot.wake_listeners()
RETURNS void
AS 'MODULE_PATHNAME', 'fireiot_wake_listeners'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fireiot.wake_listeners() IS
'Listeners look for new commands when this transaction commits';

CREATE OR REPLACE FUNCTION fireiot.registry_changed()
RETURNS trigger
AS 'MODULE_PATHNAME', 'fireiot_registry_changed'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION fireiot.registry_changed() IS
'Trigger: listeners look at the registry again when this transaction commits';

CREATE OR REPLACE TRIGGER registry_changed
	AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON fireiot.device
	FOR EACH STATEMENT EXECUTE FUNCTION fireiot.registry_changed();
COMMENT ON TRIGGER registry_changed ON fireiot.device IS
'Tells the listeners that devices have changed';
