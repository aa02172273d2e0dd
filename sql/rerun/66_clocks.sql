-- Clocks at work: working days, and what runs against each alarm.

CREATE OR REPLACE FUNCTION fireiot.add_working_days(start timestamptz, days integer)
RETURNS timestamptz
AS 'MODULE_PATHNAME', 'fireiot_add_working_days'
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION fireiot.add_working_days(timestamptz, integer) IS
'End of a period of working days: 24:00 of the last one; the day of the start does not count. An error when fireiot.calendar_day has no day of a year in it';

CREATE OR REPLACE FUNCTION fireiot.working_days_due(
	start timestamptz, days integer, OUT due_at timestamptz, OUT calendar_gap boolean)
RETURNS record
AS 'MODULE_PATHNAME', 'fireiot_working_days_due'
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION fireiot.working_days_due(timestamptz, integer) IS
'The same without an error: calendar_gap says that a year is not known, of which Monday to Friday are taken';

CREATE OR REPLACE FUNCTION fireiot.working_days_between(from_at timestamptz, to_at timestamptz)
RETURNS integer
AS 'MODULE_PATHNAME', 'fireiot_working_days_between'
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION fireiot.working_days_between(timestamptz, timestamptz) IS
'Working days behind the day of the first moment, up to and with that of the second; below zero when that is the earlier one';

CREATE OR REPLACE FUNCTION fireiot.is_working_day(day date)
RETURNS boolean
AS 'MODULE_PATHNAME', 'fireiot_is_working_day'
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION fireiot.is_working_day(date) IS
'Is this a working day? Null when fireiot.calendar_day has no day of its year';
