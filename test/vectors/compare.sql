-- Compare the vectors on standard input with what the extension says.
-- Differences, then `N passed, N failed`.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fireiot CASCADE;

CREATE TEMP TABLE line (no bigint GENERATED ALWAYS AS IDENTITY, text text);
-- a line is one JSON text, whatever characters it holds
\copy line (text) FROM pstdin WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02')

-- A line that is no vector is a failure, not the end of the run.
CREATE FUNCTION pg_temp.to_vector(text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	v jsonb;
BEGIN
	v := $1::jsonb;
	IF jsonb_typeof(v -> 'expect') = 'object' AND jsonb_typeof(v -> 'valid') = 'boolean'
		AND coalesce(jsonb_typeof(v -> 'dialect_expect'), 'null') IN ('object', 'null')
		AND (coalesce(jsonb_typeof(v -> 'dialect_expect'), 'null') = 'null' OR v ->> 'dialect' IS NOT NULL) THEN
		RETURN v;
	END IF;
	RETURN jsonb_build_object('name', '(not of the form)', 'expect', '{}'::jsonb);
EXCEPTION WHEN OTHERS THEN
	RETURN jsonb_build_object('name', '(unreadable)', 'expect', '{}'::jsonb);
END
$$;

CREATE TEMP TABLE vector AS
SELECT no AS line, pg_temp.to_vector(text) AS v FROM line WHERE btrim(coalesce(text, ''), E' \t\r') <> '';

-- An undefined text may come out in any form: it is not compared.
CREATE FUNCTION pg_temp.without_undefined_texts(frame jsonb, expected jsonb)
RETURNS jsonb LANGUAGE sql AS $$
	SELECT CASE WHEN expected -> 'warnings' ? 'desc_invalid_bytes' THEN
		jsonb_set(frame, '{objects}', (
			SELECT jsonb_agg(CASE WHEN e.o -> 'desc' = 'null' THEN o.o - 'desc' ELSE o.o END ORDER BY o.n)
			FROM jsonb_array_elements(frame -> 'objects') WITH ORDINALITY AS o (o, n)
			LEFT JOIN jsonb_array_elements(expected -> 'objects') WITH ORDINALITY AS e (o, n) USING (n)))
	ELSE frame END
$$;

-- Warnings are a set.
CREATE FUNCTION pg_temp.comparable_frame(frame jsonb, expected jsonb)
RETURNS jsonb LANGUAGE sql AS $$
	SELECT CASE WHEN frame ? 'warnings' THEN
		jsonb_set(f, '{warnings}', (SELECT jsonb_agg(w ORDER BY w #>> '{}') FROM jsonb_array_elements(frame -> 'warnings') AS w))
	ELSE f END
	FROM pg_temp.without_undefined_texts(frame, expected) AS f
$$;

CREATE FUNCTION pg_temp.comparable(document jsonb, expected jsonb)
RETURNS jsonb LANGUAGE sql AS $$
	SELECT CASE WHEN document ? 'frames' THEN
		jsonb_set(document, '{frames}', (
			SELECT coalesce(jsonb_agg(pg_temp.comparable_frame(f.f, e.f) ORDER BY f.n), '[]')
			FROM jsonb_array_elements(document -> 'frames') WITH ORDINALITY AS f (f, n)
			LEFT JOIN jsonb_array_elements(expected -> 'frames') WITH ORDINALITY AS e (f, n) USING (n)))
	ELSE pg_temp.comparable_frame(document, expected) END
$$;

CREATE FUNCTION pg_temp.explain(v jsonb, profile text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	bytes bytea;
BEGIN
	bytes := decode(v ->> 'hex', 'hex');
	IF bytes IS NULL THEN
		RAISE EXCEPTION 'hex is missing';
	END IF;
	CASE v ->> 'kind'
		WHEN 'frame' THEN RETURN fireiot.explain_frame(bytes, profile);
		WHEN 'stream' THEN RETURN fireiot.explain_stream(bytes, (v ->> 'eof')::boolean, profile);
		ELSE RAISE EXCEPTION 'kind is %, not frame or stream', coalesce(v ->> 'kind', 'missing');
	END CASE;
EXCEPTION WHEN OTHERS THEN
	RETURN jsonb_build_object('exception', SQLERRM);
END
$$;

CREATE FUNCTION pg_temp.expected(v jsonb)
RETURNS jsonb LANGUAGE sql AS $$
	SELECT v -> 'expect' || CASE WHEN v ->> 'error' IS NOT NULL
		THEN jsonb_build_object('error', v -> 'error') ELSE '{}' END
$$;

-- Keys in which two documents differ, with both values.
CREATE FUNCTION pg_temp.differences(got jsonb, wanted jsonb)
RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(format('%s is %s, expected %s', key, coalesce(g.value::text, 'missing'), coalesce(w.value::text, 'no such key')), '; ' ORDER BY key)
	FROM jsonb_each(got) AS g FULL JOIN jsonb_each(wanted) AS w USING (key)
	WHERE g.value IS DISTINCT FROM w.value
$$;

-- valid says the same as the document does.
CREATE FUNCTION pg_temp.validity(v jsonb, got jsonb)
RETURNS text LANGUAGE sql AS $$
	SELECT format('valid is %s, expected %s', valid, v ->> 'valid')
	FROM (SELECT CASE WHEN got ? 'exception' THEN NULL
				 WHEN v ->> 'kind' = 'frame' THEN NOT got ? 'error'
				 ELSE got -> 'events' = '[]' END AS valid) AS s
	WHERE valid IS DISTINCT FROM (v ->> 'valid')::boolean
$$;

-- Under its dialect: the keys that dialect_expect names.
CREATE FUNCTION pg_temp.dialect_differences(v jsonb)
RETURNS text LANGUAGE sql AS $$
	SELECT 'under ' || (v ->> 'dialect') || ': ' || pg_temp.differences(
		coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(got)
				  WHERE v -> 'dialect_expect' ? key OR key = 'exception'), '{}'),
		wanted)
	FROM pg_temp.comparable(pg_temp.explain(v, v ->> 'dialect'), v -> 'dialect_expect') AS got,
		pg_temp.comparable(v -> 'dialect_expect', v -> 'dialect_expect') AS wanted
	WHERE v -> 'dialect_expect' IS NOT NULL AND v -> 'dialect_expect' <> 'null'
$$;

CREATE TEMP TABLE result AS
SELECT line, v ->> 'name' AS name,
	nullif(concat_ws('; ', pg_temp.differences(got, wanted), pg_temp.validity(v, got), pg_temp.dialect_differences(v)), '') AS difference
FROM vector,
	pg_temp.comparable(pg_temp.explain(v, NULL), pg_temp.expected(v)) AS got,
	pg_temp.comparable(pg_temp.expected(v), pg_temp.expected(v)) AS wanted;

SELECT format('line %s %s: %s', line, name, difference)
FROM result WHERE difference IS NOT NULL ORDER BY line;

-- a file without vectors has shown nothing
SELECT format('%s passed, %s failed',
	count(*) FILTER (WHERE difference IS NULL), greatest(count(difference), (count(*) = 0)::int))
FROM result;
