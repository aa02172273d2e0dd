-- check.sql
--
-- What the records on standard input say was confirmed, against what is in the
-- tables, by the bytes of the frames.  Each line of a record has the number of
-- its record in front (check.sh).  Prints
--
--     confirmed N, missing M, double D
--
-- missing: confirmed, but neither in frame nor in quarantine.  double: sent,
-- and more than once in frame.

\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
SET search_path = pg_catalog, pg_temp;

CREATE TEMPORARY TABLE sim_event (
	record integer NOT NULL,
	event text NOT NULL,
	at_us bigint NOT NULL,
	number bigint NOT NULL,
	device text NOT NULL,
	seq integer NOT NULL,
	header_time text,
	bytes bytea
);

\copy sim_event FROM pstdin

CREATE TEMPORARY TABLE sim_frame AS
	SELECT s.bytes, pg_catalog.bool_or(c.number IS NOT NULL) AS confirmed
	FROM sim_event AS s
	LEFT JOIN sim_event AS c
		ON c.record = s.record AND c.number = s.number AND c.event = 'confirmed'
	WHERE s.event = 'sent'
	GROUP BY s.bytes;

CREATE TEMPORARY TABLE sim_stored AS
	SELECT s.bytes, pg_catalog.count(*) AS times
	FROM sim_frame AS s
	JOIN fireiot.frame AS f ON f.bytes = s.bytes
	GROUP BY s.bytes;

ANALYZE sim_frame, sim_stored;

SELECT pg_catalog.format('confirmed %s, missing %s, double %s',
	(SELECT pg_catalog.count(*) FROM sim_frame WHERE confirmed),
	(SELECT pg_catalog.count(*)
	 FROM sim_frame AS s
	 WHERE confirmed
		AND NOT EXISTS (SELECT FROM sim_stored AS f WHERE f.bytes = s.bytes)
		AND NOT EXISTS (SELECT FROM fireiot.quarantine AS q WHERE q.bytes = s.bytes)),
	(SELECT pg_catalog.count(*) FROM sim_stored WHERE times > 1));
