/*
 * test_status.c
 *	  The public keys of errors, faults, warnings and pieces.
 */
#include "codec/status.h"
#include "codec/stream.h"

#include "unit/check.h"

static void
error_keys(void)
{
	static const char *const keys[GB_ERROR_COUNT] = {
		"ok", "bad_start", "truncated", "length_over_1024", "bad_end",
		"bad_checksum", "trailing_bytes", "unknown_command"
	};

	for (int i = 0; i < GB_ERROR_COUNT; i++)
		CHECK_STR(gb_error_key((gb_error) i), keys[i]);
}

static void
fault_keys(void)
{
	static const char *const keys[GB_FAULT_COUNT] = {
		"none", "no_object_count", "zero_objects", "short", "trailing"
	};

	for (int i = 0; i < GB_FAULT_COUNT; i++)
		CHECK_STR(gb_fault_key((gb_fault) i), keys[i]);
}

static void
warning_keys(void)
{
	static const struct
	{
		gb_warning	warning;
		const char *key;
	}			rows[] = {
		{GB_WARN_MAIN_VERSION, "main_version_not_1"},
		{GB_WARN_CMD_USER, "cmd_user_defined"},
		{GB_WARN_EMPTY_APP, "empty_app_data"},
		{GB_WARN_APP_LEN_1, "app_len_1"},
		{GB_WARN_TYPE_RESERVED, "type_reserved"},
		{GB_WARN_TYPE_USER, "type_user_defined"},
		{GB_WARN_TYPE_UNASSIGNED, "type_unassigned"},
		{GB_WARN_TYPE_COMMAND, "type_command_mismatch"},
		{GB_WARN_COUNT_OVER, "count_over_limit"},
		{GB_WARN_RESERVED_BITS, "reserved_bits_set"},
		{GB_WARN_RESERVED_BYTE, "reserved_byte_nonzero"},
		{GB_WARN_TIME, "time_out_of_range"},
		{GB_WARN_OBJ_TIME, "obj_time_out_of_range"},
		{GB_WARN_VALUE_RANGE, "value_out_of_range"},
		{GB_WARN_UNSCALED, "analog_type_unscaled"},
		{GB_WARN_TEXT_TRUNCATED, "desc_truncated_char"},
		{GB_WARN_TEXT_INVALID, "desc_invalid_bytes"},
	};

	CHECK_INT(GB_WARNING_COUNT, sizeof(rows) / sizeof(rows[0]));
	for (int i = 0; i < GB_WARNING_COUNT; i++)
	{
		CHECK_INT(rows[i].warning, 1 << i);
		CHECK_STR(gb_warning_key(i), rows[i].key);
	}
}

static void
piece_keys(void)
{
	CHECK_STR(gb_piece_key(GB_PIECE_NONE), "none");
	CHECK_STR(gb_piece_key(GB_PIECE_FRAME), "frame");
	CHECK_STR(gb_piece_key(GB_PIECE_GARBAGE), "garbage");
	CHECK_STR(gb_piece_key(GB_PIECE_BAD_CHECKSUM), "bad_checksum");
	CHECK_STR(gb_piece_key(GB_PIECE_UNKNOWN_COMMAND), "unknown_command");
}

int
main(void)
{
	RUN(error_keys);
	RUN(fault_keys);
	RUN(warning_keys);
	RUN(piece_keys);
	return check_done();
}
