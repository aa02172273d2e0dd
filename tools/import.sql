-- For import.sh: features on standard input, one a line, become a batch.
\set ON_ERROR_STOP on
\pset footer off
\pset pager off
BEGIN;
SELECT fireiot.begin_import(:'target', :'source', :'system', nullif(:'kind', ''), nullif(:'division', ''), :'keys') AS batch \gset
CREATE TEMPORARY TABLE came (row integer GENERATED ALWAYS AS IDENTITY, feature jsonb NOT NULL) ON COMMIT DROP;
\copy came (feature) FROM pstdin WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02')
INSERT INTO fireiot.import_staging (batch_id, row, feature) SELECT :batch, row, feature FROM came;
SELECT count(*) AS staged, count(*) = :there AS whole FROM came \gset
\if :whole
\else
\warn The file has :there features, but :staged arrived: nothing is taken in.
ROLLBACK;
DO $$ BEGIN RAISE EXCEPTION 'the file did not arrive whole' USING ERRCODE = 'data_exception'; END $$;
\endif
COMMIT;
\echo import batch :batch : :staged rows
SELECT problem, rows, first_row, may_pass, hint FROM fireiot.check_import(:batch);
