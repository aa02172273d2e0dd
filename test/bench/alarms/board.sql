-- The first 50 of the board: the middle one of 21 times, in ms.
CREATE FUNCTION pg_temp.board_ms() RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz := clock_timestamp();
BEGIN
	PERFORM * FROM fireiot.board(50);
	RETURN extract(epoch FROM clock_timestamp() - began) * 1000;
END
$$;
SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY pg_temp.board_ms()))::numeric, 2) FROM generate_series(1, 21);
