# transform.sh
#
# Coordinates from one system into another, beside the same in PL/pgSQL
# (formula.sql): lines of a thousand points, then points one by one.

TRANSFORM_ROUNDS=7

make_places()
{
	lines=$(scaled 300 10)
	say "making $lines lines of 1000 points"
	sql -f "$parts/formula.sql" -f - <<-EOF
	SELECT setseed(0.26875);
	CREATE TABLE dot AS SELECT n / 1000 AS line, ST_MakePoint(105 + random() * 13, 25 + random() * 15) AS bare
		FROM generate_series(0, $lines * 1000 - 1) AS n;
	ALTER TABLE dot ADD wgs84 geometry;
	UPDATE dot SET wgs84 = ST_SetSRID(bare, 4326);
	-- not compressed: to undo that is no part of a conversion
	CREATE TABLE line (bare geometry, wgs84 geometry);
	ALTER TABLE line ALTER bare SET STORAGE EXTERNAL, ALTER wgs84 SET STORAGE EXTERNAL;
	INSERT INTO line SELECT ST_MakeLine(bare), ST_MakeLine(wgs84) FROM dot GROUP BY line;
	VACUUM (FULL, ANALYZE) dot;
	VACUUM (FULL, ANALYZE) line;

	-- Nanoseconds a point that count(EXPRESSION) takes over all rows.
	CREATE FUNCTION took(expression text, place regclass) RETURNS float8
	LANGUAGE plpgsql VOLATILE AS \$\$
	DECLARE
		start timestamptz;
	BEGIN
		-- what a session does only once
		EXECUTE format('SELECT count(%s) FROM (SELECT * FROM %s LIMIT 5) AS few', expression, place);
		start := clock_timestamp();
		EXECUTE format('SELECT count(%s) FROM %s', expression, place);
		RETURN extract(epoch FROM clock_timestamp() - start) * 1e9 / ($lines * 1000);
	END
	\$\$;

	-- Both ways to compute it give the same place.
	DO \$\$
	BEGIN
		IF EXISTS (SELECT FROM dot WHERE ST_Distance(gcj02_point(bare), fireiot.from_wgs84(wgs84, 'gcj02')) > 1e-11) THEN
			RAISE EXCEPTION 'the formula and the function differ';
		END IF;
	END
	\$\$;
	EOF
}

# transform_sample NAME EXPRESSION TABLE: leaves the nanoseconds in $took.
transform_sample()
{
	took=$(sql -c "SELECT took('$2', '$3')")
	sample "$1" "$took"
}

ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.6g\n", a / b }'
}

transform_round()
{
	transform_sample transform_ns_per_point "fireiot.from_wgs84(wgs84, ''gcj02'')" line
	ours=$took
	transform_sample formula_ns_per_point 'gcj02_line(bare)' line
	sample transform_vs_formula "$(ratio "$took" "$ours")"
	transform_sample stored_ns_per_point 'ST_SetSRID(bare, 4326)' line
	transform_sample transform_back_ns_per_point "fireiot.to_wgs84(bare, ''gcj02'')" line
	transform_sample bd09_ns_per_point "fireiot.from_wgs84(wgs84, ''bd09'')" line
	transform_sample bd09_back_ns_per_point "fireiot.to_wgs84(bare, ''bd09'')" line
	transform_sample transform_ns_per_geometry "fireiot.from_wgs84(wgs84, ''gcj02'')" dot
	ours=$took
	transform_sample formula_ns_per_geometry 'gcj02_point(bare)' dot
	sample transform_vs_formula_per_geometry "$(ratio "$took" "$ours")"
	transform_sample set_srid_ns_per_geometry 'ST_SetSRID(bare, 4326)' dot
}

bench_transform()
{
	make_places
	round=0
	while [ "$round" -lt "$TRANSFORM_ROUNDS" ]; do
		round=$((round + 1))
		say "coordinates, round $round of $TRANSFORM_ROUNDS"
		transform_round
	done
	for of in transform formula transform_back bd09 bd09_back; do
		figure_of "${of}_ns_per_point" ns
	done
	figure_of stored_ns_per_point ns
	figure_of transform_vs_formula times
	for of in transform formula set_srid; do
		figure_of "${of}_ns_per_geometry" ns
	done
	figure_of transform_vs_formula_per_geometry times
}
