-- Dialects of devices.

CREATE OR REPLACE FUNCTION fireiot.profiles(
	OUT name text, OUT title_zh text, OUT title_en text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'fireiot_profiles'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 14;
COMMENT ON FUNCTION fireiot.profiles() IS
'Dialects that may be given as profile to the functions of the codec';
