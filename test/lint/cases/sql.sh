# sql.sh
#
# What the check of SQL scripts must find; read by selftest.sh.

once=sql/once/10_schema.sql
rerun=sql/rerun/50_functions.sql

good sql.pl
bad 'states no volatility' "$once" sql.pl <<'END'
CREATE FUNCTION fireiot.bad() RETURNS text
LANGUAGE C PARALLEL SAFE AS 'IMMUTABLE', 'bad';
END
bad 'states no PARALLEL' "$rerun" sql.pl <<'END'
CREATE OR REPLACE FUNCTION fireiot.bad() RETURNS text
LANGUAGE C STABLE AS 'x', 'bad'; -- PARALLEL SAFE
END
bad 'does not SET search_path' "$rerun" sql.pl <<'END'
CREATE OR REPLACE FUNCTION fireiot.bad() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $f$ SELECT 1 $f$;
END
bad 'does not SET search_path' "$rerun" sql.pl <<'END'
CREATE OR REPLACE PROCEDURE fireiot.bad()
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $f$ BEGIN END $f$;
END
bad 'does not SET search_path' "$rerun" sql.pl <<'END'
CREATE OR REPLACE FUNCTION fireiot.bad() RETURNS integer
LANGUAGE C STABLE PARALLEL SAFE SECURITY DEFINER AS 'x', 'bad';
END
bad 'does not SET search_path' "$rerun" sql.pl <<'END'
CREATE OR REPLACE FUNCTION fireiot.bad() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
BEGIN ATOMIC
	SELECT CASE WHEN true THEN 1 END;
	SELECT 2;
END;
END
bad 'does not SET search_path' "$rerun" sql.pl <<'END'
CREATE OR REPLACE FUNCTION fireiot.bad() RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path FROM CURRENT
AS $f$ BEGIN END $f$;
END
bad 'OR REPLACE may overwrite' "$once" sql.pl <<'END'
CREATE OR REPLACE VIEW fireiot.bad AS SELECT 1;
END
bad 'OR REPLACE may overwrite' fireiot--0.0.sql sql.pl <<'END'
CREATE OR REPLACE VIEW fireiot.bad AS SELECT 1;
END
bad 'IF NOT EXISTS adopts' "$once" sql.pl <<'END'
CREATE TABLE IF NOT EXISTS fireiot.bad (id bigint);
END
bad 'cannot be run again' "$rerun" sql.pl <<'END'
CREATE VIEW fireiot.bad AS SELECT 1;
END
bad 'cannot be run again' "$rerun" sql.pl <<'END'
ALTER TABLE fireiot.thing ADD COLUMN bad integer;
END
bad 'is not written' "$rerun" sql.pl <<'END'
CREATE OR REPLACE FUNCTION fireiot.bad(place @postgis@.geometry) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN st_x(place);
END
bad 'is not trusted' "$rerun" sql.pl <<'END'
GRANT SELECT ON fireiot.thing TO @extowner@;
END
bad 'between quotes' "$rerun" sql.pl <<'END'
DO $do$ BEGIN EXECUTE 'SELECT @extschema@.good()'; END $do$;
END
bad 'an enum' "$once" sql.pl <<'END'
CREATE TYPE fireiot.bad AS ENUM ('a', 'b');
END
bad 'is not listed' sql/rerun/60_bad.sql sql.pl <<'END'
GRANT SELECT ON fireiot.thing TO pg_monitor;
END
bad 'does not exist' sql/order sql.pl <<'END'
sql/rerun/60_bad.sql
END
bad 'is listed twice' sql/order sql.pl <<'END'
sql/once/10_schema.sql
END
