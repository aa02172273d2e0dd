/*
 * names.h
 *	  Code tables of the standard: names in Chinese and English, quantities,
 *	  bits.
 *
 * The tables themselves are generated from codes/ (CSV) at build time by
 * codes/generate.pl; the same files give the SQL tables.  Texts are UTF-8.
 */
#ifndef GB_NAMES_H
#define GB_NAMES_H

#include <stdbool.h>
#include <stdint.h>

typedef enum gb_language
{
	GB_ZH = 0,
	GB_EN
} gb_language;

typedef enum gb_code_table
{
	GB_CODES_COMMAND = 0,		/* Table 2 */
	GB_CODES_DATA_UNIT_TYPE,	/* Table 3 */
	GB_CODES_SYSTEM_TYPE,		/* Table 4 */
	GB_CODES_COMPONENT_TYPE,	/* Table 5 */
	GB_CODES_QUANTITY,			/* Table 6 */
	GB_CODES_COUNT
} gb_code_table;

typedef enum gb_code_kind
{
	GB_CODE_UNUSED = 0,			/* quantity 0 only */
	GB_CODE_RESERVED,
	GB_CODE_DEFINED,
	GB_CODE_USER,
	GB_CODE_UNASSIGNED			/* data unit type 255 only */
} gb_code_kind;

typedef struct gb_code
{
	const char *name[2];		/* by gb_language */
	gb_code_kind kind;
} gb_code;

extern const gb_code gb_codes[GB_CODES_COUNT][256];

/*
 * The five bit fields of clause 8.2: what a status or operation says.
 * The values are the data unit types that carry them, so that they mean
 * something in a stored value too.
 */
typedef enum gb_state_kind
{
	GB_STATE_NONE = 0,
	GB_STATE_SYSTEM = 1,		/* 16 bits, Figure 6 */
	GB_STATE_COMPONENT = 2,		/* 16 bits, Figure 8 */
	GB_STATE_FACILITY_OPERATION = 4,	/* 8 bits, Figure 10 */
	GB_STATE_DEVICE = 21,		/* 8 bits, Figure 26 */
	GB_STATE_DEVICE_OPERATION = 24	/* 8 bits, Figure 27 */
} gb_state_kind;

/* What a set bit means for the one who must act; ordered by urgency. */
typedef enum gb_alarm_class
{
	GB_CLASS_NONE = 0,
	GB_CLASS_EVENT,				/* 事件预警 */
	GB_CLASS_LINK,				/* communication lost */
	GB_CLASS_FAULT,				/* 故障 */
	GB_CLASS_FIRE				/* 火灾预警 */
} gb_alarm_class;

typedef struct gb_bit
{
	const char *key;			/* NULL: reserved, must be 0 */
	const char *name[2];		/* when set, by gb_language */
	const char *clear[2];		/* when clear */
	gb_alarm_class alarm_class;
} gb_bit;

typedef struct gb_bit_field
{
	const char *key;			/* "system", "component", ... */
	const char *name[2];
	uint8_t		width;			/* 8 or 16 */
	uint16_t	reserved;		/* mask of bits that must be 0 */
	gb_bit		bit[16];
} gb_bit_field;

/* NULL for a value that is no gb_state_kind. */
extern const gb_bit_field *gb_bit_field_of(int state_kind);

/* The field of this key, its kind in *kind; NULL when there is none. */
extern const gb_bit_field *gb_bit_field_find(const char *key, int len,
											 gb_state_kind *kind);

/* Gravest class among the bits that are set. */
extern gb_alarm_class gb_alarm_class_of(int state_kind, uint16_t bits);

/* "fire", "fault", "link", "event"; NULL for GB_CLASS_NONE. */
extern const char *gb_alarm_class_key(gb_alarm_class alarm_class);

/* How a raw analogue value is read (Table 6). */
typedef struct gb_quantity
{
	bool		scaled;			/* false: no unit, no resolution */
	uint8_t		decimals;		/* value = raw / 10^decimals */
	int16_t		raw_min;		/* the standard's range, in raw steps */
	int16_t		raw_max;
	const char *unit;			/* UCUM-like, as the vectors print it */
	const char *unit_zh;
} gb_quantity;

/* Codes past the last entry are not scaled. */
#define GB_QUANTITY_COUNT 13
extern const gb_quantity gb_quantities[GB_QUANTITY_COUNT];

/*
 * The exact decimal of a raw value with its quantity's decimals, for example
 * "-0.01"; for a quantity that is not scaled the plain integer.
 */
#define GB_DECIMAL_SIZE 10
extern void gb_decimal(char out[GB_DECIMAL_SIZE], int16_t raw,
					   uint8_t quantity);

/* Number of bit fields and each with its kind, for listing. */
typedef struct gb_bit_field_entry
{
	gb_state_kind kind;
	gb_bit_field field;
} gb_bit_field_entry;

#define GB_BIT_FIELD_COUNT 5
extern const gb_bit_field_entry gb_bit_fields[GB_BIT_FIELD_COUNT];

#endif							/* GB_NAMES_H */
