-- device_addr: the address of a user information transmission device.  Ordered as
-- an unsigned number, which is the order of the texts.
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
