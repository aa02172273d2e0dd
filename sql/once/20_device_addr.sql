-- device_addr: the address of a user information transmission device.
--
-- No cast to or from bigint exists, on purpose: functions say what is meant,
-- and planners of other extensions do not take an address for a number.

CREATE TYPE fireiot.device_addr;

CREATE FUNCTION fireiot.device_addr_in(cstring)
RETURNS fireiot.device_addr
AS 'MODULE_PATHNAME', 'device_addr_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.device_addr_in(cstring) IS
'I/O';

CREATE FUNCTION fireiot.device_addr_out(fireiot.device_addr)
RETURNS cstring
AS 'MODULE_PATHNAME', 'device_addr_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.device_addr_out(fireiot.device_addr) IS
'I/O';

CREATE FUNCTION fireiot.device_addr_recv(internal)
RETURNS fireiot.device_addr
AS 'MODULE_PATHNAME', 'device_addr_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.device_addr_recv(internal) IS
'I/O';

CREATE FUNCTION fireiot.device_addr_send(fireiot.device_addr)
RETURNS bytea
AS 'MODULE_PATHNAME', 'device_addr_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.device_addr_send(fireiot.device_addr) IS
'I/O';

CREATE TYPE fireiot.device_addr (
	INPUT = fireiot.device_addr_in,
	OUTPUT = fireiot.device_addr_out,
	RECEIVE = fireiot.device_addr_recv,
	SEND = fireiot.device_addr_send,
	INTERNALLENGTH = 8,
	PASSEDBYVALUE,
	ALIGNMENT = double
);
COMMENT ON TYPE fireiot.device_addr IS
'address of a user information transmission device (用户信息传输装置): six bytes, written as 12 hexadecimal digits, high byte first';

-- Other forms of the same address.

CREATE FUNCTION fireiot.device_addr(wire_bytes bytea)
RETURNS fireiot.device_addr
AS 'MODULE_PATHNAME', 'device_addr_from_bytes'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.device_addr(bytea) IS
'the address whose six bytes stand so on the wire, low byte first';

CREATE FUNCTION fireiot.device_addr(number bigint)
RETURNS fireiot.device_addr
AS 'MODULE_PATHNAME', 'device_addr_from_number'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.device_addr(bigint) IS
'the address that is this unsigned 48-bit number';

CREATE FUNCTION fireiot.to_bytes(device fireiot.device_addr)
RETURNS bytea
AS 'MODULE_PATHNAME', 'device_addr_to_bytes'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.to_bytes(fireiot.device_addr) IS
'the six bytes of the address as they stand on the wire, low byte first';

CREATE FUNCTION fireiot.wire_hex(device fireiot.device_addr)
RETURNS text
AS 'MODULE_PATHNAME', 'device_addr_wire_hex'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.wire_hex(fireiot.device_addr) IS
'the six bytes of the address in wire order, low byte first, as 12 hexadecimal digits';

CREATE FUNCTION fireiot.device_number(device fireiot.device_addr)
RETURNS bigint
AS 'MODULE_PATHNAME', 'device_addr_number'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.device_number(fireiot.device_addr) IS
'the address as an unsigned 48-bit number';

-- Order: as unsigned numbers, which is the order of the texts.

CREATE FUNCTION fireiot.device_addr_lt(fireiot.device_addr, fireiot.device_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'device_addr_lt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.device_addr_lt(fireiot.device_addr, fireiot.device_addr) IS
'implementation of < operator';

CREATE FUNCTION fireiot.device_addr_le(fireiot.device_addr, fireiot.device_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'device_addr_le'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.device_addr_le(fireiot.device_addr, fireiot.device_addr) IS
'implementation of <= operator';

CREATE FUNCTION fireiot.device_addr_eq(fireiot.device_addr, fireiot.device_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'device_addr_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.device_addr_eq(fireiot.device_addr, fireiot.device_addr) IS
'implementation of = operator';

CREATE FUNCTION fireiot.device_addr_ge(fireiot.device_addr, fireiot.device_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'device_addr_ge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.device_addr_ge(fireiot.device_addr, fireiot.device_addr) IS
'implementation of >= operator';

CREATE FUNCTION fireiot.device_addr_gt(fireiot.device_addr, fireiot.device_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'device_addr_gt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.device_addr_gt(fireiot.device_addr, fireiot.device_addr) IS
'implementation of > operator';

CREATE FUNCTION fireiot.device_addr_ne(fireiot.device_addr, fireiot.device_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'device_addr_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.device_addr_ne(fireiot.device_addr, fireiot.device_addr) IS
'implementation of <> operator';

CREATE OPERATOR fireiot.< (
	LEFTARG = fireiot.device_addr,
	RIGHTARG = fireiot.device_addr,
	FUNCTION = fireiot.device_addr_lt,
	COMMUTATOR = OPERATOR(fireiot.>),
	NEGATOR = OPERATOR(fireiot.>=),
	RESTRICT = pg_catalog.scalarltsel,
	JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR fireiot.< (fireiot.device_addr, fireiot.device_addr) IS
'less than';

CREATE OPERATOR fireiot.<= (
	LEFTARG = fireiot.device_addr,
	RIGHTARG = fireiot.device_addr,
	FUNCTION = fireiot.device_addr_le,
	COMMUTATOR = OPERATOR(fireiot.>=),
	NEGATOR = OPERATOR(fireiot.>),
	RESTRICT = pg_catalog.scalarlesel,
	JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR fireiot.<= (fireiot.device_addr, fireiot.device_addr) IS
'less than or equal';

CREATE OPERATOR fireiot.= (
	LEFTARG = fireiot.device_addr,
	RIGHTARG = fireiot.device_addr,
	FUNCTION = fireiot.device_addr_eq,
	COMMUTATOR = OPERATOR(fireiot.=),
	NEGATOR = OPERATOR(fireiot.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR fireiot.= (fireiot.device_addr, fireiot.device_addr) IS
'equal';

CREATE OPERATOR fireiot.>= (
	LEFTARG = fireiot.device_addr,
	RIGHTARG = fireiot.device_addr,
	FUNCTION = fireiot.device_addr_ge,
	COMMUTATOR = OPERATOR(fireiot.<=),
	NEGATOR = OPERATOR(fireiot.<),
	RESTRICT = pg_catalog.scalargesel,
	JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR fireiot.>= (fireiot.device_addr, fireiot.device_addr) IS
'greater than or equal';

CREATE OPERATOR fireiot.> (
	LEFTARG = fireiot.device_addr,
	RIGHTARG = fireiot.device_addr,
	FUNCTION = fireiot.device_addr_gt,
	COMMUTATOR = OPERATOR(fireiot.<),
	NEGATOR = OPERATOR(fireiot.<=),
	RESTRICT = pg_catalog.scalargtsel,
	JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR fireiot.> (fireiot.device_addr, fireiot.device_addr) IS
'greater than';

CREATE OPERATOR fireiot.<> (
	LEFTARG = fireiot.device_addr,
	RIGHTARG = fireiot.device_addr,
	FUNCTION = fireiot.device_addr_ne,
	COMMUTATOR = OPERATOR(fireiot.<>),
	NEGATOR = OPERATOR(fireiot.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR fireiot.<> (fireiot.device_addr, fireiot.device_addr) IS
'not equal';

-- Index support.

CREATE FUNCTION fireiot.device_addr_cmp(fireiot.device_addr, fireiot.device_addr)
RETURNS integer
AS 'MODULE_PATHNAME', 'device_addr_cmp'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.device_addr_cmp(fireiot.device_addr, fireiot.device_addr) IS
'less-equal-greater';

CREATE FUNCTION fireiot.device_addr_sortsupport(internal)
RETURNS void
AS 'MODULE_PATHNAME', 'device_addr_sortsupport'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.device_addr_sortsupport(internal) IS
'sort support';

CREATE FUNCTION fireiot.device_addr_hash(fireiot.device_addr)
RETURNS integer
AS 'MODULE_PATHNAME', 'device_addr_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.device_addr_hash(fireiot.device_addr) IS
'hash';

CREATE FUNCTION fireiot.device_addr_hash_extended(fireiot.device_addr, bigint)
RETURNS bigint
AS 'MODULE_PATHNAME', 'device_addr_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.device_addr_hash_extended(fireiot.device_addr, bigint) IS
'hash';

CREATE FUNCTION fireiot.device_addr_distance(fireiot.device_addr, fireiot.device_addr)
RETURNS double precision
AS 'MODULE_PATHNAME', 'device_addr_distance'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.device_addr_distance(fireiot.device_addr, fireiot.device_addr) IS
'distance, for BRIN minmax-multi';

CREATE OPERATOR CLASS fireiot.device_addr_ops
DEFAULT FOR TYPE fireiot.device_addr USING btree AS
	OPERATOR 1 fireiot.<,
	OPERATOR 2 fireiot.<=,
	OPERATOR 3 fireiot.=,
	OPERATOR 4 fireiot.>=,
	OPERATOR 5 fireiot.>,
	FUNCTION 1 fireiot.device_addr_cmp(fireiot.device_addr, fireiot.device_addr),
	FUNCTION 2 fireiot.device_addr_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS fireiot.device_addr_ops USING btree IS
'order and equality';

CREATE OPERATOR CLASS fireiot.device_addr_ops
DEFAULT FOR TYPE fireiot.device_addr USING hash AS
	OPERATOR 1 fireiot.=,
	FUNCTION 1 fireiot.device_addr_hash(fireiot.device_addr),
	FUNCTION 2 fireiot.device_addr_hash_extended(fireiot.device_addr, bigint);
COMMENT ON OPERATOR CLASS fireiot.device_addr_ops USING hash IS
'equality';

CREATE OPERATOR CLASS fireiot.device_addr_minmax_ops
DEFAULT FOR TYPE fireiot.device_addr USING brin AS
	OPERATOR 1 fireiot.<,
	OPERATOR 2 fireiot.<=,
	OPERATOR 3 fireiot.=,
	OPERATOR 4 fireiot.>=,
	OPERATOR 5 fireiot.>,
	FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
	FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
	FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
	FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS fireiot.device_addr_minmax_ops USING brin IS
'least and greatest value of a block range';

CREATE OPERATOR CLASS fireiot.device_addr_minmax_multi_ops
FOR TYPE fireiot.device_addr USING brin AS
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
	FUNCTION 11 fireiot.device_addr_distance(fireiot.device_addr, fireiot.device_addr);
COMMENT ON OPERATOR CLASS fireiot.device_addr_minmax_multi_ops USING brin IS
'several intervals of values of a block range';
