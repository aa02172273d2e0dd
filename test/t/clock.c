/*
 * clock.c
 *	  Preloaded into a server: a wall clock that a test can set, for the
 *	  postmaster and all its children.
 *
 * The file TEST_CLOCK holds two int64 in the machine's order: how far the clock
 * is ahead, in seconds; and where it stands, in microseconds since the epoch, if
 * that is not 0.  libfaketime would do, but for one thing: a child that is
 * forked by a signal handler while its parent waits, as background workers are
 * before PostgreSQL 16, keeps the right time for ever.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef struct setting
{
	int64_t		ahead;
	int64_t		standing;
} setting;

static volatile const setting *set;
static int	(*real_clock) (clockid_t, struct timespec *);

__attribute__((constructor)) static void
begin(void)
{
	const char *name = getenv("TEST_CLOCK");
	int			fd = name != NULL ? open(name, O_RDONLY) : -1;
	void	   *at = fd >= 0 ?
		mmap(NULL, sizeof(setting), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

	if (fd >= 0)
		close(fd);
	real_clock = (int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
	if (at == MAP_FAILED || real_clock == NULL)
		abort();
	set = at;
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	int			result = real_clock(clock, now);
	int64_t		standing = set->standing;

	if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
		return result;
	if (standing == 0)
		now->tv_sec += set->ahead;
	else
	{
		now->tv_sec = standing / 1000000;
		now->tv_nsec = standing % 1000000 * 1000;
	}
	return result;
}

int
gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec t;

	(void) zone;
	if (clock_gettime(CLOCK_REALTIME, &t) != 0)
		return -1;
	now->tv_sec = t.tv_sec;
	now->tv_usec = t.tv_nsec / 1000;
	return 0;
}

time_t
time(time_t *now)
{
	struct timespec t;

	if (clock_gettime(CLOCK_REALTIME, &t) != 0)
		return -1;
	if (now != NULL)
		*now = t.tv_sec;
	return t.tv_sec;
}
