# Servers that are started, stopped, dumped and copied: test/t/*.pl, with the
# modules that PostgreSQL's own tests use.
#
#   make check-tap [TAP_TESTS=test/t/NNN_topic.pl] [FIREIOT_JOBS=N]
#   make soak [TIMES=10]     those that can go on for longer: so many times
#
# FIREIOT_SEED makes what is random in them the same again.

# The longest begins first: several run at a time.
longest = test/t/042_silence.pl
TAP_TESTS ?= $(longest) $(filter-out $(longest),$(sort $(wildcard test/t/*.pl)))
SOAK_TESTS = test/t/011_kill.pl test/t/015_hostile.pl test/t/018_memory.pl

check-tap: build/sim/fireiot-sim build/test_clock.so build/test_attack.so next_version
	@BINDIR='$(bindir)' FIREIOT_SIM='$<' FIREIOT_CLOCK=build/test_clock.so \
		FIREIOT_ATTACK=build/test_attack.so FIREIOT_NEXT=build/next PG_REGRESS='$(pg_regress_client)' \
		PERL5LIB='$(top_builddir)/src/test/perl' PROVE='$(or $(PROVE),prove)' \
		sh test/t/run.sh $(TAP_TESTS)

build/test_clock.so: test/t/clock.c test/tap.mk
	@mkdir -p $(@D)
	@$(CC) -O2 -Wall -Wextra -Werror -fPIC -shared $< -ldl -o $@

# Built for the tests, installed nowhere.
build/test_attack.so: test/t/attack.c test/tap.mk
	@mkdir -p $(@D)
	@$(CC) $(filter-out -W%,$(CFLAGS)) $(CPPFLAGS) -Wall -Werror -fPIC -shared $< -o $@

# A version to upgrade to: the library that says it is that, the script with a
# function more, and the step to it: what is new, then all of sql/rerun.
next = build/next
next_objs = $(patsubst %.c,%.o,$(shell grep -l FIREIOT_VERSION $(wildcard $(OBJS:.o=.c))))
next_step = $(next)/fireiot--$(EXTVERSION)--next.sql

next_version: $(next)/fireiot.so $(next)/fireiot--next.sql $(next_step) \
		$(next)/fireiot.control

$(next_objs:%=$(next)/%): $(next)/%.o: %.c $(wildcard src/*/*.h)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(filter-out -DFIREIOT_VERSION=%,$(CPPFLAGS)) \
		-DFIREIOT_VERSION='"next"' -c $< -o $@

$(next)/fireiot.so: $(OBJS) $(next_objs:%=$(next)/%)
	@$(CC) -shared $(filter-out $(next_objs),$(OBJS)) $(next_objs:%=$(next)/%) \
		$(LDFLAGS) $(SHLIB_LINK) -o $@

$(next)/fireiot--next.sql: fireiot--$(EXTVERSION).sql test/t/next.sql test/tap.mk
	@mkdir -p $(@D)
	@sed -e '0,/^-- sql.rerun./{/^-- sql.rerun./{' -e 'r test/t/next.sql' -e '}}' $< >$@

$(next_step): sql/order $(SQL_PARTS) test/t/next.sql test/tap.mk
	@mkdir -p $(@D)
	@{ printf '%s\n' '\echo Use "ALTER EXTENSION fireiot UPDATE" to load this file. \quit' \
			'SET LOCAL search_path = pg_catalog, pg_temp;'; \
		cat test/t/next.sql; sh sql/join.sh $(filter sql/rerun/%,$(SQL_PARTS)); } >$@

$(next)/fireiot.control: fireiot.control test/tap.mk
	@mkdir -p $(@D)
	@sed "s/^default_version = .*/default_version = 'next'/" $< >$@

soak: ready
	@FIREIOT_SOAK=$(or $(TIMES),10) $(MAKE) --no-print-directory check-tap \
		TAP_TESTS='$(SOAK_TESTS)'

.PHONY: check-tap next_version soak
