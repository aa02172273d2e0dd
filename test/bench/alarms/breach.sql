-- Deadlines that are due one by one within ten seconds, each of its own case
-- and with its action; and as many that are due at the same moment.
\set ECHO none
SET client_min_messages = warning;
CREATE TABLE public.watched (alarm_id bigint, run smallint, kind text);
WITH picked AS (
	SELECT d.*, row_number() OVER () AS n FROM (SELECT * FROM fireiot.deadline WHERE rule = 'JD-036' AND run = 1 AND state = 'open' LIMIT 2 * :breaches) AS d
), made AS (
	INSERT INTO fireiot.deadline (alarm_id, pack, version, rule, run, unit_id, class, metric, modality, started_at, due_at)
	SELECT alarm_id, pack, version, rule, 999, unit_id, class, metric, modality, started_at,
		clock_timestamp() + CASE WHEN n % 2 = 0 THEN interval '2 s' + n * interval '10 s' / (2 * :breaches) ELSE interval '15 s' END
	FROM picked RETURNING alarm_id, run, due_at
)
SELECT FROM (SELECT fireiot.wake_keeper(min(due_at)) FROM made) AS w;
DO $$
BEGIN
	WHILE EXISTS (SELECT FROM fireiot.deadline WHERE run = 999 AND state = 'open') LOOP
		PERFORM pg_sleep(0.5);
		COMMIT;
	END LOOP;
END
$$;
SELECT 'breach_lag_p50_ms', round((1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM breached_at - due_at)))::numeric, 2)
FROM fireiot.deadline WHERE run = 999 AND due_at < (SELECT max(due_at) - interval '1 s' FROM fireiot.deadline WHERE run = 999);
SELECT 'breach_lag_p99_ms', round((1000 * percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM breached_at - due_at)))::numeric, 2)
FROM fireiot.deadline WHERE run = 999 AND due_at < (SELECT max(due_at) - interval '1 s' FROM fireiot.deadline WHERE run = 999);
SELECT 'breach_burst_ms', round((1000 * max(extract(epoch FROM pg_xact_commit_timestamp(xmin) - due_at)))::numeric, 1)
FROM fireiot.deadline WHERE run = 999 AND due_at > (SELECT max(due_at) - interval '1 s' FROM fireiot.deadline WHERE run = 999);
