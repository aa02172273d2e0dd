-- Frames of GB/T 26875.3: read, explain, build.

CREATE OR REPLACE FUNCTION fireiot.explain_frame(
	frame bytea, profile text DEFAULT NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'fireiot_explain_frame'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION fireiot.explain_frame(bytea, text) IS
'What the bytes of one frame say; a frame that is refused has the key "error". Never raises for what the bytes are';

CREATE OR REPLACE FUNCTION fireiot.explain_stream(
	stream bytea, eof boolean DEFAULT true, profile text DEFAULT NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'fireiot_explain_stream'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION fireiot.explain_stream(bytea, boolean, text) IS
'Frames and events of a byte stream, and how many bytes need not be kept; eof: no byte follows';

CREATE OR REPLACE FUNCTION fireiot.cut_stream(
	stream bytea, eof boolean DEFAULT true, profile text DEFAULT NULL,
	OUT "offset" bigint, OUT len integer, OUT kind text, OUT bytes bytea)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fireiot_cut_stream'
LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION fireiot.cut_stream(bytea, boolean, text) IS
'Pieces of a byte stream in order: kind frame, garbage, bad_checksum or unknown_command';

CREATE OR REPLACE FUNCTION fireiot.decode_frame(
	frame bytea, profile text DEFAULT NULL,
	OUT error text,
	OUT app_error text,
	OUT warnings text[],
	OUT seq integer,
	OUT sent_at timestamptz,
	OUT src fireiot.device_addr,
	OUT dst fireiot.device_addr,
	OUT command smallint,
	OUT type smallint,
	OUT object_count smallint,
	OUT object_no smallint,
	OUT part fireiot.part_addr,
	OUT state fireiot.alarm_state,
	OUT quantity smallint,
	OUT raw_value smallint,
	OUT value numeric,
	OUT unit text,
	OUT operator smallint,
	OUT version text,
	OUT number smallint,
	OUT text text,
	OUT payload bytea,
	OUT observed_at timestamptz)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fireiot_decode_frame'
LANGUAGE C STABLE PARALLEL SAFE COST 100 ROWS 4;
COMMENT ON FUNCTION fireiot.decode_frame(bytea, text) IS
'One row for each information object of a frame, or one row when it has none. Times are read in the zone of fireiot.time_zone';

CREATE OR REPLACE FUNCTION fireiot.encode_frame(
	command integer,
	type integer DEFAULT NULL,
	objects jsonb DEFAULT NULL,
	payload bytea DEFAULT NULL,
	object_count integer DEFAULT NULL,
	app bytea DEFAULT NULL,
	src fireiot.device_addr DEFAULT NULL,
	dst fireiot.device_addr DEFAULT NULL,
	seq integer DEFAULT 0,
	sent_at timestamptz DEFAULT pg_catalog.now(),
	ver_main integer DEFAULT 1,
	ver_user integer DEFAULT 1,
	profile text DEFAULT NULL)
RETURNS bytea
AS 'MODULE_PATHNAME', 'fireiot_encode_frame'
LANGUAGE C STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION fireiot.encode_frame(integer, integer, jsonb, bytea, integer, bytea, fireiot.device_addr, fireiot.device_addr, integer, timestamptz, integer, integer, text) IS
'A frame from its parts: type with objects (keys as in explain_frame) or with payload, or app as plain bytes. Refuses what the standard cannot carry';
