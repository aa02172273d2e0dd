/*
 * test_bytes.c
 *	  Integers from wire bytes and back, low byte first.
 */
#include "codec/bytes.h"

#include "unit/check.h"

static const uint8_t wire[9] = {
	0x11, 0x22, 0x33, 0x84, 0x95, 0xa6, 0xb7, 0xc8
};

static void
loads_take_the_low_byte_first(void)
{
	CHECK_INT(gb_load16(wire), 0x2211);
	CHECK_INT(gb_load32(wire), 0x84332211);
	CHECK_INT(gb_load48(wire), 0xa69584332211);
	CHECK_INT(gb_load64(wire), 0xc8b7a69584332211);
	CHECK_INT(gb_load32(wire + 3), 0xb7a69584);
}

static void
stores_undo_loads(void)
{
	uint8_t		out[8] = {0};

	gb_store16(out, 0x2211);
	CHECK_BYTES(out, wire, 2);
	CHECK_INT(out[2], 0);
	gb_store32(out, 0x84332211);
	CHECK_BYTES(out, wire, 4);
	CHECK_INT(out[4], 0);
	gb_store48(out, UINT64_C(0xffffa69584332211));
	CHECK_BYTES(out, wire, 6);
	CHECK_INT(out[6], 0);
}

static void
swaps_turn_the_order_round(void)
{
	CHECK_INT(gb_swap32(0x11223384), 0x84332211);
	CHECK_INT(gb_swap48(0x1122338495a6), 0xa69584332211);
	CHECK_INT(gb_swap48(UINT64_C(1) << 40), 1);
}

int
main(void)
{
	RUN(loads_take_the_low_byte_first);
	RUN(stores_undo_loads);
	RUN(swaps_turn_the_order_round);
	return check_done();
}
