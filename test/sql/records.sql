-- The record tables as the listener fills them: by position.
\set SHOW_CONTEXT never
SELECT attrelid::regclass AS records, attnum, attname, format_type(atttypid, atttypmod) AS type, attnotnull AS not_null
FROM pg_attribute
WHERE attrelid IN (SELECT format('fireiot.%I', name)::regclass FROM fireiot.record_table) AND attnum > 0
ORDER BY attrelid::regclass::text, attnum;

-- how they are partitioned; nothing on the parents, which a dump would make again
SELECT t.name, t.period, t.key_columns, t.builtin, pg_get_partkeydef(c.oid), c.relhasindex, c.relhastriggers
FROM fireiot.record_table AS t JOIN pg_class AS c ON c.oid = format('fireiot.%I', t.name)::regclass ORDER BY 1;
-- CREATE EXTENSION makes no partition
SELECT count(*) FROM pg_inherits WHERE inhparent IN (SELECT format('fireiot.%I', name)::regclass FROM fireiot.record_table);
SELECT fireiot.record_access_method();

-- a row that fits nowhere is an error
SET timezone = 'UTC';
INSERT INTO fireiot.frame (received_at, device, seq, verdict, command, outgoing, bytes)
VALUES ('2027-01-05 12:00+00', '000000000001', 1, 0, 2, false, '\x');

-- verdicts: the codec's faults have codes from 21 on, in its own order
SELECT * FROM fireiot.frame_verdict ORDER BY code;
SELECT f.key, v.code
FROM (VALUES ('no_object_count', '\x02'::bytea), ('zero_objects', '\x0200'), ('short', '\x150101'), ('trailing', '\x1501010101010101010101')) AS f (key, app)
LEFT JOIN fireiot.frame_verdict AS v ON v.key = fireiot.explain_frame(fireiot.encode_frame(2, app => f.app)) ->> 'app_error'
WHERE v.key IS DISTINCT FROM f.key;

-- ids, by the sequences; every sequence of ours may be dumped
SELECT seqrelid::regclass AS sequence, seqtypid::regtype AS type, seqstart AS start, seqcycle AS cycle, seqincrement AS step,
	seqrelid = ANY (extconfig) AS dumped
FROM pg_sequence, pg_extension
WHERE extname = 'fireiot' AND seqrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'fireiot'::regnamespace)
ORDER BY seqrelid::regclass::text;
SELECT c::regclass AS dumped, condition
FROM pg_extension, unnest(extconfig, extcondition) AS u (c, condition)
WHERE extname = 'fireiot' AND c NOT IN (SELECT seqrelid FROM pg_sequence) ORDER BY c::regclass::text;

-- what is so now changes in place: room on pages, no index but the key
SELECT relname, reloptions, (SELECT count(*) FROM pg_index WHERE indrelid = c.oid) AS indexes
FROM pg_class AS c WHERE oid IN ('fireiot.device_now'::regclass, 'fireiot.part_now'::regclass) ORDER BY 1;
