/*
 * guard.c
 *	  The guard's hooks, and what can only be told from a statement.
 *
 * Statements that the object access hook does not tell of: DML and COPY on
 * system catalogs, row security (before 16 it is silent), DETACH CONCURRENTLY,
 * membership of the extension, DROP DATABASE.  Each hook calls what was there
 * before it, as if it were not.
 */
#include "ledger/guard.h"

#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_depend_d.h"
#include "catalog/pg_extension.h"
#include "commands/defrem.h"
#include "commands/extension.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "parser/parsetree.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "ledger/change_log.h"
#include "ledger/guard_log.h"
#include "ledger/refusal.h"
#include "ledger/registry.h"

static object_access_hook_type next_object_access;
static ProcessUtility_hook_type next_utility;
static ExecutorStart_hook_type next_executor_start;

bool
guard_on_duty(void)
{
	return !IsBinaryUpgrade && OidIsValid(MyDatabaseId) &&
		IsTransactionState() && OidIsValid(ledger_access_method());
}

static void
object_accessed(ObjectAccessType access, Oid class, Oid object, int column,
				void *arg)
{
	if (next_object_access)
		next_object_access(access, class, object, column, arg);
	if ((access == OAT_POST_CREATE || access == OAT_POST_ALTER ||
		 access == OAT_DROP) && guard_on_duty())
		guard_object(access, class, object, column, arg);
}

/*
 * The script of another extension, from the server's own directory.  Some of
 * PostgreSQL's write pg_depend when they are created.
 */
static bool
in_packaged_script(void)
{
	const char *path = GetConfigOption("extension_control_path", true, false);

	return creating_extension && (path == NULL || strcmp(path, "$system") == 0);
}

/*
 * Whoever writes system catalogs by hand can exchange what a table shows, or
 * who keeps it; so can the script of an extension that was made for it.
 */
static void
check_catalog(Oid relation)
{
	if (!OidIsValid(relation) || !IsCatalogRelationOid(relation) ||
		in_own_script() ||
		(relation == DependRelationId && in_packaged_script()))
		return;
	refuse("rows of system catalog \"%s\" cannot be written in a database that keeps records",
		   get_rel_name(relation),
		   "Use the statement that is made for the change.");
}

static void
check_written(Oid relation)
{
	check_catalog(relation);
	check_own_write(relation);
}

static void
executor_start(QueryDesc *query, int flags)
{
	PlannedStmt *plan = query->plannedstmt;
	ListCell   *cell;

	if (plan->resultRelations != NIL && guard_on_duty())
		foreach(cell, plan->resultRelations)
			check_written(rt_fetch(lfirst_int(cell), plan->rtable)->relid);
	if (next_executor_start)
		next_executor_start(query, flags);
	else
		standard_ExecutorStart(query, flags);
}

static void
check_row_security(Oid table)
{
	if (is_protected(table))
		refuse("table \"%s\" cannot have row security", protected_name(table),
			   "A policy could hide rows. Grant SELECT on a view that chooses them.");
}

static void
check_detach(PartitionCmd *detach)
{
	Oid			partition = RangeVarGetRelid(detach->name, NoLock, true);

	if (OidIsValid(partition) && is_protected(partition) &&
		table_holds_rows(partition))
		refuse("partition \"%s\" holds records and cannot be detached",
			   protected_name(partition),
			   "Partitions that no rule keeps any longer leave by fireiot.purge_expired().");
}

static void
check_alter_table(AlterTableStmt *statement)
{
	Oid			table = RangeVarGetRelid(statement->relation, NoLock, true);
	ListCell   *cell;

	if (!OidIsValid(table) || is_decommissioned())
		return;
	foreach(cell, statement->cmds)
	{
		AlterTableCmd *command = lfirst_node(AlterTableCmd, cell);

		switch (command->subtype)
		{
			case AT_EnableRowSecurity:
			case AT_ForceRowSecurity:
				check_row_security(table);
				break;
			case AT_DetachPartition:
			case AT_DetachPartitionFinalize:
				check_detach((PartitionCmd *) command->def);
				break;
			default:
				break;
		}
	}
}

static void
check_copy(CopyStmt *statement)
{
	if (statement->is_from && statement->relation != NULL)
		check_written(RangeVarGetRelid(statement->relation, NoLock, true));
}

/* The caller may alter the extension; who may not is told so by the server. */
static bool
owns_extension(void)
{
	HeapTuple	row = catalog_row(ExtensionRelationId, ExtensionOidIndexId,
								  Anum_pg_extension_oid,
								  get_extension_oid("fireiot", true));

	return row != NULL &&
		has_privs_of_role(GetUserId(),
						  ((Form_pg_extension) GETSTRUCT(row))->extowner);
}

/*
 * What left the extension could be dropped without it; a table that joined it
 * would not count as one of a site's.
 */
static void
check_membership(AlterExtensionContentsStmt *statement)
{
	RangeVar   *name;

	if (strcmp(statement->extname, "fireiot") != 0 || !owns_extension() ||
		in_own_script())
		return;
	if (statement->action < 0)
		refuse("objects cannot leave extension \"%s\"", "fireiot",
			   "It changes with ALTER EXTENSION fireiot UPDATE only.");
	if (statement->objtype != OBJECT_TABLE)
		return;
	name = makeRangeVarFromNameList(castNode(List, statement->object));
	if (is_protected(RangeVarGetRelid(name, NoLock, true)))
		refuse("ledger table \"%s\" cannot join extension fireiot",
			   name->relname,
			   "It is protected without that.");
}

static void
check_statement(Node *statement)
{
	switch (nodeTag(statement))
	{
		case T_DropdbStmt:
			check_drop_database(((DropdbStmt *) statement)->dbname,
								((DropdbStmt *) statement)->missing_ok);
			break;
		case T_AlterTableStmt:
			if (guard_on_duty())
				check_alter_table((AlterTableStmt *) statement);
			break;
		case T_CopyStmt:
			if (guard_on_duty())
				check_copy((CopyStmt *) statement);
			break;
		case T_AlterExtensionContentsStmt:
			if (guard_on_duty())
				check_membership((AlterExtensionContentsStmt *) statement);
			break;
		case T_DropStmt:
		case T_CreateTrigStmt:
		case T_AlterObjectDependsStmt:
			if (guard_on_duty())
				check_trigger_statement(statement);
			break;
		default:
			break;
	}
}

/* VACUUM FULL and CLUSTER write all rows anew, and all as they are. */
static bool
keeps_rows(Node *statement)
{
	return IsA(statement, VacuumStmt) || IsA(statement, ClusterStmt);
}

/* Statements that drop; the table that says whether they may goes with them. */
static bool
is_given_up(Node *statement)
{
	return (IsA(statement, DropStmt) || IsA(statement, DropOwnedStmt)) &&
		guard_on_duty() && is_decommissioned();
}

static void
utility(PlannedStmt *plan, const char *text, bool read_only,
		ProcessUtilityContext context, ParamListInfo params,
		QueryEnvironment *environment, DestReceiver *receiver,
		QueryCompletion *completion)
{
	guard_allowance before = guard_allowed();
	guard_allowance allowance = before;
	log_watch  *watch;

	check_statement(plan->utilityStmt);
	watch = log_watch_begin(plan->utilityStmt);
	/* what is allowed to the statement around holds for those that it runs */
	allowance.same_rows |= keeps_rows(plan->utilityStmt);
	allowance.given_up |= is_given_up(plan->utilityStmt);
	guard_allow(allowance);
	PG_TRY();
	{
		if (next_utility)
			next_utility(plan, text, read_only, context, params, environment,
						 receiver, completion);
		else
			standard_ProcessUtility(plan, text, read_only, context, params,
									environment, receiver, completion);
	}
	PG_FINALLY();
	{
		guard_allow(before);
	}
	PG_END_TRY();
	if (watch != NULL)
		log_watch_end(watch);
}

void
guard_install(void)
{
	next_object_access = object_access_hook;
	object_access_hook = object_accessed;
	next_utility = ProcessUtility_hook;
	ProcessUtility_hook = utility;
	next_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = executor_start;
}
