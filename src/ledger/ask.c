/*
 * ask.c
 *	  A question to fireiot's own tables, as superuser, whoever the session is.
 */
#include "ledger/ask.h"

#include "catalog/pg_authid_d.h"
#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

static char *
run(const char *query, int count, const char *const *texts)
{
	Oid			types[ASK_MOST_TEXTS] = {TEXTOID, TEXTOID, TEXTOID, TEXTOID};
	Datum		values[ASK_MOST_TEXTS] = {0};
	char		nulls[ASK_MOST_TEXTS];
	char	   *answer = NULL;

	Assert(count <= ASK_MOST_TEXTS);
	for (int i = 0; i < count; i++)
	{
		nulls[i] = texts[i] != NULL ? ' ' : 'n';
		if (texts[i] != NULL)
			values[i] = CStringGetTextDatum(texts[i]);
	}
	SPI_connect();
	if (SPI_execute_with_args(query, count, types, values, nulls, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not ask \"%s\"", query);
	if (SPI_processed > 0)
		answer = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (answer != NULL)
		answer = strcpy(SPI_palloc(strlen(answer) + 1), answer);
	SPI_finish();
	return answer;
}

char *
ask(const char *query, int count, const char *const *texts)
{
	Oid			user;
	int			security;
	char	   *answer;

	GetUserIdAndSecContext(&user, &security);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID,
						   security | SECURITY_LOCAL_USERID_CHANGE);
	PG_TRY();
	{
		answer = run(query, count, texts);
	}
	PG_FINALLY();
	{
		SetUserIdAndSecContext(user, security);
	}
	PG_END_TRY();
	return answer;
}
