/*
 * progress.h
 *	  How far a verification is, for other sessions to see.
 *
 * Kept where the server keeps the progress of its own commands: nothing is left
 * when a verification ends, fails or is killed, and no preload is needed.
 */
#ifndef FIREIOT_LEDGER_PROGRESS_H
#define FIREIOT_LEDGER_PROGRESS_H

#include "base/compat.h"

typedef enum progress_phase
{
	PROGRESS_CHAIN,				/* headers of blocks and parts */
	PROGRESS_ROWS
} progress_phase;

typedef enum progress_number
{
	PROGRESS_PHASE,
	PROGRESS_RELATION,			/* OID of the one that is read */
	PROGRESS_BLOCKS_TOTAL,
	PROGRESS_BLOCKS_DONE,
	PROGRESS_RELATIONS_TOTAL,
	PROGRESS_RELATIONS_DONE,
	PROGRESS_ROWS_TOTAL,
	PROGRESS_ROWS_DONE,
	PROGRESS_FROM,				/* blocks that were asked for */
	PROGRESS_TO,
	PROGRESS_NUMBERS
} progress_number;

extern void progress_start(void);
extern void progress_set(progress_number number, int64 value);
extern void progress_end(void);

/* One more of what is counted; others see it now and then. */
extern void progress_block(void);
extern void progress_row(void);

#endif							/* FIREIOT_LEDGER_PROGRESS_H */
