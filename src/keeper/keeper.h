/*
 * keeper.h
 *	  The worker that does what time asks for: it seals records every
 *	  fireiot.seal_interval, and signs a checkpoint every
 *	  fireiot.checkpoint_interval.
 *
 * Started by the launcher, which knows it by name only.
 */
#ifndef FIREIOT_KEEPER_H
#define FIREIOT_KEEPER_H

#include "base/compat.h"

extern PGDLLEXPORT void fireiot_keeper_main(Datum arg);

#endif							/* FIREIOT_KEEPER_H */
