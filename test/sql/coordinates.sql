-- Coordinate systems of China: what is moved and what is kept, in every kind of
-- geometry; which geometries are refused.
SET extra_float_digits = 0;
SET search_path = public, fireiot;
\set VERBOSITY default

-- Names, and the SRID that comes out.
SELECT target, ST_AsEWKT(from_wgs84('SRID=4326;POINT(116.404 39.915)', target), 9)
FROM (VALUES ('wgs84'), ('WGS-84'), ('CGCS2000'), ('cgcs_2000'), ('GCJ-02'), ('gcj02'), ('bd 09'), ('BD-09')) AS t (target);
SELECT source, ST_AsEWKT(to_wgs84(ST_SetSRID('POINT(116.404 39.915)'::geometry, srid), source), 9)
FROM (VALUES ('wgs84', 0), ('wgs84', 4326), ('cgcs2000', 0), ('cgcs2000', 4490), ('gcj02', 0), ('bd09', 0)) AS t (source, srid);
SELECT to_wgs84(NULL, 'gcj02') IS NULL AND to_wgs84('POINT(1 2)', NULL) IS NULL
	AND from_wgs84(NULL, 'gcj02') IS NULL AND from_wgs84('SRID=4326;POINT(1 2)', NULL) IS NULL AS strict;

-- Metres by which five cities are moved.
SELECT city,
	round(ST_DistanceSphere(place, ST_SetSRID(from_wgs84(place, 'gcj02'), 4326))) AS gcj02,
	round(ST_DistanceSphere(place, ST_SetSRID(from_wgs84(place, 'bd09'), 4326))) AS bd09
FROM (VALUES ('Hangzhou', 120.1551, 30.2741), ('Suzhou', 120.5853, 31.2989), ('Jingdezhen', 117.1784, 29.2688),
	('Xining', 101.7782, 36.6171), ('Shanghai', 121.4737, 31.2304)) AS c (city, lon, lat),
	LATERAL (SELECT ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS place) AS p;

-- Not moved, either way.
SELECT city, bool_and(ST_OrderingEquals(from_wgs84(place, target), ST_SetSRID(place, 0))) AS forth,
	bool_and(ST_OrderingEquals(to_wgs84(ST_SetSRID(place, 0), target), place)) AS back
FROM (VALUES ('Hong Kong', 114.17, 22.30), ('Macao airport', 113.592, 22.15), ('Taipei', 121.56, 25.04), ('Kinmen', 118.32, 24.435),
	('Hanoi', 105.85, 21.03), ('Seoul', 126.98, 37.57), ('Ulaanbaatar', 106.92, 47.92), ('Khabarovsk', 135.07, 48.48),
	('Kathmandu', 85.32, 27.71), ('Almaty', 76.95, 43.24), ('Manila', 120.98, 14.60), ('Lima', -77.04, -12.05)) AS c (city, lon, lat),
	LATERAL (SELECT ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS place) AS p,
	(VALUES ('gcj02'), ('bd09')) AS t (target)
GROUP BY city ORDER BY city;
SELECT count(*) AS right
FROM (VALUES ('Shenzhen', 114.1137, 22.5318, true), ('Lo Wu', 114.1133, 22.5280, false),
	('Zhuhai', 113.5489, 22.2175, true), ('Macao', 113.545, 22.195, false),
	('Heihe', 127.50, 50.245, true), ('Blagoveshchensk', 127.53, 50.275, false),
	('Dandong', 124.383, 40.124, true), ('Sinuiju', 124.40, 40.10, false),
	('Hekou', 103.96, 22.525, true), ('Lao Cai', 103.975, 22.485, false)) AS c (city, lon, lat, mainland),
	LATERAL (SELECT ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS place) AS p
WHERE mainland = (ST_X(from_wgs84(place, 'gcj02')) <> lon);

-- Every type, with and without Z and M, and empty: what is moved comes back,
-- everything else is as it was, to the bit.
CREATE TEMP TABLE shape (n serial, wkt text);
INSERT INTO shape (wkt) VALUES
	('POINT(120 30)'), ('LINESTRING(120 30,121 31,122 30)'),
	('POLYGON((110 30,111 30,111 31,110 31,110 30),(110.2 30.2,110.2 30.4,110.4 30.4,110.2 30.2))'),
	('MULTIPOINT((120 30),(121 31))'), ('MULTILINESTRING((120 30,121 31),(110 30,111 30,112 31))'),
	('MULTIPOLYGON(((110 30,111 30,111 31,110 30)),((112 30,113 30,113 31,112 30),(112.5 30.1,112.6 30.1,112.6 30.2,112.5 30.1)))'),
	('GEOMETRYCOLLECTION(POINT(120 30),GEOMETRYCOLLECTION(LINESTRING(120 30,121 31),GEOMETRYCOLLECTION EMPTY),POLYGON EMPTY)'),
	('CIRCULARSTRING(120 30,121 31,122 30)'), ('COMPOUNDCURVE(CIRCULARSTRING(120 30,121 31,122 30),(122 30,122 29))'),
	('CURVEPOLYGON(CIRCULARSTRING(110 30,114 30,114 34,110 34,110 30),(111 31,113 33,113 31,111 31))'),
	('CURVEPOLYGON(COMPOUNDCURVE((110 30,111 31,112 30),CIRCULARSTRING(112 30,111 29,110 30)))'),
	('MULTICURVE((110 30,115 35),CIRCULARSTRING(114 30,114 34,118 34))'),
	('MULTISURFACE(CURVEPOLYGON(CIRCULARSTRING(110 30,114 30,114 34,110 34,110 30)),((100 34,101 31,100 30,100 34)))'),
	('TRIANGLE((110 30,111 30,110 31,110 30))'), ('TIN(((110 30,111 30,110 31,110 30)),((110 30,110 31,111 31,110 30)))'),
	('POLYHEDRALSURFACE(((110 30,110 31,111 31,110 30)),((110 30,111 31,111 30,110 30)))'),
	('POINT EMPTY'), ('LINESTRING EMPTY'), ('POLYGON EMPTY'), ('MULTIPOINT EMPTY'), ('MULTILINESTRING EMPTY'), ('MULTIPOLYGON EMPTY'),
	('GEOMETRYCOLLECTION EMPTY'), ('CIRCULARSTRING EMPTY'), ('COMPOUNDCURVE EMPTY'), ('CURVEPOLYGON EMPTY'), ('MULTICURVE EMPTY'),
	('MULTISURFACE EMPTY'), ('TRIANGLE EMPTY'), ('TIN EMPTY'), ('POLYHEDRALSURFACE EMPTY'), ('MULTIPOINT(120 30,EMPTY)');

CREATE TEMP TABLE shapes AS
SELECT n, form, system, g, from_wgs84(g, system) AS moved, to_wgs84(from_wgs84(g, system), system) AS back
FROM shape, LATERAL (SELECT ST_GeomFromText(wkt, 4326) AS flat) AS f,
	LATERAL (VALUES ('XY', flat), ('XYZ', ST_Force3DZ(flat, 7)), ('XYM', ST_Force3DM(flat, 8)), ('XYZM', ST_Force4D(flat, 7, 8))) AS v (form, g),
	(VALUES ('wgs84'), ('cgcs2000'), ('gcj02'), ('bd09')) AS s (system);

SELECT count(*) AS shapes,
	count(*) FILTER (WHERE ST_SRID(moved) = CASE system WHEN 'wgs84' THEN 4326 WHEN 'cgcs2000' THEN 4490 ELSE 0 END) AS srid_of_system,
	count(*) FILTER (WHERE ST_SRID(back) = 4326) AS srid_of_wgs84,
	count(*) FILTER (WHERE GeometryType(moved) = GeometryType(g) AND ST_Zmflag(moved) = ST_Zmflag(g) AND ST_NPoints(moved) = ST_NPoints(g)
		AND ST_IsEmpty(moved) = ST_IsEmpty(g) AND ST_MemSize(moved) = ST_MemSize(g)) AS same_kind,
	count(*) FILTER (WHERE regexp_replace(ST_AsText(moved), '[-\d.]+ [-\d.]+', 'x y', 'g') = regexp_replace(ST_AsText(g), '[-\d.]+ [-\d.]+', 'x y', 'g')) AS same_but_x_and_y,
	count(*) FILTER (WHERE ST_AsText(back, 9) = ST_AsText(g, 9)) AS back_again
FROM shapes;
SELECT system, count(*) FILTER (WHERE ST_AsBinary(moved) = ST_AsBinary(g)) AS unmoved, count(*) AS shapes
FROM shapes WHERE NOT ST_IsEmpty(g) GROUP BY system ORDER BY system;

-- Points one by one: each vertex is where it would be alone.
SELECT bool_and(ST_OrderingEquals(d.geom, from_wgs84(e.geom, system))) AS as_if_alone
FROM shapes, LATERAL ST_DumpPoints(moved) AS d JOIN LATERAL ST_DumpPoints(g) AS e ON d.path = e.path
WHERE system IN ('gcj02', 'bd09');

-- Random points of the mainland come back to less than a thousandth of a
-- millimetre; bounding boxes are those of the moved points.
SELECT setseed(0.5);
CREATE TEMP TABLE dot AS
SELECT ST_SetSRID(ST_MakePoint(75 + random() * 58, 19 + random() * 34), 4326) AS g FROM generate_series(1, 20000);
SELECT system, max(ST_DistanceSphere(g, to_wgs84(from_wgs84(g, system), system))) < 1e-6 AS back,
	count(*) FILTER (WHERE NOT ST_OrderingEquals(ST_SetSRID(g, 0), from_wgs84(g, system))) > 9000 AS moved
FROM dot, (VALUES ('gcj02'), ('bd09')) AS s (system)
WHERE NOT ST_OrderingEquals(ST_SetSRID(g, 0), from_wgs84(g, 'gcj02'))
GROUP BY system ORDER BY system;
SELECT ST_Extent(moved) = Box2D(from_wgs84(ST_Collect(g), 'bd09')) AS same_box
FROM (SELECT g, from_wgs84(g, 'bd09') AS moved FROM dot) AS d;

-- A long one, out of line and compressed; the memory it takes is given back.
CREATE TEMP TABLE long AS SELECT ST_MakeLine(g) AS g FROM dot;
SELECT ST_NPoints(from_wgs84(g, 'gcj02')) FROM long;
SELECT sum(ST_NPoints(from_wgs84(g, 'gcj02'))) FROM long, generate_series(1, 50);

-- What PostGIS makes and does not read: a line of one point, an open ring.
SELECT ST_AsEWKT(to_wgs84(from_wgs84(ST_MakeLine(ARRAY['SRID=4326;POINT(120 30)'::geometry]), 'gcj02'), 'gcj02'), 9);
SELECT ST_AsEWKT(to_wgs84(from_wgs84('0103000020E610000001000000030000000000000000005E400000000000003E400000000000405E400000000000003E400000000000405E400000000000003F40', 'gcj02'), 'gcj02'), 9);

-- An index on what is computed; a parallel plan may use it.
CREATE INDEX ON dot USING gist (from_wgs84(g, 'gcj02'));
SELECT provolatile, proisstrict, proparallel FROM pg_proc WHERE oid::regproc::text IN ('to_wgs84', 'from_wgs84');

-- Refused.
SELECT from_wgs84('SRID=4326;POINT(116 39)', 'mars');
SELECT to_wgs84('POINT(116 39)', 'bd09mc');
SELECT to_wgs84('POINT(116 39)', '');
SELECT from_wgs84('POINT(116 39)', 'gcj02');
SELECT from_wgs84('SRID=4490;POINT(116 39)', 'gcj02');
SELECT from_wgs84(from_wgs84('SRID=4326;POINT(116 39)', 'gcj02'), 'gcj02');
SELECT to_wgs84('SRID=4326;POINT(116 39)', 'gcj02');
SELECT to_wgs84(to_wgs84('POINT(116 39)', 'bd09'), 'bd09');
SELECT to_wgs84('SRID=3857;POINT(116 39)', 'bd09');
SELECT to_wgs84('SRID=4326;POINT(116 39)', 'cgcs2000');
SELECT to_wgs84('SRID=4490;POINT(116 39)', 'wgs84');
SELECT from_wgs84('SRID=4326;POINT(39.9 116.4)', 'gcj02');
SELECT to_wgs84('LINESTRING(116 39, 12956000 4852000)', 'gcj02');
SELECT to_wgs84('LINESTRING(116 39, 181 39)', 'wgs84');
SELECT to_wgs84(ST_MakeLine(ST_MakePoint(116, 39), ST_MakePoint('NaN', 39)), 'gcj02');
SELECT to_wgs84(ST_MakeLine(ST_MakePoint(116, 39), ST_MakePoint('Infinity', 39)), 'gcj02');
