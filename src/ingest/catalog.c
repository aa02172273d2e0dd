/*
 * catalog.c
 *	  The objects of the extension that the way of a frame needs.
 */
#include "ingest/catalog.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

static void
missing(const char *name)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("fireiot.%s does not exist", name),
			 errhint("CREATE EXTENSION fireiot CASCADE, or ALTER EXTENSION fireiot UPDATE.")));
}

static Oid
relation(Oid schema, const char *name)
{
	Oid			id = OidIsValid(schema) ? get_relname_relid(name, schema) :
		InvalidOid;

	if (!OidIsValid(id))
		missing(name);
	return id;
}

static Oid
type(Oid schema, const char *name)
{
	Oid			id = OidIsValid(schema) ?
		GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, PointerGetDatum(name),
						ObjectIdGetDatum(schema)) : InvalidOid;

	if (!OidIsValid(id))
		missing(name);
	return id;
}

void
catalog_look_up(catalog_ids *ids)
{
	Oid			schema = get_namespace_oid("fireiot", true);

	ids->frame = relation(schema, "frame");
	ids->observation = relation(schema, "observation");
	ids->quarantine = relation(schema, "quarantine");
	ids->part_now = relation(schema, "part_now");
	ids->frame_id = relation(schema, "frame_id");
	ids->observation_id = relation(schema, "observation_id");
	ids->quarantine_id = relation(schema, "quarantine_id");
	ids->device_addr = type(schema, "device_addr");
	ids->part_addr = type(schema, "part_addr");
	ids->alarm_state = type(schema, "alarm_state");
}

/* Of the extension's row; palloc'd. */
static char *
version_of(HeapTuple row, TupleDesc columns)
{
	bool		isnull;
	Datum		version = heap_getattr(row, Anum_pg_extension_extversion,
									   columns, &isnull);

	return isnull ? pstrdup("") : TextDatumGetCString(version);
}

extension_state
catalog_extension(char **version)
{
	Relation	extensions = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;

	*version = NULL;
	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber,
				F_NAMEEQ, CStringGetDatum("fireiot"));
	scan = systable_beginscan(extensions, ExtensionNameIndexId, true, NULL, 1,
							  &key);
	row = systable_getnext(scan);
	if (HeapTupleIsValid(row))
		*version = version_of(row, RelationGetDescr(extensions));
	systable_endscan(scan);
	table_close(extensions, AccessShareLock);
	if (*version == NULL)
		return EXTENSION_ABSENT;
	return strcmp(*version, FIREIOT_VERSION) == 0 ?
		EXTENSION_READY : EXTENSION_OTHER_VERSION;
}
