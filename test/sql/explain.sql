-- explain_frame and explain_stream beyond the vectors: no bytes may raise.
SELECT fireiot.explain_frame(NULL), fireiot.explain_stream(NULL);
SELECT fireiot.explain_frame('');
SELECT fireiot.explain_stream('');
SELECT fireiot.explain_stream('\x40', false), fireiot.explain_stream('\x40', true);

-- garbage in front of half a frame is reported and not kept
SELECT fireiot.explain_stream('\xaabbcc4040010001', false);

-- keys of a document of a fire
SELECT jsonb_pretty(fireiot.explain_frame('\x404001000101051e0e13091a0c0b0a000000385b00000000300002020101012a03010200020031bac5c2a533b2e3d7dfc0c8d1ccb8d0000000000000000000000000000000051e0e13091a302323'));

-- every text of any 31 bytes is some text or none, never an error
CREATE TEMP TABLE random_text AS
SELECT i, decode(md5(i::text) || md5('b' || i), 'hex') AS bytes FROM generate_series(1, 5000) AS i;
SELECT count(*) AS frames, count(*) FILTER (WHERE e -> 'warnings' ? 'desc_invalid_bytes') > 1000 AS many_invalid,
	count(*) FILTER (WHERE e -> 'warnings' ? 'desc_invalid_bytes' AND e #>> '{objects,0,desc}' IS NOT NULL) AS invalid_with_text,
	count(*) FILTER (WHERE e #>> '{objects,0,desc_hex}' <> encode(substr(bytes, 1, 31), 'hex')) AS changed_bytes
FROM random_text,
	LATERAL fireiot.explain_frame(fireiot.encode_frame(2, app => '\x0701'::bytea || '\x01012a01000000'::bytea || substr(bytes, 1, 31))) AS e;

-- of the texts that are said to be good, transcoding back gives the bytes
SELECT count(*) > 10 AS some, count(*) FILTER (WHERE convert_to(t, 'GB18030') <> b) AS differ
FROM (SELECT e #>> '{objects,0,desc}' AS t,
		rtrim(split_part(encode(ltrim(substr(bytes, 1, 31), '\x00'), 'escape'), '\000', 1), ' ') AS escaped,
		bytes
	FROM random_text,
		LATERAL fireiot.explain_frame(fireiot.encode_frame(2, app => '\x0701'::bytea || '\x01012a01000000'::bytea || substr(bytes, 1, 31))) AS e
	WHERE NOT coalesce(e -> 'warnings' ?| ARRAY['desc_invalid_bytes', 'desc_truncated_char'], false)) AS s,
	LATERAL (SELECT decode(escaped, 'escape') AS b) AS d;

-- random bytes as frames and streams: always a document, every byte accounted for
SELECT count(*) FROM random_text WHERE fireiot.explain_frame(bytes) IS NULL;
SELECT count(*) FROM random_text, LATERAL fireiot.explain_stream('\x4040' || bytes || '\x404000' || bytes, true) AS e
WHERE (e -> 'consumed')::int <> 69 OR (SELECT sum((v -> 'len')::int) FROM jsonb_array_elements(e -> 'events') AS v) <> 69;

-- each single damaged byte of a good frame is found or harmless, never raises
SELECT coalesce(e ->> 'error', 'none') AS error, count(*)
FROM (SELECT '\x404001000101051e0e13091a0c0b0a000000385b000000000c0002010101010300051e0e13091a9a2323'::bytea AS f) AS s,
	generate_series(0, 41) AS i, generate_series(1, 255, 6) AS x,
	LATERAL fireiot.explain_frame(set_byte(f, i, get_byte(f, i) # x)) AS e
GROUP BY 1 ORDER BY 1;

-- cut_stream: the same pieces as rows
SELECT "offset", len, kind, length(bytes) FROM fireiot.cut_stream('\x00ff40404001000101051e0e13091a0c0b0a000000385b00000000040002190101003f23236e6f697365404002000101051e0e13091a0c0b0a000000385b00000000090002150101051e0e13091aa823230d0a404003000101051e0e13091a0c0b0a000000385b00000000000003232323');

-- a stream over the limit
\set VERBOSITY default
SELECT fireiot.explain_stream(decode(repeat('00', 1024 * 1024 + 1), 'hex'));
