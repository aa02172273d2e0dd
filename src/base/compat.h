/*
 * compat.h
 *	  Differences between PostgreSQL 15, 16, 17 and 18.
 *
 * The only file that may look at PG_VERSION_NUM.  Each wrapper carries the
 * name of the newest form and says which major brought it.
 */
#ifndef FIREIOT_COMPAT_H
#define FIREIOT_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 150000 || PG_VERSION_NUM >= 190000
#error "fireiot supports PostgreSQL 15, 16, 17 and 18"
#endif

/*
 * Soft input errors (16): an input function given an ErrorSaveContext reports
 * there and returns.  Before 16 every bad input is an ERROR.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#else
#define ereturn(context, dummy_value, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy_value; \
	} while (0)
#endif

/* Variable-length values have a header of their own (16). */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* "Does not return" stands first in a declaration (18). */
#if PG_VERSION_NUM < 180000
#define pg_noreturn _Noreturn
#endif

/* Name and version of the module in its magic block (18). */
#if PG_VERSION_NUM >= 180000
#define FIREIOT_MODULE_MAGIC(version_text) \
	PG_MODULE_MAGIC_EXT(.name = "fireiot", .version = version_text)
#else
#define FIREIOT_MODULE_MAGIC(version_text) PG_MODULE_MAGIC
#endif

/* Owned by a resource owner instead of a memory context (17). */
#if PG_VERSION_NUM >= 180000
#include "storage/waiteventset.h"
#define wait_event_set_create(nevents) CreateWaitEventSet(NULL, nevents)
#elif PG_VERSION_NUM >= 170000
#include "storage/latch.h"
#define wait_event_set_create(nevents) CreateWaitEventSet(NULL, nevents)
#else
#include "storage/latch.h"
#define wait_event_set_create(nevents) \
	CreateWaitEventSet(TopMemoryContext, nevents)
#endif

/* Wait events with names of an extension's own (17). */
#include "pgstat.h"
#if PG_VERSION_NUM >= 170000
#define wait_event_named(name) WaitEventExtensionNew(name)
#else
#define wait_event_named(name) ((void) (name), PG_WAIT_EXTENSION)
#endif

/* A process's place in ProcGlobal->allProcs (17). */
#if PG_VERSION_NUM >= 170000
#include "storage/procnumber.h"
#define my_proc_number() MyProcNumber
#else
#define my_proc_number() (MyProc->pgprocno)
#endif

/* The number of this process's transaction, its own count; moved with 17. */
#if PG_VERSION_NUM >= 170000
#define my_local_transaction() (MyProc->vxid.lxid)
#else
#define my_local_transaction() (MyProc->lxid)
#endif

/* A record in the log that makes the transaction one with something to flush;
 * whether to flush at once came with 17. */
#include "replication/message.h"
#if PG_VERSION_NUM >= 170000
#define log_mark(prefix) \
	((void) LogLogicalMessage(prefix, "", 0, true, false))
#else
#define log_mark(prefix) ((void) LogLogicalMessage(prefix, "", 0, true))
#endif

/* Index entries of an inserted row; onlySummarizing came with 16. */
#include "executor/executor.h"
#if PG_VERSION_NUM >= 160000
#define insert_index_entries(target, slot, estate) \
	ExecInsertIndexTuples(target, slot, estate, false, false, NULL, NIL, false)
#else
#define insert_index_entries(target, slot, estate) \
	ExecInsertIndexTuples(target, slot, estate, false, false, NULL, NIL)
#endif

/* May the present user drop a database?  One function for all kinds of
 * objects came with 16. */
#include "utils/acl.h"
#if PG_VERSION_NUM >= 160000
#include "catalog/pg_database.h"
#define owns_database(database) \
	object_ownercheck(DatabaseRelationId, database, GetUserId())
#else
#define owns_database(database) \
	pg_database_ownercheck(database, GetUserId())
#endif

/* An index scan; instrumentation came with 18. */
#include "access/genam.h"
#if PG_VERSION_NUM >= 180000
#define index_scan_begin(table, index, snapshot, keys) \
	index_beginscan(table, index, snapshot, NULL, keys, 0)
#else
#define index_scan_begin(table, index, snapshot, keys) \
	index_beginscan(table, index, snapshot, keys, 0)
#endif

/*
 * Change a row and its index entries.  Whether all indexes need entries, or
 * only those that summarize, is told since 16.
 */
#include "access/tableam.h"
static inline TM_Result
update_row(ResultRelInfo *target, ItemPointer at, TupleTableSlot *slot,
		   EState *estate, Snapshot snapshot)
{
	TM_FailureData failure;
	LockTupleMode mode;
	TM_Result	result;
#if PG_VERSION_NUM >= 160000
	TU_UpdateIndexes entries;
#else
	bool		entries;
#endif

	result = table_tuple_update(target->ri_RelationDesc, at, slot,
								estate->es_output_cid, snapshot,
								InvalidSnapshot, true, &failure, &mode,
								&entries);
#if PG_VERSION_NUM >= 160000
	if (result == TM_Ok && entries != TU_None)
		list_free(ExecInsertIndexTuples(target, slot, estate, true, false,
										NULL, NIL,
										entries == TU_Summarizing));
#else
	if (result == TM_Ok && entries)
		list_free(ExecInsertIndexTuples(target, slot, estate, true, false,
										NULL, NIL));
#endif
	return result;
}

/*
 * Callbacks of a table access method: storage is named by a file locator
 * (16), and an update says which indexes need entries (16).
 */
#if PG_VERSION_NUM >= 160000
#define relation_file_locator(relation) (&(relation)->rd_locator)
#define set_file_locator(at, tablespace, database, number) \
	((at)->spcOid = (tablespace), (at)->dbOid = (database), \
	 (at)->relNumber = (number))
#define file_locator_equals(a, b) RelFileLocatorEquals(*(a), *(b))
typedef RelFileLocator file_locator;
typedef TU_UpdateIndexes updated_indexes;
#else
#define relation_file_locator(relation) (&(relation)->rd_node)
#define set_file_locator(at, tablespace, database, number) \
	((at)->spcNode = (tablespace), (at)->dbNode = (database), \
	 (at)->relNode = (number))
#define file_locator_equals(a, b) RelFileNodeEquals(*(a), *(b))
#define relation_set_new_filelocator relation_set_new_filenode
typedef RelFileNode file_locator;
typedef bool updated_indexes;
#endif

/* The next value of a sort; whether it is a copy is asked since 16. */
#include "utils/tuplesort.h"
#if PG_VERSION_NUM >= 160000
#define tuplesort_next_datum(sort, value, is_null) \
	tuplesort_getdatum(sort, true, false, value, is_null, NULL)
#else
#define tuplesort_next_datum(sort, value, is_null) \
	tuplesort_getdatum(sort, true, value, is_null, NULL)
#endif

/* What a process is doing, by its place in the list; renamed in 16. */
#include "utils/backend_status.h"
#if PG_VERSION_NUM >= 160000
#define local_backend_status(n) pgstat_get_local_beentry_by_index(n)
#else
#define local_backend_status(n) pgstat_fetch_stat_local_beentry(n)
#endif

/* A list of names from a qualified one; soft errors came with 16. */
#include "utils/varlena.h"
#include "utils/regproc.h"
#if PG_VERSION_NUM >= 160000
#define qualified_name_list(text) stringToQualifiedNameList(text, NULL)
#else
#define qualified_name_list(text) stringToQualifiedNameList(text)
#endif

/*
 * Where the relation map of a database has a catalog, and "no backend" for the
 * storage manager: other names since 16 and 17.
 */
#if PG_VERSION_NUM >= 160000
#define mapped_file_number(path, catalog) \
	RelationMapOidToFilenumberForDatabase(path, catalog)
#else
#define mapped_file_number(path, catalog) \
	RelationMapOidToFilenodeForDatabase(path, catalog)
#endif
#if PG_VERSION_NUM >= 170000
#define NO_BACKEND INVALID_PROC_NUMBER
#else
#include "storage/backendid.h"
#define NO_BACKEND InvalidBackendId
#endif

#endif							/* FIREIOT_COMPAT_H */
