-- The rows that say what an alarm is: when they were changed, and who is told.

CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.threshold
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.threshold IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.operation_rule
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.operation_rule IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.flapping_rule
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.flapping_rule IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.maintenance_window
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.maintenance_window IS 'keeps changed_at';

CREATE OR REPLACE TRIGGER registry_changed
	AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON fireiot.threshold
	FOR EACH STATEMENT EXECUTE FUNCTION fireiot.registry_changed();
COMMENT ON TRIGGER registry_changed ON fireiot.threshold IS
'Tells the listeners what to look for';

CREATE OR REPLACE TRIGGER registry_changed
	AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON fireiot.operation_rule
	FOR EACH STATEMENT EXECUTE FUNCTION fireiot.registry_changed();
COMMENT ON TRIGGER registry_changed ON fireiot.operation_rule IS
'Tells the listeners what to look for';
