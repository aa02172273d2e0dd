-- What finding takes: fireiot.nearest_resources, and the bare order by the index
-- that it cannot be faster than, by turns, at the same places.
CREATE TABLE asked AS
SELECT n, r.geom::geography AS place
FROM generate_series(1, :places) AS n
JOIN fireiot.resource AS r ON r.id = 1 + (n * 7919) % :resources;

CREATE FUNCTION bare(place geography, k integer) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT count(*) FROM (SELECT r.id, r.geom::geography <-> place AS metres
		FROM fireiot.resource AS r ORDER BY r.geom::geography <-> place LIMIT k) AS near);
END
$$;

-- Milliseconds of each; warm: the first of a session plan, and read what is
-- not in memory yet.
CREATE FUNCTION find_all(stations boolean) RETURNS TABLE (n integer, bare float8, nearest float8, station float8)
LANGUAGE plpgsql AS $$
DECLARE
	a record;
	began timestamptz;
BEGIN
	FOR a IN SELECT * FROM (SELECT -1 AS n, place FROM asked UNION ALL SELECT s.n, s.place FROM asked AS s) AS s ORDER BY s.n
	LOOP
		began := clock_timestamp();
		PERFORM bare(a.place, 5);
		bare := extract(epoch FROM clock_timestamp() - began) * 1000;
		began := clock_timestamp();
		PERFORM * FROM fireiot.nearest_resources(a.place);
		nearest := extract(epoch FROM clock_timestamp() - began) * 1000;
		began := clock_timestamp();
		IF stations THEN
			PERFORM * FROM fireiot.nearest_resources(a.place, '{fire_station}', 1, 50000);
		END IF;
		station := extract(epoch FROM clock_timestamp() - began) * 1000;
		n := a.n;
		RETURN NEXT;
	END LOOP;
END
$$;

CREATE FUNCTION scene_ms() RETURNS SETOF float8 LANGUAGE plpgsql AS $$
DECLARE
	alarm bigint;
	began timestamptz;
BEGIN
	FOR alarm IN SELECT id FROM fireiot.alarm_now ORDER BY id % 1009, id LIMIT 300
	LOOP
		began := clock_timestamp();
		PERFORM fireiot.alarm_scene(alarm);
		RETURN NEXT extract(epoch FROM clock_timestamp() - began) * 1000;
	END LOOP;
END
$$;
