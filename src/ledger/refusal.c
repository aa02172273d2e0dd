/*
 * refusal.c
 *	  What a record table does not allow, said in one voice.
 */
#include "ledger/refusal.h"

#include "access/tableam.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

void
refuse(const char *what, const char *table, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg_internal(what, table),
			 errhint("%s", hint)));
}

char *
qualified_name(Relation relation)
{
	return quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)),
									  RelationGetRelationName(relation));
}

Oid
rewritten_by_name(const char *name)
{
	unsigned int of;
	int			length = 0;

	if (sscanf(name, "pg_temp_%u%n", &of, &length) != 1 ||
		name[length] != '\0')
		return InvalidOid;
	return (Oid) of;
}

bool
holds_rows(Relation relation)
{
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	TableScanDesc scan = table_beginscan(relation, SnapshotSelf, 0, NULL);
	bool		found = table_scan_getnextslot(scan, ForwardScanDirection,
											   slot);

	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	return found;
}
