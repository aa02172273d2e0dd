# figures.sh
#
# The private server, and the figures that are made of what it took.

say()
{
	echo "ledger: $*" >&2
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

# A server that nothing but the figures keeps busy.
start_server()
{
	say "starting a server"
	$server start "$name" <<-EOF
	shared_preload_libraries = 'fireiot'
	fireiot.listen = off
	autovacuum = off
	shared_buffers = 1GB
	max_wal_size = 8GB
	checkpoint_timeout = 30min
	synchronous_commit = off
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

# An empty sample is an error: what gave none has failed.
median()
{
	sort -g "$work/$1.sample" | awk '{ v[NR] = $1 }
		END { if (NR == 0) exit 1
			printf "%.12g\n", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# figure NAME VALUE UNIT
figure()
{
	[ -n "$2" ] || { say "there is no value of $1"; exit 1; }
	awk -v name="ledger.$1" -v value="$2" -v unit="$3" 'BEGIN {
		whole = value >= 100 || value == int(value)
		printf "%s\t" (whole ? "%.0f" : "%.3g") "\t%s\n", name, value, unit
	}' | tee -a "$work/figures"
}
