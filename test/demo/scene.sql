-- What is near the fire: the hydrants that can be used, and why others cannot;
-- who is on duty; cameras that see it.
\set ON_ERROR_STOP on
\pset footer off
\pset pager off
\pset null '-'
SELECT alarm_id AS case FROM fireiot.alarm_event
WHERE device = '0000000a1001' AND part = '1.1/42.196609' AND step = 'opened' AND class = 'fire' ORDER BY received_at LIMIT 1 \gset
CREATE FUNCTION pg_temp.direction(bearing double precision) RETURNS text LANGUAGE sql IMMUTABLE
RETURN ('{北,东北,东,东南,南,西南,西,西北}'::text[])[1 + (round(bearing / 45))::integer % 8];

\echo
\echo The nearest hydrants for this fire that can be used (fireiot.nearest_to_alarm()), in true metres
SELECT n.name, round(n.metres) AS metres, pg_temp.direction(n.bearing) AS "to", n.value || ' kPa' AS pressure, n.address, n.along
FROM fireiot.nearest_to_alarm(:case, '{hydrant_outdoor,hydrant_indoor}', 5) AS n;

\echo Nearer ones that cannot, and why
SELECT n.name, round(n.metres) AS metres, n.reason, n.value || ' kPa' AS pressure, r.value_min AS at_least, r.status_note AS note
FROM fireiot.nearest_to_alarm(:case, '{hydrant_outdoor,micro_station}', 8, usable_only => false) AS n
JOIN fireiot.resource AS r ON r.id = n.resource_id
WHERE NOT n.usable;

\echo Stations on duty, and water
SELECT n.kind, n.name, round(n.metres) AS metres, n.on_duty, n.phone
FROM fireiot.nearest_to_alarm(:case, '{micro_station,fire_station,water_source,tank}', 5) AS n;

\echo The place on the plan, and cameras that see it (fireiot.alarm_scene())
SELECT s.scene #>> '{place,building,name}' AS building, s.scene #>> '{place,floor}' AS floor, s.scene #>> '{place,plan,key}' AS plan,
	format('%s, %s', s.scene #>> '{place,plan,x}', s.scene #>> '{place,plan,y}') AS pixel,
	(SELECT string_agg(format('%s (%s)', c ->> 'name', c ->> 'gb28181_id'), '、') FROM jsonb_array_elements(s.scene #> '{cameras,covering}') AS c) AS cameras
FROM (SELECT fireiot.alarm_scene(:case) AS scene) AS s;
