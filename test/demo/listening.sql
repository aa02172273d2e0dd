-- Waits until the listener has its port.
\set ON_ERROR_STOP on
DO $$
DECLARE
	until timestamptz := clock_timestamp() + interval '60 s';
BEGIN
	WHILE NOT EXISTS (SELECT FROM fireiot.listener WHERE state = 'listening' AND port IS NOT NULL)
	LOOP
		IF clock_timestamp() > until THEN
			RAISE EXCEPTION 'the listener does not listen: %', (SELECT string_agg(message, '; ') FROM fireiot.listener);
		END IF;
		PERFORM pg_sleep(0.02);
	END LOOP;
END
$$;
