-- switch.sql
--
-- Makes the partitions whose names end in :name the only ones.

BEGIN;
SELECT format('ALTER TABLE %s DETACH PARTITION %s', inhparent::regclass, inhrelid::regclass)
FROM pg_inherits
WHERE inhparent IN ('fireiot.frame'::regclass, 'fireiot.observation'::regclass) \gexec
SELECT format('ALTER TABLE fireiot.%1$I ATTACH PARTITION fireiot.%2$I FOR VALUES FROM (%3$L) TO (%4$L)',
	records, records || '_' || :'name', now() - interval '30 days', now() + interval '30 days')
FROM unnest('{frame,observation}'::text[]) AS records \gexec
COMMIT;
