# Places: what it costs to convert and to find them: docs/benchmarks.md.
#
#   make bench ONLY=space [BENCH_SCALE=0.05]

export BENCH_SCALE

bench-space:
	@sh test/bench/space.sh

.PHONY: bench-space
