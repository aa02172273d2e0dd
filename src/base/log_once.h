/*
 * log_once.h
 *	  The same message in the log once a minute, with how often it came.
 */
#ifndef FIREIOT_LOG_ONCE_H
#define FIREIOT_LOG_ONCE_H

#include "base/compat.h"

/*
 * Should this text be written to the log now?  *repeats is how often it was
 * asked about and not written since.  The last few texts are remembered.
 */
extern bool log_once(const char *text, uint64 *repeats);

#endif							/* FIREIOT_LOG_ONCE_H */
