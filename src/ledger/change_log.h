/*
 * change_log.h
 *	  What is logged from the hooks: changes of roles, privileges and owners.
 *
 * An event trigger does not see what is shared by databases, and can be
 * switched off; a hook cannot.  The rows are of the change's own transaction.
 */
#ifndef FIREIOT_CHANGE_LOG_H
#define FIREIOT_CHANGE_LOG_H

#include "base/compat.h"

#include "nodes/nodes.h"

/* A statement that may change what is logged, and how it was before. */
typedef struct log_watch log_watch;

/* Before the statement; NULL: nothing of it is logged. */
extern log_watch *log_watch_begin(Node *statement);

/* Behind it: adds a row for all that is other than before. */
extern void log_watch_end(log_watch *watch);

/* A trigger of the log's own was taken from a table that is not fireiot's. */
extern void log_trigger_dropped(const char *table, const char *trigger);

/* The rows that pg_dump has written are being loaded: no changes. */
extern bool log_is_restoring(void);

#endif							/* FIREIOT_CHANGE_LOG_H */
