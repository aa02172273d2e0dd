# figures.sh
#
# Numbers of rounds, and the figures that are made of them.

rounds=5

say()
{
	echo "ingest: $*" >&2
}

die()
{
	say "$*"
	exit 1
}

# Value of an arithmetic expression.
calc()
{
	awk "BEGIN { printf \"%.12g\\n\", $1 }"
}

# A size or duration by BENCH_SCALE, rounded, and not below a least one.
scaled()
{
	awk -v n="$1" -v s="$scale" -v least="$2" \
		'BEGIN { n = int(n * s + 0.5); print (n > least ? n : least) }'
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

greatest()
{
	sort -g "$work/$1.sample" | tail -n 1
}

# figure NAME VALUE UNIT
figure()
{
	awk -v name="ingest.$1" -v value="$2" -v unit="$3" 'BEGIN {
		whole = value >= 100 || value == int(value)
		printf "%s\t" (whole ? "%.0f" : "%.3g") "\t%s\n", name, value, unit
	}' | tee -a "$work/figures"
}
