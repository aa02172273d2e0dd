/*
 * test_time_tag.c
 *	  Time tags: the fast check against the slow one, civil reckoning against
 *	  the C library's, both codings, the text form.
 */
#define _GNU_SOURCE				/* timegm */

#include <time.h>

#include "codec/time_tag.h"

#include "unit/check.h"

#define DAYS 36525				/* 2000-01-01 .. 2099-12-31 */

/* The limits of clause 8.2.2, written down a second time. */
static bool
is_real(const uint8_t *b)
{
	static const int days[] = {
		0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};

	if (b[0] > 59 || b[1] > 59 || b[2] > 23 || b[5] > 99)
		return false;
	if (b[4] < 1 || b[4] > 12 || b[3] < 1)
		return false;
	return b[3] <= days[b[4]] + (b[4] == 2 && b[5] % 4 == 0);
}

static void
compare_checks(const uint8_t *bytes)
{
	gb_time		t;

	memset(&t, 0xee, sizeof(t));
	EACH_INT(gb_time_read(&t, bytes, GB_TIME_BINARY), is_real(bytes));
	EACH_INT(t.known, is_real(bytes));
	EACH_INT(t.zero, 0);
	EACH_INT(t.known, gb_time_is_real(&t));
	EACH_BYTES(&t, bytes, GB_TIME_SIZE);
}

/* Both bytes run over all values while the others stay. */
static void
compare_pair(const uint8_t *base, int first, int second, int stride)
{
	uint8_t		bytes[GB_TIME_SIZE];

	memcpy(bytes, base, sizeof(bytes));
	for (int v = 0; v < 65536; v += stride)
	{
		bytes[first] = (uint8_t) (v & 0xff);
		bytes[second] = (uint8_t) (v >> 8);
		compare_checks(bytes);
	}
}

static void
every_pair_of_bytes(void)
{
	static const uint8_t bases[][GB_TIME_SIZE] = {
		{5, 30, 14, 19, 9, 26}, {0, 0, 0, 1, 1, 0}, {59, 59, 23, 31, 12, 99},
		{59, 59, 23, 29, 2, 24}, {0, 0, 0, 28, 2, 23}, {0, 0, 0, 0, 0, 0},
		{255, 255, 255, 255, 255, 255}, {60, 60, 24, 32, 13, 100}
	};
	int			stride = check_stride();

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		for (int first = 0; first < GB_TIME_SIZE; first++)
			for (int second = first + 1; second < GB_TIME_SIZE; second++)
			{
				compare_pair(bases[i], first, second, stride);
				CHECK_EACH("a pair of bytes");
			}
}

static void
random_tags(void)
{
	static const uint8_t near[GB_TIME_SIZE] = {64, 64, 28, 34, 15, 104};
	uint64_t	seed = 1;
	uint8_t		bytes[GB_TIME_SIZE];
	int			n = 4000000 / check_stride();

	for (int i = 0; i < n; i++)
	{
		check_fill(&seed, bytes, sizeof(bytes));
		compare_checks(bytes);
		for (int j = 0; j < GB_TIME_SIZE; j++)
			bytes[j] %= near[j];
		compare_checks(bytes);
	}
	CHECK_EACH("random tags");
}

static void
compare_day(int day, int64_t start, struct tm *civil)
{
	time_t		then = (time_t) (start + (int64_t) day * 86400);
	gb_time		t = gb_time_from_seconds((int64_t) day * 86400);

	gmtime_r(&then, civil);
	EACH_INT(t.year, civil->tm_year - 100);
	EACH_INT(t.month, civil->tm_mon + 1);
	EACH_INT(t.day, civil->tm_mday);
	EACH_INT(t.hour + t.minute + t.second, 0);
	EACH(gb_time_is_real(&t));
	EACH_INT(t.known, 1);
	EACH_INT(t.zero, 0);
	EACH_INT(gb_time_to_seconds(&t), (int64_t) day * 86400);

	t.hour = 23;
	t.minute = t.second = 59;
	EACH_INT(gb_time_to_seconds(&t), (int64_t) day * 86400 + 86399);
	t = gb_time_from_seconds((int64_t) day * 86400 + 86399);
	EACH_INT(t.day, civil->tm_mday);
	EACH_INT(t.hour * 10000 + t.minute * 100 + t.second, 235959);
}

static void
every_day_of_the_century(void)
{
	struct tm	civil = {.tm_year = 100, .tm_mday = 1};
	int64_t		start = timegm(&civil);
	int			stride = check_stride();

	for (int day = 0; day < DAYS; day += stride)
		compare_day(day, start, &civil);
	CHECK_EACH("days 2000-2099");
	compare_day(DAYS - 1, start, &civil);
	CHECK_EACH("the last day");
	CHECK_INT(GB_TIME_SECONDS_END, (int64_t) DAYS * 86400);
}

static void
every_second_of_a_day(void)
{
	for (int second = 0; second < 86400; second += check_stride())
	{
		int64_t		at = INT64_C(8000) * 86400 + second;
		gb_time		t = gb_time_from_seconds(at);

		EACH_INT(t.hour * 3600 + t.minute * 60 + t.second, second);
		EACH(gb_time_is_real(&t));
		EACH_INT(gb_time_to_seconds(&t), at);
	}
	CHECK_EACH("seconds of a day");
}

static void
days_of_every_month(void)
{
	int			total = 0;

	for (int year = 0; year <= 99; year++)
		for (int month = 1; month <= 12; month++)
			total += gb_days_in_month(month, year);
	CHECK_INT(total, DAYS);
	CHECK_INT(gb_days_in_month(2, 0), 29);
	CHECK_INT(gb_days_in_month(2, 23), 28);
	CHECK_INT(gb_days_in_month(2, 24), 29);
	CHECK_INT(gb_days_in_month(12, 99), 31);
}

/* Each byte, in turn, through all values as two decimal digits. */
static void
every_bcd_byte(void)
{
	static const uint8_t good[GB_TIME_SIZE] = {
		0x05, 0x30, 0x14, 0x19, 0x09, 0x26
	};
	uint8_t		plain[GB_TIME_SIZE] = {5, 30, 14, 19, 9, 26};

	for (int at = 0; at < GB_TIME_SIZE; at++)
		for (int v = 0; v < 256; v++)
		{
			uint8_t		wire[GB_TIME_SIZE];
			bool		digits = v / 16 <= 9 && v % 16 <= 9;
			uint8_t		kept = plain[at];
			gb_time		t;

			memcpy(wire, good, sizeof(wire));
			wire[at] = (uint8_t) v;
			plain[at] = (uint8_t) (v / 16 * 10 + v % 16);
			EACH_INT(gb_time_read(&t, wire, GB_TIME_BCD),
					 digits && is_real(plain));
			EACH_INT(t.known, digits && is_real(plain));
			EACH_INT(t.zero, 0);
			if (digits)
				EACH_BYTES(&t, plain, GB_TIME_SIZE);
			plain[at] = kept;
		}
	CHECK_EACH("bcd bytes");
}

static void
writing_undoes_reading(void)
{
	for (int v = 0; v < 100; v++)
	{
		uint8_t		b = (uint8_t) v;
		gb_time		t = {b, b, b, b, b, b, false};
		gb_time		back;
		uint8_t		wire[GB_TIME_SIZE];

		gb_time_write(&t, GB_TIME_BINARY, wire);
		EACH_BYTES(wire, &t, GB_TIME_SIZE);
		gb_time_write(&t, GB_TIME_BCD, wire);
		EACH_INT(wire[0], v / 10 * 16 + v % 10);
		gb_time_read(&back, wire, GB_TIME_BCD);
		EACH_BYTES(&back, &t, GB_TIME_SIZE);
	}
	CHECK_EACH("both codings");
}

static void
text_form(void)
{
	static const gb_time first = {0, 0, 0, 1, 1, 0, true};
	static const gb_time some = {5, 30, 14, 19, 9, 26, true};
	static const gb_time last = {59, 59, 23, 31, 12, 99, true};
	char		text[GB_TIME_TEXT_SIZE];

	gb_time_to_text(&first, text);
	CHECK_STR(text, "2000-01-01T00:00:00");
	gb_time_to_text(&some, text);
	CHECK_STR(text, "2026-09-19T14:30:05");
	gb_time_to_text(&last, text);
	CHECK_STR(text, "2099-12-31T23:59:59");
}

int
main(void)
{
	RUN(every_pair_of_bytes);
	RUN(random_tags);
	RUN(days_of_every_month);
	RUN(every_day_of_the_century);
	RUN(every_second_of_a_day);
	RUN(every_bcd_byte);
	RUN(writing_undoes_reading);
	RUN(text_form);
	return check_done();
}
