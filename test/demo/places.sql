-- Where the made-up city is, and what would help at a fire: hydrants, of which
-- two tell their pressure, stations, water, cameras.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET search_path = public, fireiot;

-- So many metres east and north of the square in front of 安澜国际大厦.
CREATE FUNCTION pg_temp.at(x numeric, y numeric) RETURNS geometry LANGUAGE sql IMMUTABLE
RETURN ST_SetSRID(ST_MakePoint(120.21 + x / 96215.0, 30.21 + y / 110870.0), 4326);
CREATE FUNCTION pg_temp.house(x numeric, y numeric, length numeric, width numeric) RETURNS geometry LANGUAGE sql IMMUTABLE
RETURN ST_Envelope(ST_Collect(pg_temp.at(x - length / 2, y - width / 2), pg_temp.at(x + length / 2, y + width / 2)));

UPDATE unit AS u SET delivered = pg_temp.at(v.x, v.y)
FROM (VALUES ('安澜国际大厦', 0, 0), ('安澜万象商业广场', 265, 45), ('安澜市第一实验中学', -280, 190), ('安澜市中心医院', 180, -300),
	('安澜颐养中心', -400, -210), ('云栖湖酒店', 520, 310), ('安澜博物馆', 560, -120), ('北苑仓储园区', -620, 380)) AS v (name, x, y)
WHERE u.name = v.name;

UPDATE building AS b SET delivered = pg_temp.house(v.x, v.y, v.length, v.width)
FROM (VALUES ('安澜国际大厦', '1号楼', -40, 0, 60, 44), ('安澜国际大厦', '2号楼', 45, 5, 50, 40), ('安澜万象商业广场', '主楼', 265, 45, 120, 80),
	('安澜市第一实验中学', '教学楼', -300, 205, 90, 22), ('安澜市第一实验中学', '宿舍楼', -255, 160, 60, 18), ('安澜市中心医院', '门诊楼', 150, -290, 60, 40),
	('安澜市中心医院', '住院楼', 215, -315, 70, 24), ('安澜颐养中心', '主楼', -400, -210, 60, 26), ('云栖湖酒店', '主楼', 520, 310, 80, 30),
	('安澜博物馆', '展馆', 560, -120, 70, 60), ('北苑仓储园区', '1号库', -640, 390, 110, 50), ('北苑仓储园区', '2号库', -590, 330, 110, 40)) AS v (unit, name, x, y, length, width)
JOIN unit AS u ON u.name = v.unit
WHERE b.unit_id = u.id AND b.name = v.name;

-- The floor plan of the drill, 5 cm a pixel, by two of its corners; the parts
-- on it are where they are drawn.
UPDATE area SET plan_key = 'anlan/1/3F.png', plan_width = 1200, plan_height = 880,
	plan_controls = ARRAY[[0, 0, ST_X(pg_temp.at(-70, 22)), ST_Y(pg_temp.at(-70, 22))], [1200, 880, ST_X(pg_temp.at(-10, -22)), ST_Y(pg_temp.at(-10, -22))]]
WHERE name = '3层办公区';
UPDATE part AS p SET plan_x = v.x, plan_y = v.y
FROM (VALUES (part_addr '1.1/42.196609', 640, 430), ('1.1/42.262145', 220, 200), ('1.1/23.327681', 1060, 430), ('1.1/31.393217', 300, 260),
	('1.1/121.458753', 620, 470), ('12.1/96.65538', 900, 420), ('19.1/117.65539', 560, 640), ('19.1/102.131075', 1120, 430), ('18.1/115.65540', 760, 400)) AS v (part, x, y)
WHERE p.device = '0000000a1001' AND p.part = v.part;

-- The hydrants of the streets, as the water works deliver them: in GCJ-02.
INSERT INTO unit (name, address, division_code, delivered) VALUES ('安澜市市政消火栓', '滨江区', '33', pg_temp.at(330, -30));
INSERT INTO device (device, unit_id, name) SELECT '0000000a100b', id, '市政消火栓监测装置' FROM unit WHERE name = '安澜市市政消火栓';
INSERT INTO part (device, part, name) VALUES ('0000000a100b', '11.1/99.1', '和平路1号栓压力'), ('0000000a100b', '11.1/99.2', '和平路2号栓压力');
INSERT INTO resource (kind, name, code, address, delivered, coordinate_system, source, device, part, quantity, value_min, status, status_note)
SELECT 'hydrant_outdoor', v.name, v.code, v.address, from_wgs84(pg_temp.at(v.x, v.y), 'gcj02'), 'gcj02', '市政管网普查',
	v.device, v.part, v.quantity, v.value_min, coalesce(v.status, 'in_service'), v.note
FROM (VALUES
	('和平路1号栓', 'HP-01', '和平路1号门前', -88, -38, device_addr '0000000a100b', part_addr '11.1/99.1', 5, 140, NULL, NULL),
	('和平路2号栓', 'HP-02', '和平路3号门前', 8, -38, '0000000a100b', '11.1/99.2', 5, 140, NULL, NULL),
	('和平路3号栓', 'HP-03', '和平路8号门前', 190, -38, NULL, NULL, NULL, NULL, NULL, NULL),
	('和平路4号栓', 'HP-04', '和平路12号门前', 350, -38, NULL, NULL, NULL, NULL, NULL, NULL),
	('文苑路1号栓', 'WY-01', '文苑路2号门前', -130, 60, NULL, NULL, NULL, NULL, 'out_of_service', '栓体被撞，待更换'),
	('文苑路2号栓', 'WY-02', '文苑路5号门前', -130, 180, NULL, NULL, NULL, NULL, NULL, NULL),
	('文苑路3号栓', 'WY-03', '文苑路9号门前', -130, 300, NULL, NULL, NULL, NULL, NULL, NULL),
	('康宁路1号栓', 'KN-01', '康宁路2号门前', 110, -160, NULL, NULL, NULL, NULL, NULL, NULL),
	('康宁路2号栓', 'KN-02', '康宁路6号门前', 110, -260, NULL, NULL, NULL, NULL, 'maintenance', '维保中'),
	('环湖路1号栓', 'HH-01', '环湖路9号门前', 430, 240, NULL, NULL, NULL, NULL, NULL, NULL),
	('环湖路2号栓', 'HH-02', '环湖路12号门前', 480, -80, NULL, NULL, NULL, NULL, NULL, NULL),
	('松鹤路1号栓', 'SH-01', '松鹤路3号门前', -350, -160, NULL, NULL, NULL, NULL, NULL, NULL)) AS v (name, code, address, x, y, device, part, quantity, value_min, status, note);

INSERT INTO resource (kind, name, code, unit_id, phone, staff, delivered)
SELECT v.kind, v.name, v.code, u.id, v.phone, v.staff, pg_temp.at(v.x, v.y)
FROM (VALUES
	('hydrant_indoor', '1号楼3层1号栓', 'N3-1', '安澜国际大厦', NULL, NULL, -28, 4),
	('tank', '地下消防水池', 'SC-1', '安澜国际大厦', '13900000001', NULL, -55, -14),
	('micro_station', '安澜国际大厦微型消防站', 'WZ-1', '安澜国际大厦', '13900000002', 6, 18, 30),
	('micro_station', '安澜万象微型消防站', 'WZ-2', '安澜万象商业广场', '13900000003', 4, 215, 20),
	('water_source', '云栖湖取水点', 'QS-1', NULL, NULL, NULL, 500, 380),
	('fire_station', '滨江消防救援站', 'XJ-1', NULL, '13900000119', 32, -480, 60)) AS v (kind, name, code, unit, phone, staff, x, y)
LEFT JOIN unit AS u ON u.name = v.unit;
INSERT INTO resource (kind, name, code, unit_id, gb28181_id, camera_range_m, camera_azimuth, camera_angle, delivered)
SELECT 'camera', v.name, v.code, u.id, v.gb28181_id, v.range, v.azimuth, v.angle, pg_temp.at(v.x, v.y)
FROM (VALUES ('1号楼3层走廊枪机', 'JK-3', '33010800001320000003', -12, 0, 60, 270, 80),
	('和平路口球机', 'JK-9', '33010800001320000009', -5, -45, 150, NULL, NULL)) AS v (name, code, gb28181_id, x, y, range, azimuth, angle), unit AS u
WHERE u.name = '安澜国际大厦';

-- Around the clock in two shifts; the other one's people have left.
INSERT INTO duty_shift (resource_id, name, from_time, to_time, valid_to, staff)
SELECT r.id, v.name, v.from_time::time, v.to_time::time, v.valid_to, v.staff
FROM (VALUES ('WZ-1', '白班', '08:00', '20:00', NULL::date, 4), ('WZ-1', '夜班', '20:00', '08:00', NULL, 2),
	('WZ-2', '白班', '09:00', '21:00', current_date - 30, 3)) AS v (code, name, from_time, to_time, valid_to, staff)
JOIN resource AS r ON r.code = v.code;

SELECT format('%s resources, of which %s hydrants of the streets came in GCJ-02; %s parts stand on a floor plan',
	(SELECT count(*) FROM resource), (SELECT count(*) FROM resource WHERE coordinate_system = 'gcj02'),
	(SELECT count(*) FROM part WHERE plan_x IS NOT NULL AND geom IS NOT NULL)) AS summary \gset
\echo Places: :summary
