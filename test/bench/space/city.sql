-- A city to measure places in: :resources resources, :parts parts behind devices
-- of fifty, :alarms open alarms.  People live around forty centres; what there
-- is stands along streets of 150 m.  The same each time.
--
-- psql -v resources=1000000 -v parts=200000 -v alarms=50000 -f city.sql
SET client_min_messages = warning;
SET search_path = public, fireiot;
SELECT setseed(0.26875) \g /dev/null

CREATE TABLE city_centre AS
SELECT n AS id, 119.9 + random() * 0.6 AS lon, 30.05 + random() * 0.5 AS lat, 0.008 + 0.03 * random() AS spread
FROM generate_series(1, 40) AS n;

-- A place by the centre's number: around it, and on a street.
CREATE FUNCTION city_place(n bigint) RETURNS geometry
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	c city_centre;
	-- the first centres are the largest
	centre CONSTANT integer := 1 + floor(40 * random() ^ 2);
	step CONSTANT float8 := 0.0015;
	far float8;
	turn float8;
	lon float8;
	lat float8;
BEGIN
	SELECT * INTO c FROM city_centre WHERE id = centre;
	far := c.spread * sqrt(-2 * ln(1 - random()));
	turn := 2 * pi() * random();
	lon := c.lon + far * cos(turn);
	lat := c.lat + far * sin(turn);
	IF n % 2 = 0 THEN
		lon := round(lon / step) * step + 0.00004 * (random() - 0.5);
	ELSE
		lat := round(lat / step) * step + 0.00004 * (random() - 0.5);
	END IF;
	RETURN ST_SetSRID(ST_MakePoint(lon, lat), 4326);
END
$$;

-- Units: one of a hundred is classified.
INSERT INTO fireiot.unit (id, name, division_code, delivered)
SELECT n, 'unit ' || n, '330100', city_place(n) FROM generate_series(1, greatest(:parts / 100, 10)) AS n;
INSERT INTO fireiot.unit_profile (unit_id, control_room, classified)
SELECT u.id, true, u.id % 100 = 0 FROM fireiot.unit AS u;
INSERT INTO fireiot.contact (unit_id, role, position, name, channels)
SELECT u.id, role, 1, role, '{call:057112345678}'
FROM fireiot.unit AS u, unnest('{control_room,safety_manager,responsible_person,field_staff}'::text[]) AS role;
INSERT INTO fireiot.building (id, unit_id, name, address, floors_above, delivered)
SELECT u.id, u.id, 'building ' || u.id, u.id || ' street', 10, ST_Expand(u.delivered, 0.0002) FROM fireiot.unit AS u;

INSERT INTO fireiot.device (device, unit_id, building_id, delivered)
SELECT fireiot.device_addr(n), u.id, u.id, u.delivered
FROM generate_series(1, :parts / 50) AS n JOIN fireiot.unit AS u ON u.id = 1 + n % (SELECT count(*) FROM fireiot.unit);
INSERT INTO fireiot.device_now (device, first_seen, last_seen, online)
SELECT fireiot.device_addr(n), now() - interval '1 year', now() - CASE WHEN n % 40 = 0 THEN interval '3 days' ELSE interval '1 minute' END, n % 40 <> 0
FROM generate_series(1, :parts / 50) AS n;
-- Half of the parts are detectors in the unit, half measure pressure.
INSERT INTO fireiot.part (device, part, building_id, name, delivered)
SELECT d.device, fireiot.part_addr(format('1.1/%s.%s', CASE WHEN n % 2 = 0 THEN 40 ELSE 90 END, n)), d.building_id, 'part ' || n,
	ST_Translate(d.geom, 0.0003 * (random() - 0.5), 0.0003 * (random() - 0.5))
FROM fireiot.device AS d, generate_series(1, 50) AS n;
INSERT INTO fireiot.part_now (device, part, kind, quantity, state, value, received_at, since, frame_id)
SELECT p.device, p.part, CASE WHEN p.name ~ '[02468]$' THEN 2 ELSE 3 END, CASE WHEN p.name ~ '[02468]$' THEN -1 ELSE 5 END,
	CASE WHEN p.name ~ '[02468]$' THEN fireiot.alarm_state('component{}') END,
	CASE WHEN p.name !~ '[02468]$' THEN round((CASE WHEN random() < 0.05 THEN 40 ELSE 200 END + 60 * random())::numeric, 1) END,
	now() - interval '1 hour', now() - interval '1 hour', p.map_id
FROM fireiot.part AS p;

-- A third of the hydrants that can have one has one of the sensors.
CREATE TABLE city_sensor AS
SELECT row_number() OVER (ORDER BY n.device, n.part) AS id, n.device, n.part FROM fireiot.part_now AS n WHERE n.kind = 3;
ALTER TABLE city_sensor ADD PRIMARY KEY (id);
INSERT INTO fireiot.resource (kind, name, status, delivered, unit_id, device, part, quantity, value_min, phone, staff, camera_range_m, camera_azimuth, camera_angle)
SELECT k.kind, k.kind || ' ' || n, CASE WHEN n % 50 = 0 THEN 'out_of_service' ELSE 'in_service' END, city_place(n),
	CASE WHEN n % 5 = 0 OR k.kind = 'hydrant_indoor' THEN 1 + n % (SELECT count(*) FROM fireiot.unit) END,
	s.device, s.part, CASE WHEN s.device IS NOT NULL THEN 5 END, CASE WHEN s.device IS NOT NULL THEN 100 END,
	CASE WHEN k.kind LIKE '%station' THEN '057112345678' END, CASE WHEN k.kind LIKE '%station' THEN 12 END,
	CASE WHEN k.kind = 'camera' THEN 80 END, CASE WHEN k.kind = 'camera' THEN n % 360 END, CASE WHEN k.kind = 'camera' THEN 70 END
FROM generate_series(1, :resources) AS n
CROSS JOIN LATERAL (SELECT CASE WHEN n % 2000 = 1 THEN 'fire_station' WHEN n % 1000 = 3 THEN 'vehicle' WHEN n % 100 = 5 THEN 'water_source'
	WHEN n % 50 = 7 THEN 'tank' WHEN n % 50 = 9 THEN 'micro_station' WHEN n % 5 = 3 THEN 'camera' WHEN n % 4 = 0 THEN 'hydrant_indoor'
	ELSE 'hydrant_outdoor' END AS kind) AS k
LEFT JOIN city_sensor AS s ON k.kind = 'hydrant_outdoor' AND n % 3 = 0 AND s.id = n / 3;
-- Stations are manned by day or by night.
INSERT INTO fireiot.duty_shift (resource_id, from_time, to_time, staff)
SELECT r.id, f.from_time, f.to_time, 6
FROM fireiot.resource AS r, (VALUES (0, '08:00'::time, '20:00'::time), (1, '20:00', '08:00')) AS f (half, from_time, to_time)
WHERE r.kind IN ('micro_station', 'fire_station') AND (r.id / 100) % 3 IN (f.half, 2);

-- Alarms of detectors: one of ten is a fire; all with their clocks.
INSERT INTO fireiot.alarm_now (id, opened_at, device, part, class, kind, unit_id, packs, last_at, origin, opened_as, geom)
SELECT nextval('fireiot.alarm_id'), now(), p.device, p.part, c.class, c.kind, d.unit_id, 'jdz-2022-8/1,zj-db33-2023/1,operator-default/1,+control_room',
	now(), 'bit', c.class, p.geom
FROM (SELECT * FROM fireiot.part WHERE name ~ '[02468]$' ORDER BY map_id LIMIT :alarms) AS p
JOIN fireiot.device AS d ON d.device = p.device
CROSS JOIN LATERAL (SELECT CASE WHEN p.map_id % 20 < 2 THEN 'fire' ELSE 'fault' END AS class, CASE WHEN p.map_id % 20 < 2 THEN 'fire.detector' ELSE 'component.fault' END AS kind) AS c;
INSERT INTO fireiot.alarm (id, received_at, device, part, unit_id, class, kind, origin, packs)
SELECT n.id, n.opened_at, n.device, n.part, n.unit_id, n.class, n.kind, n.origin, n.packs FROM fireiot.alarm_now AS n;
ANALYZE;
