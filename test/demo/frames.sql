-- Frames of a real device project, stored as bytes and read in SQL.  The
-- frames come from the vectors on standard input.
\pset footer off
\pset pager off
\pset null '-'
SET client_min_messages = warning;
SET timezone = 'Asia/Shanghai';
CREATE EXTENSION fireiot CASCADE;

CREATE TEMP TABLE vector (v jsonb);
\copy vector FROM pstdin WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02')

CREATE TABLE received (no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bytes bytea NOT NULL);
COMMENT ON TABLE received IS 'Frames as they came over the wire';
INSERT INTO received (bytes)
SELECT decode(v ->> 'hex', 'hex') FROM vector
WHERE v ->> 'name' LIKE 'ref-%' OR v ->> 'name' IN ('t2-gbk', 't3-temp', 't3-negative', 'bad-checksum', 'd-restore-135');

\echo
\echo What the devices said: one row for each information object
SELECT r.no, d.src, c.name_zh AS command, t.name_zh AS data_unit, d.part, d.state, d.value, d.unit, d.text, d.observed_at
FROM received AS r, LATERAL fireiot.decode_frame(r.bytes) AS d
LEFT JOIN fireiot.command_code AS c ON c.code = d.command
LEFT JOIN fireiot.data_unit_type AS t ON t.code = d.type
WHERE d.error IS NULL AND d.type IS NOT NULL
ORDER BY r.no, d.object_no;

\echo What needs somebody: states by class
SELECT fireiot.alarm_class(d.state) AS class, d.src, d.part, fireiot.system_type_name(d.part) AS system,
	fireiot.component_type_name(d.part) AS component, fireiot.state_names(d.state) AS state, d.text
FROM received AS r, LATERAL fireiot.decode_frame(r.bytes) AS d
WHERE fireiot.alarm_class(d.state) IS NOT NULL
ORDER BY fireiot.alarm_class(d.state) <> 'fire', r.no;

\echo What was refused, and why
SELECT r.no, e ->> 'error' AS error, e -> 'checksum' AS sent, e -> 'computed' AS computed
FROM received AS r, LATERAL fireiot.explain_frame(r.bytes) AS e
WHERE e ? 'error' ORDER BY r.no;

\echo A type of one maker only: raw by the standard, read under its profile
SELECT coalesce(p, '(standard)') AS profile, e -> 'warnings' AS warnings, coalesce(e -> 'objects', e -> 'payload_hex') AS content
FROM received AS r, unnest(ARRAY[NULL, 'jk-gh2013g']) AS p, LATERAL fireiot.explain_frame(r.bytes, p) AS e
WHERE get_byte(r.bytes, 27) = 135;

\echo The answer to the first frame: confirmed, same sequence number, addresses exchanged
SELECT fireiot.encode_frame(3, src => d.dst, dst => d.src, seq => d.seq, sent_at => d.sent_at) AS confirm
FROM received AS r, LATERAL fireiot.decode_frame(r.bytes) AS d WHERE r.no = 1;
