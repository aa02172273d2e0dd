# What keeping rows for ever costs: docs/benchmarks.md.
#
#   make bench ONLY=ledger [BENCH_SCALE=0.05]

export BENCH_SCALE

bench-ledger:
	@sh test/bench/ledger.sh

.PHONY: bench-ledger
