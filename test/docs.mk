# Are the pages true?
#
#   make check-docs      every example, link, reference, key and SQL object of
#                        README.md and docs/ against a private server
#   make accept-docs     write what the examples print into the pages

# Preloaded, as the pages say it is, and without a port.
CHECK_DOCS = SERVER_SETTINGS="shared_preload_libraries = 'fireiot'\nfireiot.listen = off" \
	$(WITH_SERVER) docs $(PERL) test/docs/check.pl

check-docs:
	@$(CHECK_DOCS)

accept-docs:
	@$(CHECK_DOCS) --accept

.PHONY: check-docs accept-docs
