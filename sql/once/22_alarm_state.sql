-- alarm_state: the bits of one status or operation field.

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

-- Order: by kind, then by the bits as a number.

CREATE FUNCTION fireiot.alarm_state_lt(fireiot.alarm_state, fireiot.alarm_state)
RETURNS boolean
AS 'MODULE_PATHNAME', 'alarm_state_lt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_lt(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of < operator';

CREATE FUNCTION fireiot.alarm_state_le(fireiot.alarm_state, fireiot.alarm_state)
RETURNS boolean
AS 'MODULE_PATHNAME', 'alarm_state_le'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_le(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of <= operator';

CREATE FUNCTION fireiot.alarm_state_eq(fireiot.alarm_state, fireiot.alarm_state)
RETURNS boolean
AS 'MODULE_PATHNAME', 'alarm_state_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_eq(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of = operator';

CREATE FUNCTION fireiot.alarm_state_ge(fireiot.alarm_state, fireiot.alarm_state)
RETURNS boolean
AS 'MODULE_PATHNAME', 'alarm_state_ge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_ge(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of >= operator';

CREATE FUNCTION fireiot.alarm_state_gt(fireiot.alarm_state, fireiot.alarm_state)
RETURNS boolean
AS 'MODULE_PATHNAME', 'alarm_state_gt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_gt(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of > operator';

CREATE FUNCTION fireiot.alarm_state_ne(fireiot.alarm_state, fireiot.alarm_state)
RETURNS boolean
AS 'MODULE_PATHNAME', 'alarm_state_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_ne(fireiot.alarm_state, fireiot.alarm_state) IS
'implementation of <> operator';

CREATE OPERATOR fireiot.< (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_lt,
	COMMUTATOR = OPERATOR(fireiot.>),
	NEGATOR = OPERATOR(fireiot.>=),
	RESTRICT = pg_catalog.scalarltsel,
	JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR fireiot.< (fireiot.alarm_state, fireiot.alarm_state) IS
'less than';

CREATE OPERATOR fireiot.<= (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_le,
	COMMUTATOR = OPERATOR(fireiot.>=),
	NEGATOR = OPERATOR(fireiot.>),
	RESTRICT = pg_catalog.scalarlesel,
	JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR fireiot.<= (fireiot.alarm_state, fireiot.alarm_state) IS
'less than or equal';

CREATE OPERATOR fireiot.= (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_eq,
	COMMUTATOR = OPERATOR(fireiot.=),
	NEGATOR = OPERATOR(fireiot.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR fireiot.= (fireiot.alarm_state, fireiot.alarm_state) IS
'equal';

CREATE OPERATOR fireiot.>= (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_ge,
	COMMUTATOR = OPERATOR(fireiot.<=),
	NEGATOR = OPERATOR(fireiot.<),
	RESTRICT = pg_catalog.scalargesel,
	JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR fireiot.>= (fireiot.alarm_state, fireiot.alarm_state) IS
'greater than or equal';

CREATE OPERATOR fireiot.> (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_gt,
	COMMUTATOR = OPERATOR(fireiot.<),
	NEGATOR = OPERATOR(fireiot.<=),
	RESTRICT = pg_catalog.scalargtsel,
	JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR fireiot.> (fireiot.alarm_state, fireiot.alarm_state) IS
'greater than';

CREATE OPERATOR fireiot.<> (
	LEFTARG = fireiot.alarm_state,
	RIGHTARG = fireiot.alarm_state,
	FUNCTION = fireiot.alarm_state_ne,
	COMMUTATOR = OPERATOR(fireiot.<>),
	NEGATOR = OPERATOR(fireiot.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR fireiot.<> (fireiot.alarm_state, fireiot.alarm_state) IS
'not equal';

-- Index support.

CREATE FUNCTION fireiot.alarm_state_cmp(fireiot.alarm_state, fireiot.alarm_state)
RETURNS integer
AS 'MODULE_PATHNAME', 'alarm_state_cmp'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_cmp(fireiot.alarm_state, fireiot.alarm_state) IS
'less-equal-greater';

CREATE FUNCTION fireiot.alarm_state_sortsupport(internal)
RETURNS void
AS 'MODULE_PATHNAME', 'alarm_state_sortsupport'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_sortsupport(internal) IS
'sort support';

CREATE FUNCTION fireiot.alarm_state_hash(fireiot.alarm_state)
RETURNS integer
AS 'MODULE_PATHNAME', 'alarm_state_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_hash(fireiot.alarm_state) IS
'hash';

CREATE FUNCTION fireiot.alarm_state_hash_extended(fireiot.alarm_state, bigint)
RETURNS bigint
AS 'MODULE_PATHNAME', 'alarm_state_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.alarm_state_hash_extended(fireiot.alarm_state, bigint) IS
'hash';

CREATE FUNCTION fireiot.alarm_state_distance(fireiot.alarm_state, fireiot.alarm_state)
RETURNS double precision
AS 'MODULE_PATHNAME', 'alarm_state_distance'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.alarm_state_distance(fireiot.alarm_state, fireiot.alarm_state) IS
'distance, for BRIN minmax-multi';

CREATE OPERATOR CLASS fireiot.alarm_state_ops
DEFAULT FOR TYPE fireiot.alarm_state USING btree AS
	OPERATOR 1 fireiot.<,
	OPERATOR 2 fireiot.<=,
	OPERATOR 3 fireiot.=,
	OPERATOR 4 fireiot.>=,
	OPERATOR 5 fireiot.>,
	FUNCTION 1 fireiot.alarm_state_cmp(fireiot.alarm_state, fireiot.alarm_state),
	FUNCTION 2 fireiot.alarm_state_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS fireiot.alarm_state_ops USING btree IS
'order and equality';

CREATE OPERATOR CLASS fireiot.alarm_state_ops
DEFAULT FOR TYPE fireiot.alarm_state USING hash AS
	OPERATOR 1 fireiot.=,
	FUNCTION 1 fireiot.alarm_state_hash(fireiot.alarm_state),
	FUNCTION 2 fireiot.alarm_state_hash_extended(fireiot.alarm_state, bigint);
COMMENT ON OPERATOR CLASS fireiot.alarm_state_ops USING hash IS
'equality';

CREATE OPERATOR CLASS fireiot.alarm_state_minmax_ops
DEFAULT FOR TYPE fireiot.alarm_state USING brin AS
	OPERATOR 1 fireiot.<,
	OPERATOR 2 fireiot.<=,
	OPERATOR 3 fireiot.=,
	OPERATOR 4 fireiot.>=,
	OPERATOR 5 fireiot.>,
	FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
	FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
	FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
	FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS fireiot.alarm_state_minmax_ops USING brin IS
'least and greatest value of a block range';

CREATE OPERATOR CLASS fireiot.alarm_state_minmax_multi_ops
FOR TYPE fireiot.alarm_state USING brin AS
	OPERATOR 1 fireiot.<,
	OPERATOR 2 fireiot.<=,
	OPERATOR 3 fireiot.=,
	OPERATOR 4 fireiot.>=,
	OPERATOR 5 fireiot.>,
	FUNCTION 1 pg_catalog.brin_minmax_multi_opcinfo(internal),
	FUNCTION 2 pg_catalog.brin_minmax_multi_add_value(internal, internal, internal, internal),
	FUNCTION 3 pg_catalog.brin_minmax_multi_consistent(internal, internal, internal, integer),
	FUNCTION 4 pg_catalog.brin_minmax_multi_union(internal, internal, internal),
	FUNCTION 5 pg_catalog.brin_minmax_multi_options(internal),
	FUNCTION 11 fireiot.alarm_state_distance(fireiot.alarm_state, fireiot.alarm_state);
COMMENT ON OPERATOR CLASS fireiot.alarm_state_minmax_multi_ops USING brin IS
'several intervals of values of a block range';

-- GIN: one entry a set bit, kind << 8 | bit.

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
