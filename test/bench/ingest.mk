# The way of a frame from the socket into the tables, beside its peers:
# docs/benchmarks.md.
#
#   make bench ONLY=ingest [BENCH_SCALE=0.05]

export BENCH_SCALE

bench-ingest: build/sim/fireiot-sim
	@sh test/bench/ingest.sh

.PHONY: bench-ingest
