/*
 * frame.c
 *	  Check, read and build frames.
 */
#include "codec/frame.h"

#include "codec/bytes.h"

/* Check lengths and marks; app_len is set as soon as it is known. */
static gb_error
check_extent(const uint8_t *bytes, size_t len, uint16_t *app_len)
{
	if (len < 2 || bytes[0] != '@' || bytes[1] != '@')
		return GB_BAD_START;
	if (len < GB_FRAME_MIN)
		return GB_TRUNCATED;
	*app_len = gb_load16(bytes + GB_AT_LENGTH);
	if (*app_len > GB_MAX_APP)
		return GB_LENGTH_OVER_1024;
	if (len < (size_t) GB_FRAME_MIN + *app_len)
		return GB_TRUNCATED;
	bytes += GB_AT_APP + *app_len;
	if (bytes[1] != '#' || bytes[2] != '#')
		return GB_BAD_END;
	return GB_OK;
}

gb_error
gb_frame_check(gb_frame *frame, const uint8_t *bytes, size_t len,
			   const gb_profile *profile, uint8_t *computed)
{
	gb_error	error;

	frame->app_len = 0;
	error = check_extent(bytes, len, &frame->app_len);
	if (error != GB_OK)
		return error;
	frame->checksum = bytes[GB_AT_APP + frame->app_len];
	*computed = gb_checksum(bytes + GB_AT_SEQ,
							(size_t) (GB_AT_APP - GB_AT_SEQ) + frame->app_len);
	if (*computed != frame->checksum)
		return GB_BAD_CHECKSUM;
	if (len > (size_t) GB_FRAME_MIN + frame->app_len)
		return GB_TRAILING_BYTES;
	gb_frame_read(frame, bytes, profile);
	if (!gb_profile_command(profile, frame->command))
		return GB_UNKNOWN_COMMAND;
	return GB_OK;
}

static void
store_address(uint8_t *out, uint64_t address, const gb_profile *profile)
{
	if (gb_profile_has(profile, GB_P_ADDRESS_WIRE))
		address = gb_swap48(address);
	gb_store48(out, address);
}

size_t
gb_frame_build(const gb_frame *frame, const gb_profile *profile, uint8_t *out)
{
	size_t		n = frame->app_len;

	if (n > GB_MAX_APP)
		return 0;
	if (n > 0)
		memmove(out + GB_AT_APP, frame->app, n);
	out[0] = out[1] = '@';
	gb_store16(out + GB_AT_SEQ, frame->seq);
	out[GB_AT_VERSION] = frame->ver_main;
	out[GB_AT_VERSION + 1] = frame->ver_user;
	gb_time_write(&frame->time, gb_profile_time(profile), out + GB_AT_TIME);
	store_address(out + GB_AT_SRC, frame->src, profile);
	store_address(out + GB_AT_DST, frame->dst, profile);
	gb_store16(out + GB_AT_LENGTH, frame->app_len);
	out[GB_AT_COMMAND] = frame->command;
	out[GB_AT_APP + n] = gb_checksum(out + GB_AT_SEQ,
									 GB_AT_APP - GB_AT_SEQ + n);
	out[GB_AT_APP + n + 1] = out[GB_AT_APP + n + 2] = '#';
	return GB_FRAME_MIN + n;
}

size_t
gb_frame_answer(const gb_frame *received, uint8_t command, const gb_time *now,
				const gb_profile *profile, uint8_t *out)
{
	gb_frame	answer = *received;

	answer.src = received->dst;
	answer.dst = received->src;
	answer.command = command;
	answer.time = *now;
	answer.app_len = 0;
	return gb_frame_build(&answer, profile, out);
}
