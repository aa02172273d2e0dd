# The extension in a real server under AddressSanitizer and UBSan, then under
# valgrind's memcheck.  Both in a private installation (test/env/tree.sh), with
# objects of their own in build/sanitize.
#
#   make check-sanitize      both at a time
#   make check-asan          under the sanitizers: every SQL suite, the vectors,
#                            a listener with devices
#   make check-memcheck      memcheck: the same with fewer suites

sanitize_build = build/sanitize

# -fwrapv would hide overflow; _FORTIFY_SOURCE would hide calls from the tool.
sanitize_flags = -O1 -g -fsanitize=address,undefined,float-divide-by-zero \
	-fno-sanitize-recover=all -fno-omit-frame-pointer -fno-wrapv \
	-U_FORTIFY_SOURCE

# What redzone.c stands for.
sanitize_comma = ,
sanitize_wrapped = palloc palloc0 repalloc pfree text_to_cstring \
	pg_detoast_datum pg_detoast_datum_packed
sanitize_wrap = $(sanitize_wrapped:%=-Wl$(sanitize_comma)--wrap=%)

sanitize_objs = $(OBJS:%=$(sanitize_build)/%)
sanitize_needs = $(wildcard src/*/*.h) test/sanitize.mk

# Of type_properties the sanitizers must do: it says much of order, little of
# memory, and takes memcheck two minutes.  The others left out are SQL above
# types and coordinates, which those that stay run.
sanitize_suites_asan = $(REGRESS)
sanitize_suites_memcheck = $(filter-out type_properties records partitions \
	registry commands roles settings rules clocks divisions imports resources nearest,$(REGRESS))

$(sanitize_objs): $(sanitize_build)/%.o: %.c $(sanitize_needs)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(CPPFLAGS) $(sanitize_flags) -c $< -o $@

$(sanitize_build)/asan/fault.o: test/sanitize/fault.c $(sanitize_needs)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(CPPFLAGS) $(sanitize_flags) -c $< -o $@

$(sanitize_build)/asan/fireiot.so: $(sanitize_objs)
	@mkdir -p $(@D)
	@$(CC) -shared $(sanitize_flags) $(sanitize_wrap) $^ $(SHLIB_LINK) -o $@

$(sanitize_build)/asan/fireiot_fault.so: $(sanitize_build)/asan/fault.o
	@$(CC) -shared $(sanitize_flags) $(sanitize_wrap) $^ -o $@

# For memcheck the extension's own objects, only linked otherwise.
$(sanitize_build)/memcheck/fireiot.so: $(OBJS) test/sanitize.mk
	@mkdir -p $(@D)
	@$(CC) -shared $(sanitize_wrap) $(OBJS) $(SHLIB_LINK) -o $@

$(sanitize_build)/memcheck/fireiot_fault.so: test/sanitize/fault.c $(sanitize_needs)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(CPPFLAGS) -shared $(sanitize_wrap) $< -o $@

$(sanitize_build)/fireiot_redzone.so: test/sanitize/redzone.c $(sanitize_needs)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(CPPFLAGS) -shared $< -o $@

$(sanitize_build)/first.so: test/sanitize/first.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -shared -Wl,-z,initfirst $^ -o $@

# Memcheck is some thirty times slower.
sanitize_frames_asan = 5000
sanitize_frames_memcheck = 500

sanitize_run = SIM='build/sim/fireiot-sim' CC='$(CC)' PG_REGRESS='$(pg_regress_client)' \
	BINDIR='$(bindir)' VECTORS='$(VECTORS)' sh test/sanitize/run.sh

sanitize_common = $(sanitize_build)/fireiot_redzone.so $(sanitize_build)/first.so \
	fireiot--$(EXTVERSION).sql build/sim/fireiot-sim

check-asan check-memcheck: check-%: $(sanitize_build)/%/fireiot.so \
		$(sanitize_build)/%/fireiot_fault.so $(sanitize_common)
	@FRAMES=$(sanitize_frames_$*) $(sanitize_run) $* $(sanitize_suites_$*)

check-sanitize: $(sanitize_common)
	@sh test/run.sh -p check-asan check-memcheck

.PHONY: check-asan check-memcheck check-sanitize
