-- part_addr: where in the facilities of one device a signal comes from.

CREATE TYPE fireiot.part_addr;

CREATE FUNCTION fireiot.part_addr_in(cstring)
RETURNS fireiot.part_addr
AS 'MODULE_PATHNAME', 'part_addr_in'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.part_addr_in(cstring) IS
'I/O';

CREATE FUNCTION fireiot.part_addr_out(fireiot.part_addr)
RETURNS cstring
AS 'MODULE_PATHNAME', 'part_addr_out'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.part_addr_out(fireiot.part_addr) IS
'I/O';

CREATE FUNCTION fireiot.part_addr_recv(internal)
RETURNS fireiot.part_addr
AS 'MODULE_PATHNAME', 'part_addr_recv'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.part_addr_recv(internal) IS
'I/O';

CREATE FUNCTION fireiot.part_addr_send(fireiot.part_addr)
RETURNS bytea
AS 'MODULE_PATHNAME', 'part_addr_send'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.part_addr_send(fireiot.part_addr) IS
'I/O';

CREATE TYPE fireiot.part_addr (
	INPUT = fireiot.part_addr_in,
	OUTPUT = fireiot.part_addr_out,
	RECEIVE = fireiot.part_addr_recv,
	SEND = fireiot.part_addr_send,
	INTERNALLENGTH = 8,
	PASSEDBYVALUE,
	ALIGNMENT = double
);
COMMENT ON TYPE fireiot.part_addr IS
'address of a part (部件) within a device, written SYSTEM_TYPE.SYSTEM_ADDRESS/COMPONENT_TYPE.COMPONENT_ADDRESS, for example 1.1/40.131082; without the second half it is the facility system (建筑消防设施系统) itself';

-- Constructors.

CREATE FUNCTION fireiot.part_addr(sys_type integer, sys_addr integer)
RETURNS fireiot.part_addr
AS 'MODULE_PATHNAME', 'part_addr_from_system'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.part_addr(integer, integer) IS
'a facility system';

CREATE FUNCTION fireiot.part_addr(sys_type integer, sys_addr integer,
								  comp_type integer, comp_addr bigint)
RETURNS fireiot.part_addr
AS 'MODULE_PATHNAME', 'part_addr_from_component'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.part_addr(integer, integer, integer, bigint) IS
'a component of a facility system';

-- What an address says.  What only a component has is null for a system.

CREATE FUNCTION fireiot.is_component(part fireiot.part_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'part_addr_is_component'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.is_component(fireiot.part_addr) IS
'is it a component? false for a facility system';

CREATE FUNCTION fireiot.system_of(part fireiot.part_addr)
RETURNS fireiot.part_addr
AS 'MODULE_PATHNAME', 'part_addr_system_of'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.system_of(fireiot.part_addr) IS
'the facility system to which the part belongs; a system itself';

CREATE FUNCTION fireiot.system_type(part fireiot.part_addr)
RETURNS integer
AS 'MODULE_PATHNAME', 'part_addr_system_type'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.system_type(fireiot.part_addr) IS
'code of the facility system type, GB/T 26875.3 Table 4';

CREATE FUNCTION fireiot.system_address(part fireiot.part_addr)
RETURNS integer
AS 'MODULE_PATHNAME', 'part_addr_system_address'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.system_address(fireiot.part_addr) IS
'number of the facility system among those of its type on the device';

CREATE FUNCTION fireiot.component_type(part fireiot.part_addr)
RETURNS integer
AS 'MODULE_PATHNAME', 'part_addr_component_type'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.component_type(fireiot.part_addr) IS
'code of the component type, GB/T 26875.3 Table 5; null for a facility system';

CREATE FUNCTION fireiot.component_address(part fireiot.part_addr)
RETURNS bigint
AS 'MODULE_PATHNAME', 'part_addr_component_address'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.component_address(fireiot.part_addr) IS
'component address as one unsigned number; null for a facility system';

CREATE FUNCTION fireiot.loop_number(part fireiot.part_addr)
RETURNS integer
AS 'MODULE_PATHNAME', 'part_addr_loop_number'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.loop_number(fireiot.part_addr) IS
'loop: the low 16 bits of the component address. The standard gives the address no structure; this is the commonest convention, and a device may follow another. Null for a facility system';

CREATE FUNCTION fireiot.point_number(part fireiot.part_addr)
RETURNS integer
AS 'MODULE_PATHNAME', 'part_addr_point_number'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.point_number(fireiot.part_addr) IS
'point on the loop: the high 16 bits of the component address. The standard gives the address no structure; this is the commonest convention, and a device may follow another. Null for a facility system';

CREATE FUNCTION fireiot.system_type_name(part fireiot.part_addr, lang text DEFAULT 'zh')
RETURNS text
AS 'MODULE_PATHNAME', 'part_addr_system_type_name'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.system_type_name(fireiot.part_addr, text) IS
'name of the facility system type, in Chinese (zh) or English (en)';

CREATE FUNCTION fireiot.component_type_name(part fireiot.part_addr, lang text DEFAULT 'zh')
RETURNS text
AS 'MODULE_PATHNAME', 'part_addr_component_type_name'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.component_type_name(fireiot.part_addr, text) IS
'name of the component type, in Chinese (zh) or English (en); null for a facility system';

-- Order: by system type, system address, the system before its components,
-- component type, component address; all as numbers, so 1.2 is before 1.10.

CREATE FUNCTION fireiot.part_addr_lt(fireiot.part_addr, fireiot.part_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'part_addr_lt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.part_addr_lt(fireiot.part_addr, fireiot.part_addr) IS
'implementation of < operator';

CREATE FUNCTION fireiot.part_addr_le(fireiot.part_addr, fireiot.part_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'part_addr_le'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.part_addr_le(fireiot.part_addr, fireiot.part_addr) IS
'implementation of <= operator';

CREATE FUNCTION fireiot.part_addr_eq(fireiot.part_addr, fireiot.part_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'part_addr_eq'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.part_addr_eq(fireiot.part_addr, fireiot.part_addr) IS
'implementation of = operator';

CREATE FUNCTION fireiot.part_addr_ge(fireiot.part_addr, fireiot.part_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'part_addr_ge'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.part_addr_ge(fireiot.part_addr, fireiot.part_addr) IS
'implementation of >= operator';

CREATE FUNCTION fireiot.part_addr_gt(fireiot.part_addr, fireiot.part_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'part_addr_gt'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.part_addr_gt(fireiot.part_addr, fireiot.part_addr) IS
'implementation of > operator';

CREATE FUNCTION fireiot.part_addr_ne(fireiot.part_addr, fireiot.part_addr)
RETURNS boolean
AS 'MODULE_PATHNAME', 'part_addr_ne'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.part_addr_ne(fireiot.part_addr, fireiot.part_addr) IS
'implementation of <> operator';

CREATE OPERATOR fireiot.< (
	LEFTARG = fireiot.part_addr,
	RIGHTARG = fireiot.part_addr,
	FUNCTION = fireiot.part_addr_lt,
	COMMUTATOR = OPERATOR(fireiot.>),
	NEGATOR = OPERATOR(fireiot.>=),
	RESTRICT = pg_catalog.scalarltsel,
	JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR fireiot.< (fireiot.part_addr, fireiot.part_addr) IS
'less than';

CREATE OPERATOR fireiot.<= (
	LEFTARG = fireiot.part_addr,
	RIGHTARG = fireiot.part_addr,
	FUNCTION = fireiot.part_addr_le,
	COMMUTATOR = OPERATOR(fireiot.>=),
	NEGATOR = OPERATOR(fireiot.>),
	RESTRICT = pg_catalog.scalarlesel,
	JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR fireiot.<= (fireiot.part_addr, fireiot.part_addr) IS
'less than or equal';

CREATE OPERATOR fireiot.= (
	LEFTARG = fireiot.part_addr,
	RIGHTARG = fireiot.part_addr,
	FUNCTION = fireiot.part_addr_eq,
	COMMUTATOR = OPERATOR(fireiot.=),
	NEGATOR = OPERATOR(fireiot.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR fireiot.= (fireiot.part_addr, fireiot.part_addr) IS
'equal';

CREATE OPERATOR fireiot.>= (
	LEFTARG = fireiot.part_addr,
	RIGHTARG = fireiot.part_addr,
	FUNCTION = fireiot.part_addr_ge,
	COMMUTATOR = OPERATOR(fireiot.<=),
	NEGATOR = OPERATOR(fireiot.<),
	RESTRICT = pg_catalog.scalargesel,
	JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR fireiot.>= (fireiot.part_addr, fireiot.part_addr) IS
'greater than or equal';

CREATE OPERATOR fireiot.> (
	LEFTARG = fireiot.part_addr,
	RIGHTARG = fireiot.part_addr,
	FUNCTION = fireiot.part_addr_gt,
	COMMUTATOR = OPERATOR(fireiot.<),
	NEGATOR = OPERATOR(fireiot.<=),
	RESTRICT = pg_catalog.scalargtsel,
	JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR fireiot.> (fireiot.part_addr, fireiot.part_addr) IS
'greater than';

CREATE OPERATOR fireiot.<> (
	LEFTARG = fireiot.part_addr,
	RIGHTARG = fireiot.part_addr,
	FUNCTION = fireiot.part_addr_ne,
	COMMUTATOR = OPERATOR(fireiot.<>),
	NEGATOR = OPERATOR(fireiot.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR fireiot.<> (fireiot.part_addr, fireiot.part_addr) IS
'not equal';

-- Index support.

CREATE FUNCTION fireiot.part_addr_cmp(fireiot.part_addr, fireiot.part_addr)
RETURNS integer
AS 'MODULE_PATHNAME', 'part_addr_cmp'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.part_addr_cmp(fireiot.part_addr, fireiot.part_addr) IS
'less-equal-greater';

CREATE FUNCTION fireiot.part_addr_sortsupport(internal)
RETURNS void
AS 'MODULE_PATHNAME', 'part_addr_sortsupport'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.part_addr_sortsupport(internal) IS
'sort support';

CREATE FUNCTION fireiot.part_addr_hash(fireiot.part_addr)
RETURNS integer
AS 'MODULE_PATHNAME', 'part_addr_hash'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.part_addr_hash(fireiot.part_addr) IS
'hash';

CREATE FUNCTION fireiot.part_addr_hash_extended(fireiot.part_addr, bigint)
RETURNS bigint
AS 'MODULE_PATHNAME', 'part_addr_hash_extended'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION fireiot.part_addr_hash_extended(fireiot.part_addr, bigint) IS
'hash';

CREATE FUNCTION fireiot.part_addr_distance(fireiot.part_addr, fireiot.part_addr)
RETURNS double precision
AS 'MODULE_PATHNAME', 'part_addr_distance'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION fireiot.part_addr_distance(fireiot.part_addr, fireiot.part_addr) IS
'distance, for BRIN minmax-multi';

CREATE OPERATOR CLASS fireiot.part_addr_ops
DEFAULT FOR TYPE fireiot.part_addr USING btree AS
	OPERATOR 1 fireiot.<,
	OPERATOR 2 fireiot.<=,
	OPERATOR 3 fireiot.=,
	OPERATOR 4 fireiot.>=,
	OPERATOR 5 fireiot.>,
	FUNCTION 1 fireiot.part_addr_cmp(fireiot.part_addr, fireiot.part_addr),
	FUNCTION 2 fireiot.part_addr_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS fireiot.part_addr_ops USING btree IS
'order and equality';

CREATE OPERATOR CLASS fireiot.part_addr_ops
DEFAULT FOR TYPE fireiot.part_addr USING hash AS
	OPERATOR 1 fireiot.=,
	FUNCTION 1 fireiot.part_addr_hash(fireiot.part_addr),
	FUNCTION 2 fireiot.part_addr_hash_extended(fireiot.part_addr, bigint);
COMMENT ON OPERATOR CLASS fireiot.part_addr_ops USING hash IS
'equality';

CREATE OPERATOR CLASS fireiot.part_addr_minmax_ops
DEFAULT FOR TYPE fireiot.part_addr USING brin AS
	OPERATOR 1 fireiot.<,
	OPERATOR 2 fireiot.<=,
	OPERATOR 3 fireiot.=,
	OPERATOR 4 fireiot.>=,
	OPERATOR 5 fireiot.>,
	FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
	FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
	FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
	FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS fireiot.part_addr_minmax_ops USING brin IS
'least and greatest value of a block range';

CREATE OPERATOR CLASS fireiot.part_addr_minmax_multi_ops
FOR TYPE fireiot.part_addr USING brin AS
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
	FUNCTION 11 fireiot.part_addr_distance(fireiot.part_addr, fireiot.part_addr);
COMMENT ON OPERATOR CLASS fireiot.part_addr_minmax_multi_ops USING brin IS
'several intervals of values of a block range';
