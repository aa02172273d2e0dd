/*
 * guard_log.h
 *	  What would silence the change log, or write it by hand.
 */
#ifndef FIREIOT_GUARD_LOG_H
#define FIREIOT_GUARD_LOG_H

#include "base/compat.h"

#include "catalog/pg_trigger.h"
#include "nodes/nodes.h"

/* Changes of this table are logged. */
extern bool is_logged(Oid table);

/* A trigger of the log's own, as a statement has left it. */
extern void check_log_trigger(Form_pg_trigger trigger);

/* The event trigger of the extension was altered. */
extern void check_event_trigger(Oid trigger);

/* A statement that drops triggers, replaces one or ties it to an extension. */
extern void check_trigger_statement(Node *statement);

/* A statement writes rows of a table that only a function may write. */
extern void check_own_write(Oid table);

#endif							/* FIREIOT_GUARD_LOG_H */
