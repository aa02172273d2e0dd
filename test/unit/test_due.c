/*
 * test_due.c
 *	  How long to sleep until a deadline: never short of it, never past the
 *	  longest, whatever the instants are.
 */
#include "clockwork/due.h"

#include "unit/check.h"

#define LONGEST 60000

static void
sleeps_reach_the_deadline(void)
{
	CHECK_INT(due_sleep_ms(1000, 1000, LONGEST), 0);
	CHECK_INT(due_sleep_ms(1001, 1000, LONGEST), 0);
	CHECK_INT(due_sleep_ms(999, 1000, LONGEST), 1);
	CHECK_INT(due_sleep_ms(0, 1000, LONGEST), 1);
	CHECK_INT(due_sleep_ms(0, 1001, LONGEST), 2);
	CHECK_INT(due_sleep_ms(0, LONGEST * 1000, LONGEST), LONGEST);
	CHECK_INT(due_sleep_ms(0, LONGEST * 1000 - 999, LONGEST), LONGEST);
	CHECK_INT(due_sleep_ms(0, LONGEST * 1000 - 1000, LONGEST), LONGEST - 1);
}

static void
each_sleep_is_enough_and_no_more(void)
{
	for (int64_t due = 1; due < 20000; due++)
	{
		int64_t		sleep = due_sleep_ms(0, due, 15);

		EACH(sleep * 1000 >= due || sleep == 15);
		EACH((sleep - 1) * 1000 < due);
		EACH_INT(due_sleep_ms(-7, due - 7, 15), sleep);
	}
	CHECK_EACH("twenty milliseconds");
}

static void
the_ends_of_time(void)
{
	CHECK_INT(due_sleep_ms(0, DUE_NEVER, LONGEST), LONGEST);
	CHECK_INT(due_sleep_ms(INT64_MIN, DUE_NEVER, LONGEST), LONGEST);
	CHECK_INT(due_sleep_ms(INT64_MIN, 0, LONGEST), LONGEST);
	CHECK_INT(due_sleep_ms(DUE_NEVER, INT64_MIN, LONGEST), 0);
	CHECK_INT(due_sleep_ms(DUE_NEVER - 1, DUE_NEVER, LONGEST), 1);
	CHECK_INT(due_sleep_ms(-5, -4, LONGEST), 1);
}

int
main(void)
{
	RUN(sleeps_reach_the_deadline);
	RUN(each_sleep_is_enough_and_no_more);
	RUN(the_ends_of_time);
	return check_done();
}
