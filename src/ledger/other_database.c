/*
 * other_database.c
 *	  A look at the tables of a database that this session is not in.
 *
 * Its pg_class is read block by block, as CREATE DATABASE does with that of
 * the template: it is where the relation map of the database says, and
 * transactions are the cluster's.  No index, no cache.
 */
#include "ledger/other_database.h"

#include <unistd.h>

#include "access/heapam.h"
#include "access/transam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "common/relpath.h"
#include "storage/bufmgr.h"
#include "storage/smgr.h"
#include "utils/relmapper.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* False: the files are gone, as behind a drop that was interrupted. */
static bool
find_tables(Oid database, file_locator *where)
{
	HeapTuple	row = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(database));
	Oid			tablespace;
	char	   *path;

	if (!HeapTupleIsValid(row))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_DATABASE),
				 errmsg("database with OID %u does not exist", database)));
	tablespace = ((Form_pg_database) GETSTRUCT(row))->dattablespace;
	ReleaseSysCache(row);
	path = GetDatabasePath(database, tablespace);
	if (access(psprintf("%s/pg_filenode.map", path), F_OK) != 0)
		return false;
	set_file_locator(where, tablespace, database,
					 mapped_file_number(path, RelationRelationId));
	return smgrexists(smgropen(*where, NO_BACKEND), MAIN_FORKNUM);
}

static bool
is_foreign(HeapTuple row)
{
	Form_pg_class class = (Form_pg_class) GETSTRUCT(row);

	return class->relkind == RELKIND_RELATION &&
		class->relam >= FirstNormalObjectId;
}

static bool
page_has_foreign(Buffer buffer, Snapshot snapshot)
{
	Page		page = BufferGetPage(buffer);
	bool		found = false;

	for (OffsetNumber n = FirstOffsetNumber;
		 !found && n <= PageGetMaxOffsetNumber(page); n++)
	{
		ItemId		item = PageGetItemId(page, n);
		HeapTupleData row;

		if (!ItemIdIsNormal(item))
			continue;
		row.t_data = (HeapTupleHeader) PageGetItem(page, item);
		row.t_len = ItemIdGetLength(item);
		row.t_tableOid = RelationRelationId;
		ItemPointerSet(&row.t_self, BufferGetBlockNumber(buffer), n);
		found = HeapTupleSatisfiesVisibility(&row, snapshot, buffer) &&
			is_foreign(&row);
	}
	return found;
}

bool
has_foreign_tables(Oid database)
{
	file_locator where;
	BlockNumber count;
	Snapshot	snapshot;
	bool		found = false;

	if (!find_tables(database, &where))
		return false;
	count = smgrnblocks(smgropen(where, NO_BACKEND), MAIN_FORKNUM);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	for (BlockNumber n = 0; !found && n < count; n++)
	{
		Buffer		buffer = ReadBufferWithoutRelcache(where, MAIN_FORKNUM, n,
													   RBM_NORMAL, NULL, true);

		CHECK_FOR_INTERRUPTS();
		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		found = page_has_foreign(buffer, snapshot);
		UnlockReleaseBuffer(buffer);
	}
	UnregisterSnapshot(snapshot);
	smgrclose(smgropen(where, NO_BACKEND));
	return found;
}
