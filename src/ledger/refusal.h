/*
 * refusal.h
 *	  What a record table does not allow, said in one voice.
 */
#ifndef FIREIOT_REFUSAL_H
#define FIREIOT_REFUSAL_H

#include "base/compat.h"

#include "utils/rel.h"

/*
 * Refuse with SQLSTATE 0A000.  what says what cannot be done to the table,
 * as "rows of table %s cannot be changed"; %s takes its name.
 */
pg_noreturn extern void refuse(const char *what, const char *table,
							   const char *hint);

/* The name of a table as a statement would have it. */
extern char *qualified_name(Relation relation);

/*
 * The table whose rows are being written anew into one of this name;
 * InvalidOid: none.
 */
extern Oid	rewritten_by_name(const char *name);

/*
 * The relation holds a row that is committed or of this transaction.  Reads
 * the table up to the first such row; the caller keeps writers out.
 */
extern bool holds_rows(Relation relation);

#endif							/* FIREIOT_REFUSAL_H */
