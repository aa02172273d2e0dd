/*
 * registry.c
 *	  Which tables are kept for ever, and whether any row is.
 */
#include "ledger/registry.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_inherits.h"
#include "commands/defrem.h"
#include "commands/extension.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "base/settings.h"
#include "ledger/ask.h"
#include "ledger/refusal.h"

/* Orders that a block and those before it have. */
#define ORDER_SEALED(block) \
	"SELECT 1 FROM fireiot.decommission AS d JOIN fireiot.ledger_block AS b" \
	" ON b.n OPERATOR(pg_catalog.=) " block \
	" AND pg_catalog.pg_visible_in_snapshot(d.tx, b.snapshot)"

Oid
ledger_access_method(void)
{
	return get_am_oid("fireiot_ledger", true);
}

char *
protected_name(Oid relation)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
									  get_rel_name(relation));
}

Oid
own_table(const char *name)
{
	Oid			schema = get_namespace_oid("fireiot", true);

	return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

/* A sequential scan: an index might be made to hide a row. */
static bool
names_table(Relation registry, const char *wanted)
{
	TupleTableSlot *slot = table_slot_create(registry, NULL);
	TableScanDesc scan = table_beginscan(registry, SnapshotSelf, 0, NULL);
	bool		found = false;

	while (!found && table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool		is_null;
		Datum		name = slot_getattr(slot, 1, &is_null);

		found = !is_null && strcmp(TextDatumGetCString(name), wanted) == 0;
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	return found;
}

bool
is_registered(Oid relation)
{
	Oid			registry = own_table("ledger_table");
	Relation	opened;
	bool		found;

	if (!OidIsValid(registry) || get_rel_name(relation) == NULL)
		return false;
	opened = table_open(registry, AccessShareLock);
	found = names_table(opened, protected_name(relation));
	table_close(opened, AccessShareLock);
	return found;
}

/* The table that this one inherits from; InvalidOid: none. */
static Oid
parent_of(Oid relation)
{
	Relation	catalog = table_open(InheritsRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;
	Oid			parent = InvalidOid;

	ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relation));
	scan = systable_beginscan(catalog, InheritsRelidSeqnoIndexId, true,
							  SnapshotSelf, 1, &key);
	row = systable_getnext(scan);
	if (HeapTupleIsValid(row))
		parent = ((Form_pg_inherits) GETSTRUCT(row))->inhparent;
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return parent;
}

bool
is_known(Oid relation)
{
	for (; OidIsValid(relation); relation = parent_of(relation))
		if (is_registered(relation))
			return true;
	return false;
}

bool
is_protected(Oid relation)
{
	Oid			method = ledger_access_method();
	HeapTuple	row;
	Form_pg_class class;
	bool		is_table;
	bool		is_kept;

	if (!OidIsValid(method))
		return false;
	row = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	if (!HeapTupleIsValid(row))
		return false;
	class = (Form_pg_class) GETSTRUCT(row);
	is_table = class->relkind == RELKIND_RELATION ||
		class->relkind == RELKIND_PARTITIONED_TABLE;
	is_kept = is_table && class->relam == method;
	ReleaseSysCache(row);
	if (!is_table || is_kept)
		return is_kept;
	return is_known(relation);
}

bool
is_own(Oid class, Oid object)
{
	Oid			extension = get_extension_oid("fireiot", true);

	return OidIsValid(extension) &&
		getExtensionOfObject(class, object) == extension;
}

bool
table_holds_rows(Oid relation)
{
	Relation	opened;
	bool		found;

	if (get_rel_relkind(relation) != RELKIND_RELATION)
		return false;
	opened = try_table_open(relation, AccessShareLock);
	if (opened == NULL)
		return false;
	found = holds_rows(opened);
	table_close(opened, NoLock);
	return found;
}

static List *
kept_tables(void)
{
	Relation	catalog = table_open(RelationRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0,
										  NULL);
	Oid			method = ledger_access_method();
	List	   *tables = NIL;
	HeapTuple	row;

	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		Form_pg_class class = (Form_pg_class) GETSTRUCT(row);

		if (class->relkind == RELKIND_RELATION && class->relam == method)
			tables = lappend_oid(tables, class->oid);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return tables;
}

bool
is_of_installation(Oid relation)
{
	Oid			parent;

	if (is_own(RelationRelationId, relation))
		return true;
	parent = parent_of(relation);
	return OidIsValid(parent) && parent == own_table("change_log");
}

bool
any_record(void)
{
	List	   *tables;
	ListCell   *cell;

	if (!OidIsValid(ledger_access_method()))
		return false;
	tables = kept_tables();
	foreach(cell, tables)
		if (!is_of_installation(lfirst_oid(cell)) &&
			table_holds_rows(lfirst_oid(cell)))
			return true;
	return false;
}

/*
 * The chain has the order, and so has the last checkpoint if there is a key to
 * sign one with.
 */
static bool
order_is_sealed(void)
{
	return ask(settings.checkpoint_key_file[0] != '\0' ?
			   ORDER_SEALED("(SELECT pg_catalog.max(size) - 1 FROM fireiot.ledger_checkpoint)") :
			   ORDER_SEALED("(SELECT pg_catalog.max(n) FROM fireiot.ledger_block)"),
			   0, NULL) != NULL;
}

bool
is_decommissioned(void)
{
	Oid			table = own_table("decommission");

	return settings.allow_decommission && OidIsValid(table) &&
		table_holds_rows(table) && order_is_sealed();
}

const char *
written_by_functions(Oid table)
{
	static const char *const names[] = {"change_log", "decommission"};

	if (get_rel_relispartition(table))
		table = parent_of(table);
	for (int i = 0; i < lengthof(names); i++)
		if (OidIsValid(table) && own_table(names[i]) == table)
			return psprintf("fireiot.%s", names[i]);
	return NULL;
}

HeapTuple
catalog_row(Oid catalog, Oid index, AttrNumber key, Oid object)
{
	Relation	opened = table_open(catalog, AccessShareLock);
	ScanKeyData wanted;
	SysScanDesc scan;
	HeapTuple	row;

	ScanKeyInit(&wanted, key, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(object));
	scan = systable_beginscan(opened, index, true, SnapshotSelf, 1, &wanted);
	row = systable_getnext(scan);
	if (HeapTupleIsValid(row))
		row = heap_copytuple(row);
	systable_endscan(scan);
	table_close(opened, AccessShareLock);
	return row;
}
