-- Rows that a site added to the code tables belong to the dump; ours do not.
-- One statement each: all of them change the same row of pg_extension.
SELECT pg_catalog.pg_extension_config_dump('fireiot.command_code', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.data_unit_type', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.system_type', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.component_type', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.quantity', 'WHERE NOT builtin');

-- The registry, the commands, and where their numbers stand.  Partitions of
-- records are plain tables, dumped with their rows; what is derived is not.
SELECT pg_catalog.pg_extension_config_dump('fireiot.organization', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.unit', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.building', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.area', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.device', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.part', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.command', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.frame_verdict', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.record_table', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.ledger_table', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.organization_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.unit_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.building_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.area_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.frame_id', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.observation_id', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.quarantine_id', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.command_step_id', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.command_id', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.ledger_incarnation', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.ledger_schema', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.ledger_block', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.ledger_block_part', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.ledger_node', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.ledger_checkpoint', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.change_log_id', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.retention_source', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.retention_choice', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.retention_class', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.retention_rule', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('fireiot.legal_hold', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.legal_hold_release', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.attachment', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.attachment_step', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.purge_certificate', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.legal_hold_id', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.legal_hold_release_id', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.attachment_id', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.attachment_step_id', '');
SELECT pg_catalog.pg_extension_config_dump('fireiot.purge_certificate_id', '');
