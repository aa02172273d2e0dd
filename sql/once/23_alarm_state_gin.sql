-- The bits of states, searched: one GIN entry a set bit, kind << 8 | bit.

CREATE FUNCTION fireiot.alarm_state_gin_extract_value(fireiot.alarm_state, internal)
RETURNS internal
AS 'MODULE_PATHNAME', 'alarm_state_gin_extract_value'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_gin_extract_value(fireiot.alarm_state, internal) IS
'GIN support';

CREATE FUNCTION fireiot.alarm_state_gin_extract_query(fireiot.alarm_state, internal, smallint,
	internal, internal, internal, internal)
RETURNS internal
AS 'MODULE_PATHNAME', 'alarm_state_gin_extract_query'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_gin_extract_query(fireiot.alarm_state, internal, smallint,
	internal, internal, internal, internal) IS
'GIN support';

CREATE FUNCTION fireiot.alarm_state_gin_consistent(internal, smallint,
	fireiot.alarm_state, integer, internal, internal, internal, internal)
RETURNS boolean
AS 'MODULE_PATHNAME', 'alarm_state_gin_consistent'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_gin_consistent(internal, smallint,
	fireiot.alarm_state, integer, internal, internal, internal, internal) IS
'GIN support';

CREATE FUNCTION fireiot.alarm_state_gin_triconsistent(internal, smallint,
	fireiot.alarm_state, integer, internal, internal, internal)
RETURNS "char"
AS 'MODULE_PATHNAME', 'alarm_state_gin_triconsistent'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_gin_triconsistent(internal, smallint,
	fireiot.alarm_state, integer, internal, internal, internal) IS
'GIN support';

CREATE OPERATOR CLASS fireiot.alarm_state_ops
DEFAULT FOR TYPE fireiot.alarm_state USING gin AS
	OPERATOR 1 fireiot.@>,
	OPERATOR 2 fireiot.&&,
	OPERATOR 3 fireiot.? (fireiot.alarm_state, text),
	FUNCTION 2 fireiot.alarm_state_gin_extract_value(fireiot.alarm_state, internal),
	FUNCTION 3 fireiot.alarm_state_gin_extract_query(fireiot.alarm_state, internal, smallint,
		internal, internal, internal, internal),
	FUNCTION 4 fireiot.alarm_state_gin_consistent(internal, smallint,
		fireiot.alarm_state, integer, internal, internal, internal, internal),
	FUNCTION 6 fireiot.alarm_state_gin_triconsistent(internal, smallint,
		fireiot.alarm_state, integer, internal, internal, internal),
	STORAGE integer;
COMMENT ON OPERATOR CLASS fireiot.alarm_state_ops USING gin IS
'which bits are set: @>, && and ?';
