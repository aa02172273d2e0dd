/*
 * guard.h
 *	  The guard: refuses, to everyone, what would change or hide rows of ledger
 *	  tables without touching them.
 *
 * What the access method cannot see is seen by three hooks of the server's:
 * object access (guard_objects.c) for DDL, utility and executor (guard.c) for
 * the rest.  There is no setting that turns it off.  It does nothing in a
 * database without fireiot and while pg_upgrade works.
 */
#ifndef FIREIOT_GUARD_H
#define FIREIOT_GUARD_H

#include "base/compat.h"

#include "catalog/objectaccess.h"

/* Put in the hooks; called once, from _PG_init. */
extern void guard_install(void);

/* guard_objects.c: one event of the object access hook. */
extern void guard_object(ObjectAccessType access, Oid class, Oid object,
						 int column, void *arg);

/*
 * What a statement is allowed beyond the rules.  Set for its time only, by
 * code that has checked, and set back also in case of an error.
 */
typedef struct guard_allowance
{
	bool		same_rows;		/* writes all rows anew as they are */
	bool		given_up;		/* decommissioned before the statement */
	bool		own_write;		/* a function writes what only functions may */
	Oid			conversion;		/* table being given to the ledger */
	Oid			purge;			/* table being dropped with a certificate */
} guard_allowance;

extern guard_allowance guard_allowed(void);
extern void guard_allow(guard_allowance allowance);

/* Do something with an allowance, which ends with it. */
extern void guard_allow_for(guard_allowance allowance, void (*work) (void *),
							void *arg);

/* The guard is on duty in this session and database. */
extern bool guard_on_duty(void);

/* Fireiot's own script is running: CREATE or ALTER EXTENSION. */
extern bool in_own_script(void);

/* drop_database.c: refuse to drop a database that holds records. */
extern void check_drop_database(const char *name, bool missing_ok);

#endif							/* FIREIOT_GUARD_H */
