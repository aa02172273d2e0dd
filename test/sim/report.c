/*
 * report.c
 *	  The histogram of times and the report.
 */
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * Values below 2 * 128 have a bucket each; above, the top eight bits of a
 * value say its bucket.
 */
static uint32_t
bucket_of(uint64_t value)
{
	int			shift = 63 - __builtin_clzll(value | 1) - SIM_BUCKET_BITS;
	uint64_t	bucket;

	if (shift <= 0)
		return (uint32_t) value;
	bucket = ((uint64_t) shift << SIM_BUCKET_BITS) + (value >> shift);
	return (uint32_t) (bucket < SIM_BUCKETS ? bucket : SIM_BUCKETS - 1);
}

/* The middle of a bucket. */
static int64_t
value_of(uint32_t bucket)
{
	int			shift = (int) (bucket >> SIM_BUCKET_BITS) - 1;
	int64_t		top;

	if (shift <= 0)
		return bucket;
	top = bucket - ((int64_t) shift << SIM_BUCKET_BITS);
	return (top << shift) + (INT64_C(1) << shift) / 2;
}

void
sim_latency_add(sim_latency *latency, int64_t nanoseconds)
{
	if (nanoseconds < 0)
		nanoseconds = 0;
	latency->count++;
	latency->bucket[bucket_of((uint64_t) nanoseconds)]++;
	if (nanoseconds > latency->max)
		latency->max = nanoseconds;
}

int64_t
sim_latency_at(const sim_latency *latency, double fraction)
{
	double		wanted = fraction * (double) latency->count;
	uint64_t	seen = 0;

	for (uint32_t i = 0; i < SIM_BUCKETS; i++)
	{
		seen += latency->bucket[i];
		if (seen > 0 && (double) seen >= wanted)
			return value_of(i) < latency->max ? value_of(i) : latency->max;
	}
	return latency->max;
}

static void
write_time(FILE *file, const char *name, int64_t nanoseconds)
{
	fprintf(file, "%s\t%.4g\tms\n", name, (double) nanoseconds / 1e6);
}

static void
write_lines(const sim_report *report, FILE *file)
{
	const struct
	{
		const char *name;
		uint64_t	value;
		const char *unit;
	}			counts[] = {
		{"sent", report->sent, "frames"},
		{"confirmed", report->confirmed, "frames"},
		{"gave_up", report->gave_up, "frames"},
		{"unsent", report->unsent, "frames"},
		{"resent", report->resent, "times"},
		{"denied", report->denied, "times"},
		{"surplus_answers", report->surplus, "times"},
		{"faults", report->faults, "times"},
		{"commands", report->commands, "times"},
		{"lost_connections", report->lost, "connections"},
		{"connections_open", report->open, "connections"},
		{"connections_open_most", report->open_most, "connections"},
		{"bytes_sent", report->bytes_sent, "bytes"},
		{"bytes_received", report->bytes_received, "bytes"},
	};
	double		seconds = (double) (report->last - report->first) / 1e9;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		fprintf(file, "%s\t%" PRIu64 "\t%s\n", counts[i].name,
				counts[i].value, counts[i].unit);
	if (report->confirmed == 0)
		seconds = 0;
	fprintf(file, "seconds\t%.3f\ts\n", seconds);
	fprintf(file, "frames_per_s\t%.0f\tframes/s\n",
			seconds > 0 ? (double) report->confirmed / seconds : 0.0);
	write_time(file, "confirm_p50_ms", sim_latency_at(&report->latency, 0.5));
	write_time(file, "confirm_p99_ms", sim_latency_at(&report->latency, 0.99));
	write_time(file, "confirm_max_ms", report->latency.max);
}

void
sim_report_write(const sim_report *report, const char *name)
{
	FILE	   *file = strcmp(name, "-") == 0 ? stdout : fopen(name, "w");

	if (file == NULL)
		sim_die(SIM_USAGE, "--report %s: %s", name, strerror(errno));
	write_lines(report, file);
	if (fflush(file) != 0 || (file != stdout && fclose(file) != 0))
		sim_die(SIM_USAGE, "--report %s: %s", name, strerror(errno));
}
