# figures.sh
#
# Figures of one command: samples that rounds give, and what is made of them.
# From the caller: bench, its name, which figures begin with; work, a directory;
# scale.

say()
{
	echo "$bench: $*" >&2
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

sql()
{
	psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

# sample NAME VALUE: what a round gave.
sample()
{
	echo "$2" >>"$work/$1.sample"
}

# What the last round gave.
latest()
{
	tail -n 1 "$work/$1.sample"
}

# An empty sample is an error: what gave none has failed.
median()
{
	sort -g "$work/$1.sample" | awk '{ v[NR] = $1 }
		END { if (NR == 0) exit 1
			printf "%.12g\n", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

greatest()
{
	sort -g "$work/$1.sample" | tail -n 1
}

# figure NAME VALUE UNIT
figure()
{
	[ -n "$2" ] || die "there is no value of $1"
	awk -v name="$bench.$1" -v value="$2" -v unit="$3" 'BEGIN {
		whole = value >= 100 || value == int(value)
		printf "%s\t" (whole ? "%.0f" : "%.3g") "\t%s\n", name, value, unit
	}' | tee -a "$work/figures"
}

# The median of all samples of a name.
figure_of()
{
	figure "$1" "$(median "$1")" "$2"
}

# pairs ROUNDS RATIO ONE OTHER: call both in each round, which leave samples of
# their names: the one over the other is a sample of RATIO.  In turns, so that
# what slows the machine slows both.
pairs()
{
	for round in $(seq "$1"); do
		say "$3 and $4, round $round of $1"
		if [ $((round % 2)) -eq 0 ]; then
			"$3"
			"$4"
		else
			"$4"
			"$3"
		fi
		sample "$2" "$(calc "$(latest "$3") / $(latest "$4")")"
	done
}
