/*
 * make_ledger.c
 *	  The lawful ways in and out: giving a table to the ledger, dropping a
 *	  partition with its certificate, ordering the end of an installation.
 */
#include "ledger/guard.h"

#include "access/relation.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/settings.h"
#include "ledger/leaf.h"
#include "ledger/refusal.h"
#include "ledger/registry.h"

/* An error that says what the table has that a ledger table has not. */
pg_noreturn static void
unfit(Relation table, const char *reason, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" cannot be given to the ledger",
					qualified_name(table)),
			 errdetail_internal("%s", reason),
			 errhint("%s", hint),
			 errtable(table)));
}

static void
check_columns(Relation table)
{
	TupleDesc	columns = RelationGetDescr(table);
	bool		has_id = false;
	bool		has_tx = false;

	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);
		const char *name = NameStr(column->attname);

		if (column->attisdropped)
			continue;
		if (strcmp(name, "tx") == 0 && column->atttypid == XID8OID &&
			!column->attnotnull && column->attgenerated == '\0')
			has_tx = true;
		else if (column->attgenerated != '\0')
			unfit(table, psprintf("Column \"%s\" is generated.", name),
				  "Drop the column and compute it in a view.");
		else if (!ledger_type_supported(column->atttypid))
			unfit(table, psprintf("Column \"%s\" is of type %s, whose values may be shown differently one day.",
								  name, format_type_be(column->atttypid)),
				  "Store it as text, numeric, bytea or jsonb.");
		if (strcmp(name, "id") == 0 && column->atttypid == INT8OID &&
			column->attnotnull)
			has_id = true;
	}
	if (!has_id)
		unfit(table, "It has no column \"id\" of type bigint that is not null.",
			  "ALTER TABLE ... ADD id bigint GENERATED ALWAYS AS IDENTITY.");
	if (!has_tx)
		unfit(table, "It has no column \"tx\" of type xid8 that may be null.",
			  "ALTER TABLE ... ADD tx xid8.");
}

static void
check_surroundings(Relation table)
{
	TriggerDesc *triggers = table->trigdesc;

	if (table->rd_rel->relkind != RELKIND_RELATION &&
		table->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		unfit(table, "It is not a table.", "Name a table, or the parent of partitions.");
	if (table->rd_rel->relpersistence != RELPERSISTENCE_PERMANENT)
		unfit(table, "It is temporary or unlogged.", "ALTER TABLE ... SET LOGGED.");
	if (table->rd_rel->relispartition || has_superclass(RelationGetRelid(table)))
		unfit(table, "It is a part of another table.", "Give that one to the ledger.");
	if (table->rd_rel->relkind == RELKIND_RELATION &&
		has_subclass(RelationGetRelid(table)))
		unfit(table, "Other tables inherit from it.", "Make it a partitioned table.");
	if (table->rd_rel->relrowsecurity)
		unfit(table, "It has row security.", "ALTER TABLE ... DISABLE ROW LEVEL SECURITY, and drop its policies.");
	if (table->rd_rules != NULL)
		unfit(table, "It has rules.", "Drop them.");
	if (triggers != NULL && triggers->trig_insert_before_row)
		unfit(table, "It has a trigger before its rows are stored.", "Make it an AFTER trigger.");
}

static void
run(const char *statement)
{
	int			result = SPI_execute(statement, false, 0);

	if (result < 0)
		elog(ERROR, "could not execute \"%s\": %s", statement,
			 SPI_result_code_string(result));
}

static void
write_anew(void *name)
{
	run(psprintf("ALTER TABLE %s SET ACCESS METHOD fireiot_ledger",
				 (char *) name));
}

/* Rows that are there are written anew, and stamped as of now. */
static void
convert(Oid table)
{
	guard_allowance allowance = guard_allowed();

	if (get_rel_relkind(table) != RELKIND_RELATION)
		return;
	allowance.conversion = table;
	guard_allow_for(allowance, write_anew, protected_name(table));
}

static void
check_owner(Relation table)
{
	if (superuser() ||
		has_privs_of_role(GetUserId(), table->rd_rel->relowner))
		return;
	aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE,
				   RelationGetRelationName(table));
}

PG_FUNCTION_INFO_V1(make_ledger);
Datum
make_ledger(PG_FUNCTION_ARGS)
{
	Oid			oid = PG_GETARG_OID(0);
	Relation	table = relation_open(oid, AccessExclusiveLock);
	List	   *parts;
	ListCell   *cell;

	check_owner(table);
	check_surroundings(table);
	if (is_registered(oid))
		unfit(table, "It was given to it before.", "There is nothing to do.");
	check_columns(table);
	relation_close(table, NoLock);
	SPI_connect();
	parts = find_all_inheritors(oid, AccessExclusiveLock, NULL);
	foreach(cell, parts)
		convert(lfirst_oid(cell));
	run(psprintf("CREATE INDEX ON %s USING brin (tx fireiot.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize)",
				 protected_name(oid)));
	run(psprintf("INSERT INTO fireiot.ledger_table (name, registered_at) VALUES (%s, pg_catalog.now())",
				 quote_literal_cstr(protected_name(oid))));
	SPI_finish();
	PG_RETURN_VOID();
}

/* A certificate of this very transaction: tx cannot be made up. */
static bool
has_certificate(const char *partition)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(partition)};
	int			result = SPI_execute_with_args("SELECT FROM fireiot.purge_certificate WHERE partition = $1 AND tx = pg_catalog.pg_current_xact_id()",
											   1, types, values, NULL, true, 1);

	if (result < 0)
		elog(ERROR, "could not look for the certificate: %s",
			 SPI_result_code_string(result));
	return SPI_processed > 0;
}

static void
drop(void *address)
{
	performDeletion(address, DROP_RESTRICT, 0);
}

static void
drop_with_allowance(Oid partition)
{
	guard_allowance allowance = guard_allowed();
	ObjectAddress address;

	allowance.purge = partition;
	ObjectAddressSet(address, RelationRelationId, partition);
	guard_allow_for(allowance, drop, &address);
}

PG_FUNCTION_INFO_V1(drop_purged_partition);
Datum
drop_purged_partition(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	RangeVar   *range = makeRangeVarFromNameList(qualified_name_list(name));
	Oid			partition = RangeVarGetRelid(range, AccessExclusiveLock, false);
	bool		certified;

	if (!get_rel_relispartition(partition) || !is_protected(partition))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is no partition of a record table", name)));
	SPI_connect();
	certified = has_certificate(protected_name(partition));
	SPI_finish();
	if (!certified)
		refuse("partition \"%s\" has no purge certificate of this transaction",
			   protected_name(partition),
			   "It is issued by fireiot.purge_expired(), which also drops the partition.");
	drop_with_allowance(partition);
	PG_RETURN_VOID();
}

static void
check_order(const char *reason)
{
	if (!settings.allow_decommission)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("this installation may not be given up"),
				 errhint("Set fireiot.allow_decommission = on in postgresql.conf and restart the server.")));
	if (reason[strspn(reason, " \t\r\n")] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an installation is not given up without a reason"),
				 errhint("Say who decided it and why; it is recorded.")));
}

/* What there is, for whoever keeps the checkpoints. */
static void
seal_what_there_is(void)
{
	run("SELECT fireiot.seal()");
	if (settings.checkpoint_key_file[0] != '\0')
		run("SELECT fireiot.checkpoint()");
	else
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("no final checkpoint is signed"),
				 errhint("To have one, roll back, set fireiot.checkpoint_key_file and call the function again.")));
}

static void
store_order(void *reason)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {PointerGetDatum(reason)};

	if (SPI_execute_with_args("INSERT INTO fireiot.decommission (reason, ordered_by) VALUES ($1, session_user)",
							  1, types, values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not store the order");
}

PG_FUNCTION_INFO_V1(ledger_decommission);

/*
 * The order is a row that nothing else may write.  It acts when it is in the
 * chain, as registry.c asks: sealing it takes another transaction.
 */
Datum
ledger_decommission(PG_FUNCTION_ARGS)
{
	text	   *reason = PG_GETARG_TEXT_PP(0);
	guard_allowance allowance = guard_allowed();

	check_order(text_to_cstring(reason));
	SPI_connect();
	seal_what_there_is();
	allowance.own_write = true;
	guard_allow_for(allowance, store_order, reason);
	SPI_finish();
	ereport(NOTICE,
			(errcode(ERRCODE_SUCCESSFUL_COMPLETION),
			 errmsg("the order acts when it is in the chain"),
			 errhint("%s", settings.checkpoint_key_file[0] != '\0' ?
					 "SELECT fireiot.seal(); and then SELECT fireiot.checkpoint(); in transactions of their own." :
					 "SELECT fireiot.seal(); in a transaction of its own.")));
	PG_RETURN_VOID();
}
