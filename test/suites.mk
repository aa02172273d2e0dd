# The commands that test, measure and show (docs/architecture.md, section 2).
# Each suite ends with the line `N passed, N failed`.

SHELL = /bin/sh
export PG_CONFIG MAKE PERL

SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
WITH_SERVER = sh test/env/with_server.sh
VECTORS = test/data/vectors.jsonl

# Suites that run wherever the extension does, and those that need tools of
# the reference platform.
SUITES_HERE = check-unit check-sim check-catalog check-sql check-vectors \
	check-vector-runner check-tap check-docs
SUITES = check-lint $(SUITES_HERE) check-sanitize

REGRESS = codes device_addr part_addr alarm_state type_properties \
	explain decode encode profiles coordinates \
	change_log retention records partitions privileges registry commands roles settings \
	ingest status chain rules clocks places divisions imports resources nearest
ifeq ($(filter 15,$(MAJORVERSION)),)
REGRESS += type_soft_errors
endif

.PHONY: deps ready test test-ready test-here test-majors check-sql \
	check-vectors check-vector-runner vectors demo demo-stop bench

deps:
	@sh test/env/deps.sh

# Installed: a second make, since PGXS may be there only now.
ready: deps
	@$(MAKE) --no-print-directory -s all
	@$(SUDO) $(MAKE) --no-print-directory -s install >/dev/null

test: ready
	@$(MAKE) --no-print-directory test-ready

test-ready:
	@sh test/run.sh $(SUITES)

# Without installing what is missing: for the chroots of test-majors.
test-here:
	@$(MAKE) --no-print-directory -s all
	@$(SUDO) $(MAKE) --no-print-directory -s install >/dev/null
	@sh test/run.sh $(SUITES_HERE)

test-majors: deps
	@sh test/run.sh test-major-17 test-major-18

test-major-%:
	@sh test/env/majors.sh $*

check-sql:
	@rm -rf build/regress && mkdir -p build/regress
	@SERVER_SETTINGS="shared_preload_libraries = 'fireiot'\nfireiot.listen = off" \
	$(WITH_SERVER) regress sh test/regress.sh $(pg_regress_client) \
		--bindir=$(bindir) --inputdir=test --outputdir=build/regress \
		--dbname=contrib_regression --load-extension=postgis \
		--load-extension=fireiot $(REGRESS)

pg_regress_client = $(top_builddir)/src/test/regress/pg_regress

check-vectors:
	@$(WITH_SERVER) vectors sh test/vectors/run.sh $(VECTORS)

check-vector-runner:
	@$(WITH_SERVER) vectors sh test/vectors/selftest.sh

vectors: ready
	@[ -n "$(FILE)" ] || { echo "usage: make vectors FILE=x.jsonl" >&2; exit 2; }
	@$(WITH_SERVER) vectors sh test/vectors/run.sh "$(FILE)"

demo: ready
	@sh test/demo/demo.sh start

demo-stop:
	@sh test/demo/demo.sh stop

bench: ready
	@$(MAKE) --no-print-directory -s $(if $(ONLY),bench-$(ONLY),bench-decode)

-include test/floor0.mk
include test/sim/sim.mk
include test/bench/ingest.mk
include test/bench/ledger.mk
include test/bench/alarms.mk
include test/bench/space.mk
-include test/lint.mk
-include test/docs.mk
-include test/tap.mk
-include test/sanitize.mk
