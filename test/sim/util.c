/*
 * util.c
 *	  Clock, memory, signals, hexadecimal.
 */
#include "util.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define SECONDS_TO_2000 INT64_C(946684800)
#define UTC_PLUS_8 (8 * 3600)

static volatile sig_atomic_t stopped;

int64_t
sim_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SIM_SECOND + t.tv_nsec;
}

int64_t
sim_wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

int64_t
sim_device_clock(void)
{
	return (int64_t) time(NULL) - SECONDS_TO_2000 + UTC_PLUS_8;
}

void
sim_die(int status, const char *format, ...)
{
	va_list		args;

	fflush(stdout);
	fputs("fireiot-sim: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(status);
}

void *
sim_alloc(size_t count, size_t size)
{
	void	   *memory = calloc(count > 0 ? count : 1, size);

	if (memory == NULL)
		sim_die(SIM_USAGE, "no memory for %zu times %zu bytes", count, size);
	return memory;
}

void *
sim_grow(void *memory, size_t size)
{
	memory = realloc(memory, size);
	if (memory == NULL)
		sim_die(SIM_USAGE, "no memory for %zu bytes", size);
	return memory;
}

long
sim_raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 1024;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > INT32_MAX ? INT32_MAX : (long) limit.rlim_cur;
}

static void
stop(int signal_number)
{
	(void) signal_number;
	stopped = 1;
}

void
sim_catch_signals(void)
{
	struct sigaction action = {.sa_handler = stop};

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool
sim_stopped(void)
{
	return stopped != 0;
}

void
sim_hex(char *out, const uint8_t *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++)
	{
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
sim_unhex(uint8_t *out, size_t room, const char *text)
{
	size_t		n = strlen(text);

	if (n % 2 != 0 || n / 2 > room)
		return -1;
	for (size_t i = 0; i < n; i += 2)
	{
		int			high = digit_value(text[i]);
		int			low = digit_value(text[i + 1]);

		if (high < 0 || low < 0)
			return -1;
		out[i / 2] = (uint8_t) (high << 4 | low);
	}
	return (int) (n / 2);
}
