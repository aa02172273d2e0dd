-- The settings: what they are, and what they refuse.  Nothing is changed.
LOAD 'fireiot';

SELECT substr(name, 9) AS name, vartype, unit, boot_val,
	coalesce(min_val || ' .. ' || max_val, array_to_string(enumvals, ' ')) AS values
FROM pg_settings WHERE name LIKE 'fireiot.%' ORDER BY name COLLATE "C";

-- When a change takes effect, if not at a reload.  Without preloading there is
-- no shared memory that three could size; they are known all the same.
SELECT name FROM pg_settings WHERE name LIKE 'fireiot.%'
	AND context <> CASE
		WHEN name = 'fireiot.time_zone' THEN 'superuser'
		WHEN name = 'fireiot.map_coordinate_system' THEN 'user'
		WHEN name IN ('fireiot.allow_decommission', 'fireiot.listeners', 'fireiot.max_connections', 'fireiot.max_devices')
			AND current_setting('shared_preload_libraries') ~ '\mfireiot\M' THEN 'postmaster'
		ELSE 'sighup' END;

-- They are shown in words.
SHOW fireiot.idle_timeout;
SHOW fireiot.batch_age;
SHOW fireiot.tls_cert_file;

-- Of the whole server, but for time_zone.
SET fireiot.port = 26876;
ALTER DATABASE contrib_regression SET fireiot.admission = 'open';
ALTER ROLE CURRENT_USER SET fireiot.batch_age = 1;

-- Out of range.
ALTER SYSTEM SET fireiot.port = 0;
ALTER SYSTEM SET fireiot.port = 65536;
ALTER SYSTEM SET fireiot.listeners = 0;
ALTER SYSTEM SET fireiot.batch_frames = 65537;
ALTER SYSTEM SET fireiot.partitions_ahead = 0;
ALTER SYSTEM SET fireiot.command_repeats = 11;

-- None of the words.
ALTER SYSTEM SET fireiot.admission = 'closed';
ALTER SYSTEM SET fireiot.tls = 'on';
ALTER SYSTEM SET fireiot.tls_min_version = 'TLSv1.1';
ALTER SYSTEM SET fireiot.listen = 'maybe';

-- Texts.
ALTER SYSTEM SET fireiot.database = '';
ALTER SYSTEM SET fireiot.role = '';
ALTER SYSTEM SET fireiot.role = 'a_name_of_sixty_four_bytes_is_one_byte_longer_than_any_role_ever';
ALTER SYSTEM SET fireiot.listen_addresses = '';
ALTER SYSTEM SET fireiot.listen_addresses = '10.0.0.1,,10.0.0.2';
ALTER SYSTEM SET fireiot.listen_addresses = '"10.0.0.1';

-- Units: which fit is in the hint; how a limit is written differs by major.
ALTER SYSTEM SET fireiot.idle_timeout = '30 minutes';
ALTER SYSTEM SET fireiot.batch_frames = '4 kB';
\set VERBOSITY sqlstate
ALTER SYSTEM SET fireiot.idle_timeout = '25 h';
ALTER SYSTEM SET fireiot.frame_timeout = 0;
ALTER SYSTEM SET fireiot.batch_age = '11 s';
\set VERBOSITY default

-- A name that is none.
SET fireiot.listen_adresses = '*';
