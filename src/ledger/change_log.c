/*
 * change_log.c
 *	  What is logged from the hooks: changes of roles, privileges and owners.
 *
 * What there was before a statement and what there is behind it is asked for
 * by functions of sql/rerun/63_change_log.sql, which also write the rows.  They
 * are called as superuser: who may change a privilege need not read the log.
 */
#include "ledger/change_log.h"

#include "commands/dbcommands.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "parser/parse_func.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/rls.h"

#include "base/shared.h"
#include "ledger/ask.h"
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

typedef struct question
{
	const char *query;
	int			count;
	const char *const *texts;
	char	   *answer;
} question;

static void
ask_to_write(void *arg)
{
	question   *q = arg;

	q->answer = ask(q->query, q->count, q->texts);
}

/* Ask a function that writes the log. */
static char *
write_log(const char *query, int count, const char *const *texts)
{
	question	q = {query, count, texts, NULL};
	guard_allowance allowance = guard_allowed();

	allowance.own_write = true;
	guard_allow_for(allowance, ask_to_write, &q);
	return q.answer;
}

log_watch *
log_watch_begin(Node *statement)
{
	const char *now = what_it_changes(statement);
	log_watch  *watch;

	/*
	 * Of what the script of an update does, the update tells in one go.
	 * Without the preload the event trigger refuses what it sees; roles are
	 * found later.
	 */
	if (now == NULL || !shared_ready() || !guard_on_duty() || in_own_script() ||
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
	(void) write_log(psprintf("SELECT fireiot.log_privileges(pg_catalog.lower($1), $2::pg_catalog.jsonb, %s, $3)",
							  watch->now), 3, texts);
}

void
log_trigger_dropped(const char *table, const char *trigger)
{
	const char *texts[] = {table, trigger};

	(void) write_log("SELECT fireiot.log_change($1, NULL, 'drop trigger', pg_catalog.jsonb_build_object('trigger', $2))",
					 2, texts);
}

static FmgrInfo *
find_writer(const TriggerData *trigger, MemoryContext context)
{
	char	   *name = TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event) ?
		"store_truncated" : "store_rows";
	FmgrInfo   *writer = MemoryContextAlloc(context, sizeof(FmgrInfo));

	fmgr_info_cxt(LookupFuncName(list_make2(makeString("fireiot"), makeString(name)),
								 0, NULL, false),
				  writer, context);
	return writer;
}

static void
call_writer(void *arg)
{
	FunctionCallInfo fcinfo = arg;
	LOCAL_FCINFO(inner, 0);

	InitFunctionCallInfoData(*inner, fcinfo->flinfo->fn_extra, 0, InvalidOid,
							 fcinfo->context, NULL);
	(void) FunctionCallInvoke(inner);
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
	guard_allowance allowance = guard_allowed();

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("the function is a trigger's")));
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra = find_writer((TriggerData *) fcinfo->context,
											   fcinfo->flinfo->fn_mcxt);
	allowance.own_write = true;
	guard_allow_for(allowance, call_writer, fcinfo);
	return PointerGetDatum(NULL);
}

PG_FUNCTION_INFO_V1(fireiot_note_roles);

/*
 * For the keeper: logs what is other of roles than the log says, which is what
 * was done from other databases.  Looks into the log only when roles are not
 * as this process saw them last.
 */
Datum
fireiot_note_roles(PG_FUNCTION_ARGS)
{
	static char seen[33];
	char	   *now = ask("SELECT pg_catalog.md5(fireiot.roles_now()::pg_catalog.text)"
						  " FROM fireiot.change_log_start LIMIT 1", 0, NULL);

	/* null: the log has not begun, a restore may be under way */
	if (now == NULL || strcmp(now, seen) == 0)
		PG_RETURN_VOID();
	/* what was written is seen when it is committed: next time */
	if (strcmp(write_log("SELECT fireiot.log_found_roles()", 0, NULL), "f") == 0)
		strlcpy(seen, now, sizeof(seen));
	PG_RETURN_VOID();
}
