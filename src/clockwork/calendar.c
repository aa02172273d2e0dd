/*
 * calendar.c
 *	  Working days: the n-th from a day, and how many lie between two.
 *
 * Everything rests on counting: weekdays by division, and the days that the
 * calendar names on top.  The n-th working day is where the count, which never
 * falls, first reaches n.
 */
#include "clockwork/calendar.h"

static bool
is_weekday(int32_t day)
{
	return civil_weekday(day) <= 5;
}

/* The place of the first day that is not before this one. */
static size_t
place_of(const calendar *cal, int32_t day)
{
	size_t		low = 0;
	size_t		high = cal->count;

	while (low < high)
	{
		size_t		middle = low + (high - low) / 2;

		if (cal->days[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
calendar_works(const calendar *cal, int32_t day)
{
	size_t		at = place_of(cal, day);

	if (at < cal->count && cal->days[at].day == day)
		return cal->days[at].working;
	return is_weekday(day);
}

bool
calendar_knows(const calendar *cal, int32_t first, int32_t last)
{
	int32_t		last_year = civil_year(last);

	for (int32_t year = civil_year(first); year <= last_year; year++)
	{
		size_t		at = place_of(cal, civil_day(year, 1, 1));

		if (at == cal->count || civil_year(cal->days[at].day) != year)
			return false;
	}
	return true;
}

/* Working days from `first` to the day before `last`, in this order. */
static int32_t
count_between(const calendar *cal, int32_t first, int32_t last)
{
	int32_t		n = civil_weekdays_between(first, last);

	for (size_t at = place_of(cal, first);
		 at < cal->count && cal->days[at].day < last; at++)
		n += (int32_t) cal->days[at].working -
			(int32_t) is_weekday(cal->days[at].day);
	return n;
}

int32_t
calendar_count(const calendar *cal, int32_t from, int32_t to)
{
	return to >= from ? count_between(cal, from + 1, to + 1) :
		-count_between(cal, to, from);
}

/* So many days hold n working days for certain, whatever the calendar says. */
static int32_t
enough_days(const calendar *cal, int32_t n)
{
	return (n / 5 + 2 + (int32_t) cal->count) * 7;
}

static int32_t
nth_behind(const calendar *cal, int32_t from, int32_t n)
{
	int32_t		low = from;		/* the count up to here is less than n */
	int32_t		high = from + enough_days(cal, n);

	while (high - low > 1)
	{
		int32_t		middle = low + (high - low) / 2;

		if (calendar_count(cal, from, middle) < n)
			low = middle;
		else
			high = middle;
	}
	return high;
}

static int32_t
nth_before(const calendar *cal, int32_t from, int32_t n)
{
	int32_t		high = from;	/* the count down to here is less than n */
	int32_t		low = from - enough_days(cal, n);

	while (high - low > 1)
	{
		int32_t		middle = low + (high - low) / 2;

		if (-calendar_count(cal, from, middle) < n)
			high = middle;
		else
			low = middle;
	}
	return low;
}

int32_t
calendar_add(const calendar *cal, int32_t from, int32_t n)
{
	if (n == 0)
		return from;
	return n > 0 ? nth_behind(cal, from, n) : nth_before(cal, from, -n);
}
