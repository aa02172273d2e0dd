/*
 * frame.c
 *	  Check, read and build frames.
 */
#include "codec/frame.h"

#include "codec/bytes.h"

/*
 * Sixteen sums side by side: since only the sum modulo 256 is wanted, bytes
 * may overflow within their lane.  The vector type is GCC's and Clang's
 * portable one, so this is SSE2, NEON or plain words by the target.
 */
typedef uint8_t lanes __attribute__((vector_size(16)));

#define LANES sizeof(lanes)

static inline lanes
load_lanes(const uint8_t *p)
{
	lanes		loaded;

	memcpy(&loaded, p, LANES);
	return loaded;
}

static inline uint8_t
sum_of_lanes(lanes sums)
{
	const uint64_t even = UINT64_C(0x00ff00ff00ff00ff);
	uint64_t	word[2];
	uint64_t	sum;

	memcpy(word, &sums, LANES);
	sum = (word[0] & even) + (word[0] >> 8 & even) +
		(word[1] & even) + (word[1] >> 8 & even);
	/* four 16-bit sums below 1021 each; the product's top one adds them */
	return (uint8_t) (sum * UINT64_C(0x0001000100010001) >> 48);
}

uint8_t
gb_checksum(const uint8_t *p, size_t n)
{
	/* read from the n-th byte on: a mask for the last n lanes */
	static const uint8_t last[2 * LANES] = {
		[LANES] = 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
	};
	lanes		sums = {0};
	uint8_t		sum = 0;

	if (n >= LANES)
	{
		for (; n >= LANES; n -= LANES, p += LANES)
			sums += load_lanes(p);
		/* the rest again with bytes before it, which are masked out */
		sums += load_lanes(p + n - LANES) & load_lanes(last + n);
		return sum_of_lanes(sums);
	}
	while (n-- > 0)
		sum = (uint8_t) (sum + *p++);
	return sum;
}

/* By value: read back from the frame they would wait for the stores. */
static inline gb_warnings
control_unit_warnings(uint8_t ver_main, int time_known, uint8_t command,
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

void
gb_frame_read(gb_frame *frame, const uint8_t *bytes,
			  const gb_profile *profile)
{
	uint16_t	app_len = gb_load16(bytes + GB_AT_LENGTH);
	uint8_t		command = bytes[GB_AT_COMMAND];
	uint64_t	src = gb_load48(bytes + GB_AT_SRC);
	uint64_t	dst = gb_load48(bytes + GB_AT_DST);
	bool		reversed = gb_profile_has(profile, GB_P_ADDRESS_WIRE);

	frame->bytes = bytes;
	frame->app = bytes + GB_AT_APP;
	frame->seq = gb_load16(bytes + GB_AT_SEQ);
	frame->ver_main = bytes[GB_AT_VERSION];
	frame->ver_user = bytes[GB_AT_VERSION + 1];
	gb_time_read(&frame->time, bytes + GB_AT_TIME, gb_profile_time(profile));
	frame->src = reversed ? gb_swap48(src) : src;
	frame->dst = reversed ? gb_swap48(dst) : dst;
	frame->app_len = app_len;
	frame->command = command;
	frame->checksum = bytes[GB_AT_APP + app_len];
	frame->warnings = control_unit_warnings(bytes[GB_AT_VERSION],
											frame->time.known, command,
											app_len);
}

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
