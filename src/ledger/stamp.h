/*
 * stamp.h
 *	  Sets column tx of a row that is about to be stored.
 */
#ifndef FIREIOT_STAMP_H
#define FIREIOT_STAMP_H

#include "base/compat.h"

#include "access/transam.h"
#include "executor/tuptable.h"

/* Whatever the row has there; column is of type xid8. */
extern void stamp_row(TupleTableSlot *slot, AttrNumber column,
					  FullTransactionId tx);

#endif							/* FIREIOT_STAMP_H */
