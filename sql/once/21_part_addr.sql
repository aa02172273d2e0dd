-- part_addr: where in the facilities of one device a signal comes from.  Ordered
-- by system type, system address, the system before its components, component
-- type, component address; all as numbers, so 1.2 is before 1.10.

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
