/*
 * send.h
 *	  Given frames, one after the other, and what is answered to each.
 */
#ifndef SIM_SEND_H
#define SIM_SEND_H

#include "options.h"

extern int	sim_send_main(const sim_options *options);

#endif							/* SIM_SEND_H */
