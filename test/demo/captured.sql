-- Frames of real device projects, from the vectors on standard input: what
-- devices said by themselves, one frame a line in hexadecimal.
\pset tuples_only on
\pset format unaligned
CREATE TEMPORARY TABLE vector (no integer GENERATED ALWAYS AS IDENTITY, v jsonb);
\copy vector (v) FROM pstdin WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02')
SELECT v ->> 'hex'
FROM vector
WHERE v ->> 'name' LIKE 'ref-%' AND (v -> 'expect' ->> 'cmd')::integer = 2
	OR v ->> 'name' IN ('t2-gbk', 't3-temp', 't3-negative', 'bad-checksum', 'd-restore-135')
ORDER BY no;
