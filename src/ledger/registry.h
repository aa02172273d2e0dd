/*
 * registry.h
 *	  Which tables are kept for ever, and whether any row is.
 *
 * A table is protected when the access method keeps it, when
 * fireiot.ledger_table names it, or when it is a partition of one.  All of it
 * is looked up when asked: DDL is rare, and a cache could be wrong.
 */
#ifndef FIREIOT_LEDGER_REGISTRY_H
#define FIREIOT_LEDGER_REGISTRY_H

#include "base/compat.h"

#include "access/genam.h"
#include "access/htup.h"
#include "utils/rel.h"

/* The access method; InvalidOid in a database without fireiot. */
extern Oid	ledger_access_method(void);

/* A table, partitioned or not, whose rows are kept. */
extern bool is_protected(Oid relation);

/* fireiot.ledger_table names it. */
extern bool is_registered(Oid relation);

/* fireiot.ledger_table names it, or what it is a partition of. */
extern bool is_known(Oid relation);

/* Created by fireiot's own script. */
extern bool is_own(Oid class, Oid object);

/*
 * A table that is fireiot's, or a partition of the change log: its rows are
 * about the installation, and alone do not keep it from being dropped.
 */
extern bool is_of_installation(Oid relation);

/* The relation holds rows; locks it for reading. */
extern bool table_holds_rows(Oid relation);

/*
 * Any table that is not fireiot's own holds a row: a partition of records, or
 * a table of a site's.
 */
extern bool any_record(void);

/*
 * fireiot.decommission() has run, its order is in the chain, and the server's
 * file still allows it.
 */
extern bool is_decommissioned(void);

/* One of fireiot's own tables; InvalidOid while it is not there. */
extern Oid	own_table(const char *name);

/*
 * The name of the table, when only functions may write it, itself or a
 * partition; NULL: whoever has the privilege may.
 */
extern const char *written_by_functions(Oid table);

/* "schema.table", quoted; for messages. */
extern char *protected_name(Oid relation);

/*
 * The row with this OID of a catalog as it is after the change at hand, copied
 * into the current memory context; NULL when there is none.
 */
extern HeapTuple catalog_row(Oid catalog, Oid index, AttrNumber key,
							 Oid object);

#endif							/* FIREIOT_LEDGER_REGISTRY_H */
