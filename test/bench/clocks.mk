# What deadlines cost, and how soon they are breached: docs/benchmarks.md.
#
#   make bench ONLY=clocks [BENCH_SCALE=0.05]

bench-clocks:
	@sh test/bench/clocks.sh

.PHONY: bench-clocks
