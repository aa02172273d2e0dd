# nearest.sh
#
# The nearest resources in a city (city.sql), beside the bare order by the
# index; the scene of an alarm; and the nearest among ten times as many.

# find_into TABLE STATIONS: what it takes, into a table; also to find a station,
# which needs the index of its kind.
find_into()
{
	sql -c "CREATE TABLE $1 AS SELECT * FROM find_all($2) WHERE n > 0"
}

# percentile TABLE COLUMN FRACTION
percentile()
{
	sql -c "SELECT percentile_cont($3) WITHIN GROUP (ORDER BY $2) FROM $1"
}

# Ten times as many around the same centres.  Neither the log of ten million
# changes is measured nor the indexes of each kind: they are put out of use,
# which the guard of a running server would not allow.
grow_city()
{
	say "$((resources * 10)) resources"
	$server alone "$name" bench <<-'EOF'
	UPDATE pg_trigger SET tgenabled = 'D' WHERE tgrelid = 'fireiot.resource'::regclass AND tgname LIKE 'log_%'
	UPDATE pg_index SET indisvalid = false, indisready = false WHERE indrelid = 'fireiot.resource'::regclass AND indexrelid NOT IN ('fireiot.resource_place'::regclass, 'fireiot.resource_geom'::regclass, 'fireiot.resource_pkey'::regclass)
	EOF
	sessions=''
	for session in 1 2 3; do
		sql -c "SET search_path = public, fireiot" -c "SELECT setseed(0.$session)" \
			-c "INSERT INTO fireiot.resource (kind, name, delivered)
				SELECT 'hydrant_outdoor', 'hydrant ' || n, city_place(n) FROM generate_series(1, $((resources * 3))) AS n" >/dev/null &
		sessions="$sessions $!"
	done
	for session in $sessions; do
		wait "$session"
	done
	sql -c 'VACUUM ANALYZE fireiot.resource'
	say 'the nearest of them'
	find_into found_again false
}

bench_nearest()
{
	need_city
	sql -v places="$(scaled 2000 200)" -v resources="$resources" -f "$parts/nearest.sql"
	say 'the nearest'
	find_into found true
	figure nearest_p50_ms "$(percentile found nearest 0.5)" ms
	figure nearest_p99_ms "$(percentile found nearest 0.99)" ms
	figure knn_p50_ms "$(percentile found bare 0.5)" ms
	figure knn_p99_ms "$(percentile found bare 0.99)" ms
	figure nearest_vs_knn "$(ratio "$(percentile found nearest 0.5)" "$(percentile found bare 0.5)")" times
	figure nearest_vs_knn_p99 "$(ratio "$(percentile found nearest 0.99)" "$(percentile found bare 0.99)")" times
	figure nearest_station_p99_ms "$(percentile found station 0.99)" ms
	say 'the scene of an alarm'
	sql -c 'SELECT count(*) FROM scene_ms()' >/dev/null
	sql -c 'CREATE TABLE scene AS SELECT ms FROM scene_ms() AS ms'
	figure scene_ms "$(percentile scene ms 0.5)" ms
	figure scene_p99_ms "$(percentile scene ms 0.99)" ms
}

bench_growth()
{
	grow_city
	figure nearest_growth "$(ratio "$(percentile found_again nearest 0.5)" "$(percentile found nearest 0.5)")" times
	figure nearest_growth_p99 "$(ratio "$(percentile found_again nearest 0.99)" "$(percentile found nearest 0.99)")" times
	figure knn_growth "$(ratio "$(percentile found_again bare 0.5)" "$(percentile found bare 0.5)")" times
	figure grown_nearest_p99_ms "$(percentile found_again nearest 0.99)" ms
}
