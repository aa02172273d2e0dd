/*
 * statements.h
 *	  SQL of the ingest path: kept plans, and arrays as parameters.
 */
#ifndef FIREIOT_STATEMENTS_H
#define FIREIOT_STATEMENTS_H

#include "base/compat.h"

#include "executor/spi.h"

/*
 * A statement that is planned once a process.  Its text is run with the search
 * path pinned to pg_catalog: by the worker, by fireiot.ingest()'s own setting.
 */
typedef struct statement
{
	const char *text;
	SPIPlanPtr	plan;			/* NULL: not yet */
} statement;

#define STATEMENT_PARAMETERS 16

/*
 * Run a statement between SPI_connect() and SPI_finish(); raises unless it
 * ends as it should.  types are its parameters'.  nulls may be NULL.
 */
extern void statement_run(statement *st, int count, const Oid *types,
						  Datum *values, const char *nulls);

/* Forget the plans: the objects they name may be other ones. */
extern void statement_forget(statement *st);

/* An array parameter in the making. */
typedef struct array_builder
{
	Datum	   *values;
	bool	   *nulls;
	int			count;
	int			room;
} array_builder;

extern void array_begin(array_builder *a, int room);

static inline void
array_add(array_builder *a, Datum value, bool isnull)
{
	Assert(a->count < a->room);
	a->values[a->count] = value;
	a->nulls[a->count++] = isnull;
}

/* The array of an element type, as a Datum. */
extern Datum array_end(array_builder *a, Oid element);

#endif							/* FIREIOT_STATEMENTS_H */
