-- Rows that a site added to the code tables belong to the dump; ours do not.
-- One statement each: all of them change the same row of pg_extension.
SELECT pg_catalog.pg_extension_config_dump('fireiot.command_code', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.data_unit_type', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.system_type', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.component_type', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.quantity', 'WHERE NOT builtin');
