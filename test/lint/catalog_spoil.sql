-- catalog_spoil.sql: adds to the extension what catalog.sql must find.
\set ON_ERROR_STOP on
\set QUIET on
-- the server has not preloaded fireiot, and so cannot log
ALTER EVENT TRIGGER fireiot_log_grant DISABLE;
SET client_min_messages = warning;

CREATE FUNCTION fireiot.spoilt_open() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT 1';
ALTER EXTENSION fireiot ADD FUNCTION fireiot.spoilt_open();

CREATE FUNCTION fireiot.spoilt_path() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp
AS 'SELECT 1';
ALTER EXTENSION fireiot ADD FUNCTION fireiot.spoilt_path();

CREATE FUNCTION fireiot.spoilt_promise() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL UNSAFE AS 'SELECT 1';
ALTER EXTENSION fireiot ADD FUNCTION fireiot.spoilt_promise();

CREATE FUNCTION fireiot.spoilt_writer() RETURNS integer
LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT 1';
ALTER EXTENSION fireiot ADD FUNCTION fireiot.spoilt_writer();

ALTER FUNCTION fireiot.device_addr_lt STABLE;
ALTER FUNCTION fireiot.device_addr_in VOLATILE;
REVOKE EXECUTE ON FUNCTION fireiot.device_addr_in FROM PUBLIC;

CREATE FUNCTION fireiot.spoilt_twin(fireiot.device_addr) RETURNS cstring
AS '$libdir/fireiot', 'device_addr_out' LANGUAGE C VOLATILE STRICT;
ALTER EXTENSION fireiot ADD FUNCTION fireiot.spoilt_twin(fireiot.device_addr);

CREATE TYPE fireiot.spoilt_enum AS ENUM ('a', 'b');
CREATE DOMAIN fireiot.spoilt_domain AS fireiot.spoilt_enum;
CREATE TYPE fireiot.spoilt_pair AS (one integer, two regproc[]);
CREATE TABLE fireiot.spoilt_table (
	a fireiot.spoilt_domain[], b fireiot.spoilt_pair, c regprocedure);
ALTER EXTENSION fireiot ADD TABLE fireiot.spoilt_table;

CREATE CAST (fireiot.device_addr AS bigint)
WITH FUNCTION fireiot.device_number(fireiot.device_addr) AS IMPLICIT;
