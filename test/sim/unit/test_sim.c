/*
 * test_sim.c
 *	  The parts of fireiot-sim that need no network.
 */
#include "unit/check.h"

#include <math.h>

#include "codec/frame.h"
#include "codec/unit.h"
#include "faults.h"
#include "fleet.h"
#include "mix.h"
#include "parts.h"
#include "report.h"
#include "timers.h"
#include "util.h"

#define DRAWS 200000
#define ALL_TYPES "0:1,1:1,2:1,3:1,4:1,5:1,6:1,7:1,8:1,21:1,24:1,25:1,26:1,28:1"

static sim_options
options_of(const char *mix, uint32_t objects)
{
	return (sim_options){
		.mix = mix,
		.devices = 3,
		.parts = 500,
		.objects = objects,
		.change = 50,
		.alarms = 1000,
		.seed = 7,
		.device = 0x0a0b0c,
	};
}

static void
test_hex(void)
{
	uint8_t		bytes[3];
	char		text[7] = "";

	CHECK_INT(sim_unhex(bytes, 3, "00aBff"), 3);
	sim_hex(text, bytes, 3);
	CHECK_STR(text, "00abff");
	CHECK_INT(sim_unhex(bytes, 3, ""), 0);
	CHECK_INT(sim_unhex(bytes, 3, "0"), -1);
	CHECK_INT(sim_unhex(bytes, 3, "0g"), -1);
	CHECK_INT(sim_unhex(bytes, 3, "00112233"), -1);
}

/* A percent at most, from a nanosecond to a quarter of an hour. */
static void
test_latency_is_exact(void)
{
	static sim_latency one;
	int64_t		value = 1;

	while (value < 1000 * SIM_SECOND)
	{
		int64_t		got;

		one = (sim_latency) {0};
		sim_latency_add(&one, value);
		sim_latency_add(&one, 2000 * SIM_SECOND);
		got = sim_latency_at(&one, 0.5);
		EACH(got <= value + value / 100 && got >= value - value / 100);
		value += 1 + value / 37;
	}
	CHECK_EACH("a value comes back within 1 %");
}

static void
test_latency_fractions(void)
{
	static sim_latency latency;

	CHECK_INT(sim_latency_at(&latency, 0.5), 0);
	for (int i = 1; i <= 1000; i++)
		sim_latency_add(&latency, i * SIM_MILLISECOND);
	CHECK(llabs(sim_latency_at(&latency, 0.5) - 500 * SIM_MILLISECOND) <
		  5 * SIM_MILLISECOND);
	CHECK(llabs(sim_latency_at(&latency, 0.99) - 990 * SIM_MILLISECOND) <
		  10 * SIM_MILLISECOND);
	CHECK_INT(latency.max, SIM_SECOND);
	CHECK(sim_latency_at(&latency, 1) <= SIM_SECOND);
}

static void
test_timers(void)
{
	sim_timers	timers = {0};
	sim_random	random = {1};
	sim_timer	timer;
	int64_t		last = 0;
	int			taken = 0;

	for (uint32_t i = 0; i < 1000; i++)
		sim_timers_add(&timers, sim_below(&random, 5000), 1, i);
	CHECK_INT(sim_timers_next(&timers, -1), -1);
	while (sim_timers_take(&timers, 4999, &timer))
	{
		EACH(timer.due >= last);
		last = timer.due;
		taken++;
		if (taken % 3 == 0 && taken < 300)
			sim_timers_add(&timers, last + 100, 1, 0);
	}
	CHECK_EACH("the earliest comes first");
	CHECK(taken > 1000);
	sim_timers_add(&timers, 7000, 1, 0);
	CHECK(!sim_timers_take(&timers, 6999, &timer));
	CHECK_INT(sim_timers_next(&timers, 9000), 7000);
	sim_timers_free(&timers);
}

static void
check_mix(const char *list, const double *share)
{
	uint32_t	count[256] = {0};
	sim_random	random = {3};
	sim_mix		mix;

	sim_mix_read(&mix, list);
	for (int i = 0; i < DRAWS; i++)
		count[sim_mix_pick(&mix, &random)]++;
	for (int i = 0; i < 29; i++)
		EACH(fabs((double) count[i] / DRAWS - share[i]) < 0.005);
	CHECK_EACH(list);
}

static void
test_mix(void)
{
	check_mix("2:70,3:20,21:5,1:3,4:2",
			  (double[29]) {
			  [1] = 0.03, [2] = 0.7, [3] = 0.2, [4] = 0.02, [21] = 0.05
			  });
	check_mix("2:1", (double[29]) {[2] = 1});
	check_mix("2:0,3:1e-3", (double[29]) {[3] = 1});
	check_mix("0:1,1:1,2:2", (double[29]) {0.25, 0.25, 0.5});
}

static void
test_faults(void)
{
	sim_faults	faults;
	sim_random	random = {5};
	int			count[SIM_FAULTS] = {0};

	sim_faults_read(&faults, NULL);
	CHECK_INT(sim_faults_draw(&faults, &random), SIM_NO_FAULT);
	sim_faults_read(&faults, "clock:0.5,cut:0.25");
	for (int i = 0; i < 10000; i++)
		count[sim_faults_draw(&faults, &random)]++;
	CHECK(abs(count[SIM_FAULT_CLOCK] - 5000) < 200);
	CHECK(abs(count[SIM_FAULT_CUT] - 2500) < 200);
	CHECK(abs(count[SIM_NO_FAULT] - 2500) < 200);
}

static void
test_parts(void)
{
	for (uint32_t part = 0; part < 1000; part++)
		EACH_INT(sim_part_find(sim_part_address(part), 1000), part);
	CHECK_EACH("a part is found by its address");
	CHECK_INT(sim_part_find(sim_part_address(5), 5), UINT32_MAX);
	CHECK_INT(sim_part_find(0, 1000), UINT32_MAX);
	CHECK_INT(sim_part_find(UINT32_MAX, 1000), UINT32_MAX);
}

/* The frame is good, and so is what it holds. */
static void
check_frame(const uint8_t *bytes, size_t len)
{
	static gb_object objects[GB_MAX_OBJECTS];
	gb_frame	frame;
	gb_unit		unit;
	uint8_t		computed;

	EACH_INT(gb_frame_check(&frame, bytes, len, NULL, &computed), GB_OK);
	EACH_INT(frame.warnings, frame.app_len == 0 ? GB_WARN_EMPTY_APP : 0);
	if (frame.app_len == 0)
		return;
	gb_unit_open(&unit, frame.app, frame.app_len, frame.command, NULL);
	EACH_INT(gb_unit_decode(&unit, NULL, objects, GB_MAX_OBJECTS), unit.count);
	EACH_INT(unit.fault, GB_FAULT_NONE);
	EACH_INT(unit.warnings, 0);
}

static void
test_frames_are_good(void)
{
	static const uint32_t objects[] = {1, 3, 255};

	for (int k = 0; k < 3; k++)
	{
		sim_options options = options_of(ALL_TYPES, objects[k]);
		uint8_t		out[GB_FRAME_MAX];
		sim_fleet	fleet;
		sim_fault	fault;

		sim_fleet_make(&fleet, &options);
		for (int i = 0; i < 3000; i++)
		{
			size_t		len = sim_fleet_next(&fleet, (uint32_t) i % 3, out,
											 &fault);

			EACH(len <= sim_fleet_room(&fleet));
			check_frame(out, len);
		}
		CHECK_EACH("frames of all types");
		sim_fleet_free(&fleet);
	}
}

/* Numbers come round within a second, with the clock set back meanwhile. */
static void
test_no_frame_comes_twice(void)
{
	sim_options options = options_of("0:1", 1);
	static int64_t newest[65536];
	uint8_t		out[GB_FRAME_MAX];
	sim_fleet	fleet;
	sim_fault	fault;

	sim_fleet_make(&fleet, &options);
	memset(newest, -1, sizeof(newest));
	for (int i = 0; i < 300000; i++)
	{
		gb_time		time;
		int64_t		seconds;
		uint16_t	seq;

		if (i == 100000)
			fleet.device[1].ahead -= 3;
		sim_fleet_next(&fleet, 1, out, &fault);
		gb_time_read(&time, out + GB_AT_TIME, GB_TIME_BINARY);
		seconds = gb_time_to_seconds(&time);
		seq = gb_load16(out + GB_AT_SEQ);
		EACH(seconds > newest[seq]);
		newest[seq] = seconds;
	}
	CHECK_EACH("each number comes later than before");
	sim_fleet_free(&fleet);
}

static void
test_clock(void)
{
	sim_options options = options_of("2:1", 1);
	gb_time		set = gb_time_from_seconds(86400 * 366 + 5);
	gb_time		got;
	sim_fleet	fleet;

	options.clock_offset = -1e10;
	sim_fleet_make(&fleet, &options);
	got = sim_fleet_time(&fleet, 0);
	CHECK_INT(gb_time_to_seconds(&got), 0);
	sim_fleet_set_time(&fleet, 0, &set);
	fleet.clock += 10;
	got = sim_fleet_time(&fleet, 0);
	CHECK_INT(gb_time_to_seconds(&got), 86400 * 366 + 15);
	CHECK_INT(sim_fleet_find(&fleet, 0x0a0b0d), 1);
	CHECK_INT(sim_fleet_find(&fleet, 0x0a0b0b), UINT32_MAX);
	CHECK_INT(sim_fleet_find(&fleet, 0x0a0b0f), UINT32_MAX);
	sim_fleet_free(&fleet);
}

int
main(void)
{
	RUN(test_hex);
	RUN(test_latency_is_exact);
	RUN(test_latency_fractions);
	RUN(test_timers);
	RUN(test_mix);
	RUN(test_faults);
	RUN(test_parts);
	RUN(test_frames_are_good);
	RUN(test_no_frame_comes_twice);
	RUN(test_clock);
	return check_done();
}
