-- Behind the script's own privileges, which are no change.
CREATE EVENT TRIGGER fireiot_log_grant ON ddl_command_end
	WHEN TAG IN ('GRANT', 'REVOKE', 'DROP OWNED', 'ALTER EXTENSION')
	EXECUTE FUNCTION fireiot.log_grant();
ALTER EVENT TRIGGER fireiot_log_grant ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER fireiot_log_grant IS
'Changes of privileges to fireiot.change_log';
