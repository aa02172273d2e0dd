-- The widely used formula of GCJ-02 in PL/pgSQL, as one would write it who has
-- no extension: one point, and with it any line, point by point.
CREATE FUNCTION gcj02_waves(x float8, y float8, OUT east float8, OUT north float8)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
	common CONSTANT float8 := (20 * sin(6 * x * pi()) + 20 * sin(2 * x * pi())) * 2 / 3;
BEGIN
	east := 300 + x + 2 * y + 0.1::float8 * x * x + 0.1::float8 * x * y + 0.1::float8 * sqrt(abs(x)) + common
		+ (20 * sin(x * pi()) + 40 * sin(x / 3 * pi())) * 2 / 3
		+ (150 * sin(x / 12 * pi()) + 300 * sin(x / 30 * pi())) * 2 / 3;
	north := -100 + 2 * x + 3 * y + 0.2::float8 * y * y + 0.1::float8 * x * y + 0.2::float8 * sqrt(abs(x)) + common
		+ (20 * sin(y * pi()) + 40 * sin(y / 3 * pi())) * 2 / 3
		+ (160 * sin(y / 12 * pi()) + 320 * sin(y / 30 * pi())) * 2 / 3;
END
$$;

CREATE FUNCTION gcj02_point(place geometry) RETURNS geometry
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
	lon CONSTANT float8 := ST_X(place);
	lat CONSTANT float8 := ST_Y(place);
	flat CONSTANT float8 := 1 - 0.00669342162296594323::float8 * sin(radians(lat)) ^ 2;
	shift record;
BEGIN
	IF lon NOT BETWEEN 72.004 AND 137.8347 OR lat NOT BETWEEN 0.8293 AND 55.8271 THEN
		RETURN place;
	END IF;
	shift := gcj02_waves(lon - 105, lat - 35);
	RETURN ST_MakePoint(
		lon + degrees(shift.east * sqrt(flat) / (6378245::float8 * cos(radians(lat)))),
		lat + degrees(shift.north * flat * sqrt(flat) / (6378245::float8 * (1 - 0.00669342162296594323::float8))));
END
$$;

CREATE FUNCTION gcj02_line(line geometry) RETURNS geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT ST_MakeLine(gcj02_point(d.geom) ORDER BY d.path)
	FROM ST_DumpPoints(line) AS d
$$;
