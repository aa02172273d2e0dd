# Are the pages true?
#
#   make check-docs      every example, link, reference, key and SQL object of
#                        README.md and docs/ against a private server
#   make accept-docs     write what the examples print into the pages

CHECK_DOCS = $(WITH_SERVER) docs $(PERL) test/docs/check.pl

check-docs:
	@$(CHECK_DOCS)

accept-docs:
	@$(CHECK_DOCS) --accept

.PHONY: check-docs accept-docs
