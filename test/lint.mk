# Style, floors, SQL security (test/lint/).  Each check is a small program
# there that looks at the tree in the current directory.

.PHONY: lint check-lint check-catalog indent

lint: deps
	@$(MAKE) --no-print-directory check-lint

# Of what is built, the checks want what is generated.
check-lint: src/codec/names_table.c $(DATA_built)
	@sh test/lint/run.sh

# What CREATE EXTENSION made; wants the extension installed.
check-catalog:
	@$(WITH_SERVER) lint sh test/lint/catalog.sh

indent:
	@sh test/lint/format.sh write
