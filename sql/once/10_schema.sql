-- Fails when somebody made the schema before: nothing foreign is adopted.
CREATE SCHEMA fireiot;
COMMENT ON SCHEMA fireiot IS
'fireiot: fire alarm transmission, alarms and records of a fire-IoT operation platform';
