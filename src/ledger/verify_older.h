/*
 * verify_older.h
 *	  The rows of one partition against what was sealed of it in databases
 *	  that this one is a copy of.
 */
#ifndef FIREIOT_VERIFY_OLDER_H
#define FIREIOT_VERIFY_OLDER_H

#include "base/compat.h"

#include "nodes/pg_list.h"

#include "ledger/verify_part.h"

/*
 * The parts, in blocks from..to of the job, of incarnations before that of its
 * first block; incarnations is a list of the first chain_block of each.  SPI
 * is connected; what is allocated lies in the current memory context.
 */
extern void verify_older(const verify_part_job *job, List *incarnations);

#endif							/* FIREIOT_VERIFY_OLDER_H */
