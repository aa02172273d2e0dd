# How soon alarms are there, what deadlines cost, and how soon they are breached:
# docs/benchmarks.md.
#
#   make bench ONLY=alarms [BENCH_SCALE=0.05]

bench-alarms: build/sim/fireiot-sim
	@sh test/bench/alarms.sh

.PHONY: bench-alarms
