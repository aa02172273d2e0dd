/*
 * check.h
 *	  A tiny test harness: checks that count and say what they saw.
 *
 * A program runs its cases with RUN and ends with check_done.  Each CHECK_*
 * counts one.  In a loop over thousands of values EACH_* says nothing while
 * all is well, and CHECK_EACH behind the loop counts the whole loop as one.
 */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A loop that is all wrong says so no more than this often. */
#define CHECK_EACH_SHOWN 5

static struct
{
	long		passed;
	long		failed;
	long		wrong_in_loop;
	int			cases;
}			check_state;

#define CHECK(condition) \
	check_int(false, __FILE__, __LINE__, #condition, (condition) ? 1 : 0, 1)
#define CHECK_INT(got, want) \
	check_int(false, __FILE__, __LINE__, #got, (int64_t) (got), \
			  (int64_t) (want))
#define CHECK_STR(got, want) \
	check_str(false, __FILE__, __LINE__, #got, (got), (want))
#define CHECK_BYTES(got, want, n) \
	check_bytes(false, __FILE__, __LINE__, #got, (got), (want), (n))

#define EACH(condition) \
	check_int(true, __FILE__, __LINE__, #condition, (condition) ? 1 : 0, 1)
#define EACH_INT(got, want) \
	check_int(true, __FILE__, __LINE__, #got, (int64_t) (got), \
			  (int64_t) (want))
#define EACH_STR(got, want) \
	check_str(true, __FILE__, __LINE__, #got, (got), (want))
#define EACH_BYTES(got, want, n) \
	check_bytes(true, __FILE__, __LINE__, #got, (got), (want), (n))
#define CHECK_EACH(what) \
	check_each(__FILE__, __LINE__, what)

#define RUN(test_case) check_run(#test_case, test_case)

/* Count a check; true when its failure is to be shown. */
static inline bool
check_count(bool each, bool ok)
{
	if (each)
	{
		check_state.wrong_in_loop += !ok;
		return !ok && check_state.wrong_in_loop <= CHECK_EACH_SHOWN;
	}
	if (ok)
		check_state.passed++;
	else
		check_state.failed++;
	return !ok;
}

static inline bool
check_int(bool each, const char *file, int line, const char *expression,
		  int64_t got, int64_t want)
{
	if (check_count(each, got == want))
		printf("# %s:%d: %s: got %" PRId64 " (0x%" PRIx64 "), want %" PRId64
			   " (0x%" PRIx64 ")\n", file, line, expression, got,
			   (uint64_t) got, want, (uint64_t) want);
	return got == want;
}

static inline bool
check_str(bool each, const char *file, int line, const char *expression,
		  const char *got, const char *want)
{
	bool		same = got == want ||
		(got != NULL && want != NULL && strcmp(got, want) == 0);

	if (check_count(each, same))
		printf("# %s:%d: %s: got \"%s\", want \"%s\"\n", file, line,
			   expression, got != NULL ? got : "(null)",
			   want != NULL ? want : "(null)");
	return same;
}

static inline bool
check_bytes(bool each, const char *file, int line, const char *expression,
			const void *got, const void *want, size_t n)
{
	const uint8_t *a = got;
	const uint8_t *b = want;
	size_t		at = 0;

	while (at < n && a[at] == b[at])
		at++;
	if (check_count(each, at == n))
		printf("# %s:%d: %s: byte %zu of %zu: got %02x, want %02x\n", file,
			   line, expression, at, n, a[at], b[at]);
	return at == n;
}

static inline void
check_each(const char *file, int line, const char *what)
{
	if (check_count(false, check_state.wrong_in_loop == 0))
		printf("# %s:%d: %s: %ld wrong\n", file, line, what,
			   check_state.wrong_in_loop);
	check_state.wrong_in_loop = 0;
}

static inline void
check_run(const char *name, void (*test_case) (void))
{
	long		failed = check_state.failed;

	/* what was found is seen even if the program dies of it */
	if (check_state.cases == 0)
		setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	test_case();
	printf("%s %d - %s\n", check_state.failed == failed ? "ok" : "not ok",
		   ++check_state.cases, name);
}

/* The last line and the exit status of a program. */
static inline int
check_done(void)
{
	printf("%ld passed, %ld failed\n", check_state.passed,
		   check_state.failed);
	return check_state.failed > 0;
}

/*
 * Exhaustive loops take every so manieth value: CHECK_STRIDE, 1 by default,
 * for slow runs such as valgrind's.
 */
static inline int
check_stride(void)
{
	const char *value = getenv("CHECK_STRIDE");
	int			stride = value != NULL ? atoi(value) : 1;

	return stride > 0 ? stride : 1;
}

/* Reproducible random numbers (splitmix64); *state is the seed. */
static inline uint64_t
check_random(uint64_t *state)
{
	uint64_t	z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static inline void
check_fill(uint64_t *state, uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t) check_random(state);
}

#endif							/* CHECK_H */
