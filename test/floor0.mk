# Floor 0 (src/codec, src/clockwork, src/geodesy) by itself: unit tests, fuzzing, coverage, benchmark.
# No PostgreSQL is needed for any of it.
#
#   make check-unit          plain, under ASan + UBSan, under valgrind; then
#                            the fuzz corpus under ASan + UBSan
#   make fuzz SECONDS=n      libFuzzer (clang), n seconds over all targets
#   make fuzz-corpus         minimise seeds and new inputs into the tree
#   make coverage            lines of floor 0 that the above run (gcc)
#   make bench-decode        figures of the decoder

floor0_goal := $(.DEFAULT_GOAL)

FUZZ_CC ?= clang
CODEC_GCOV ?= gcov
VALGRIND ?= valgrind
SECONDS ?= 60
COVERAGE_LIMIT = 95

CODEC_NAMES = $(sort $(basename $(notdir $(wildcard src/codec/*.c))) \
	names_table)
CODEC_SOURCES = $(CODEC_NAMES:%=src/codec/%.c)
CLOCKWORK_NAMES = $(sort $(basename $(notdir $(wildcard src/clockwork/*.c))))
GEODESY_NAMES = $(sort $(basename $(notdir $(wildcard src/geodesy/*.c))) \
	mainland_table)
FLOOR0_SOURCES = $(CODEC_SOURCES) $(GEODESY_NAMES:%=src/geodesy/%.c)
# Of a floor above, but of libc and OpenSSL only.
LEDGER_NAMES = digest merkle
UNIT_TESTS = $(sort $(basename $(notdir $(wildcard test/unit/test_*.c))))
FUZZ_TARGETS = cutter decode roundtrip ewkb
FLOOR0_HEADERS = $(wildcard src/codec/*.h src/clockwork/*.h src/geodesy/*.h \
	test/unit/*.h test/fuzz/*.h)
FLOOR0_INCLUDE = -Isrc -Itest
CODEC_STRICT = -std=c11 -Wall -Wextra -Wconversion -Werror
UNIT_STRICT = -std=gnu11 -Wall -Wextra -Wdeclaration-after-statement \
	-Wno-missing-field-initializers -Werror
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer

# A flavour is one way to compile codec, tests and corpus replay; all of it
# goes to build/unit/FLAVOUR.
flavour_flags_plain = -O2 -g
flavour_flags_asan = -O1 -g $(SANITIZE)
flavour_flags_cov = -O0 -g --coverage

flavour_codec = $(CODEC_NAMES:%=build/unit/$(1)/codec/%.o)
flavour_clockwork = $(CLOCKWORK_NAMES:%=build/unit/$(1)/clockwork/%.o)
flavour_geodesy = $(GEODESY_NAMES:%=build/unit/$(1)/geodesy/%.o)
flavour_ledger = $(LEDGER_NAMES:%=build/unit/$(1)/ledger/%.o)
flavour_tests = $(UNIT_TESTS:%=build/unit/$(1)/%)
flavour_replays = $(FUZZ_TARGETS:%=build/unit/$(1)/%_replay)
replay_commands = $(foreach t,$(FUZZ_TARGETS),\
	'build/unit/$(1)/$(t)_replay test/fuzz/corpus/$(t)')

define flavour_rules
$(call flavour_codec,$(1)): build/unit/$(1)/codec/%.o: src/codec/%.c \
		$(FLOOR0_HEADERS)
	@mkdir -p $$(@D)
	$$(CC) $(CODEC_STRICT) $(flavour_flags_$(1)) -Isrc -c $$< -o $$@

$(call flavour_clockwork,$(1)): build/unit/$(1)/clockwork/%.o: \
		src/clockwork/%.c $(FLOOR0_HEADERS)
	@mkdir -p $$(@D)
	$$(CC) $(CODEC_STRICT) $(flavour_flags_$(1)) -Isrc -c $$< -o $$@

$(call flavour_geodesy,$(1)): build/unit/$(1)/geodesy/%.o: src/geodesy/%.c \
		$(FLOOR0_HEADERS)
	@mkdir -p $$(@D)
	$$(CC) $(CODEC_STRICT) $(flavour_flags_$(1)) -Isrc -c $$< -o $$@

$(call flavour_ledger,$(1)): build/unit/$(1)/ledger/%.o: src/ledger/%.c \
		src/ledger/digest.h src/ledger/merkle.h
	@mkdir -p $$(@D)
	$$(CC) $(CODEC_STRICT) $(flavour_flags_$(1)) -Isrc -c $$< -o $$@

$(UNIT_TESTS:%=build/unit/$(1)/unit/%.o): build/unit/$(1)/unit/%.o: \
		test/unit/%.c $(FLOOR0_HEADERS)
	@mkdir -p $$(@D)
	$$(CC) $(UNIT_STRICT) $(flavour_flags_$(1)) $(FLOOR0_INCLUDE) -c $$< -o $$@

build/unit/$(1)/fuzz/replay.o $(FUZZ_TARGETS:%=build/unit/$(1)/fuzz/%_fuzzer.o): \
		build/unit/$(1)/fuzz/%.o: test/fuzz/%.c $(FLOOR0_HEADERS)
	@mkdir -p $$(@D)
	$$(CC) $(UNIT_STRICT) $(flavour_flags_$(1)) $(FLOOR0_INCLUDE) -c $$< -o $$@

$(call flavour_tests,$(1)): build/unit/$(1)/%: build/unit/$(1)/unit/%.o \
		$(call flavour_codec,$(1)) $(call flavour_clockwork,$(1)) \
		$(call flavour_geodesy,$(1)) \
		$(call flavour_ledger,$(1))
	$$(CC) $(flavour_flags_$(1)) $$^ -lm -lcrypto -o $$@

$(call flavour_replays,$(1)): build/unit/$(1)/%_replay: \
		build/unit/$(1)/fuzz/%_fuzzer.o build/unit/$(1)/fuzz/replay.o \
		$(call flavour_codec,$(1)) $(call flavour_geodesy,$(1))
	$$(CC) $(flavour_flags_$(1)) $$^ -lm -o $$@
endef

$(foreach flavour,plain asan cov,$(eval $(call flavour_rules,$(flavour))))

# Unit tests

RUN_UNIT = $(PERL) test/unit/run.pl

check-unit: $(call flavour_tests,plain) $(call flavour_tests,asan) \
		$(call flavour_replays,asan)
	@rm -f build/unit/*.tally
	@$(RUN_UNIT) plain build/unit/1.tally '' $(call flavour_tests,plain)
	@$(RUN_UNIT) sanitizers build/unit/2.tally '' $(call flavour_tests,asan)
	@if command -v $(VALGRIND) >/dev/null; then \
		CHECK_STRIDE=31 $(RUN_UNIT) valgrind build/unit/3.tally \
			'$(VALGRIND) -q --error-exitcode=1' $(call flavour_tests,plain); \
	else \
		echo "# valgrind: skipped, $(VALGRIND) is not installed"; \
	fi
	@$(RUN_UNIT) corpus build/unit/4.tally '' $(call replay_commands,asan)
	@$(RUN_UNIT) --sum build/unit/*.tally

# Coverage

coverage: $(call flavour_tests,cov) $(call flavour_replays,cov)
	@find build/unit/cov -name '*.gcda' -exec rm {} +
	@CHECK_STRIDE=11 $(RUN_UNIT) coverage build/unit/cov.total '' \
		$(call flavour_tests,cov) $(call replay_commands,cov) \
		>build/unit/cov.log || { cat build/unit/cov.log; exit 1; }
	@$(RUN_UNIT) --sum build/unit/cov.total
	@for directory in codec clockwork geodesy; do \
		$(PERL) test/unit/coverage.pl $(CODEC_GCOV) $(COVERAGE_LIMIT) \
			src/$$directory `find build/unit/cov -name '*.gcda' | sort` || exit 1; \
	done

# Fuzzing

FUZZERS = $(FUZZ_TARGETS:%=build/fuzz/%_fuzzer)

$(FUZZERS): build/fuzz/%_fuzzer: test/fuzz/%_fuzzer.c $(FLOOR0_SOURCES) \
		$(FLOOR0_HEADERS)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(UNIT_STRICT) -O1 -g -fsanitize=fuzzer $(SANITIZE) \
		$(FLOOR0_INCLUDE) $< $(FLOOR0_SOURCES) -lm -o $@

# clang may have to be installed first
$(FUZZERS): | deps

fuzz: $(FUZZERS)
	@test/fuzz/run.sh $(SECONDS) $(FUZZ_TARGETS)

fuzz-seeds:
	@rm -rf build/fuzz/seeds
	@mkdir -p build/fuzz
	@$(PERL) test/fuzz/seeds.pl test/data/vectors.jsonl src/codec/profile.c \
		build/fuzz/seeds
	@mkdir -p build/fuzz/seeds/ewkb

fuzz-corpus: $(FUZZERS) fuzz-seeds
	@test/fuzz/corpus.sh $(FUZZ_TARGETS)

# Benchmark: the compiler flags are those of the extension itself.

BENCH_CODEC = $(CODEC_NAMES:%=build/bench/codec/%.o)

$(BENCH_CODEC): build/bench/codec/%.o: src/codec/%.c $(FLOOR0_HEADERS)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -Isrc -c $< -o $@

build/bench/decode: test/bench/decode.c $(BENCH_CODEC)
	@$(CC) $(CFLAGS) $(FLOOR0_INCLUDE) $^ -o $@

build/bench/frames.bin: test/bench/frames.pl test/data/vectors.jsonl
	@mkdir -p $(@D)
	@$(PERL) test/bench/frames.pl test/data/vectors.jsonl >$@.new
	@mv $@.new $@

bench-decode: build/bench/decode build/bench/frames.bin
	@build/bench/decode build/bench/frames.bin >build/bench/decode.tsv
	@cat build/bench/decode.tsv

.PHONY: check-unit coverage fuzz fuzz-seeds fuzz-corpus bench-decode
.DEFAULT_GOAL := $(floor0_goal)
