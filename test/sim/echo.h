/*
 * echo.h
 *	  The centre that confirms each frame at once and keeps none.
 */
#ifndef SIM_ECHO_H
#define SIM_ECHO_H

#include "options.h"

/* Prints "listening on HOST:PORT", then serves until it is told to stop. */
extern int	sim_echo_main(const sim_options *options);

#endif							/* SIM_ECHO_H */
