-- grow_index.sql
--
-- Indexes and storage parameters of a partition of :records that was filled:
-- those of the one that make_partition has made.

SELECT format('fireiot.%I', :'records' || '_bench') AS original, format('fireiot.%I', :'records' || '_full') AS filled \gset
SELECT format('ALTER TABLE %s ADD %s', :'filled', pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = :'original'::regclass AND contype = 'p' \gexec
SELECT format('CREATE INDEX ON %s %s', :'filled', substring(pg_get_indexdef(indexrelid) FROM 'USING .*'))
FROM pg_index WHERE indrelid = :'original'::regclass AND NOT indisprimary \gexec
SELECT format('ALTER TABLE %s SET (%s)', :'filled', array_to_string(reloptions, ', '))
FROM pg_class WHERE oid = :'original'::regclass AND reloptions IS NOT NULL \gexec
VACUUM (ANALYZE) :filled;
