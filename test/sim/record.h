/*
 * record.h
 *	  The record: a line for everything that happens to a frame.
 *
 * Columns, with tabs between, as COPY of PostgreSQL reads them: event, time
 * in microseconds since 1970, number of the frame in this record, device,
 * sequence number, header time, bytes (with event "sent" and with what the
 * centre commands and is answered; \N otherwise).
 */
#ifndef SIM_RECORD_H
#define SIM_RECORD_H

#include <stdio.h>

#include "util.h"

/* Start with all zero: nothing is recorded. */
typedef struct sim_record
{
	FILE	   *file;
	char	   *buffer;
	const char *name;
} sim_record;

extern void sim_record_open(sim_record *record, const char *name);

/*
 * Write a line.  bytes are the frame; they are written out only with_bytes.
 */
extern void sim_record_line(sim_record *record, const char *event,
							uint64_t number, uint64_t device,
							const uint8_t *bytes, size_t len, bool with_bytes);

/* Write out what is buffered; dies when the file is not whole. */
extern void sim_record_close(sim_record *record);

static inline bool
sim_recording(const sim_record *record)
{
	return record->file != NULL;
}

#endif							/* SIM_RECORD_H */
