/*
 * guard_objects.c
 *	  What DDL may not do to a ledger table, told by the objects it touches.
 *
 * The object access hook is called for each object, whichever statement or
 * cascade leads there.  A change is judged by comparing the catalog's row as
 * it was (the cache) with what the statement has written (SnapshotSelf).
 */
#include "ledger/guard.h"

#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_am.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_event_trigger_d.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "commands/trigger.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "ledger/guard_log.h"
#include "ledger/refusal.h"
#include "ledger/registry.h"

#define HINT_DROP "Partitions that no rule keeps any longer leave by fireiot.purge_expired(); a whole installation by fireiot.decommission()."
#define HINT_SHAPE "Columns may be added; rows show for ever what was stored."
#define HINT_NAME "The ledger knows it by its name. Make a view to show it under another."
#define HINT_HIDDEN "A policy could hide rows. Grant SELECT on a view that chooses them."
#define HINT_UPGRADE "It changes with ALTER EXTENSION fireiot UPDATE only."

static guard_allowance allowed;

guard_allowance
guard_allowed(void)
{
	return allowed;
}

void
guard_allow(guard_allowance allowance)
{
	allowed = allowance;
}

void
guard_allow_for(guard_allowance allowance, void (*work) (void *), void *arg)
{
	guard_allowance before = allowed;
	bool		in_script = creating_extension;

	allowed = allowance;
	/* a partition of the log that is made then is not of the extension */
	creating_extension = in_script && in_own_script();
	PG_TRY();
	{
		work(arg);
	}
	PG_FINALLY();
	{
		allowed = before;
		creating_extension = in_script;
	}
	PG_END_TRY();
}

static bool
is_given_up(void)
{
	return allowed.given_up || is_decommissioned();
}

bool
in_own_script(void)
{
	return creating_extension &&
		CurrentExtensionObject == get_extension_oid("fireiot", true);
}

/* The table whose rows are being written anew into this one; InvalidOid: none. */
static Oid
rewritten_table(Oid relation)
{
	HeapTuple	row = catalog_row(RelationRelationId, ClassOidIndexId,
								  Anum_pg_class_oid, relation);

	return row == NULL ? InvalidOid :
		rewritten_by_name(NameStr(((Form_pg_class) GETSTRUCT(row))->relname));
}

/* May rows of this table go?  A table without rows takes nothing with it. */
static void
check_drop(Oid relation)
{
	if (relation == allowed.purge || !is_protected(relation) ||
		is_given_up())
		return;
	if (is_of_installation(relation) ? any_record() :
		table_holds_rows(relation))
		refuse("table \"%s\" holds records and cannot be dropped",
			   protected_name(relation), HINT_DROP);
}

/* A column that the ledger knows rows by. */
static bool
is_needed(Oid relation, int column)
{
	char	   *name = get_attname(relation, column, true);

	return name != NULL &&
		(strcmp(name, "id") == 0 || strcmp(name, "tx") == 0);
}

static void
drop_relation(Oid relation, int column, int flags)
{
	if (column != 0)
	{
		if (is_protected(relation) && !is_given_up() &&
			(table_holds_rows(relation) || is_needed(relation, column)))
			refuse("no column of table \"%s\" can be dropped",
				   protected_name(relation), HINT_SHAPE);
		return;
	}
	/* what is left of a table that was written anew: checked when it was made */
	if ((flags & PERFORM_DELETION_INTERNAL) &&
		OidIsValid(rewritten_table(relation)))
		return;
	check_drop(relation);
}

/* The columns of this type, or of arrays of it, in a protected table. */
static Oid
protected_user_of_type(Oid type)
{
	Relation	catalog = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	row;
	Oid			found = InvalidOid;
	Oid			array = get_array_type(type);

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(TypeRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(type));
	scan = systable_beginscan(catalog, DependReferenceIndexId, true, NULL, 2,
							  keys);
	while (!OidIsValid(found) && HeapTupleIsValid(row = systable_getnext(scan)))
	{
		Form_pg_depend link = (Form_pg_depend) GETSTRUCT(row);

		if (link->classid == RelationRelationId && is_protected(link->objid))
			found = link->objid;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	if (!OidIsValid(found) && OidIsValid(array))
		return protected_user_of_type(array);
	return found;
}

/* Labels, attributes and names of types are what old rows show. */
static void
check_type(Oid type)
{
	Oid			user = OidIsValid(type) ? protected_user_of_type(type) :
		InvalidOid;

	if (OidIsValid(user))
		refuse("a type that table \"%s\" uses cannot be changed",
			   protected_name(user), HINT_SHAPE);
}

/* Of a composite type that is a relation of its own. */
static bool
check_composite(Oid relation)
{
	if (get_rel_relkind(relation) != RELKIND_COMPOSITE_TYPE)
		return false;
	check_type(get_rel_type_id(relation));
	return true;
}

/* Ours go with their table only; of other people's, none is needed. */
static void
check_trigger_drop(Form_pg_trigger trigger)
{
	Oid			table = trigger->tgrelid;

	if (table == allowed.purge || is_given_up() ||
		!is_own(ProcedureRelationId, trigger->tgfoid))
		return;
	if (get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE ? any_record() :
		table_holds_rows(table))
		refuse("fireiot's triggers of table \"%s\" cannot be dropped",
			   protected_name(table), HINT_UPGRADE);
}

/* A trigger as the statement left it. */
static void
check_trigger(Oid trigger, ObjectAccessType access)
{
	HeapTuple	row = catalog_row(TriggerRelationId, TriggerOidIndexId,
								  Anum_pg_trigger_oid, trigger);
	Form_pg_trigger form;

	if (row == NULL || in_own_script())
		return;
	form = (Form_pg_trigger) GETSTRUCT(row);
	if (access == OAT_POST_ALTER)
		check_log_trigger(form);
	if (!is_protected(form->tgrelid))
		return;
	if (access == OAT_DROP)
		check_trigger_drop(form);
	else if (form->tgenabled == TRIGGER_DISABLED ||
			 form->tgenabled == TRIGGER_FIRES_ON_REPLICA)
		refuse("no trigger of table \"%s\" can be disabled",
			   protected_name(form->tgrelid),
			   "Drop a trigger of your own instead.");
	else if (access == OAT_POST_CREATE && !OidIsValid(form->tgparentid) &&
			 TRIGGER_FOR_ROW(form->tgtype) && TRIGGER_FOR_BEFORE(form->tgtype))
		refuse("table \"%s\" cannot have a trigger before its rows are stored",
			   protected_name(form->tgrelid),
			   "It could hold back or change them. Use an AFTER trigger.");
}

/* Nothing may stand between a table and its rows. */
static void
check_filter(Oid class, Oid object)
{
	bool		is_rule = class == RewriteRelationId;
	HeapTuple	row = is_rule ?
		catalog_row(class, RewriteOidIndexId, Anum_pg_rewrite_oid, object) :
		catalog_row(class, PolicyOidIndexId, Anum_pg_policy_oid, object);
	Oid			table;

	if (row == NULL)
		return;
	table = is_rule ? ((Form_pg_rewrite) GETSTRUCT(row))->ev_class :
		((Form_pg_policy) GETSTRUCT(row))->polrelid;
	if (is_rule && get_rel_relkind(table) == RELKIND_VIEW &&
		!in_own_script() && is_own(RelationRelationId, table))
		refuse("view \"%s\" of fireiot cannot be replaced",
			   protected_name(table), HINT_UPGRADE);
	if (is_protected(table))
		refuse(is_rule ? "table \"%s\" cannot have rules" :
			   "table \"%s\" cannot have policies", protected_name(table),
			   is_rule ? "A rule could hold back rows. Use an AFTER trigger." :
			   HINT_HIDDEN);
}

/* A table made to take another's rows: all of them, and so as they may be. */
static void
check_rewrite(Oid relation)
{
	Oid			table = rewritten_table(relation);

	if (!OidIsValid(table) || allowed.same_rows ||
		table == allowed.conversion)
		return;
	/* a rewrite could change rows that are logged, and no trigger sees it */
	if (!is_protected(table) && (in_own_script() || !is_logged(table)))
		return;
	refuse("rows of table \"%s\" cannot be written anew in another form",
		   protected_name(table), HINT_SHAPE);
}

/* Of a catalog's row in the cache and in the table, where it may be toasted. */
static bool
is_same_value(Datum old, Datum new, Form_pg_attribute column)
{
	if (column->attlen == -1)
	{
		old = PointerGetDatum(PG_DETOAST_DATUM(old));
		new = PointerGetDatum(PG_DETOAST_DATUM(new));
	}
	return datumIsEqual(old, new, column->attbyval, column->attlen);
}

/* May be set for a function of fireiot: how long it waits, and with how much. */
static bool
is_free_setting(const char *setting)
{
	static const char *const names[] = {"lock_timeout=", "statement_timeout=",
	"work_mem=", "maintenance_work_mem=", "temp_file_limit=", "jit="};

	for (int i = 0; i < lengthof(names); i++)
		if (strncmp(setting, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* The other settings of a function, in their order, as one text. */
static char *
bound_settings(HeapTuple function, TupleDesc columns)
{
	bool		is_null;
	Datum		config = heap_getattr(function, Anum_pg_proc_proconfig, columns,
									  &is_null);
	StringInfoData bound;
	Datum	   *settings;
	int			count = 0;

	initStringInfo(&bound);
	if (!is_null)
		deconstruct_array(DatumGetArrayTypeP(config), TEXTOID, -1, false,
						  TYPALIGN_INT, &settings, NULL, &count);
	for (int i = 0; i < count; i++)
	{
		char	   *setting = TextDatumGetCString(settings[i]);

		if (!is_free_setting(setting))
			appendStringInfo(&bound, "%s\n", setting);
	}
	return bound.data;
}

/* Is what a function does, and what it is called, as it was? */
static bool
does_the_same(Oid function)
{
	Relation	catalog = table_open(ProcedureRelationId, AccessShareLock);
	TupleDesc	columns = RelationGetDescr(catalog);
	HeapTuple	after = catalog_row(ProcedureRelationId, ProcedureOidIndexId,
									Anum_pg_proc_oid, function);
	HeapTuple	before = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	static const AttrNumber told[] = {Anum_pg_proc_proname,
		Anum_pg_proc_pronamespace, Anum_pg_proc_prolang, Anum_pg_proc_prosrc,
		Anum_pg_proc_probin, Anum_pg_proc_prosecdef, Anum_pg_proc_proisstrict,
	Anum_pg_proc_provolatile};
	bool		is_same = after != NULL && HeapTupleIsValid(before) &&
		strcmp(bound_settings(before, columns), bound_settings(after, columns)) == 0;

	for (int i = 0; is_same && i < lengthof(told); i++)
	{
		bool		old_null;
		bool		new_null;
		Datum		old = heap_getattr(before, told[i], columns, &old_null);
		Datum		new = heap_getattr(after, told[i], columns, &new_null);

		is_same = old_null == new_null &&
			(old_null || is_same_value(old, new, TupleDescAttr(columns, told[i] - 1)));
	}
	if (HeapTupleIsValid(before))
		ReleaseSysCache(before);
	table_close(catalog, AccessShareLock);
	return is_same;
}

/* Rows are stored, logged and protected by functions. */
static void
check_function(Oid function)
{
	if (!in_own_script() && is_own(ProcedureRelationId, function) &&
		!does_the_same(function))
		refuse("function \"%s\" of fireiot cannot be replaced or altered",
			   get_func_name(function), HINT_UPGRADE);
}

static void
check_schema(Oid schema)
{
	HeapTuple	row = catalog_row(NamespaceRelationId, NamespaceOidIndexId,
								  Anum_pg_namespace_oid, schema);
	char	   *before = get_namespace_name(schema);
	Relation	catalog;
	SysScanDesc scan;
	HeapTuple	table;

	if (row == NULL || before == NULL ||
		strcmp(before, NameStr(((Form_pg_namespace) GETSTRUCT(row))->nspname)) == 0)
		return;
	catalog = table_open(RelationRelationId, AccessShareLock);
	scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	while (HeapTupleIsValid(table = systable_getnext(scan)))
	{
		Form_pg_class form = (Form_pg_class) GETSTRUCT(table);

		if (form->relnamespace == schema && is_protected(form->oid))
			refuse("the schema of table \"%s\" cannot be renamed",
				   protected_name(form->oid), HINT_NAME);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

/* The statement gives it another name or schema. */
static bool
is_renamed(Form_pg_class old, Form_pg_class new)
{
	return strcmp(NameStr(old->relname), NameStr(new->relname)) != 0 ||
		old->relnamespace != new->relnamespace;
}

/* A table that is kept: what it is called, and whether rows are hidden. */
static void
check_kept_table(Oid relation, bool renamed, Form_pg_class new)
{
	if (renamed && (is_known(relation) || table_holds_rows(relation)))
		refuse("table \"%s\" cannot be renamed", protected_name(relation),
			   HINT_NAME);
	if (new->relrowsecurity || new->relforcerowsecurity)
		refuse("table \"%s\" cannot have row security", protected_name(relation),
			   HINT_HIDDEN);
}

static void
check_relation(Oid relation)
{
	HeapTuple	after = catalog_row(RelationRelationId, ClassOidIndexId,
									Anum_pg_class_oid, relation);
	HeapTuple	before = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relation));
	Form_pg_class new;
	bool		renamed;

	if (!HeapTupleIsValid(before) || after == NULL)
		return;
	new = (Form_pg_class) GETSTRUCT(after);
	renamed = is_renamed((Form_pg_class) GETSTRUCT(before), new);
	if (is_protected(relation))
		check_kept_table(relation, renamed, new);
	/* another one could take its place */
	else if (renamed && !in_own_script() &&
			 is_own(RelationRelationId, relation))
		refuse("relation \"%s\" of fireiot cannot be renamed",
			   protected_name(relation), HINT_UPGRADE);
}

/* What a column is called, and how its bytes are read. */
static void
check_column(Oid relation, int column)
{
	Relation	catalog = table_open(AttributeRelationId, AccessShareLock);
	HeapTuple	before = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation),
										 Int16GetDatum(column));
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	after;
	bool		is_same = true;

	ScanKeyInit(&keys[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relation));
	ScanKeyInit(&keys[1], Anum_pg_attribute_attnum, BTEqualStrategyNumber,
				F_INT2EQ, Int16GetDatum(column));
	scan = systable_beginscan(catalog, AttributeRelidNumIndexId, true,
							  SnapshotSelf, 2, keys);
	after = systable_getnext(scan);
	if (HeapTupleIsValid(before) && HeapTupleIsValid(after))
	{
		Form_pg_attribute old = (Form_pg_attribute) GETSTRUCT(before);
		Form_pg_attribute new = (Form_pg_attribute) GETSTRUCT(after);

		is_same = strcmp(NameStr(old->attname), NameStr(new->attname)) == 0 &&
			old->atttypid == new->atttypid &&
			old->atttypmod == new->atttypmod &&
			old->attcollation == new->attcollation &&
			old->attgenerated == '\0' && new->attgenerated == '\0';
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	if (HeapTupleIsValid(before))
		ReleaseSysCache(before);
	if (!is_same)
		refuse("no column of table \"%s\" can be renamed or given another type or expression",
			   protected_name(relation), HINT_SHAPE);
}

static bool
is_child(Oid child, Oid parent)
{
	Relation	catalog = table_open(InheritsRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;
	bool		found = false;

	ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(child));
	scan = systable_beginscan(catalog, InheritsRelidSeqnoIndexId, true,
							  SnapshotSelf, 1, &key);
	while (!found && HeapTupleIsValid(row = systable_getnext(scan)))
	{
		Form_pg_inherits link = (Form_pg_inherits) GETSTRUCT(row);

		found = link->inhparent == parent && !link->inhdetachpending;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return found;
}

static bool
is_kept(Oid relation)
{
	HeapTuple	row = catalog_row(RelationRelationId, ClassOidIndexId,
								  Anum_pg_class_oid, relation);
	Form_pg_class form;

	if (row == NULL)
		return false;
	form = (Form_pg_class) GETSTRUCT(row);
	return form->relkind == RELKIND_PARTITIONED_TABLE ||
		form->relam == ledger_access_method();
}

pg_noreturn static void
refuse_child(Oid parent)
{
	refuse("nothing can inherit from table \"%s\"", protected_name(parent),
		   "Rows of the child would be shown among its own.");
}

/* Rows are seen through the parent: no child may bring or take away any. */
static void
check_inheritance(Oid child, Oid parent)
{
	if (!is_protected(parent) || is_given_up())
	{
		if (is_logged(parent) && is_child(child, parent))
			refuse_child(parent);
		return;
	}
	if (!is_child(child, parent))
	{
		if (child != allowed.purge && table_holds_rows(child))
			refuse("partition \"%s\" holds records and cannot be detached",
				   protected_name(child), HINT_DROP);
		return;
	}
	if (get_rel_relkind(parent) != RELKIND_PARTITIONED_TABLE)
		refuse_child(parent);
	if (!is_kept(child))
		refuse("partitions of table \"%s\" are made with access method fireiot_ledger",
			   protected_name(parent),
			   "Let fireiot.make_partitions() make it, or say USING fireiot_ledger.");
	if (table_holds_rows(child))
		refuse("a table that holds rows cannot become a partition of \"%s\"",
			   protected_name(parent),
			   "Insert its rows into the parent instead, which records when they came.");
}

static void
created(Oid class, Oid object, int column)
{
	switch (class)
	{
		case RelationRelationId:
			if (column == 0)
				check_rewrite(object);
			break;
		case TriggerRelationId:
			check_trigger(object, OAT_POST_CREATE);
			break;
		case RewriteRelationId:
		case PolicyRelationId:
			check_filter(class, object);
			break;
		case ProcedureRelationId:
			check_function(object);
			break;
	}
}

static void
altered(Oid class, Oid object, int column, Oid other)
{
	switch (class)
	{
		case RelationRelationId:
			if (check_composite(object) || object == allowed.conversion)
				break;
			if (column == 0)
				check_relation(object);
			else if (is_protected(object))
				check_column(object, column);
			break;
		case InheritsRelationId:
			check_inheritance(object, other);
			break;
		case TriggerRelationId:
			check_trigger(object, OAT_POST_ALTER);
			break;
		case RewriteRelationId:
		case PolicyRelationId:
			check_filter(class, object);
			break;
		case EventTriggerRelationId:
			if (!in_own_script())
				check_event_trigger(object);
			break;
		case ProcedureRelationId:
			check_function(object);
			break;
		case TypeRelationId:
			check_type(object);
			break;
		case NamespaceRelationId:
			check_schema(object);
			break;
	}
}

static void
dropped(Oid class, Oid object, int column, int flags)
{
	if (class == TriggerRelationId)
		check_trigger(object, OAT_DROP);
	else if (class == RelationRelationId && !check_composite(object))
		drop_relation(object, column, flags);
}

void
guard_object(ObjectAccessType access, Oid class, Oid object, int column,
			 void *arg)
{
	switch (access)
	{
		case OAT_POST_CREATE:
			created(class, object, column);
			break;
		case OAT_POST_ALTER:
			altered(class, object, column,
					((ObjectAccessPostAlter *) arg)->auxiliary_id);
			break;
		case OAT_DROP:
			dropped(class, object, column,
					((ObjectAccessDrop *) arg)->dropflags);
			break;
		default:
			break;
	}
}
