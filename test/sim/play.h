/*
 * play.h
 *	  A script played step by step.
 */
#ifndef SIM_PLAY_H
#define SIM_PLAY_H

#include "options.h"

/* Play the file of the options or, when there is none, the drill. */
extern int	sim_play_main(sim_options *options);

#endif							/* SIM_PLAY_H */
