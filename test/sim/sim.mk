# The device simulator, fireiot-sim (docs/simulator.md).  No PostgreSQL is
# needed to build it; OpenSSL for --tls.  Stands behind floor0.mk, whose
# CODEC_NAMES and SANITIZE it uses.
#
#   make build/sim/fireiot-sim
#   make check-sim           units, then behaviour against small centres, both
#                            also under ASan + UBSan; the checker of records

sim_sources = $(wildcard test/sim/*.c)
sim_names = $(filter-out main,$(sim_sources:test/sim/%.c=%)) drill_script
sim_needs = $(wildcard test/sim/*.h src/codec/*.h test/unit/check.h) \
	test/sim/sim.mk
sim_flags = -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -Isrc -Itest \
	-Itest/sim

# A flavour is one way to compile codec and simulator; all of it goes to
# build/sim/FLAVOUR.
sim_flags_plain = -O2 -g
sim_flags_asan = -O1 -g $(SANITIZE)

sim_objects = $(sim_names:%=build/sim/$(1)/%.o) \
	$(CODEC_NAMES:%=build/sim/$(1)/codec/%.o)

define sim_rules
$(CODEC_NAMES:%=build/sim/$(1)/codec/%.o): build/sim/$(1)/codec/%.o: \
		src/codec/%.c $(sim_needs)
	@mkdir -p $$(@D)
	@$$(CC) $(sim_flags) $(sim_flags_$(1)) -c $$< -o $$@

$(sim_sources:test/sim/%.c=build/sim/$(1)/%.o) build/sim/$(1)/unit/test_sim.o: \
		build/sim/$(1)/%.o: test/sim/%.c $(sim_needs)
	@mkdir -p $$(@D)
	@$$(CC) $(sim_flags) $(sim_flags_$(1)) -c $$< -o $$@

build/sim/$(1)/drill_script.o: build/sim/drill_script.c $(sim_needs)
	@mkdir -p $$(@D)
	@$$(CC) $(sim_flags) $(sim_flags_$(1)) -c $$< -o $$@

build/sim/$(1)/fireiot-sim: build/sim/$(1)/main.o $(call sim_objects,$(1))
	@$$(CC) $(sim_flags_$(1)) $$^ -lssl -lcrypto -lm -o $$@

build/sim/$(1)/test_sim: build/sim/$(1)/unit/test_sim.o \
		$(call sim_objects,$(1))
	@$$(CC) $(sim_flags_$(1)) $$^ -lssl -lcrypto -lm -o $$@
endef

$(foreach flavour,plain asan,$(eval $(call sim_rules,$(flavour))))

# The script of drill as a text of C.
build/sim/drill_script.c: test/sim/drill.script
	@mkdir -p $(@D)
	@{ echo '#include "script.h"'; echo 'const char sim_drill_script[] ='; \
		sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $<; echo ';'; } >$@.new
	@mv $@.new $@

build/sim/fireiot-sim: build/sim/plain/fireiot-sim
	@cp $< $@.new && mv $@.new $@

all: build/sim/fireiot-sim
install: install-sim
uninstall: uninstall-sim
EXTRA_CLEAN += build/sim

install-sim: build/sim/fireiot-sim
	$(MKDIR_P) '$(DESTDIR)$(bindir)'
	$(INSTALL_PROGRAM) $< '$(DESTDIR)$(bindir)/fireiot-sim'

uninstall-sim:
	rm -f '$(DESTDIR)$(bindir)/fireiot-sim'

sim_test = $(PERL) test/sim/test.pl build/sim/$(1)/fireiot-sim

check-sim: $(foreach flavour,plain asan,\
		build/sim/$(flavour)/test_sim build/sim/$(flavour)/fireiot-sim)
	@rm -f build/sim/*.tally
	@$(RUN_UNIT) simulator build/sim/1.tally '' build/sim/plain/test_sim \
		'$(call sim_test,plain)'
	@$(RUN_UNIT) sanitizers build/sim/2.tally '' build/sim/asan/test_sim \
		'$(call sim_test,asan)'
	@$(RUN_UNIT) checker build/sim/3.tally '' '$(WITH_SERVER) sim \
		sh test/sim/check_test.sh build/sim/plain/fireiot-sim'
	@$(RUN_UNIT) --sum build/sim/*.tally

.PHONY: install-sim uninstall-sim check-sim
