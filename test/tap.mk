# Servers that are started, stopped, dumped and copied: test/t/*.pl, with the
# modules that PostgreSQL's own tests use.
#
#   make check-tap [TAP_TESTS=test/t/NNN_topic.pl]

TAP_TESTS ?= $(sort $(wildcard test/t/*.pl))

check-tap:
	@BINDIR='$(bindir)' PG_REGRESS='$(pg_regress_client)' \
		PERL5LIB='$(top_builddir)/src/test/perl' PROVE='$(or $(PROVE),prove)' \
		sh test/t/run.sh $(TAP_TESTS)

.PHONY: check-tap
