/*
 * report.h
 *	  What is counted and measured, and its printing.
 */
#ifndef SIM_REPORT_H
#define SIM_REPORT_H

#include "util.h"

/*
 * Times in buckets that are less than 1 % wide: 128 for each doubling, from
 * nanoseconds to half an hour.
 */
#define SIM_BUCKET_BITS 7
#define SIM_BUCKETS ((41 - SIM_BUCKET_BITS + 1) << SIM_BUCKET_BITS)

typedef struct sim_latency
{
	uint64_t	count;
	int64_t		max;
	uint64_t	bucket[SIM_BUCKETS];
} sim_latency;

typedef struct sim_report
{
	uint64_t	sent;			/* frames, each once */
	uint64_t	resent;			/* times that a frame was sent again */
	uint64_t	confirmed;
	uint64_t	denied;			/* denials */
	uint64_t	gave_up;		/* frames never confirmed */
	uint64_t	unsent;			/* frames that were wanted and not made */
	uint64_t	surplus;		/* answers to no frame in flight */
	uint64_t	commands;		/* of the centre */
	uint64_t	lost;			/* connections that broke */
	uint64_t	faults;			/* made on purpose */
	uint64_t	open;			/* connections */
	uint64_t	open_most;
	uint64_t	bytes_sent;
	uint64_t	bytes_received;
	int64_t		first;			/* when sending began, */
	int64_t		last;			/* when the last confirmation came */
	sim_latency latency;		/* from sending to confirmation */
} sim_report;

extern void sim_latency_add(sim_latency *latency, int64_t nanoseconds);

/* The time that a fraction 0..1 of all does not exceed, in nanoseconds. */
extern int64_t sim_latency_at(const sim_latency *latency, double fraction);

/* Write the report to a file; "-" is standard output. */
extern void sim_report_write(const sim_report *report, const char *file);

#endif							/* SIM_REPORT_H */
