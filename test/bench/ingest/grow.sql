-- grow.sql
--
-- What the warm-up left is the pattern of what fills the tables.  Here are the
-- partitions that are filled; their indexes come behind that.

CREATE TABLE bench.frame AS SELECT * FROM fireiot.frame;
CREATE TABLE bench.observation AS SELECT * FROM fireiot.observation;

SELECT fireiot.record_access_method() AS method \gset
CREATE TABLE fireiot.frame_full (LIKE fireiot.frame INCLUDING DEFAULTS) USING :"method";
CREATE TABLE fireiot.observation_full (LIKE fireiot.observation INCLUDING DEFAULTS) USING :"method";

-- The repetitions are of a hundred groups of devices in turn, the first of
-- which goes on sending; each was received a minute before the one before it.
CREATE FUNCTION bench.device_of(device fireiot.device_addr, repetition bigint)
RETURNS fireiot.device_addr
LANGUAGE sql IMMUTABLE
AS $$ SELECT fireiot.device_addr(fireiot.device_number(device) + 200 * (repetition % 100)) $$;

CREATE FUNCTION bench.time_of(at timestamptz, repetition bigint)
RETURNS timestamptz
LANGUAGE sql STABLE
AS $$ SELECT at - repetition * interval '1 minute' $$;

CREATE FUNCTION bench.id_of(id bigint, repetition bigint)
RETURNS bigint
LANGUAGE sql IMMUTABLE
AS $$ SELECT id + repetition * 1000000000 $$;
