/*
 * test_frame.c
 *	  Frames: every check error in its order, reading, building, answering.
 */
#include "codec/frame.h"

#include "unit/check.h"
#include "unit/exact.h"
#include "unit/sample.h"

/* Check an exact copy; what is known comes back in *frame. */
static gb_error
check_copy(const uint8_t *bytes, size_t len, const gb_profile *profile,
		   gb_frame *frame, uint8_t *computed)
{
	uint8_t    *copy = exact_copy(bytes, len);
	gb_error	error;

	memset(frame, 0xee, sizeof(*frame));
	*computed = 0xee;
	error = gb_frame_check(frame, copy, len, profile, computed);
	free(copy);
	return error;
}

static gb_error
check_only(const uint8_t *bytes, size_t len)
{
	gb_frame	frame;
	uint8_t		computed;

	return check_copy(bytes, len, NULL, &frame, &computed);
}

/*
 * A frame with every fault at once, repaired one by one: each error hides
 * those behind it.
 */
static void
errors_in_their_order(void)
{
	uint8_t		bytes[SAMPLE_MAX + 1] = {0};
	size_t		len = sample_frame(bytes, 1, 7, (const uint8_t *) "abcd", 4);
	gb_frame	frame;
	uint8_t		computed;

	bytes[0] = 0x41;
	bytes[24] = 0x01;
	bytes[25] = 0x04;			/* 1025 */
	bytes[len - 3]++;
	bytes[len - 2] = 0x24;
	CHECK_INT(check_only(bytes, len + 1), GB_BAD_START);
	bytes[0] = '@';
	CHECK_INT(check_only(bytes, 29), GB_TRUNCATED);
	CHECK_INT(check_only(bytes, len + 1), GB_LENGTH_OVER_1024);
	CHECK_INT(check_only(bytes, 30), GB_LENGTH_OVER_1024);
	bytes[24] = 4;
	bytes[25] = 0;
	CHECK_INT(check_only(bytes, len - 1), GB_TRUNCATED);
	CHECK_INT(check_only(bytes, len + 1), GB_BAD_END);
	bytes[len - 2] = '#';
	CHECK_INT(check_only(bytes, len + 1), GB_BAD_CHECKSUM);
	sample_seal(bytes, len);
	CHECK_INT(check_only(bytes, len + 1), GB_TRAILING_BYTES);
	CHECK_INT(check_copy(bytes, len, NULL, &frame, &computed),
			  GB_UNKNOWN_COMMAND);
	CHECK_INT(frame.command, 7);
	bytes[26] = 2;
	sample_seal(bytes, len);
	CHECK_INT(check_only(bytes, len), GB_OK);
}

/* What is known by the time of an error. */
static void
known_at_each_error(void)
{
	uint8_t		bytes[SAMPLE_MAX + 1] = {0};
	size_t		len = sample_frame(bytes, 1, 2, (const uint8_t *) "abcd", 4);
	uint8_t		sum = bytes[len - 3];
	gb_frame	frame;
	uint8_t		computed;

	CHECK_INT(check_copy(bytes, 29, NULL, &frame, &computed), GB_TRUNCATED);
	CHECK_INT(frame.app_len, 0);
	CHECK_INT(check_copy(bytes, 30, NULL, &frame, &computed), GB_TRUNCATED);
	CHECK_INT(frame.app_len, 4);
	bytes[len - 3] = (uint8_t) (sum ^ 0x55);
	CHECK_INT(check_copy(bytes, len, NULL, &frame, &computed),
			  GB_BAD_CHECKSUM);
	CHECK_INT(frame.app_len, 4);
	CHECK_INT(frame.checksum, sum ^ 0x55);
	CHECK_INT(computed, sum);
	bytes[len - 3] = sum;
	CHECK_INT(check_copy(bytes, len + 1, NULL, &frame, &computed),
			  GB_TRAILING_BYTES);
	CHECK_INT(frame.app_len, 4);
	CHECK_INT(computed, sum);
	bytes[24] = bytes[25] = 0xff;
	CHECK_INT(check_copy(bytes, len, NULL, &frame, &computed),
			  GB_LENGTH_OVER_1024);
	CHECK_INT(frame.app_len, 65535);
}

static void
both_start_bytes_count(void)
{
	uint8_t		bytes[SAMPLE_MAX];
	size_t		len = sample_frame(bytes, 1, 2, NULL, 0);

	CHECK_INT(check_only(bytes, 0), GB_BAD_START);
	CHECK_INT(check_only(bytes, 1), GB_BAD_START);
	CHECK_INT(check_only(bytes, 2), GB_TRUNCATED);
	bytes[1] = '#';
	CHECK_INT(check_only(bytes, len), GB_BAD_START);
	bytes[1] = '@';
	bytes[len - 1] = '@';
	CHECK_INT(check_only(bytes, len), GB_BAD_END);
	bytes[len - 1] = '#';
	CHECK_INT(check_only(bytes, len), GB_OK);
}

static void
every_truncation(void)
{
	uint8_t		app[1024];
	uint8_t		bytes[SAMPLE_MAX];
	uint64_t	seed = 5;
	size_t		len;

	check_fill(&seed, app, sizeof(app));
	len = sample_frame(bytes, 9, 2, app, sizeof(app));
	CHECK_INT(len, GB_FRAME_MAX);
	CHECK_INT(check_only(bytes, len), GB_OK);
	for (size_t n = 0; n < len; n += (size_t) check_stride())
		EACH_INT(check_only(bytes, n), n < 2 ? GB_BAD_START : GB_TRUNCATED);
	CHECK_EACH("every length under the frame's");
}

/* One wrong bit is always noticed: a sum modulo 256 sees any single bit. */
static void
every_flipped_bit(void)
{
	static const uint8_t app[] = {0x15, 1, 1, 5, 6, 7, 8, 9, 10};
	uint8_t		bytes[SAMPLE_MAX];
	size_t		len = sample_frame(bytes, 1, 2, app, sizeof(app));

	for (size_t at = 0; at < len; at++)
		for (int bit = 0; bit < 8; bit++)
		{
			bytes[at] ^= (uint8_t) (1 << bit);
			EACH(check_only(bytes, len) != GB_OK);
			bytes[at] ^= (uint8_t) (1 << bit);
		}
	CHECK_EACH("every flipped bit");
}

static void
every_command(void)
{
	for (int command = 0; command < 256; command++)
	{
		uint8_t		bytes[SAMPLE_MAX];
		size_t		len = sample_frame(bytes, 1, (uint8_t) command,
									   (const uint8_t *) "ab", 2);
		bool		known = (command >= 1 && command <= 6) || command >= 128;
		gb_frame	frame;
		uint8_t		computed;

		EACH_INT(check_copy(bytes, len, NULL, &frame, &computed),
				 known ? GB_OK : GB_UNKNOWN_COMMAND);
		EACH_INT(frame.command, command);
		EACH_INT(frame.warnings, command >= 128 ? GB_WARN_CMD_USER : 0);
	}
	CHECK_EACH("every command");
}

static void
control_unit_is_read(void)
{
	uint8_t		bytes[SAMPLE_MAX];
	size_t		len = sample_frame(bytes, 0x1234, 2,
								   (const uint8_t *) "abc", 3);
	gb_frame	frame;
	uint8_t		computed = 0;

	CHECK_INT(gb_frame_check(&frame, bytes, len, NULL, &computed), GB_OK);
	CHECK(frame.bytes == bytes);
	CHECK(frame.app == bytes + 27);
	CHECK_INT(frame.app_len, 3);
	CHECK_INT(frame.seq, 0x1234);
	CHECK_INT(frame.ver_main, 1);
	CHECK_INT(frame.ver_user, 1);
	CHECK_INT(frame.src, 0x0a0b0c);
	CHECK_INT(frame.dst, 0x5b38);
	CHECK_INT(frame.command, 2);
	CHECK_INT(frame.checksum, bytes[len - 3]);
	CHECK_INT(computed, bytes[len - 3]);
	CHECK(frame.time.known);
	CHECK_BYTES(&frame.time, sample_time, 6);
	CHECK_INT(frame.warnings, 0);
}

static gb_warnings
warnings_of(int at, uint8_t value, uint8_t command, size_t n)
{
	uint8_t		bytes[SAMPLE_MAX];
	gb_frame	frame;

	sample_frame(bytes, 1, command, (const uint8_t *) "abc", n);
	if (at > 0)
		bytes[at] = value;
	gb_frame_read(&frame, bytes, NULL);
	return frame.warnings;
}

static void
control_unit_warnings(void)
{
	CHECK_INT(warnings_of(0, 0, 2, 3), 0);
	CHECK_INT(warnings_of(4, 16, 2, 3), GB_WARN_MAIN_VERSION);
	CHECK_INT(warnings_of(4, 0, 2, 3), GB_WARN_MAIN_VERSION);
	CHECK_INT(warnings_of(5, 200, 2, 3), 0);
	CHECK_INT(warnings_of(6, 60, 2, 3), GB_WARN_TIME);
	CHECK_INT(warnings_of(10, 13, 2, 3), GB_WARN_TIME);
	CHECK_INT(warnings_of(0, 0, 200, 3), GB_WARN_CMD_USER);
	CHECK_INT(warnings_of(0, 0, 2, 0), GB_WARN_EMPTY_APP);
	CHECK_INT(warnings_of(0, 0, 3, 0), 0);
	CHECK_INT(warnings_of(4, 2, 255, 0),
			  GB_WARN_MAIN_VERSION | GB_WARN_CMD_USER);
}

/* They do not depend on each other. */
static void
control_unit_warnings_together(void)
{
	uint8_t		bytes[SAMPLE_MAX];
	gb_frame	frame;

	sample_frame(bytes, 1, 200, NULL, 0);
	bytes[4] = 9;
	bytes[10] = 0;
	gb_frame_read(&frame, bytes, NULL);
	CHECK_INT(frame.warnings,
			  GB_WARN_MAIN_VERSION | GB_WARN_TIME | GB_WARN_CMD_USER);
	bytes[26] = 2;
	gb_frame_read(&frame, bytes, NULL);
	CHECK_INT(frame.warnings,
			  GB_WARN_MAIN_VERSION | GB_WARN_TIME | GB_WARN_EMPTY_APP);
}

/* An all-zero time tag leaves the frame good and the time not known. */
static void
time_that_is_no_time(void)
{
	uint8_t		bytes[SAMPLE_MAX];
	size_t		len = sample_frame(bytes, 1, 3, NULL, 0);
	gb_frame	frame;
	uint8_t		computed;

	memset(bytes + 6, 0, 6);
	sample_seal(bytes, len);
	CHECK_INT(gb_frame_check(&frame, bytes, len, NULL, &computed), GB_OK);
	CHECK(!frame.time.known);
	CHECK_INT(frame.warnings, GB_WARN_TIME);
}

static void
fill_frame(gb_frame *frame, uint64_t *seed, const uint8_t *app)
{
	uint64_t	r = check_random(seed);

	memset(frame, 0, sizeof(*frame));
	frame->seq = (uint16_t) r;
	frame->ver_main = (uint8_t) (r >> 16);
	frame->ver_user = (uint8_t) (r >> 24);
	frame->command = (uint8_t) (128 | r >> 32);
	frame->src = check_random(seed) >> 16;
	frame->dst = check_random(seed) >> 16;
	frame->time = gb_time_from_seconds((int64_t) (check_random(seed) %
												  GB_TIME_SECONDS_END));
	frame->app_len = (uint16_t) (check_random(seed) % (GB_MAX_APP + 1));
	frame->app = app;
}

static void
compare_frames(const gb_frame *got, const gb_frame *want)
{
	EACH_INT(got->seq, want->seq);
	EACH_INT(got->ver_main, want->ver_main);
	EACH_INT(got->ver_user, want->ver_user);
	EACH_INT(got->command, want->command);
	EACH_INT(got->src, want->src);
	EACH_INT(got->dst, want->dst);
	EACH_INT(got->app_len, want->app_len);
	EACH_BYTES(&got->time, &want->time, GB_TIME_SIZE);
	EACH(got->time.known);
	EACH_BYTES(got->app, want->app, want->app_len);
}

static void
build_and_check(uint64_t *seed, const uint8_t *app,
				const gb_profile *profile)
{
	gb_frame	want;
	gb_frame	got;
	uint8_t    *out;
	uint8_t		computed;
	size_t		len;

	fill_frame(&want, seed, app);
	len = GB_FRAME_MIN + (size_t) want.app_len;
	out = exact_room(len);
	EACH_INT(gb_frame_build(&want, profile, out), len);
	EACH_INT(out[len - 3], naive_sum(out + 2, len - 5));
	EACH_INT(gb_frame_check(&got, out, len, profile, &computed), GB_OK);
	compare_frames(&got, &want);
	free(out);
}

static void
what_is_built_reads_back(void)
{
	uint8_t		app[GB_MAX_APP];
	uint64_t	seed = 6;
	const gb_profile *profile = NULL;
	int			n = 2000 / check_stride() + 1;

	check_fill(&seed, app, sizeof(app));
	for (int position = 0; position == 0 || profile != NULL; position++)
	{
		for (int i = 0; i < n; i++)
			build_and_check(&seed, app, profile);
		CHECK_EACH(profile != NULL ? profile->name : "standard");
		profile = gb_profile_at(position);
	}
}

/* The very bytes of a sample, its application data moved or in place. */
static void
built_bytes(void)
{
	uint8_t		want[SAMPLE_MAX];
	uint8_t		out[SAMPLE_MAX];
	uint8_t		computed;
	gb_frame	frame;
	size_t		len = sample_frame(want, 0xfffe, 2,
								   (const uint8_t *) "abcdef", 6);

	gb_frame_check(&frame, want, len, NULL, &computed);
	CHECK_INT(gb_frame_build(&frame, NULL, out), len);
	CHECK_BYTES(out, want, len);

	memset(out, 0, sizeof(out));
	memcpy(out + GB_AT_APP, "abcdef", 6);
	frame.app = out + GB_AT_APP;
	CHECK_INT(gb_frame_build(&frame, NULL, out), len);
	CHECK_BYTES(out, want, len);

	memset(out, 0, sizeof(out));
	memcpy(out + GB_AT_APP + 3, "abcdef", 6);
	frame.app = out + GB_AT_APP + 3;	/* overlapping */
	CHECK_INT(gb_frame_build(&frame, NULL, out), len);
	CHECK_BYTES(out, want, len);
}

static void
too_much_is_not_built(void)
{
	uint8_t		app[GB_MAX_APP + 1] = {0};
	uint8_t		out[1] = {0x77};
	gb_frame	frame = {.app = app, .app_len = GB_MAX_APP + 1};

	CHECK_INT(gb_frame_build(&frame, NULL, out), 0);
	frame.app_len = UINT16_MAX;
	CHECK_INT(gb_frame_build(&frame, NULL, out), 0);
	CHECK_INT(out[0], 0x77);
}

/* Both addresses, in the order of the profile, in both directions. */
static void
address_order_of(const gb_profile *profile)
{
	bool		wire_order = gb_profile_has(profile, GB_P_ADDRESS_WIRE);
	uint8_t		bytes[SAMPLE_MAX];
	uint8_t		out[SAMPLE_MAX];
	gb_frame	frame;

	sample_frame(bytes, 1, 2, NULL, 0);
	memcpy(bytes + 12, "\x01\x02\x03\x04\x05\x86\xa1\xb2\xc3\xd4\xe5\xf6", 12);
	gb_frame_read(&frame, bytes, profile);
	CHECK_INT(frame.src, wire_order ? 0x010203040586 : 0x860504030201);
	CHECK_INT(frame.dst, wire_order ? 0xa1b2c3d4e5f6 : 0xf6e5d4c3b2a1);
	gb_frame_build(&frame, profile, out);
	CHECK_BYTES(out + 12, bytes + 12, 12);
}

static void
address_order_of_every_profile(void)
{
	address_order_of(NULL);
	for (int i = 0; gb_profile_at(i) != NULL; i++)
		address_order_of(gb_profile_at(i));
	CHECK(gb_profile_has(gb_profile_find("dahua-1.03"), GB_P_ADDRESS_WIRE));
	CHECK(gb_profile_has(gb_profile_find("jd-f53"), GB_P_ADDRESS_WIRE));
}

/* Sequence number and versions repeated, addresses exchanged, no data. */
static void
answer_under(const gb_profile *profile)
{
	static const gb_time now = {1, 2, 3, 4, 5, 26, true};
	uint8_t		bytes[SAMPLE_MAX];
	uint8_t		want[GB_FRAME_MIN];
	uint8_t    *out = exact_room(GB_FRAME_MIN);
	gb_frame	received;

	sample_frame(bytes, 0xabcd, 2, (const uint8_t *) "abcd", 4);
	bytes[4] = 1;
	bytes[5] = 77;
	gb_frame_read(&received, bytes, profile);
	CHECK_INT(gb_frame_answer(&received, GB_CMD_CONFIRM, &now, profile, out),
			  GB_FRAME_MIN);

	sample_frame(want, 0xabcd, 3, NULL, 0);
	want[5] = 77;
	memcpy(want + 6, "\1\2\3\4\5\x1a", 6);
	if (gb_profile_time(profile) == GB_TIME_BCD)
		want[11] = 0x26;
	memcpy(want + 12, bytes + 18, 6);
	memcpy(want + 18, bytes + 12, 6);
	sample_seal(want, sizeof(want));
	CHECK_BYTES(out, want, sizeof(want));
	free(out);
}

static void
answers(void)
{
	answer_under(NULL);
	for (int i = 0; gb_profile_at(i) != NULL; i++)
		answer_under(gb_profile_at(i));
}

int
main(void)
{
	RUN(errors_in_their_order);
	RUN(known_at_each_error);
	RUN(both_start_bytes_count);
	RUN(every_truncation);
	RUN(every_flipped_bit);
	RUN(every_command);
	RUN(control_unit_is_read);
	RUN(control_unit_warnings);
	RUN(control_unit_warnings_together);
	RUN(time_that_is_no_time);
	RUN(what_is_built_reads_back);
	RUN(built_bytes);
	RUN(too_much_is_not_built);
	RUN(address_order_of_every_profile);
	RUN(answers);
	return check_done();
}
