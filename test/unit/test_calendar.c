/*
 * test_calendar.c
 *	  Civil days against a walk day by day; working days against counting
 *	  them one by one, and what must hold for every calendar.
 */
#include "clockwork/calendar.h"

#include "unit/check.h"

#define SPAN 900				/* days around which random calendars lie */
#define NAMED 120				/* days that they name at most */

/* State Council notice of November 2023: the holidays of 2024, days in lieu. */
static const calendar_day year_2024[] = {
	{8766, false},				/* 01-01, a Monday */
	{8800, true},				/* 02-04, a Sunday */
	{8806, false}, {8807, false}, {8808, false}, {8809, false},
	{8810, false}, {8811, false}, {8812, false}, {8813, false},
	{8814, true},				/* 02-18, a Sunday */
	{8860, false}, {8861, false}, {8862, false},
	{8863, true},				/* 04-07 */
	{8884, true},				/* 04-28 */
	{8887, false}, {8888, false}, {8889, false}, {8890, false},
	{8891, false},
	{8897, true},				/* 05-11 */
};

static const calendar known_2024 = {
	year_2024, sizeof(year_2024) / sizeof(year_2024[0])
};

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_length(int year, int month)
{
	static const int lengths[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};

	return lengths[month - 1] + (month == 2 && is_leap(year));
}

static void
month_matches(int year, int month, int32_t *day)
{
	for (int d = 1; d <= month_length(year, month); d++, (*day)++)
	{
		civil_date	date = civil_date_of(*day);

		EACH_INT(civil_day(year, month, d), *day);
		EACH_INT(date.year, year);
		EACH_INT(date.month, month);
		EACH_INT(date.day, d);
	}
}

static void
civil_days_are_those_of_a_walk(void)
{
	int32_t		day = civil_day(1599, 1, 1);

	CHECK_INT(civil_day(2000, 1, 1), 0);
	CHECK_INT(civil_day(1970, 1, 1), -10957);
	CHECK_INT(civil_day(2024, 2, 29), 8825);
	for (int year = 1599; year <= 2401; year++)
		for (int month = 1; month <= 12; month++)
			month_matches(year, month, &day);
	CHECK_EACH("each day of 1599 .. 2401");
}

static void
far_days_come_back(void)
{
	for (int32_t year = 2000 - CIVIL_YEARS; year <= 2000 + CIVIL_YEARS;
		 year += 9973)
	{
		EACH_INT(civil_year(civil_day(year, 1, 1)), year);
		EACH_INT(civil_year(civil_day(year, 12, 31)), year);
		EACH_INT(civil_day(year + 1, 1, 1) - civil_day(year, 12, 31), 1);
	}
	CHECK_EACH("years a million away");
}

static void
weekdays_follow_each_other(void)
{
	CHECK_INT(civil_weekday(0), 6);
	CHECK_INT(civil_weekday(civil_day(2026, 11, 21)), 6);
	for (int32_t day = -5000; day < 5000; day++)
	{
		EACH_INT(civil_weekday(day + 1), civil_weekday(day) % 7 + 1);
		EACH_INT(civil_weekdays_between(day, day + 1),
				 civil_weekday(day) <= 5);
		EACH_INT(civil_weekdays_between(-5000, day) +
				 civil_weekdays_between(day, 5000),
				 civil_weekdays_between(-5000, 5000));
	}
	CHECK_EACH("ten thousand days");
}

/* The day of a date of 2024. */
static int32_t
in_2024(int month, int day)
{
	return civil_day(2024, month, day);
}

static void
holidays_are_skipped(void)
{
	/* five working days from the Thursday before the Spring Festival */
	CHECK_INT(calendar_add(&known_2024, in_2024(2, 8), 1), in_2024(2, 9));
	CHECK_INT(calendar_add(&known_2024, in_2024(2, 8), 5), in_2024(2, 21));
	/* a day in lieu counts, and so does it for what starts before it */
	CHECK_INT(calendar_add(&known_2024, in_2024(2, 3), 1), in_2024(2, 4));
	CHECK_INT(calendar_add(&known_2024, in_2024(2, 17), 1), in_2024(2, 18));
	/* what starts on a day in lieu begins on the day behind it */
	CHECK_INT(calendar_add(&known_2024, in_2024(2, 18), 1), in_2024(2, 19));
	CHECK_INT(calendar_add(&known_2024, in_2024(5, 1), 5), in_2024(5, 10));
	CHECK_INT(calendar_add(&known_2024, in_2024(5, 1), 6), in_2024(5, 11));
	CHECK_INT(calendar_add(&known_2024, in_2024(5, 11), -5), in_2024(5, 6));
	CHECK_INT(calendar_count(&known_2024, in_2024(2, 8), in_2024(2, 21)), 5);
	CHECK_INT(calendar_count(&known_2024, in_2024(2, 21), in_2024(2, 8)), -5);
}

static void
years_without_a_day_are_not_known(void)
{
	static const calendar empty = {NULL, 0};

	CHECK(calendar_knows(&known_2024, in_2024(1, 1), in_2024(12, 31)));
	CHECK(!calendar_knows(&known_2024, in_2024(12, 31), in_2024(12, 32)));
	CHECK(!calendar_knows(&known_2024, in_2024(1, 0), in_2024(1, 1)));
	CHECK(!calendar_knows(&empty, in_2024(1, 1), in_2024(1, 1)));
	CHECK(!calendar_works(&empty, in_2024(2, 4)));
	CHECK_INT(calendar_add(&empty, in_2024(2, 2), 5), in_2024(2, 9));
	CHECK_INT(calendar_add(&empty, in_2024(2, 2), CALENDAR_MAX_DAYS),
			  in_2024(2, 2) + CALENDAR_MAX_DAYS / 5 * 7);
	CHECK_INT(calendar_add(&empty, in_2024(2, 2), -CALENDAR_MAX_DAYS),
			  in_2024(2, 2) - CALENDAR_MAX_DAYS / 5 * 7);
}

/* A calendar of random days, at times of long rows that do not work. */
static calendar
random_calendar(uint64_t *seed, calendar_day *days)
{
	int32_t		density = 1 + (int32_t) (check_random(seed) % 20);
	int32_t		working = (int32_t) (check_random(seed) % 100);
	calendar	cal = {days, 0};

	for (int32_t day = -SPAN; day < SPAN && cal.count < NAMED;
		 day += 1 + (int32_t) (check_random(seed) % (uint64_t) density))
	{
		days[cal.count].day = day;
		days[cal.count++].working =
			(int32_t) (check_random(seed) % 100) < working;
	}
	return cal;
}

/* Working days behind `from` up to `to`, one by one. */
static int32_t
walk(const calendar *cal, int32_t from, int32_t to)
{
	int32_t		n = 0;

	for (int32_t day = from + 1; day <= to; day++)
		n += calendar_works(cal, day);
	return n;
}

/* What must hold for every calendar, every day and every n. */
static void
properties_hold(const calendar *cal, int32_t from, int32_t n)
{
	int32_t		to = calendar_add(cal, from, n);
	int32_t		back = calendar_add(cal, from, -n);

	EACH(calendar_works(cal, to));
	EACH(calendar_works(cal, back));
	/* inverse: as many as were added lie between */
	EACH_INT(calendar_count(cal, from, to), n);
	EACH_INT(calendar_count(cal, from, back), -n);
	EACH_INT(walk(cal, from, to), n);
	/* monotone, in n strictly */
	EACH(calendar_add(cal, from, n + 1) > to);
	EACH(calendar_add(cal, from + 1, n) >= to);
	EACH(calendar_add(cal, from, -n - 1) < back);
	/* in pieces as in one */
	EACH_INT(calendar_add(cal, calendar_add(cal, from, 1), n),
			 calendar_add(cal, from, n + 1));
	/* there and back: the last working day that is not behind `from` */
	EACH_INT(calendar_add(cal, to, -n),
			 calendar_works(cal, from) ? from : calendar_add(cal, from, -1));
	EACH_INT(calendar_add(cal, from, 0), from);
}

static void
working_days_have_their_properties(void)
{
	calendar_day days[NAMED];
	uint64_t	seed = 5;

	for (int i = 0; i < 300; i += check_stride())
	{
		calendar	cal = random_calendar(&seed, days);

		for (int j = 0; j < 100; j++)
			properties_hold(&cal,
							(int32_t) (check_random(&seed) % (3 * SPAN)) - 2 * SPAN,
							1 + (int32_t) (check_random(&seed) % 60));
	}
	CHECK_EACH("random calendars");
}

int
main(void)
{
	RUN(civil_days_are_those_of_a_walk);
	RUN(far_days_come_back);
	RUN(weekdays_follow_each_other);
	RUN(holidays_are_skipped);
	RUN(years_without_a_day_are_not_known);
	RUN(working_days_have_their_properties);
	return check_done();
}
