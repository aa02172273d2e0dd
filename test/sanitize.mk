# The extension in a real server under AddressSanitizer and UBSan, then under
# valgrind's memcheck.  Both in a private installation (test/env/tree.sh), with
# objects of their own in build/sanitize.
#
#   make check-sanitize      both, one after the other
#   make check-asan          the sanitizers: every SQL suite and the vectors
#   make check-memcheck      memcheck: the suites of MEMCHECK_REGRESS, and the
#                            vectors

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
sanitize_headers = $(wildcard src/*/*.h)

# Suites that say something about memory and end in time under memcheck.
MEMCHECK_REGRESS = device_addr part_addr alarm_state explain decode encode \
	profiles

$(sanitize_objs): $(sanitize_build)/%.o: %.c $(sanitize_headers) test/sanitize.mk
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(CPPFLAGS) $(sanitize_flags) -c $< -o $@

$(sanitize_build)/asan/fault.o: test/sanitize/fault.c test/sanitize.mk
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(CPPFLAGS) $(sanitize_flags) -c $< -o $@

$(sanitize_build)/asan/fireiot.so: $(sanitize_objs)
	@mkdir -p $(@D)
	@$(CC) -shared $(sanitize_flags) $(sanitize_wrap) $^ $(SHLIB_LINK) -o $@

$(sanitize_build)/asan/fireiot_fault.so: $(sanitize_build)/asan/fault.o
	@$(CC) -shared $(sanitize_flags) $(sanitize_wrap) $^ -o $@

# For memcheck the extension's own objects, only linked otherwise.
$(sanitize_build)/memcheck/fireiot.so: $(OBJS)
	@mkdir -p $(@D)
	@$(CC) -shared $(sanitize_wrap) $^ $(SHLIB_LINK) -o $@

$(sanitize_build)/memcheck/fireiot_fault.so: test/sanitize/fault.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(CPPFLAGS) -shared $(sanitize_wrap) $^ -o $@

$(sanitize_build)/fireiot_redzone.so: test/sanitize/redzone.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(CPPFLAGS) -shared $^ -o $@

sanitize_run = CC='$(CC)' PG_REGRESS='$(pg_regress_client)' \
	BINDIR='$(bindir)' VECTORS='$(VECTORS)' sh test/sanitize/run.sh

check-asan check-memcheck: check-%: $(sanitize_build)/%/fireiot.so \
		$(sanitize_build)/%/fireiot_fault.so \
		$(sanitize_build)/fireiot_redzone.so fireiot--$(EXTVERSION).sql
	@$(sanitize_run) $* $(if $(filter memcheck,$*),$(MEMCHECK_REGRESS),$(REGRESS))

check-sanitize:
	@sh test/run.sh check-asan check-memcheck

.PHONY: check-asan check-memcheck check-sanitize
