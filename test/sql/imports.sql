-- Deliveries in files: each row accepted or refused with a reason.
SET search_path = public, fireiot;
SET datestyle = ISO;
SET timezone = 'Asia/Shanghai';
\set VERBOSITY terse

-- A division whose outline is known: 4 by 4 km.
SELECT load_divisions('[{"code": "330108", "name": "滨江区", "outline": {"type": "Polygon",
	"coordinates": [[[120.20, 30.20], [120.24, 30.20], [120.24, 30.24], [120.20, 30.24], [120.20, 30.20]]]}}]', 'test');

-- Each problem once, and two good rows.
SELECT begin_import('resource', 'water works', kind => '室外消火栓', division_code => '330108') AS batch \gset
INSERT INTO import_staging (batch_id, row, feature)
SELECT :batch, v.row, json_build_object('type', 'Feature', 'geometry', v.geometry::json, 'properties', v.properties::json)
FROM (VALUES
	(1, '{"type": "Point", "coordinates": [120.21, 30.21]}', '{"名称": "江南大道1号栓", "编号": "BJ-001", "地址": "江南大道1号", "DN": 100, "id": "1"}'),
	(2, '{"type": "Point", "coordinates": [120.22, 30.22]}', '{"MC": "2号栓", "LX": "消防水池", "联系电话": " 110 "}'),
	(3, '{"type": "Point", "coordinates": [120.22001, 30.22]}', '{"MC": "2号池", "LX": "消防水池"}'),
	(4, '{"type": "Point", "coordinates": [120.22001, 30.22]}', '{"MC": "同一处的栓"}'),
	(5, '{"type": "Point", "coordinates": [30.215, 120.215]}', '{"name": "swapped"}'),
	(6, '{"type": "Point", "coordinates": [0, 0]}', '{"name": "zero"}'),
	(7, '{"type": "Point", "coordinates": [40512345.6, 3345678.9]}', '{"name": "metres"}'),
	(8, NULL, '{"name": "nowhere"}'),
	(9, '{"type": "Point", "coordinates": [120.225, 30.225]}', '{"name": "  ", "bh": ""}'),
	(10, '{"type": "Point", "coordinates": [120.226, 30.226]}', '{"name": "kind", "kind": "灭火器"}'),
	(11, '{"type": "Point", "coordinates": [114.17, 22.3]}', '{"name": "香港", "adcode": "810000"}'),
	(12, '{"type": "Point", "coordinates": [120.25, 30.22]}', '{"name": "one kilometre east"}'),
	(13, '{"type": "Point", "coordinates": [120.227, 30.227]}', '{"name": "old code", "adcode": "330103"}'),
	(14, '{"type": "Point", "coordinates": ["a", null]}', '{"name": "no numbers"}'),
	(15, '{"type": "Point", "coordinates": [120.23, 30.23]}', '{"name": "同号", "id": "1"}'),
	(16, '{"type": "MultiPoint", "coordinates": [[120.231, 30.231]]}', '{"编号": "only a code"}'),
	(17, '{"type": "Point", "coordinates": []}', '{"name": "empty"}')) AS v (row, geometry, properties);
SELECT * FROM accept_import(:batch);
SELECT * FROM check_import(:batch);
SELECT row, kind, name, code, phone, problems, details FROM import_staging WHERE batch_id = :batch ORDER BY row;
SELECT * FROM accept_import(:batch);
SELECT state, count(*), count(target_id) AS became, bool_and(decided_by = session_user) AS by_me FROM import_staging WHERE batch_id = :batch GROUP BY 1;
SELECT s.row, r.kind, r.name, r.code, r.address, r.phone, r.division_code, r.external_id, r.source, r.detail, st_astext(r.geom, 5) AS geom
FROM import_staging AS s JOIN resource AS r ON r.id = s.target_id WHERE s.batch_id = :batch ORDER BY s.row;

-- Degrees in columns, as in CSV; what cannot be read stays in the row.
SELECT word, round(degrees_of(word)::numeric, 6) FROM unnest(ARRAY['120.21', ' -0.5 ', '120.21°', '东经120°12′36″', '120度12分36.5秒', 'E120°12''36"', '30°15′', '30°15', 'abc', '', '1e5', '12.1.2']) AS word;
SELECT begin_import('resource', 'table', kind => 'tank', keys => '{"latitude": "LATI"}') AS columns \gset
INSERT INTO import_staging (batch_id, row, feature) VALUES
	(:columns, 1, '{"geometry": null, "properties": {"name": "a", "经度": "120°12′36″", "LATI": "30.25", "lat": "1"}}'),
	(:columns, 2, '{"properties": {"name": "b", "lng": "east of here", "LATI": "30.25"}}'),
	(:columns, 3, '{"properties": {"name": "c", "x": "30.25", "LATI": "120.25"}}'),
	(:columns, 4, '[]'), (:columns, 5, '{"properties": [1], "geometry": 7}');
SELECT problem, rows FROM check_import(:columns);
SELECT row, name, st_astext(geom) AS geom, problems FROM import_staging WHERE batch_id = :columns ORDER BY row;

-- What may pass, passes when told; what was accepted stays.
SELECT * FROM accept_import(:batch, '{no_name}');
SELECT * FROM accept_import(:batch, '{duplicate_in_batch,no_place}');
SELECT s.row, r.name, st_astext(r.geom, 5) AS geom FROM import_staging AS s JOIN resource AS r ON r.id = s.target_id WHERE s.batch_id = :batch ORDER BY s.row;
SELECT count(*) FROM resource WHERE source = 'water works';

-- The same file once more: known, and there.
SELECT begin_import('resource', 'water works', kind => 'hydrant_outdoor', division_code => '330108') AS again \gset
INSERT INTO import_staging (batch_id, row, feature) SELECT :again, row, feature FROM import_staging WHERE batch_id = :batch AND row IN (1, 2, 16);
SELECT problem, rows, first_row, may_pass FROM check_import(:again);
SELECT row, problems, details #- '{duplicate,id}' #- '{known,id}' AS details FROM import_staging WHERE batch_id = :again ORDER BY row;
SELECT * FROM accept_import(:again);

-- Latitude first; and a projection of metres that is none.
SELECT begin_import('resource', 'swapped', kind => 'tank') AS batch \gset
INSERT INTO import_staging (batch_id, row, feature)
SELECT :batch, i, json_build_object('geometry', json_build_object('type', 'Point', 'coordinates', json_build_array(30.2 + i * 0.001, 120.23)), 'properties', json_build_object('name', i))
FROM generate_series(1, 3) AS i;
SELECT problem, rows FROM check_import(:batch);
SELECT problem, rows FROM check_import(:batch, swapped => true);
SELECT * FROM accept_import(:batch);
SELECT name, st_astext(delivered, 4) AS delivered FROM resource WHERE source = 'swapped' ORDER BY 1;

-- Hydrants all over the division, delivered in gcj02, said to be wgs84: those
-- at one edge fall out of it, and that is enough to hold all of them back.
SELECT begin_import('resource', 'map service', kind => 'hydrant_outdoor', division_code => '330108') AS batch \gset
INSERT INTO import_staging (batch_id, row, feature)
SELECT :batch, row_number() OVER (), json_build_object('geometry', st_asgeojson(g.p, 9)::json, 'properties', json_build_object('name', 'h' || x || '-' || y))
FROM generate_series(0, 19) AS x, generate_series(0, 19) AS y,
	LATERAL (SELECT from_wgs84(st_setsrid(st_makepoint(120.201 + x * 0.002, 30.201 + y * 0.002), 4326), 'gcj02') AS p) AS g;
SELECT problem, rows FROM check_import(:batch);
SELECT suspected FROM import_batch WHERE id = :batch;
SELECT count(*), min(details #>> '{wrong_system,would_fit}') AS would_fit, count(details #> '{wrong_system,metres}') AS off,
	min((details #>> '{wrong_system,metres}')::integer) AS nearest_m, max((details #>> '{wrong_system,metres}')::integer) AS farthest_m
FROM import_staging WHERE batch_id = :batch AND 'wrong_system' = ANY (problems);
SELECT * FROM accept_import(:batch);
SELECT problem, rows FROM check_import(:batch, coordinate_system => 'gcj02');
SELECT suspected, coordinate_system FROM import_batch WHERE id = :batch;
SELECT * FROM accept_import(:batch);
SELECT count(*), st_srid(delivered), coordinate_system, max(round(st_distance(geom::geography, st_setsrid(st_snaptogrid(geom, 0.001), 4326)::geography)::numeric, 2)) AS off_m
FROM resource WHERE source = 'map service' GROUP BY 2, 3;

-- The right system is not suspected, though some lie outside.
SELECT begin_import('resource', 'survey', 'cgcs2000', 'tank', '330108') AS batch \gset
INSERT INTO import_staging (batch_id, row, feature)
SELECT :batch, row_number() OVER (), json_build_object('geometry', st_asgeojson(st_makepoint(120.2001 + x * 0.0046, 30.2021 + y * 0.004), 9)::json, 'properties', json_build_object('name', 't' || x || '-' || y))
FROM generate_series(0, 9) AS x, generate_series(0, 9) AS y;
SELECT problem, rows FROM check_import(:batch, near_m => 1);
SELECT details, count(*) FROM import_staging WHERE batch_id = :batch AND problems <> '{}' GROUP BY 1 ORDER BY 1;

-- bd09, known by what is there already under the same codes.
SELECT begin_import('resource', 'other map', kind => 'tank') AS batch \gset
INSERT INTO resource (kind, name, code, delivered) SELECT 'tank', 'x', 'T' || i, st_setsrid(st_makepoint(120.1 + i * 0.01, 30.1), 4326) FROM generate_series(1, 5) AS i;
INSERT INTO import_staging (batch_id, row, feature)
SELECT :batch, i, json_build_object('geometry', st_asgeojson(from_wgs84(st_setsrid(st_makepoint(120.1 + i * 0.01, 30.1001), 4326), 'bd09'), 9)::json, 'properties', json_build_object('name', i, 'code', 'T' || i))
FROM generate_series(1, 5) AS i;
SELECT problem, rows FROM check_import(:batch);
SELECT suspected FROM import_batch WHERE id = :batch;

-- Units: the same by name, not by place.
SELECT begin_import('unit', 'list', keys => '{"name": "单位"}') AS batch \gset
INSERT INTO unit (name) VALUES ('安澜影城');
INSERT INTO import_staging (batch_id, row, feature)
SELECT :batch, v.row, json_build_object('geometry', json_build_object('type', 'Point', 'coordinates', '[120.21, 30.21]'::json), 'properties', v.properties::json)
FROM (VALUES (1, '{"单位": "安澜书店", "电话": "0571-1", "地址": "1楼"}'), (2, '{"单位": "安澜影城"}'), (3, '{"单位": "安澜书店"}'), (4, '{"name": "not this key"}')) AS v (row, properties);
SELECT problem, rows FROM check_import(:batch);
SELECT * FROM accept_import(:batch);
SELECT u.name, u.phone, u.address, u.note, st_astext(u.geom) AS geom FROM import_staging AS s JOIN unit AS u ON u.id = s.target_id WHERE s.batch_id = :batch;

-- Refused.
SELECT begin_import('resource', 'x', kind => '灭火器');
SELECT begin_import('device', 'x');
SELECT begin_import('resource', 'x', 'utm');
SELECT check_import(0);
SELECT accept_import(0);
SELECT accept_import(:batch, '{nonsense,swapped_axes}');

-- An operator may; a reader may look.
CREATE ROLE import_reader;
CREATE ROLE import_operator;
SELECT grant_reader('import_reader'), grant_operator('import_operator') \g /dev/null
SET ROLE import_reader;
SELECT count(*) > 0 FROM import_staging;
SELECT begin_import('unit', 'x');
RESET ROLE;
SET ROLE import_operator;
SELECT begin_import('unit', 'operator') AS batch \gset
INSERT INTO import_staging (batch_id, row, feature) VALUES (:batch, 1, '{"geometry": {"type": "Point", "coordinates": [120.2, 30.2]}, "properties": {"name": "by an operator"}}');
SELECT problem, rows FROM check_import(:batch);
SELECT * FROM accept_import(:batch);
-- what is wrong with one row is put right in it
INSERT INTO import_staging (batch_id, row, feature) VALUES (:batch, 2, '{"geometry": {"type": "Point", "coordinates": [120.2, 302]}, "properties": {"name": "a mistake"}}');
SELECT problem, rows FROM check_import(:batch);
UPDATE import_staging SET feature = jsonb_set(feature, '{geometry,coordinates,1}', '30.2') WHERE batch_id = :batch AND row = 2;
SELECT problem, rows FROM check_import(:batch);
SELECT * FROM accept_import(:batch);
RESET ROLE;
DROP OWNED BY import_reader, import_operator;
DROP ROLE import_reader, import_operator;

DELETE FROM resource;
DELETE FROM unit WHERE id IN (SELECT target_id FROM import_staging JOIN import_batch AS b ON b.id = batch_id WHERE b.target = 'unit') OR name = '安澜影城';
DELETE FROM import_staging;
DELETE FROM import_batch;
DELETE FROM division WHERE NOT builtin;
