/*
 * checkpoint.c
 *	  fireiot.checkpoint() and fireiot.verify_against(): what is said of the
 *	  chain outside, and whether it still holds.
 */
#include "ledger/chain.h"

#include <unistd.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "ledger/merkle.h"
#include "ledger/note.h"

PG_FUNCTION_INFO_V1(ledger_checkpoint);
PG_FUNCTION_INFO_V1(ledger_verify_against);

static char *
stored_note(int64 size)
{
	const Oid	type = INT8OID;
	Datum		value = Int64GetDatum(size);

	spi_read("SELECT note FROM fireiot.ledger_checkpoint"
			 " WHERE size OPERATOR(pg_catalog.=) $1", 1, &type, &value);
	return SPI_processed > 0 ? spi_text(0, 1) : NULL;
}

static void
store_note(const note *n, const char *text)
{
	static const Oid types[] = {INT8OID, BYTEAOID, TIMESTAMPTZOID, TEXTOID};
	Datum		values[] = {
		Int64GetDatum(n->size),
		PointerGetDatum(bytes_datum(n->root, HASH_SIZE)),
		TimestampTzGetDatum(n->time), CStringGetTextDatum(text)
	};

	spi_write("INSERT INTO fireiot.ledger_checkpoint (size, root, made_at, note)"
			  " VALUES ($1, $2, $3, $4)", lengthof(types), types, values, NULL);
}

/* A file that is seen whole or not at all. */
static bool
write_file(const char *path, const char *text)
{
	char	   *temporary = psprintf("%s.new", path);
	FILE	   *file = AllocateFile(temporary, "w");
	bool		ok;

	if (file == NULL)
		return false;
	ok = fwrite(text, 1, strlen(text), file) == strlen(text) &&
		fflush(file) == 0 && pg_fsync(fileno(file)) == 0;
	ok = FreeFile(file) == 0 && ok;
	return ok && durable_rename(temporary, path, LOG) == 0;
}

/*
 * The row is there in any case: a directory that is away must not stop
 * checkpoints.
 */
static void
publish(const note *n, const char *text)
{
	char	   *path;

	if (settings.checkpoint_directory[0] == '\0')
		return;
	path = psprintf("%s/checkpoint-%020lld.txt", settings.checkpoint_directory,
					(long long) n->size);
	if (!write_file(path, text))
		ereport(WARNING,
				(errcode_for_file_access(),
				 errmsg("could not write checkpoint \"%s\": %m", path)));
}

static bool
describe_chain(note *n)
{
	chain_block head;

	if (!chain_head(&head))
		return false;
	n->origin = chain_name();
	n->size = head.n + 1;
	n->algorithm = head.algorithm;
	memcpy(n->last, head.hash, HASH_SIZE);
	n->time = GetCurrentTimestamp();
	chain_tree_root(chain_digest(head.algorithm), 0, n->size, n->root);
	return true;
}

Datum
ledger_checkpoint(PG_FUNCTION_ARGS)
{
	note		n;
	char	   *text = NULL;
	Datum		result = (Datum) 0;

	if (settings.checkpoint_key_file[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there is no key to sign a checkpoint with"),
				 errhint("Set fireiot.checkpoint_key_file.")));
	SPI_connect();
	if (describe_chain(&n))
	{
		text = stored_note(n.size);
		if (text == NULL)
		{
			text = note_sign(&n, settings.checkpoint_key_file);
			store_note(&n, text);
		}
		publish(&n, text);
		result = SPI_datumTransfer(CStringGetTextDatum(text), false, -1);
	}
	SPI_finish();
	if (text == NULL)
		PG_RETURN_NULL();
	return result;
}

/* The root over the first blocks, from their headers, not from stored nodes. */
static void
root_of_headers(int64 size, uint8 root[HASH_SIZE])
{
	Portal		portal;
	merkle_tree tree;
	bool		started = false;

	portal = SPI_cursor_open(NULL,
							 SPI_prepare("SELECT " CHAIN_BLOCK_COLUMNS
										 " FROM fireiot.ledger_block ORDER BY n", 0, NULL),
							 NULL, NULL, true);
	for (int64 done = 0; done < size;)
	{
		SPI_cursor_fetch(portal, true, 1000);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed && done < size; i++, done++)
		{
			chain_block block;
			uint8		hash[HASH_SIZE];

			chain_read_block((int) i, &block);
			if (!started)
				merkle_start(&tree, chain_digest(block.algorithm));
			started = true;
			chain_block_hash(tree.digest, &block, hash);
			if (!merkle_add(&tree, hash))
				digest_failed();
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	if (!merkle_root(&tree, root))
		digest_failed();
}

/* NULL: the chain of today extends that of the checkpoint. */
static const char *
what_differs(const note *n)
{
	chain_block head;
	uint8		root[HASH_SIZE];

	if (!chain_head(&head))
		return "there is no chain here";
	if (strcmp(chain_name(), n->origin) != 0)
		return "the checkpoint is that of another chain";
	if (head.n + 1 < n->size)
		return psprintf("the chain ends at block " INT64_FORMAT ", before block " INT64_FORMAT " of the checkpoint: an older state was put back",
						head.n, n->size - 1);
	root_of_headers(n->size, root);
	if (memcmp(root, n->root, HASH_SIZE) != 0)
		return psprintf("the chain was another one up to block " INT64_FORMAT,
						n->size - 1);
	return NULL;
}

Datum
ledger_verify_against(PG_FUNCTION_ARGS)
{
	char	   *signed_note = text_to_cstring(PG_GETARG_TEXT_PP(0));
	const char *problem;
	note		n;
	TupleDesc	description;
	Datum		values[2];
	bool		nulls[2] = {false};

	if (get_call_result_type(fcinfo, NULL, &description) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (!note_parse(signed_note, &n))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("this is no checkpoint of fireiot")));
	SPI_connect();
	if (!PG_ARGISNULL(1) &&
		!note_is_signed_by(signed_note, text_to_cstring(PG_GETARG_TEXT_PP(1))))
		problem = "the signature is not of this key";
	else
		problem = what_differs(&n);
	nulls[1] = problem == NULL;
	values[0] = BoolGetDatum(problem == NULL);
	values[1] = problem == NULL ? (Datum) 0 :
		SPI_datumTransfer(CStringGetTextDatum(problem), false, -1);
	SPI_finish();
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(description),
											 values, nulls));
}
