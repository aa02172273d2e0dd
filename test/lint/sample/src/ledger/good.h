/*
 * good.h
 *	  A header of floor 2.
 */
#ifndef LEDGER_GOOD_H
#define LEDGER_GOOD_H

#include "base/compat.h"

#endif							/* LEDGER_GOOD_H */
