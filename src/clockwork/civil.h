/*
 * civil.h
 *	  Civil days of the Gregorian calendar, counted from 2000-01-01.
 *
 * libc only; nothing here knows of zones or of the time of day.
 */
#ifndef CLOCKWORK_CIVIL_H
#define CLOCKWORK_CIVIL_H

#include <stdint.h>

/* Days are good for years within this of 2000 in both directions. */
#define CIVIL_YEARS INT32_C(1000000)

typedef struct civil_date
{
	int32_t		year;
	int32_t		month;			/* 1 .. 12 */
	int32_t		day;			/* 1 .. 31 */
} civil_date;

/* The number of a date that exists. */
extern int32_t civil_day(int32_t year, int32_t month, int32_t day);

extern civil_date civil_date_of(int32_t day);

extern int32_t civil_year(int32_t day);

/* 1 Monday .. 7 Sunday */
extern int32_t civil_weekday(int32_t day);

/* Mondays to Fridays from the first of two days up to the one before the last. */
extern int32_t civil_weekdays_between(int32_t first, int32_t last);

#endif							/* CLOCKWORK_CIVIL_H */
