/*
 * record.c
 *	  Writing the record.
 */
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "codec/frame.h"

#define BUFFER (1 << 20)

void
sim_record_open(sim_record *record, const char *name)
{
	record->name = name;
	record->file = fopen(name, "w");
	if (record->file == NULL)
		sim_die(SIM_USAGE, "--record %s: %s", name, strerror(errno));
	record->buffer = sim_alloc(1, BUFFER);
	setvbuf(record->file, record->buffer, _IOFBF, BUFFER);
}

/* The header's time as text; \N when it is no real one. */
static void
time_text(char out[GB_TIME_TEXT_SIZE], const uint8_t *bytes)
{
	gb_time		time;

	if (gb_time_read(&time, bytes + GB_AT_TIME, GB_TIME_BINARY))
		gb_time_to_text(&time, out);
	else
		strcpy(out, "\\N");
}

void
sim_record_line(sim_record *record, const char *event, uint64_t number,
				uint64_t device, const uint8_t *bytes, size_t len,
				bool with_bytes)
{
	char		hex[2 * GB_FRAME_MAX + 1];
	char		time[GB_TIME_TEXT_SIZE];

	if (with_bytes)
		sim_hex(hex, bytes, len);
	hex[with_bytes ? 2 * len : 0] = '\0';
	time_text(time, bytes);
	fprintf(record->file, "%s\t%" PRId64 "\t%" PRIu64 "\t%012" PRIx64
			"\t%u\t%s\t%s%s\n", event, sim_wall_us(), number, device,
			(unsigned) gb_load16(bytes + GB_AT_SEQ), time,
			with_bytes ? "\\\\x" : "\\N", hex);
}

void
sim_record_close(sim_record *record)
{
	bool		whole;

	if (record->file == NULL)
		return;
	whole = ferror(record->file) == 0;
	if (fclose(record->file) != 0 || !whole)
		sim_die(SIM_USAGE, "--record %s: %s", record->name, strerror(errno));
	free(record->buffer);
	record->file = NULL;
}
