/*
 * alarm_watch.c
 *	  What of the values and operations may be an alarm.
 */
#include "ingest/alarm_watch.h"

#include "base/shared.h"
#include "ingest/statements.h"

#define QUANTITIES 256
#define STATE_KINDS (GB_STATE_DEVICE_OPERATION + 1)

/*
 * One row a quantity or a kind of operation: the widest band of raw values
 * that is inside of all limits, or the bits that rules name.
 */
static statement read_rules = {
	"SELECT kind, code, low, high, bits FROM fireiot.alarm_watch()"
};

enum
{
	RULE_KIND = 1,
	RULE_CODE,
	RULE_LOW,
	RULE_HIGH,
	RULE_BITS
};

static struct
{
	uint64		version;		/* of the registry, when last read */
	bool		has_states;
	uint16		states[STATE_KINDS];
	uint16		operations[STATE_KINDS];
	bool		watched[QUANTITIES];
	quiet_values quiet[QUANTITIES];
}			me;

static void
look_up_states(void)
{
	for (int i = 0; i < GB_BIT_FIELD_COUNT; i++)
	{
		const gb_bit_field_entry *entry = &gb_bit_fields[i];

		for (int bit = 0; bit < entry->field.width; bit++)
			if (entry->field.bit[bit].alarm_class != GB_CLASS_NONE)
				me.states[entry->kind] |= (uint16) (1 << bit);
	}
	me.has_states = true;
}

static int32
column(int row, int number)
{
	bool		isnull;
	Datum		value = SPI_getbinval(SPI_tuptable->vals[row],
									  SPI_tuptable->tupdesc, number, &isnull);

	return isnull ? 0 : DatumGetInt32(value);
}

static void
take_row(int row)
{
	int32		kind = column(row, RULE_KIND);
	int32		code = column(row, RULE_CODE);

	if (kind > GB_STATE_NONE && kind < STATE_KINDS && code < 0)
		me.operations[kind] = (uint16) column(row, RULE_BITS);
	if (code < 0 || code >= QUANTITIES)
		return;
	me.watched[code] = true;
	me.quiet[code].from = column(row, RULE_LOW);
	me.quiet[code].to = column(row, RULE_HIGH);
}

void
alarm_watch_refresh(void)
{
	uint64		version = shared_ready() ?
		shared_news_version(NEWS_REGISTRY) + 1 : 0;

	if (!me.has_states)
		look_up_states();
	/* without shared memory nobody tells: look each time */
	if (version != 0 && version == me.version)
		return;
	memset(me.operations, 0, sizeof(me.operations));
	memset(me.watched, 0, sizeof(me.watched));
	SPI_connect();
	statement_run(&read_rules, 0, NULL, NULL, NULL);
	for (uint64 row = 0; row < SPI_processed; row++)
		take_row((int) row);
	SPI_finish();
	me.version = version;
}

uint16
alarm_watch_state(int state_kind)
{
	return me.states[state_kind];
}

uint16
alarm_watch_operation(int state_kind)
{
	return me.operations[state_kind];
}

const quiet_values *
alarm_watch_quantity(int quantity)
{
	return me.watched[quantity] ? &me.quiet[quantity] : NULL;
}

void
alarm_watch_forget_plans(void)
{
	statement_forget(&read_rules);
	me.version = 0;
}
