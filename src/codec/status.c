/*
 * status.c
 *	  Keys of errors, faults and warnings.
 */
#include "codec/status.h"

#include <stddef.h>

static const char *const error_keys[GB_ERROR_COUNT] = {
	[GB_OK] = "ok",
	[GB_BAD_START] = "bad_start",
	[GB_TRUNCATED] = "truncated",
	[GB_LENGTH_OVER_1024] = "length_over_1024",
	[GB_BAD_END] = "bad_end",
	[GB_BAD_CHECKSUM] = "bad_checksum",
	[GB_TRAILING_BYTES] = "trailing_bytes",
	[GB_UNKNOWN_COMMAND] = "unknown_command",
};

static const char *const fault_keys[GB_FAULT_COUNT] = {
	[GB_FAULT_NONE] = "none",
	[GB_FAULT_NO_OBJECT_COUNT] = "no_object_count",
	[GB_FAULT_ZERO_OBJECTS] = "zero_objects",
	[GB_FAULT_SHORT] = "short",
	[GB_FAULT_TRAILING] = "trailing",
};

static const char *const warning_keys[GB_WARNING_COUNT] = {
	"main_version_not_1",
	"cmd_user_defined",
	"empty_app_data",
	"app_len_1",
	"type_reserved",
	"type_user_defined",
	"type_unassigned",
	"type_command_mismatch",
	"count_over_limit",
	"reserved_bits_set",
	"reserved_byte_nonzero",
	"time_out_of_range",
	"obj_time_out_of_range",
	"value_out_of_range",
	"analog_type_unscaled",
	"desc_truncated_char",
	"desc_invalid_bytes",
};

const char *
gb_error_key(gb_error error)
{
	return error_keys[error];
}

const char *
gb_fault_key(gb_fault fault)
{
	return fault_keys[fault];
}

const char *
gb_warning_key(int position)
{
	return warning_keys[position];
}
