# fireiot: build by PGXS, and the commands of docs/architecture.md.
#
#   make, make install      the extension, for the PostgreSQL of PG_CONFIG
#   make demo, demo-stop    a private server that shows the main job
#   make test               every suite on this machine's PostgreSQL
#   make test-majors        the same on PostgreSQL 17 and 18 in chroots
#   make vectors FILE=x     a vector file through explain_frame and _stream
#   make bench [ONLY=name]  figures
#   make lint, fuzz SECONDS=n, coverage

EXTENSION = fireiot
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" fireiot.control)
MODULE_big = fireiot
DATA_built = fireiot--$(EXTVERSION).sql

# Floors, lowest first (docs/architecture.md).
CODEC = frame layout names names_table object profile status stream text \
	time_tag unit
GEODESY = ewkb mainland mainland_table plan shift system
OBJS = $(patsubst %,src/codec/%.o,$(CODEC)) \
	$(patsubst %,src/clockwork/%.o,calendar civil due) \
	$(patsubst %,src/geodesy/%.o,$(GEODESY)) \
	$(patsubst %,src/base/%.o,event_loop instant log_once report settings shared worker) \
	$(patsubst %,src/types/%.o,alarm_state bytes_in decode_sql device_addr encode_sql \
		explain explain_sql json_writer object_in part_addr profile_sql text_out working_days_sql) \
	$(patsubst %,src/ledger/%.o,ask chain change_log change_log_sql checkpoint digest drop_database \
		export fresh guard guard_log guard_objects index_scans leaf leaf_list leaf_sort leaf_sql \
		make_ledger merkle merkle_sql note other_database part_scan progress proof refusal registry \
		seal seal_store stamp table_am verify verify_chain verify_older verify_part) \
	$(patsubst %,src/space/%.o,coordinates_sql plan_sql system_name) \
	$(patsubst %,src/ingest/%.o,alarm_flaps alarm_signals alarm_watch batch catalog connection datagram \
		downlink ingest_sql judge launcher \
		listener now_tables ownership part_changes part_rows presence records registry row_writer seen \
		session socket source statements status_sql store tls) \
	src/keeper/keeper.o src/keeper/deadlines.o src/keeper/deadlines_sql.o src/keeper/map_changes.o src/keeper/silence.o src/fireiot.o
SHLIB_LINK = -lssl -lcrypto -lm

PG_CPPFLAGS = -Isrc -DFIREIOT_VERSION='"$(EXTVERSION)"'
EXTRA_CLEAN = fireiot--$(EXTVERSION).sql src/codec/names_table.c \
	src/geodesy/mainland_table.c build/sql

PG_CONFIG ?= pg_config
ifeq ($(shell command -v $(PG_CONFIG) 2>/dev/null),)
# A fresh machine: only the targets that install what is missing can run.
PERL = perl
else
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)
endif

GENERATE = src/codec/codes/generate.pl
CODES = $(wildcard src/codec/codes/*.csv)

src/codec/names_table.c: $(GENERATE) $(CODES)
	$(PERL) $(GENERATE) c src/codec/codes >$@.new && mv $@.new $@

src/geodesy/mainland_table.c: src/geodesy/generate.pl src/geodesy/mainland.csv
	$(PERL) $^ >$@.new && mv $@.new $@

build/sql/31_code_rows.sql: $(GENERATE) $(CODES)
	@mkdir -p build/sql
	$(PERL) $(GENERATE) sql src/codec/codes >$@.new && mv $@.new $@

build/sql/%_order.sql: sql/once/scalar_order.sql.in
	@mkdir -p build/sql
	sed 's/@TYPE@/$*/g' $< >$@.new && mv $@.new $@

SQL_PARTS = $(shell sed '/^\#/d' sql/order)

# OR REPLACE serves upgrades only: at CREATE it could adopt what is foreign.
fireiot--$(EXTVERSION).sql: fireiot.control sql/order sql/join.sh $(SQL_PARTS)
	sh sql/join.sh $(SQL_PARTS) | sed 's/^CREATE OR REPLACE /CREATE /' >$@.new && mv $@.new $@

# Every object follows every header: the house is small, a stale object is not
# worth a dependency generator.
$(OBJS): $(wildcard src/*/*.h)

.DEFAULT_GOAL := all
include test/suites.mk
