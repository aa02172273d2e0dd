/*
 * summarize.h
 *	  Keeps the end of BRIN indexes short.
 */
#ifndef FIREIOT_SUMMARIZE_H
#define FIREIOT_SUMMARIZE_H

#include "base/compat.h"

#include "utils/relcache.h"

/*
 * Pages that no index has summarized are read by each search for new rows:
 * summarize them when there are many, unless somebody else holds the lock for
 * that.  The relation is open.
 */
extern void summarize_if_due(Relation relation);

#endif							/* FIREIOT_SUMMARIZE_H */
