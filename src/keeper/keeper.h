/*
 * keeper.h
 *	  The worker that does what time asks for: it seals records every
 *	  fireiot.seal_interval, signs a checkpoint every
 *	  fireiot.checkpoint_interval, records breaches of deadlines when they are
 *	  due, and opens cases of devices that are silent.
 *
 * Started by the launcher, which knows it by name only.
 */
#ifndef FIREIOT_KEEPER_H
#define FIREIOT_KEEPER_H

#include "base/compat.h"

extern PGDLLEXPORT void fireiot_keeper_main(Datum arg);

#endif							/* FIREIOT_KEEPER_H */
