/*
 * export.c
 *	  fireiot.export_note(): what stands over exported records, so that none of
 *	  them can be taken away, added or exchanged without being noticed.
 *
 * It says nothing that a checkpoint says: its first line is another one.
 */
#include "ledger/chain.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/settings.h"
#include "ledger/note.h"

PG_FUNCTION_INFO_V1(ledger_export_note);

/* Of the lines as they stand in a file, each with its line feed. */
static int
hash_lines(ArrayType *lines, digest *d, uint8 hash[HASH_SIZE])
{
	StringInfoData file;
	Datum	   *texts;
	bool	   *nulls;
	int			count;

	deconstruct_array(lines, TEXTOID, -1, false, TYPALIGN_INT, &texts, &nulls,
					  &count);
	initStringInfo(&file);
	for (int i = 0; i < count; i++)
	{
		text	   *line;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("line %d is null", i + 1)));
		line = DatumGetTextPP(texts[i]);
		appendBinaryStringInfo(&file, VARDATA_ANY(line),
							   VARSIZE_ANY_EXHDR(line));
		appendStringInfoChar(&file, '\n');
	}
	if (!digest_of(d, file.data, file.len, hash))
		digest_failed();
	pfree(file.data);
	return count;
}

/* On one line of the note. */
static char *
one_line(char *about)
{
	for (char *c = about; *c != '\0'; c++)
		if ((unsigned char) *c < ' ')
			*c = ' ';
	return about;
}

Datum
ledger_export_note(PG_FUNCTION_ARGS)
{
	ArrayType  *lines = PG_GETARG_ARRAYTYPE_P(0);
	char	   *about = one_line(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	MemoryContext context = CurrentMemoryContext;
	chain_block head;
	uint8		hash[HASH_SIZE];
	char	   *name;
	char	   *said;
	int			count;

	SPI_connect();
	MemoryContextSwitchTo(context);
	if (!chain_head(&head))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no row is sealed"),
				 errhint("Call fireiot.seal().")));
	name = psprintf("%s/export", chain_name());
	SPI_finish();
	count = hash_lines(lines, chain_digest(head.algorithm), hash);
	said = psprintf("%s\n%d\n%s\nalgorithm %s\nrecords %s\ntime %s\n", name,
					count, note_base64(hash, HASH_SIZE),
					digest_name(head.algorithm), about,
					note_time(GetCurrentTimestamp()));
	if (settings.checkpoint_key_file[0] != '\0')
		said = note_sign_text(name, said, settings.checkpoint_key_file);
	PG_RETURN_TEXT_P(cstring_to_text(said));
}
