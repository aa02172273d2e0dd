/*
 * attack.c
 *	  What a superuser can do by functions in C, for tests only: it goes past
 *	  every hook and every access method.  Never installed.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "catalog/objectaccess.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "storage/bufmgr.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(attack_delete);
PG_FUNCTION_INFO_V1(attack_overwrite);
PG_FUNCTION_INFO_V1(attack_double);
PG_FUNCTION_INFO_V1(attack_hooks);

/* attack_delete(table regclass, row tid) */
Datum
attack_delete(PG_FUNCTION_ARGS)
{
	Relation	table = table_open(PG_GETARG_OID(0), RowExclusiveLock);

	simple_heap_delete(table, (ItemPointer) PG_GETARG_POINTER(1));
	table_close(table, NoLock);
	PG_RETURN_VOID();
}

static void
replace(char *bytes, size_t size, const char *from, const char *to)
{
	size_t		length = strlen(from);

	for (size_t i = 0; i + length <= size; i++)
		if (memcmp(bytes + i, from, length) == 0)
			memcpy(bytes + i, to, length);
}

/*
 * attack_overwrite(table regclass, row tid, was text, is text): in the page,
 * without a trace in WAL.  Both texts are of the same length.
 */
Datum
attack_overwrite(PG_FUNCTION_ARGS)
{
	Relation	table = table_open(PG_GETARG_OID(0), RowExclusiveLock);
	ItemPointer row = (ItemPointer) PG_GETARG_POINTER(1);
	Buffer		buffer = ReadBuffer(table, ItemPointerGetBlockNumber(row));
	Page		page;
	ItemId		item;

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	page = BufferGetPage(buffer);
	item = PageGetItemId(page, ItemPointerGetOffsetNumber(row));
	replace((char *) PageGetItem(page, item), ItemIdGetLength(item),
			text_to_cstring(PG_GETARG_TEXT_PP(2)),
			text_to_cstring(PG_GETARG_TEXT_PP(3)));
	MarkBufferDirty(buffer);
	UnlockReleaseBuffer(buffer);
	table_close(table, NoLock);
	PG_RETURN_VOID();
}

/* attack_double(table regclass, row tid): the same once more, tx and all. */
Datum
attack_double(PG_FUNCTION_ARGS)
{
	Relation	table = table_open(PG_GETARG_OID(0), RowExclusiveLock);
	HeapTupleData found;
	Buffer		buffer;

	found.t_self = *(ItemPointer) PG_GETARG_POINTER(1);
	if (!heap_fetch(table, GetActiveSnapshot(), &found, &buffer, false))
		elog(ERROR, "there is no such row");
	simple_heap_insert(table, heap_copytuple(&found));
	ReleaseBuffer(buffer);
	table_close(table, NoLock);
	PG_RETURN_VOID();
}

/* attack_hooks(): nobody is asked any more, in this session. */
Datum
attack_hooks(PG_FUNCTION_ARGS)
{
	object_access_hook = NULL;
	ProcessUtility_hook = NULL;
	ExecutorStart_hook = NULL;
	PG_RETURN_VOID();
}
