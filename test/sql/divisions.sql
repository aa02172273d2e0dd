-- Codes of divisions, and what they meant when.
SET search_path = public, fireiot;
SET datestyle = ISO;
\set VERBOSITY terse

-- Hangzhou, before and after 2021-04-09.
SELECT code, name, valid_to, successors FROM division_on('330103', '2021-04-08');
SELECT code, name FROM division_on('330103', '2021-04-09');
SELECT count(*) FROM division_on('330103');
SELECT code, name, valid_from, source FROM division_on('330105', '2021-04-09');
SELECT o.code, s.code AS now, s.name
FROM division AS o, unnest(o.successors) AS t (code) LEFT JOIN LATERAL division_on(t.code, o.valid_to) AS s ON true
WHERE o.valid_to IS NOT NULL ORDER BY 1, 2;

-- More of them; loaded again they are the same; a row of the site stands first.
SELECT load_divisions('[{"code": "360202", "name": "昌江区", "valid_from": "1988-10-07"},
	{"code": "360203", "name": "珠山区", "valid_from": "1988-10-07"}]', 'test');
SELECT load_divisions('[{"code": "360203", "name": "珠山区", "valid_from": "1988-10-07"}]', 'again');
SELECT code, name, valid_from, valid_to, source FROM division WHERE NOT builtin ORDER BY code;
SELECT load_divisions('[{"code": "330106", "name": "西湖区", "valid_to": "2030-01-01", "successors": ["330105"]}]', 'site');
SELECT name, valid_to, successors, builtin FROM division_on('330106', '2029-12-31');
SELECT load_divisions('[]', 'nothing');

-- Below a county; and where it is: an outline stays until another one comes.
SELECT load_divisions('[{"code": "360203001", "name": "某街道"}, {"code": "360203001002", "name": "某社区"}]', 'test');
SELECT load_divisions('[{"code": "360203", "name": "珠山区", "valid_from": "1988-10-07",
	"outline": {"type": "Polygon", "coordinates": [[[117.2, 29.28], [117.24, 29.28], [117.24, 29.32], [117.2, 29.32], [117.2, 29.28]]]}}]', 'map', 'gcj02');
SELECT load_divisions('[{"code": "360203", "name": "珠山区", "valid_from": "1988-10-07"}]', 'list');
SELECT code, coordinate_system, st_srid(delivered), st_srid(outline), geometrytype(outline),
	round(st_distance(st_centroid(outline)::geography, st_setsrid(st_centroid(delivered), 4326)::geography)) AS moved_m
FROM division WHERE outline IS NOT NULL;

-- Refused.
SELECT load_divisions('[{"code": "360203", "name": "珠山区", "valid_from": "1988-10-07", "outline": {"type": "Point", "coordinates": [217.2, 29.3]}}]', 'nowhere');
SELECT load_divisions('[{"code": "360203", "name": "珠山区"}]', 'no such system', 'gcj');
SELECT load_divisions('[{"code": "36020", "name": "珠山区"}]', 'five digits');
SELECT load_divisions('[{"code": "360203", "name": "珠山新区", "valid_from": "2025-01-01"}]', 'two things');
SELECT load_divisions('[{"code": "33", "name": "浙江省"}]', 'short');
SELECT load_divisions('[{"code": "330000", "name": ""}]', 'no name');
SELECT load_divisions('[{"name": "浙江省"}]', 'no code');
SELECT load_divisions('[7]', 'no object');
SELECT load_divisions('{}', 'no array');
SELECT load_divisions(NULL, 'null');
SELECT load_divisions('[]', NULL);
SELECT load_divisions('[{"code": "330115", "name": "x", "valid_from": "2021-01-01", "valid_to": "2020-01-01"}]', 'backwards');
SELECT count(*) FROM division WHERE NOT builtin;
DELETE FROM division WHERE NOT builtin;
