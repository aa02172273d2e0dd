-- Contacts at work: who is to be told, and what lacks.

CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.person
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.person IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.contact
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.contact IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.contract
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.contract IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.contract_rule
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.contract_rule IS 'keeps changed_at';
CREATE OR REPLACE TRIGGER stamp_change BEFORE UPDATE ON fireiot.unit_profile
	FOR EACH ROW EXECUTE FUNCTION fireiot.stamp_change();
COMMENT ON TRIGGER stamp_change ON fireiot.unit_profile IS 'keeps changed_at';
