/*
 * change_log.c
 *	  What is logged from the hooks: changes of roles, privileges and owners.
 *
 * What there was before a statement and what there is behind it is asked for
 * by functions of sql/rerun/63_change_log.sql, which also write the rows.  They
 * are called as superuser: who may change a privilege need not read the log.
 */
#include "ledger/change_log.h"

#include "catalog/pg_authid_d.h"
#include "catalog/pg_type_d.h"
#include "commands/dbcommands.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "parser/parse_func.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/rls.h"

#include "ledger/guard.h"
#include "ledger/registry.h"

struct log_watch
{
	const char *action;
	const char *now;			/* the function that says how it is */
	char	   *before;
	char	   *password_of;	/* role whose password is set; NULL: none */
};

#define ROLES "fireiot.roles_now()"
#define PRIVILEGES "fireiot.privileges_now()"

bool
log_is_restoring(void)
{
	Oid			start = own_table("change_log_start");

	return !row_security && OidIsValid(start) && !table_holds_rows(start);
}

static bool
changes_owner(AlterTableStmt *statement)
{
	ListCell   *cell;

	foreach(cell, statement->cmds)
		if (lfirst_node(AlterTableCmd, cell)->subtype == AT_ChangeOwner)
			return true;
	return false;
}

static bool
is_of_this_database(AlterDatabaseSetStmt *statement)
{
	return get_database_oid(statement->dbname, true) == MyDatabaseId;
}

/* What a statement may change; NULL: nothing that is logged. */
static const char *
what_it_changes(Node *statement)
{
	switch (nodeTag(statement))
	{
		case T_CreateRoleStmt:
		case T_AlterRoleStmt:
		case T_AlterRoleSetStmt:
		case T_DropRoleStmt:
		case T_GrantRoleStmt:
			return ROLES;
		case T_RenameStmt:
			return ((RenameStmt *) statement)->renameType == OBJECT_ROLE ?
				ROLES : NULL;
		case T_GrantStmt:
		case T_AlterDefaultPrivilegesStmt:
		case T_AlterOwnerStmt:
		case T_ReassignOwnedStmt:
		case T_DropOwnedStmt:
			return PRIVILEGES;
		case T_AlterTableStmt:
			return changes_owner((AlterTableStmt *) statement) ?
				PRIVILEGES : NULL;
		case T_AlterDatabaseSetStmt:
			return is_of_this_database((AlterDatabaseSetStmt *) statement) ?
				PRIVILEGES : NULL;
		case T_AlterExtensionStmt:
			return strcmp(((AlterExtensionStmt *) statement)->extname, "fireiot") == 0 ?
				PRIVILEGES : NULL;
		default:
			return NULL;
	}
}

static char *
password_of(Node *statement)
{
	ListCell   *cell;

	if (!IsA(statement, AlterRoleStmt))
		return NULL;
	foreach(cell, ((AlterRoleStmt *) statement)->options)
		if (strcmp(lfirst_node(DefElem, cell)->defname, "password") == 0)
			return get_rolespec_name(((AlterRoleStmt *) statement)->role);
	return NULL;
}

/* What calls it was made for another version of the extension. */
static bool
functions_are_there(void)
{
	static const char *const names[] = {"roles_now", "privileges_now"};

	for (int i = 0; i < lengthof(names); i++)
		if (!OidIsValid(LookupFuncName(list_make2(makeString("fireiot"),
												  makeString(unconstify(char *, names[i]))),
									   0, NULL, true)))
			return false;
	return true;
}

/*
 * Run a query with texts for parameters, as superuser and as the log's own
 * writer.  Returns the text of its first column; NULL: it has none.
 */
static char *
ask(const char *query, int count, const char *const *texts)
{
	Oid			types[4] = {TEXTOID, TEXTOID, TEXTOID, TEXTOID};
	Datum		values[4];
	char		nulls[] = "    ";
	Oid			user;
	int			security;
	guard_allowance before = guard_allowed();
	guard_allowance allowance = before;
	char	   *answer = NULL;

	Assert(count <= lengthof(values));
	for (int i = 0; i < count; i++)
	{
		values[i] = texts[i] != NULL ? CStringGetTextDatum(texts[i]) : (Datum) 0;
		nulls[i] = texts[i] != NULL ? ' ' : 'n';
	}
	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID,
						   security | SECURITY_LOCAL_USERID_CHANGE);
	allowance.own_write = true;
	guard_allow(allowance);
	PG_TRY();
	{
		SPI_connect();
		if (SPI_execute_with_args(query, count, types, values, nulls, false, 1) != SPI_OK_SELECT)
			elog(ERROR, "could not ask \"%s\"", query);
		if (SPI_processed > 0)
			answer = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
		if (answer != NULL)
			answer = strcpy(SPI_palloc(strlen(answer) + 1), answer);
		SPI_finish();
	}
	PG_FINALLY();
	{
		guard_allow(before);
		SetUserIdAndSecContext(user, security);
	}
	PG_END_TRY();
	return answer;
}

log_watch *
log_watch_begin(Node *statement)
{
	const char *now = what_it_changes(statement);
	log_watch  *watch;

	/* of what the script of an update does, the update tells in one go */
	if (now == NULL || !guard_on_duty() || in_own_script() ||
		!functions_are_there() || log_is_restoring())
		return NULL;
	watch = palloc0(sizeof(log_watch));
	watch->action = CreateCommandName(statement);
	watch->now = now;
	watch->password_of = password_of(statement);
	watch->before = ask(psprintf("SELECT %s", now), 0, NULL);
	return watch;
}

void
log_watch_end(log_watch *watch)
{
	const char *texts[] = {watch->action, watch->before, watch->password_of};

	if (!guard_on_duty() || !functions_are_there())
		return;
	ask(psprintf("SELECT fireiot.log_privileges(pg_catalog.lower($1), $2::pg_catalog.jsonb, %s, $3)",
				 watch->now), 3, texts);
}

void
log_trigger_dropped(const char *table, const char *trigger)
{
	const char *texts[] = {table, trigger};

	ask("SELECT fireiot.log_change($1, NULL, 'drop trigger', pg_catalog.jsonb_build_object('trigger', $2))",
		2, texts);
}

PG_FUNCTION_INFO_V1(fireiot_log_trigger);

/*
 * Trigger of logged tables: hands on to the function that stores the rows,
 * fireiot.store_rows() or fireiot.store_truncated(), which may write the log
 * while it is called from here.
 */
Datum
fireiot_log_trigger(PG_FUNCTION_ARGS)
{
	LOCAL_FCINFO(inner, 0);
	guard_allowance before = guard_allowed();
	guard_allowance allowance = before;
	const char *writer;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("the function is a trigger's")));
	if (fcinfo->flinfo->fn_extra == NULL)
	{
		FmgrInfo   *found = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt,
											   sizeof(FmgrInfo));

		writer = TRIGGER_FIRED_BY_TRUNCATE(((TriggerData *) fcinfo->context)->tg_event) ?
			"store_truncated" : "store_rows";
		fmgr_info_cxt(LookupFuncName(list_make2(makeString("fireiot"),
												makeString(unconstify(char *, writer))),
									 0, NULL, false),
					  found, fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = found;
	}
	InitFunctionCallInfoData(*inner, fcinfo->flinfo->fn_extra, 0, InvalidOid,
							 fcinfo->context, NULL);
	allowance.own_write = true;
	guard_allow(allowance);
	PG_TRY();
	{
		(void) FunctionCallInvoke(inner);
	}
	PG_FINALLY();
	{
		guard_allow(before);
	}
	PG_END_TRY();
	return PointerGetDatum(NULL);
}
