# Servers that are started, stopped, dumped and copied: test/t/*.pl, with the
# modules that PostgreSQL's own tests use.
#
#   make check-tap [TAP_TESTS=test/t/NNN_topic.pl]
#   make soak [TIMES=10]     those that can go on for longer: so many times
#
# FIREIOT_SEED makes what is random in them the same again.

TAP_TESTS ?= $(sort $(wildcard test/t/*.pl))
SOAK_TESTS = test/t/011_kill.pl test/t/015_hostile.pl test/t/018_memory.pl

check-tap: build/sim/fireiot-sim build/test_clock.so
	@BINDIR='$(bindir)' FIREIOT_SIM='$<' FIREIOT_CLOCK=build/test_clock.so PG_REGRESS='$(pg_regress_client)' \
		PERL5LIB='$(top_builddir)/src/test/perl' PROVE='$(or $(PROVE),prove)' \
		sh test/t/run.sh $(TAP_TESTS)

build/test_clock.so: test/t/clock.c test/tap.mk
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -Wextra -Werror -fPIC -shared $< -ldl -o $@

soak: ready
	@FIREIOT_SOAK=$(or $(TIMES),10) $(MAKE) --no-print-directory check-tap \
		TAP_TESTS='$(SOAK_TESTS)'

.PHONY: check-tap soak
