/*
 * guard_log.c
 *	  What would silence the change log, or write it by hand.
 *
 * The log's triggers are known by their functions.  On a table of fireiot they
 * stay, and fire always; from a table of a site's own, which was given to
 * fireiot.log_changes_of(), they may be taken, and that is logged.
 */
#include "ledger/guard_log.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class_d.h"
#include "catalog/pg_event_trigger_d.h"
#include "catalog/pg_proc_d.h"
#include "commands/trigger.h"
#include "nodes/parsenodes.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/shared.h"
#include "ledger/change_log.h"
#include "ledger/guard.h"
#include "ledger/refusal.h"
#include "ledger/registry.h"

#define HINT_LOG "Changes of the registry and of the rules are logged, whoever makes them."

static bool
is_log_function(Oid function)
{
	char	   *name = get_func_name(function);

	return name != NULL &&
		(strcmp(name, "log_rows") == 0 || strcmp(name, "log_truncate") == 0) &&
		is_own(ProcedureRelationId, function);
}

bool
is_logged(Oid table)
{
	Relation	relation = try_table_open(table, AccessShareLock);
	bool		found = false;

	if (relation == NULL)
		return false;
	for (int i = 0; relation->trigdesc != NULL && !found &&
		 i < relation->trigdesc->numtriggers; i++)
		found = is_log_function(relation->trigdesc->triggers[i].tgfoid);
	table_close(relation, NoLock);
	return found;
}

void
check_log_trigger(Form_pg_trigger trigger)
{
	if (trigger->tgenabled != TRIGGER_FIRES_ALWAYS &&
		is_log_function(trigger->tgfoid))
		refuse("the change log's triggers of table \"%s\" cannot be disabled",
			   protected_name(trigger->tgrelid), HINT_LOG);
}

void
check_event_trigger(Oid trigger)
{
	if (is_own(EventTriggerRelationId, trigger))
		refuse("event trigger \"%s\" of fireiot cannot be altered",
			   "fireiot_log_grant", HINT_LOG);
}

/* The log's trigger of this name; false: there is none. */
static bool
finds_log_trigger(RangeVar *table, const char *name, Oid *relation)
{
	Oid			trigger;
	HeapTuple	row;

	*relation = RangeVarGetRelid(table, NoLock, true);
	trigger = OidIsValid(*relation) ?
		get_trigger_oid(*relation, name, true) : InvalidOid;
	if (!OidIsValid(trigger))
		return false;
	row = catalog_row(TriggerRelationId, TriggerOidIndexId,
					  Anum_pg_trigger_oid, trigger);
	return row != NULL &&
		is_log_function(((Form_pg_trigger) GETSTRUCT(row))->tgfoid);
}

static void
check_drop_trigger(List *name)
{
	char	   *trigger = strVal(llast(name));
	List	   *table = list_truncate(list_copy(name), list_length(name) - 1);
	Oid			relation;

	if (table == NIL ||
		!finds_log_trigger(makeRangeVarFromNameList(table), trigger, &relation))
		return;
	if (is_own(RelationRelationId, relation))
		refuse("the change log's triggers of table \"%s\" cannot be dropped",
			   protected_name(relation), HINT_LOG);
	log_trigger_dropped(protected_name(relation), trigger);
}

static void
check_replace(RangeVar *table, const char *trigger)
{
	Oid			relation;

	if (finds_log_trigger(table, trigger, &relation))
		refuse("the change log's triggers of table \"%s\" cannot be replaced or tied to an extension",
			   protected_name(relation), HINT_LOG);
}

void
check_trigger_statement(Node *statement)
{
	ListCell   *cell;

	if (in_own_script() || is_decommissioned())
		return;
	if (IsA(statement, DropStmt) &&
		((DropStmt *) statement)->removeType == OBJECT_TRIGGER)
		foreach(cell, ((DropStmt *) statement)->objects)
			check_drop_trigger(castNode(List, lfirst(cell)));
	if (IsA(statement, CreateTrigStmt) && ((CreateTrigStmt *) statement)->replace)
		check_replace(((CreateTrigStmt *) statement)->relation,
					  ((CreateTrigStmt *) statement)->trigname);
	if (IsA(statement, AlterObjectDependsStmt) &&
		((AlterObjectDependsStmt *) statement)->objectType == OBJECT_TRIGGER)
		check_replace(((AlterObjectDependsStmt *) statement)->relation,
					  strVal(llast(castNode(List, ((AlterObjectDependsStmt *) statement)->object))));
}

void
check_own_write(Oid table)
{
	const char *name;

	/* without the preload the access method takes no rows at all */
	if (guard_allowed().own_write || in_own_script() || !shared_ready())
		return;
	name = written_by_functions(table);
	if (name == NULL || log_is_restoring())
		return;
	refuse("rows of table \"%s\" cannot be written by hand", name,
		   "Its function stores them, and says who it was.");
}
