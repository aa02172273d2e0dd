/*
 * frame.h
 *	  The frame (data packet) of clause 6.6, Table 1: check, read, build.
 */
#ifndef GB_FRAME_H
#define GB_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "codec/bytes.h"
#include "codec/checksum.h"
#include "codec/profile.h"
#include "codec/status.h"
#include "codec/time_tag.h"

#define GB_FRAME_MIN 30			/* a frame without application data */
#define GB_FRAME_MAX (GB_FRAME_MIN + GB_MAX_APP)

/* Offsets inside a frame. */
#define GB_AT_SEQ 2
#define GB_AT_VERSION 4
#define GB_AT_TIME 6
#define GB_AT_SRC 12
#define GB_AT_DST 18
#define GB_AT_LENGTH 24
#define GB_AT_COMMAND 26
#define GB_AT_APP 27

/*
 * A frame's control unit.  Addresses are the integer that six bytes form, low
 * byte first, or high byte first where the profile says so.
 */
typedef struct gb_frame
{
	const uint8_t *bytes;		/* the whole frame in the caller's buffer */
	const uint8_t *app;			/* application data unit, app_len bytes */
	uint64_t	src;
	uint64_t	dst;
	uint16_t	seq;
	uint16_t	app_len;
	uint8_t		ver_main;
	uint8_t		ver_user;
	uint8_t		command;
	uint8_t		checksum;		/* as sent */
	gb_time		time;
	gb_warnings warnings;		/* of the control unit */
} gb_frame;

/* By value: read back from the frame they would wait for the stores. */
static inline gb_warnings
gb_control_unit_warnings(uint8_t ver_main, int time_known, uint8_t command,
						 uint16_t app_len)
{
	gb_warnings warnings = 0;

	if (ver_main != 1)
		warnings |= GB_WARN_MAIN_VERSION;
	if (!time_known)
		warnings |= GB_WARN_TIME;
	if (command >= GB_CMD_USER)
		warnings |= GB_WARN_CMD_USER;
	if (command == GB_CMD_SEND && app_len == 0)
		warnings |= GB_WARN_EMPTY_APP;
	return warnings;
}

/* Read the control unit of GB_FRAME_MIN + app_len good bytes. */
static inline void
gb_frame_read(gb_frame *frame, const uint8_t *bytes,
			  const gb_profile *profile)
{
	uint16_t	app_len = gb_load16(bytes + GB_AT_LENGTH);
	uint8_t		command = bytes[GB_AT_COMMAND];
	uint64_t	src = gb_load48(bytes + GB_AT_SRC);
	uint64_t	dst = gb_load48(bytes + GB_AT_DST);
	bool		reversed = gb_profile_has(profile, GB_P_ADDRESS_WIRE);
	bool		time_known = gb_time_read(&frame->time, bytes + GB_AT_TIME,
										  gb_profile_time(profile));

	frame->bytes = bytes;
	frame->app = bytes + GB_AT_APP;
	frame->seq = gb_load16(bytes + GB_AT_SEQ);
	frame->ver_main = bytes[GB_AT_VERSION];
	frame->ver_user = bytes[GB_AT_VERSION + 1];
	frame->src = reversed ? gb_swap48(src) : src;
	frame->dst = reversed ? gb_swap48(dst) : dst;
	frame->app_len = app_len;
	frame->command = command;
	frame->checksum = bytes[GB_AT_APP + app_len];
	frame->warnings = gb_control_unit_warnings(bytes[GB_AT_VERSION],
											   time_known, command,
											   app_len);
}

/*
 * Check that len bytes are exactly one frame, in the order of gb_error, and
 * read its control unit.  What is known by the time of an error:
 *	bad_start				nothing
 *	truncated				app_len, if there are GB_FRAME_MIN bytes
 *	length_over_1024 .. bad_end, trailing_bytes		app_len
 *	bad_checksum			app_len and checksum
 *	unknown_command			everything
 * *computed is the checksum of the bytes, from bad_checksum on.
 */
extern gb_error gb_frame_check(gb_frame *frame, const uint8_t *bytes,
							   size_t len, const gb_profile *profile,
							   uint8_t *computed);

/*
 * Build a frame from its control unit and app_len bytes at frame->app, which
 * may lie where they belong, at out + GB_AT_APP.  The checksum is computed,
 * frame->checksum, bytes and warnings are not looked at.  out has room for
 * GB_FRAME_MIN + app_len bytes, which is what is returned; 0 if app_len is
 * over GB_MAX_APP.
 */
extern size_t gb_frame_build(const gb_frame *frame, const gb_profile *profile,
							 uint8_t *out);

/*
 * Build the answer to a received frame: the same sequence number and
 * versions, source and destination exchanged, no application data (clauses
 * 6.2.2, 6.3.2).  out has room for GB_FRAME_MIN bytes, which is returned.
 */
extern size_t gb_frame_answer(const gb_frame *received, uint8_t command,
							  const gb_time *now, const gb_profile *profile,
							  uint8_t *out);

#endif							/* GB_FRAME_H */
