-- alarm_state: the bits of one status or operation field.  Ordered by kind, then
-- by the bits as a number.

CREATE TYPE fireiot.alarm_state;

CREATE FUNCTION fireiot.alarm_state_in(cstring)
RETURNS fireiot.alarm_state
AS 'MODULE_PATHNAME', 'alarm_state_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_in(cstring) IS
'I/O';

CREATE FUNCTION fireiot.alarm_state_out(fireiot.alarm_state)
RETURNS cstring
AS 'MODULE_PATHNAME', 'alarm_state_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_out(fireiot.alarm_state) IS
'I/O';

CREATE FUNCTION fireiot.alarm_state_recv(internal)
RETURNS fireiot.alarm_state
AS 'MODULE_PATHNAME', 'alarm_state_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_recv(internal) IS
'I/O';

CREATE FUNCTION fireiot.alarm_state_send(fireiot.alarm_state)
RETURNS bytea
AS 'MODULE_PATHNAME', 'alarm_state_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_send(fireiot.alarm_state) IS
'I/O';

CREATE TYPE fireiot.alarm_state (
	INPUT = fireiot.alarm_state_in,
	OUTPUT = fireiot.alarm_state_out,
	RECEIVE = fireiot.alarm_state_recv,
	SEND = fireiot.alarm_state_send,
	INTERNALLENGTH = 4,
	PASSEDBYVALUE,
	ALIGNMENT = int4
);
COMMENT ON TYPE fireiot.alarm_state IS
'the set bits of a status or operation field, and which field it is: written KIND{KEY,KEY...}, for example component{fire,feedback}; kinds are system, component, operation, device and device_operation; a bit without a key is written bit9';

-- Constructors.

CREATE FUNCTION fireiot.alarm_state(kind text, bits integer)
RETURNS fireiot.alarm_state
AS 'MODULE_PATHNAME', 'alarm_state_from_bits'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state(text, integer) IS
'a state by its bits as a number';

CREATE FUNCTION fireiot.alarm_state(kind text, keys text[])
RETURNS fireiot.alarm_state
AS 'MODULE_PATHNAME', 'alarm_state_from_keys'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state(text, text[]) IS
'a state by the keys of its set bits, in any order';

-- What a state says.

CREATE FUNCTION fireiot.state_kind(state fireiot.alarm_state)
RETURNS text
AS 'MODULE_PATHNAME', 'alarm_state_kind'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.state_kind(fireiot.alarm_state) IS
'which field it is: system, component, operation, device or device_operation';

CREATE FUNCTION fireiot.state_bits(state fireiot.alarm_state)
RETURNS integer
AS 'MODULE_PATHNAME', 'alarm_state_bits'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.state_bits(fireiot.alarm_state) IS
'the bits as a number';

CREATE FUNCTION fireiot.state_keys(state fireiot.alarm_state)
RETURNS text[]
AS 'MODULE_PATHNAME', 'alarm_state_keys'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.state_keys(fireiot.alarm_state) IS
'keys of the set bits, in the order of the bits';

CREATE FUNCTION fireiot.state_names(state fireiot.alarm_state, lang text DEFAULT 'zh')
RETURNS text[]
AS 'MODULE_PATHNAME', 'alarm_state_names'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.state_names(fireiot.alarm_state, text) IS
'what the set bits mean, in Chinese (zh) or English (en), in the order of the bits';

CREATE FUNCTION fireiot.alarm_class(state fireiot.alarm_state)
RETURNS text
AS 'MODULE_PATHNAME', 'alarm_state_class'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_class(fireiot.alarm_state) IS
'gravest class among the set bits: fire, fault, link (communication lost) or event; null when none of them is an alarm';

CREATE FUNCTION fireiot.has(state fireiot.alarm_state, key text)
RETURNS boolean
AS 'MODULE_PATHNAME', 'alarm_state_has'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.has(fireiot.alarm_state, text) IS
'is the bit of this key set? false when it is a key of other kinds only; a key of no kind is an error';

-- Sets of bits.  States of different kinds have nothing in common.

CREATE FUNCTION fireiot.alarm_state_contains(fireiot.alarm_state, fireiot.alarm_state)
RETURNS boolean
AS 'MODULE_PATHNAME', 'alarm_state_contains'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_contains(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of @> operator';

CREATE FUNCTION fireiot.alarm_state_contained(fireiot.alarm_state, fireiot.alarm_state)
RETURNS boolean
AS 'MODULE_PATHNAME', 'alarm_state_contained'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_contained(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of <@ operator';

CREATE FUNCTION fireiot.alarm_state_overlaps(fireiot.alarm_state, fireiot.alarm_state)
RETURNS boolean
AS 'MODULE_PATHNAME', 'alarm_state_overlaps'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_overlaps(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of && operator';

CREATE FUNCTION fireiot.alarm_state_union(fireiot.alarm_state, fireiot.alarm_state)
RETURNS fireiot.alarm_state
AS 'MODULE_PATHNAME', 'alarm_state_union'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_union(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of | operator';

CREATE FUNCTION fireiot.alarm_state_intersection(fireiot.alarm_state, fireiot.alarm_state)
RETURNS fireiot.alarm_state
AS 'MODULE_PATHNAME', 'alarm_state_intersection'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_intersection(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of & operator';

CREATE FUNCTION fireiot.alarm_state_difference(fireiot.alarm_state, fireiot.alarm_state)
RETURNS fireiot.alarm_state
AS 'MODULE_PATHNAME', 'alarm_state_difference'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_difference(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of - operator';

CREATE OPERATOR fireiot.@> (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_contains,
	COMMUTATOR = OPERATOR(fireiot.<@),
	RESTRICT = pg_catalog.matchingsel,
	JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR fireiot.@> (fireiot.alarm_state, fireiot.alarm_state) IS
'same kind, and all bits of the right are set in the left';

CREATE OPERATOR fireiot.<@ (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_contained,
	COMMUTATOR = OPERATOR(fireiot.@>),
	RESTRICT = pg_catalog.matchingsel,
	JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR fireiot.<@ (fireiot.alarm_state, fireiot.alarm_state) IS
'same kind, and all bits of the left are set in the right';

CREATE OPERATOR fireiot.&& (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_overlaps,
	COMMUTATOR = OPERATOR(fireiot.&&),
	RESTRICT = pg_catalog.matchingsel,
	JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR fireiot.&& (fireiot.alarm_state, fireiot.alarm_state) IS
'same kind, and a bit is set in both';

CREATE OPERATOR fireiot.? (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = text,
	FUNCTION = fireiot.has,
	RESTRICT = pg_catalog.matchingsel,
	JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR fireiot.? (fireiot.alarm_state, text) IS
'the bit of this key is set';

CREATE OPERATOR fireiot.| (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_union,
	COMMUTATOR = OPERATOR(fireiot.|)
);
COMMENT ON OPERATOR fireiot.| (fireiot.alarm_state, fireiot.alarm_state) IS
'bits set in either; the kinds must be the same';

CREATE OPERATOR fireiot.& (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_intersection,
	COMMUTATOR = OPERATOR(fireiot.&)
);
COMMENT ON OPERATOR fireiot.& (fireiot.alarm_state, fireiot.alarm_state) IS
'bits set in both; the kinds must be the same';

CREATE OPERATOR fireiot.- (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_difference
);
COMMENT ON OPERATOR fireiot.- (fireiot.alarm_state, fireiot.alarm_state) IS
'bits set in the left and not in the right; the kinds must be the same';
