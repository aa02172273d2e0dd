/*
 * time_tag.c
 *	  Civil reckoning for the six-byte time tag: 2000-01-01 to 2099-12-31.
 */
#include "codec/time_tag.h"

#define SECONDS_A_DAY 86400
#define DAYS_IN_FOUR_YEARS 1461

/* Days before each month of a common year. */
static const uint16_t days_before[13] = {
	0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
};

/* 2000 is a leap year and 2100 is out of range: every fourth year is one. */
static int
is_leap(int year)
{
	return year % 4 == 0;
}

int
gb_days_in_month(int month, int year)
{
	int			days = days_before[month] - days_before[month - 1];

	return month == 2 ? days + is_leap(year) : days;
}

bool
gb_time_is_real(const gb_time *t)
{
	return t->second <= 59 && t->minute <= 59 && t->hour <= 23 &&
		t->month >= 1 && t->month <= 12 && t->year <= 99 &&
		t->day >= 1 && t->day <= gb_days_in_month(t->month, t->year);
}

bool
gb_time_from_bcd(gb_time *t)
{
	uint8_t    *part[GB_TIME_SIZE] = {
		&t->second, &t->minute, &t->hour, &t->day, &t->month, &t->year
	};
	bool		digits = true;

	for (int i = 0; i < GB_TIME_SIZE; i++)
	{
		int			high = *part[i] >> 4;
		int			low = *part[i] & 0x0f;

		digits &= high <= 9 && low <= 9;
		*part[i] = (uint8_t) (high * 10 + low);
	}
	return digits;
}

void
gb_time_write(const gb_time *t, gb_time_coding coding, uint8_t *out)
{
	memcpy(out, t, GB_TIME_SIZE);
	if (coding == GB_TIME_BCD)
		for (int i = 0; i < GB_TIME_SIZE; i++)
			out[i] = (uint8_t) ((out[i] / 10) << 4 | out[i] % 10);
}

int64_t
gb_time_to_seconds(const gb_time *t)
{
	int			leap_days = (t->year + 3) / 4;
	int			days = t->year * 365 + leap_days +
		days_before[t->month - 1] +
		(t->month > 2 ? is_leap(t->year) : 0) + t->day - 1;

	return (int64_t) days * SECONDS_A_DAY +
		t->hour * 3600 + t->minute * 60 + t->second;
}

gb_time
gb_time_from_seconds(int64_t seconds)
{
	int			days = (int) (seconds / SECONDS_A_DAY);
	int			clock = (int) (seconds % SECONDS_A_DAY);
	int			year = (4 * days + 3) / DAYS_IN_FOUR_YEARS;
	int			month = 1;
	gb_time		t;

	/* day of the year first: four years begin with their leap year */
	days -= year * 365 + (year + 3) / 4;
	if (days < 0)
		days += 365 + is_leap(--year);
	while (days >= gb_days_in_month(month, year))
		days -= gb_days_in_month(month++, year);

	t.second = (uint8_t) (clock % 60);
	t.minute = (uint8_t) (clock / 60 % 60);
	t.hour = (uint8_t) (clock / 3600);
	t.day = (uint8_t) (days + 1);
	t.month = (uint8_t) month;
	t.year = (uint8_t) year;
	t.known = 1;
	t.zero = 0;
	return t;
}

static char *
two_digits(char *out, int value, char behind)
{
	out[0] = (char) ('0' + value / 10);
	out[1] = (char) ('0' + value % 10);
	out[2] = behind;
	return out + 3;
}

void
gb_time_to_text(const gb_time *t, char out[GB_TIME_TEXT_SIZE])
{
	out[0] = '2';
	out[1] = '0';
	out = two_digits(out + 2, t->year, '-');
	out = two_digits(out, t->month, '-');
	out = two_digits(out, t->day, 'T');
	out = two_digits(out, t->hour, ':');
	out = two_digits(out, t->minute, ':');
	two_digits(out, t->second, '\0');
}
