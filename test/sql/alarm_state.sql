-- alarm_state: text, constructors, sets of bits, what it says, comparison,
-- GIN.  What it has in common with the other types is tested in
-- type_properties.
\set VERBOSITY terse
SET search_path = public, fireiot;

-- Text: kind and keys of the set bits, in the order of the bits.
SELECT i, t::alarm_state AS state
FROM (VALUES (1, 'component{fire,feedback}'), (2, 'component{}'),
			 (3, 'component{feedback,fire}'), (4, 'component{fire, feedback}'),
			 (5, '  component { fire ,feedback } '), (6, 'component{ }'),
			 (7, 'component{fire,fire,fire}'),
			 (8, 'system{reset,bus_fault,normal}'),
			 (9, 'operation{manual_alarm,acknowledge}'),
			 (10, 'device{centre_link_fault}'),
			 (11, 'device_operation{duty_reply}')) v (i, t)
ORDER BY i;

-- A bit without a key is written by its number; any bit may be.
SELECT i, t::alarm_state AS state
FROM (VALUES (1, 'component{bit9}'), (2, 'component{bit15,bit9,fire}'),
			 (3, 'component{bit1}'), (4, 'operation{bit7}'),
			 (5, 'system{bit15,bit14,bit0}')) v (i, t)
ORDER BY i;

-- Every key there is.
SELECT k AS kind, alarm_state(k, b) AS all_bits
FROM (VALUES ('system', 65535), ('component', 65535), ('operation', 255),
			 ('device', 255), ('device_operation', 255)) v (k, b)
ORDER BY k;

-- Not a state.
SELECT ''::alarm_state;
SELECT 'component'::alarm_state;
SELECT '{fire}'::alarm_state;
SELECT 'component{'::alarm_state;
SELECT 'component{fire'::alarm_state;
SELECT 'component{fire,}'::alarm_state;
SELECT 'component{,fire}'::alarm_state;
SELECT 'component{,}'::alarm_state;
SELECT 'component{fire,,feedback}'::alarm_state;
SELECT 'component{fire feedback}'::alarm_state;
SELECT 'component{fire}}'::alarm_state;
SELECT 'component{{fire}'::alarm_state;
SELECT 'component{fire} x'::alarm_state;
SELECT 'component fire'::alarm_state;
SELECT 'component{fire}{fault}'::alarm_state;
\set VERBOSITY default
SELECT 'fire'::alarm_state;
\echo :LAST_ERROR_SQLSTATE
-- The hint holds.
SELECT 'component{fire,feedback}'::alarm_state;

-- Unknown kind, unknown key, beyond the width.
SELECT 'part{fire}'::alarm_state;
\echo :LAST_ERROR_SQLSTATE
SELECT 'component{fire,smoke}'::alarm_state;
\echo :LAST_ERROR_SQLSTATE
SELECT 'operation{fire}'::alarm_state;
SELECT 'operation{bit8}'::alarm_state;
\echo :LAST_ERROR_SQLSTATE
SELECT 'component{bit16}'::alarm_state;
\set VERBOSITY terse
SELECT 'Component{fire}'::alarm_state;
SELECT 'comp{fire}'::alarm_state;
SELECT 'components{fire}'::alarm_state;
SELECT 'component{Fire}'::alarm_state;
SELECT 'component{fir}'::alarm_state;
SELECT 'component{fires}'::alarm_state;
SELECT 'component{火警}'::alarm_state;
SELECT 'component{bit}'::alarm_state;
SELECT 'component{bit-1}'::alarm_state;
SELECT 'component{bit09}'::alarm_state;
SELECT 'component{bit9x}'::alarm_state;
SELECT 'component{bit99}'::alarm_state;
SELECT 'component{bit100}'::alarm_state;
SELECT 'component{9}'::alarm_state;

-- By bits.
SELECT alarm_state('component', 66), alarm_state('component', 0),
	   alarm_state('system', 65535), alarm_state('device', 128);
SELECT alarm_state('component', NULL::integer) IS NULL AS is_null;
\set VERBOSITY default
SELECT alarm_state('operation', 256);
\echo :LAST_ERROR_SQLSTATE
SELECT alarm_state('component', 65536);
SELECT alarm_state('component', -1);
SELECT alarm_state('detector', 0);
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
SELECT alarm_state('operation', 2147483647);
SELECT alarm_state('device', -2147483648);
SELECT alarm_state('', 0);

-- By keys.
SELECT alarm_state('component', ARRAY['feedback', 'fire', 'fire', 'bit9']),
	   alarm_state('device', '{}'::text[]),
	   alarm_state('system', ARRAY[['fire', 'fault'], ['manual', 'reset']]);
\set VERBOSITY default
SELECT alarm_state('component', ARRAY['fire', 'smoke']);
\echo :LAST_ERROR_SQLSTATE
SELECT alarm_state('component', ARRAY['fire', NULL]);
\echo :LAST_ERROR_SQLSTATE
SELECT alarm_state('component', array_remove(ARRAY['fire', NULL], NULL));
\set VERBOSITY terse
SELECT alarm_state('component', ARRAY['']);
SELECT alarm_state('component', ARRAY[' fire']);
SELECT alarm_state('operation', ARRAY['bit8']);
SELECT alarm_state('Component', ARRAY['fire']);

-- What it says.
SELECT s, state_kind(s) AS kind, state_bits(s) AS bits, state_keys(s) AS keys,
	   alarm_class(s) AS class
FROM unnest('{"component{}","component{normal}","component{fire,feedback}","component{fault,started}","component{feedback}","component{delay,bit12}","device{normal,centre_link_fault}","device{fault,centre_link_fault}","device{}","operation{manual_alarm,reset}","operation{silence}","device_operation{duty_reply}","system{main_power_fault}"}'
			::alarm_state[]) s
ORDER BY s;
SELECT state_names('component{normal,fire,bit9}') AS zh,
	   state_names('component{normal,fire,bit9}', 'en') AS en,
	   state_names('device{}', 'en') AS none;
SELECT state_names('device{fire}', NULL) IS NULL AS is_null;
\set VERBOSITY default
SELECT state_names('device{fire}', 'de');
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse

-- Has it the bit of this key?  A key of other kinds is not there.
SELECT has('component{fire,bit9}', 'fire') AS fire,
	   has('component{fire,bit9}', 'fault') AS fault,
	   has('component{fire,bit9}', 'bit1') AS bit1,
	   has('component{fire,bit9}', 'bit9') AS bit9,
	   has('component{fire,bit9}', 'bus_fault') AS of_system,
	   has('operation{reset}', 'bit9') AS beyond,
	   has('operation{acknowledge}', 'acknowledge') AS own,
	   has('device_operation{duty_reply}', 'acknowledge') AS same_bit,
	   'component{fire}'::alarm_state ? 'fire' AS operator;
\set VERBOSITY default
SELECT has('component{fire}', 'smoke');
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
SELECT has('component{fire}', '');
SELECT 'component{fire}'::alarm_state ? 'bit16';

-- Sets of bits.
SELECT a, b, a @> b AS contains, a <@ b AS contained, a && b AS overlaps
FROM (VALUES ('component{fire,fault}'::alarm_state, 'component{fire}'::alarm_state),
			 ('component{fire}', 'component{fire,fault}'),
			 ('component{fire}', 'component{fire}'),
			 ('component{fire}', 'component{fault}'),
			 ('component{fire,fault}', 'component{fault,feedback}'),
			 ('component{fire}', 'component{}'),
			 ('component{}', 'component{}'),
			 ('component{fire}', 'system{fire}'),
			 ('component{fire}', 'system{}'),
			 ('system{}', 'device{}')) v (a, b)
ORDER BY a, b;
SELECT a, b, a | b AS "union", a & b AS both, a - b AS difference
FROM (VALUES ('component{fire,fault}'::alarm_state, 'component{fire,bit15}'::alarm_state),
			 ('component{fire}', 'component{}'),
			 ('operation{bit7,reset}', 'operation{bit7}'),
			 ('device{fire}', 'device{fault}')) v (a, b)
ORDER BY a, b;
\set VERBOSITY default
SELECT 'component{fire}'::alarm_state | 'system{fire}';
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
SELECT 'component{fire}'::alarm_state & 'device{}';
SELECT 'operation{}'::alarm_state - 'device_operation{}';

-- Never a cast.
SELECT count(*) AS casts FROM pg_cast
WHERE 'alarm_state'::regtype IN (castsource, casttarget);

-- Comparison: by kind, then by bits.
SELECT a, b, a < b AS lt, a <= b AS le, a = b AS eq, a >= b AS ge, a > b AS gt,
	   a <> b AS ne, alarm_state_cmp(a, b) AS cmp
FROM (VALUES ('component{fire}'::alarm_state, 'component{fault}'::alarm_state),
			 ('component{normal,fire}', 'component{fault}'),
			 ('system{bit15}', 'component{}'),
			 ('component{bit15}', 'component{bit14}'),
			 ('component{fire}', 'component{bit1}'),
			 ('device_operation{}', 'device{bit7}')) v (a, b)
ORDER BY a, b;
SELECT s
FROM unnest('{"device{}","device_operation{}","operation{}",NULL,"component{bit15}","component{fire}","component{}","system{bit15}","system{}"}'
			::alarm_state[]) s
ORDER BY s;

-- Binary form: four bytes, kind and bits.
SELECT alarm_state_send('component{fire,bit15}'), alarm_state_send('device_operation{}');
