/*
 * other_database.h
 *	  A look at the tables of a database that this session is not in.
 */
#ifndef FIREIOT_OTHER_DATABASE_H
#define FIREIOT_OTHER_DATABASE_H

#include "base/compat.h"

/*
 * The database has a table that is kept by an access method which does not
 * come with PostgreSQL.  False: fireiot is not in it, or keeps nothing there.
 */
extern bool has_foreign_tables(Oid database);

#endif							/* FIREIOT_OTHER_DATABASE_H */
