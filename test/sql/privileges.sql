-- What an ordinary role may do: everything that only computes or reads the
-- standard, and nothing else.
CREATE ROLE fireiot_nobody;
SET ROLE fireiot_nobody;
SELECT fireiot.explain_frame('\x4040') ->> 'error' AS error;
SELECT error FROM fireiot.decode_frame('\x4040');
SELECT length(fireiot.encode_frame(2)) AS bytes;
SELECT fireiot.alarm_class('component{fire}');
SELECT name_en FROM fireiot.system_type WHERE code = 1;
UPDATE fireiot.system_type SET name_en = 'x';
SET fireiot.time_zone = 'UTC';
CREATE TABLE fireiot.mine ();
RESET ROLE;

-- what only computes and is not PUBLIC's, tables that PUBLIC may do more with than read
SELECT p.oid::regprocedure FROM pg_proc AS p
WHERE pronamespace = 'fireiot'::regnamespace AND NOT has_function_privilege('fireiot_nobody', oid, 'EXECUTE')
	AND p.probin IS NOT NULL AND p.provolatile = 'i' ORDER BY 1;
SELECT relname FROM pg_class WHERE relnamespace = 'fireiot'::regnamespace AND relkind = 'r'
	AND has_table_privilege('fireiot_nobody', oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') ORDER BY 1;
DROP ROLE fireiot_nobody;
