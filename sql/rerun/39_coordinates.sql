-- Coordinates between the systems in use in China.

CREATE OR REPLACE FUNCTION fireiot.to_wgs84(geometry @postgis@.geometry, source text)
RETURNS @postgis@.geometry
AS 'MODULE_PATHNAME', 'fireiot_to_wgs84'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION fireiot.to_wgs84(@postgis@.geometry, text) IS
'The geometry, whose coordinates are wgs84, cgcs2000, gcj02 or bd09, in WGS84 (SRID 4326). Outside the mainland coordinates are not shifted';

CREATE OR REPLACE FUNCTION fireiot.from_wgs84(geometry @postgis@.geometry, target text)
RETURNS @postgis@.geometry
AS 'MODULE_PATHNAME', 'fireiot_from_wgs84'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION fireiot.from_wgs84(@postgis@.geometry, text) IS
'The geometry with SRID 4326 in wgs84 (SRID 4326), cgcs2000 (SRID 4490), gcj02 or bd09 (SRID 0, since they have none). Outside the mainland coordinates are not shifted';

-- What the registry has of a place is delivered in one of the systems; these
-- say what its columns geom and outline are made of.
CREATE OR REPLACE FUNCTION fireiot.point_of(delivered @postgis@.geometry, coordinate_system text)
RETURNS @postgis@.geometry(Point, 4326)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT @postgis@.st_pointonsurface(@postgis@.st_force2d(fireiot.to_wgs84(delivered, coordinate_system)));
END;
COMMENT ON FUNCTION fireiot.point_of(@postgis@.geometry, text) IS
'A point of the geometry, in WGS84: of a point itself, of an area one inside of it';

CREATE OR REPLACE FUNCTION fireiot.outline_of(delivered @postgis@.geometry, coordinate_system text)
RETURNS @postgis@.geometry(MultiPolygon, 4326)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN @postgis@.st_dimension(delivered) = 2
		THEN @postgis@.st_multi(@postgis@.st_curvetoline(@postgis@.st_force2d(fireiot.to_wgs84(delivered, coordinate_system)))) END;
END;
COMMENT ON FUNCTION fireiot.outline_of(@postgis@.geometry, text) IS
'The geometry in WGS84 if it is an area; null if it is points or lines';

CREATE OR REPLACE FUNCTION fireiot.plan_affine(controls double precision[], coordinate_system text)
RETURNS double precision[]
AS 'MODULE_PATHNAME', 'fireiot_plan_affine'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.plan_affine(double precision[], text) IS
'From control points {pixel x, pixel y, longitude, latitude} of a plan, y downwards: six numbers a to f with longitude = a + b x + c y, latitude = d + e x + f y in WGS84. Two points: turned, scaled and moved; more: the best fit by least squares';

CREATE OR REPLACE FUNCTION fireiot.plan_to_world(affine double precision[], x double precision, y double precision)
RETURNS @postgis@.geometry(Point, 4326)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT @postgis@.st_setsrid(@postgis@.st_makepoint(affine[1] + affine[2] * x + affine[3] * y, affine[4] + affine[5] * x + affine[6] * y), 4326);
END;
COMMENT ON FUNCTION fireiot.plan_to_world(double precision[], double precision, double precision) IS
'Where a pixel of a plan is: affine as of fireiot.plan_affine';

CREATE OR REPLACE FUNCTION fireiot.world_to_plan(affine double precision[], place @postgis@.geometry, OUT x double precision, OUT y double precision)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT (affine[6] * (@postgis@.st_x(place) - affine[1]) - affine[3] * (@postgis@.st_y(place) - affine[4])) / d.det,
		(affine[2] * (@postgis@.st_y(place) - affine[4]) - affine[5] * (@postgis@.st_x(place) - affine[1])) / d.det
	FROM (SELECT affine[2] * affine[6] - affine[3] * affine[5] AS det) AS d;
END;
COMMENT ON FUNCTION fireiot.world_to_plan(double precision[], @postgis@.geometry) IS
'The pixel of a plan at a place in WGS84: affine as of fireiot.plan_affine';

-- Degrees of longitude are at least 111319 m times the cosine, of latitude
-- at least 110574 m: the box is never too small.
CREATE OR REPLACE FUNCTION fireiot.camera_reach(geom @postgis@.geometry, range_m numeric)
RETURNS @postgis@.geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT @postgis@.st_expand(geom, 1.01 * range_m::double precision / (111319 * greatest(cos(radians(@postgis@.st_y(geom))), 0.01)), 1.01 * range_m::double precision / 110574);
END;
COMMENT ON FUNCTION fireiot.camera_reach(@postgis@.geometry, numeric) IS
'A box around a point that holds all within so many metres';
