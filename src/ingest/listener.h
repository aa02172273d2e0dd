/*
 * listener.h
 *	  The background workers: a launcher, and the listeners that it starts.
 *
 * The launcher has no database.  It starts a listener for each of
 * fireiot.listeners as soon as there are the database and the role that they
 * need, and the keeper beside them; ends them when fireiot.listen is off or those settings change, and
 * starts again what has ended, at growing intervals.
 *
 * A listener waits until the extension is in its database in the version of
 * the library, opens the port, and then turns: events, batch, answers.
 */
#ifndef FIREIOT_LISTENER_H
#define FIREIOT_LISTENER_H

#include "base/compat.h"

/* Register the launcher; called once, from _PG_init, when preloading. */
extern void launcher_register(void);

extern PGDLLEXPORT void fireiot_launcher_main(Datum arg);
extern PGDLLEXPORT void fireiot_listener_main(Datum arg);

#endif							/* FIREIOT_LISTENER_H */
