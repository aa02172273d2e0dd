/*
 * civil.c
 *	  Civil days of the Gregorian calendar, counted from 2000-01-01.
 */
#include "clockwork/civil.h"

#define DAYS_IN_400_YEARS 146097
#define DAYS_IN_100_YEARS 36524
#define DAYS_IN_4_YEARS 1461
#define DAYS_IN_A_YEAR 365

/* From 1 March 2000, where a year of the reckoning begins, to 1 January. */
#define MARCH 60

/* 2000-01-03 was the first Monday. */
#define FIRST_MONDAY 2

static int32_t
floor_div(int32_t a, int32_t b)
{
	return a / b - (a % b < 0);
}

/*
 * Years begin in March here, so that the leap day is the last of its year and
 * the lengths of months follow a straight line: 153 days are 5 months.
 */
int32_t
civil_day(int32_t year, int32_t month, int32_t day)
{
	int32_t		from_march = (month + 9) % 12;
	int32_t		y = year - 2000 - (month <= 2);
	int32_t		of_year = (153 * from_march + 2) / 5 + day - 1;

	return y * DAYS_IN_A_YEAR + floor_div(y, 4) - floor_div(y, 100) +
		floor_div(y, 400) + of_year + MARCH;
}

civil_date
civil_date_of(int32_t day)
{
	int32_t		era = floor_div(day - MARCH, DAYS_IN_400_YEARS);
	int32_t		of_era = day - MARCH - era * DAYS_IN_400_YEARS;
	int32_t		y = (of_era - of_era / (DAYS_IN_4_YEARS - 1) +
					 of_era / DAYS_IN_100_YEARS -
					 of_era / (DAYS_IN_400_YEARS - 1)) / DAYS_IN_A_YEAR;
	int32_t		of_year = of_era - (DAYS_IN_A_YEAR * y + y / 4 - y / 100);
	int32_t		from_march = (5 * of_year + 2) / 153;
	civil_date	date;

	date.day = of_year - (153 * from_march + 2) / 5 + 1;
	date.month = from_march < 10 ? from_march + 3 : from_march - 9;
	date.year = 2000 + era * 400 + y + (date.month <= 2);
	return date;
}

int32_t
civil_year(int32_t day)
{
	return civil_date_of(day).year;
}

int32_t
civil_weekday(int32_t day)
{
	int32_t		from_monday = (day - FIRST_MONDAY) % 7;

	return (from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

/* Of the days before this one, counted from a Monday long ago: how many work? */
static int32_t
weekdays_before(int32_t day)
{
	int32_t		week = floor_div(day - FIRST_MONDAY, 7);
	int32_t		of_week = day - FIRST_MONDAY - week * 7;

	return week * 5 + (of_week < 5 ? of_week : 5);
}

int32_t
civil_weekdays_between(int32_t first, int32_t last)
{
	return weekdays_before(last) - weekdays_before(first);
}
