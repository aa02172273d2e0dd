# figures.sh
#
# The private server, and the figures that are made of what it took.

say()
{
	echo "space: $*" >&2
}

# A size by BENCH_SCALE, rounded, and not below a least one.
scaled()
{
	awk -v n="$1" -v s="$scale" -v least="$2" \
		'BEGIN { n = int(n * s + 0.5); print (n > least ? n : least) }'
}

sql()
{
	psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

# A server that nothing but the figures keeps busy; one process a query.
start_server()
{
	say "starting a server"
	$server start "$name" <<-EOF
	shared_preload_libraries = 'fireiot'
	fireiot.listen = off
	autovacuum = off
	jit = off
	max_parallel_workers_per_gather = 0
	shared_buffers = 512MB
	EOF
	PGHOST=$($server where "$name")
	export PGHOST PGPORT=5432 PGUSER=postgres PGDATABASE=bench
	export PGOPTIONS='-c client_min_messages=warning'
	sql -d postgres -c 'CREATE DATABASE bench TEMPLATE template0'
	sql -c 'CREATE EXTENSION fireiot CASCADE'
}

# sample NAME VALUE: what a round gave.
sample()
{
	echo "$2" >>"$work/$1.sample"
}

median()
{
	sort -g "$work/$1.sample" | awk '{ v[NR] = $1 }
		END { printf "%.12g\n", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# figure NAME VALUE UNIT
figure()
{
	awk -v name="space.$1" -v value="$2" -v unit="$3" 'BEGIN {
		whole = value >= 100 || value == int(value)
		printf "%s\t" (whole ? "%.0f" : "%.3g") "\t%s\n", name, value, unit
	}' | tee -a "$work/figures"
}

# The median of all samples of a name.
figure_of()
{
	figure "$1" "$(median "$1")" "$2"
}
