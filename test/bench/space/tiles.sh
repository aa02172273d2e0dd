# tiles.sh
#
# Tiles of the city (city.sql): those of zoom 12 that it lies on, each as often,
# by one session, as a tile server has them: one of open alarms, one of resources.
# Then a part of a layer through its view, as QGIS asks for it.

TILE_ROUNDS=25

bench_tiles()
{
	need_city
	say "tiles of zoom 12"
	sql -f - <<-'EOF'
	CREATE TABLE tile AS
	SELECT x, y FROM generate_series(3411, 3420) AS x, generate_series(1679, 1691) AS y
	WHERE EXISTS (SELECT FROM fireiot.resource AS r WHERE r.geom && fireiot.tile_reach(12, x, y, 'wgs84'));
	CREATE TABLE tile_took (layer text, ms float8, bytes integer);
	CREATE PROCEDURE draw(rounds integer, keep boolean)
	LANGUAGE plpgsql AS $$
	DECLARE
		t tile;
		start timestamptz;
		made bytea;
		layer text;
	BEGIN
		FOR t IN SELECT tile.* FROM tile, generate_series(1, rounds) ORDER BY random()
		LOOP
			FOREACH layer IN ARRAY '{open_alarm,resource}'::text[]
			LOOP
				start := clock_timestamp();
				IF layer = 'resource' THEN
					made := fireiot_map.resource_tile(12, t.x, t.y);
				ELSE
					made := fireiot_map.open_alarm_tile(12, t.x, t.y);
				END IF;
				IF keep THEN
					INSERT INTO tile_took VALUES (layer, extract(epoch FROM clock_timestamp() - start) * 1000, length(made));
				END IF;
			END LOOP;
		END LOOP;
	END
	$$;
	EOF
	sql -c "CALL draw(2, false)" -c "CALL draw($TILE_ROUNDS, true)"
	figure tile_p99_ms "$(took_by '%' 0.99)" ms
	figure tile_p50_ms "$(took_by '%' 0.5)" ms
	figure alarm_tile_p99_ms "$(took_by open_alarm 0.99)" ms
	figure resource_tile_p99_ms "$(took_by resource 0.99)" ms
	bench_boxes
	figure tile_largest_kb "$(sql -c "SELECT max(bytes) / 1024.0 FROM tile_took")" kB
}

# took_by PATTERN FRACTION: of the layers whose names are like that.
took_by()
{
	sql -c "SELECT percentile_cont($2) WITHIN GROUP (ORDER BY ms) FROM tile_took WHERE layer LIKE '$1'"
}

# boxes_of FIGURE: boxes of a kilometre or two on the city, by the role of a map.
boxes_of()
{
	for layer in resource open_alarm; do
		for lon in 120.00 120.05 120.10 120.15 120.20 120.25 120.30 120.35 120.40; do
			sample "${layer}_$1" "$(sql -U bench_map -c '\timing on' \
				-c "SELECT count(*) FROM (SELECT * FROM fireiot_map.$layer WHERE geom && ST_MakeEnvelope($lon, 30.27, $lon + 0.02, 30.28, 4326)) AS box" |
				sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p')"
		done
		figure_of "${layer}_$1" ms
	done
}

bench_boxes()
{
	say "boxes of layers"
	sql -c 'CREATE ROLE bench_map LOGIN' -c "SELECT fireiot.grant_map('bench_map')" >/dev/null
	boxes_of box_ms
	sql -c 'ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF'
	boxes_of box_leakproof_ms
}
