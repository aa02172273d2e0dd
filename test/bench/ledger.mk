# What keeping rows for ever costs: docs/benchmarks.md.
#
#   make bench ONLY=ledger [BENCH_SCALE=0.05]

export BENCH_SCALE

bench-ledger: build/sim/fireiot-sim
	@sh test/bench/ledger.sh

.PHONY: bench-ledger
