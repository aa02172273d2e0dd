-- Packs come in, end, and stay what they are.

-- A case is judged by the version that it was opened under, for ever.
CREATE OR REPLACE FUNCTION fireiot.keep_rules()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'INSERT' AND (fireiot.is_restoring() OR EXISTS (
		SELECT FROM fireiot.rule_pack AS p WHERE p.pack = NEW.pack AND p.version = NEW.version AND p.loaded_at = now())) THEN
		RETURN NEW;
	ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'rule_pack'
		AND to_jsonb(NEW) - '{name_zh,name_en,note}'::text[] = to_jsonb(OLD) - '{name_zh,name_en,note}'::text[] THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'rules of a pack that is loaded are not changed'
		USING ERRCODE = 'object_not_in_prerequisite_state',
			DETAIL = CASE TG_OP WHEN 'TRUNCATE' THEN 'Cases are judged by them.'
				WHEN 'INSERT' THEN format('Pack %s/%s is not loaded by this transaction.', NEW.pack, NEW.version)
				ELSE format('Cases are judged by pack %s/%s.', OLD.pack, OLD.version) END,
			HINT = 'fireiot.load_pack() loads a new version; fireiot.end_pack() ends one.';
END
$$;
COMMENT ON FUNCTION fireiot.keep_rules() IS
'Trigger: versions of packs stay as they were loaded';

CREATE OR REPLACE TRIGGER keep_rules BEFORE INSERT OR UPDATE OR DELETE ON fireiot.rule
	FOR EACH ROW EXECUTE FUNCTION fireiot.keep_rules();
COMMENT ON TRIGGER keep_rules ON fireiot.rule IS 'what is loaded stays';
CREATE OR REPLACE TRIGGER keep_all_rules BEFORE TRUNCATE ON fireiot.rule
	FOR EACH STATEMENT EXECUTE FUNCTION fireiot.keep_rules();
COMMENT ON TRIGGER keep_all_rules ON fireiot.rule IS 'what is loaded stays';
CREATE OR REPLACE TRIGGER keep_rules BEFORE INSERT OR UPDATE OR DELETE ON fireiot.pack_class
	FOR EACH ROW EXECUTE FUNCTION fireiot.keep_rules();
COMMENT ON TRIGGER keep_rules ON fireiot.pack_class IS 'what is loaded stays';
CREATE OR REPLACE TRIGGER keep_all_rules BEFORE TRUNCATE ON fireiot.pack_class
	FOR EACH STATEMENT EXECUTE FUNCTION fireiot.keep_rules();
COMMENT ON TRIGGER keep_all_rules ON fireiot.pack_class IS 'what is loaded stays';
CREATE OR REPLACE TRIGGER keep_rules BEFORE UPDATE OR DELETE ON fireiot.rule_pack
	FOR EACH ROW EXECUTE FUNCTION fireiot.keep_rules();
COMMENT ON TRIGGER keep_rules ON fireiot.rule_pack IS 'what is loaded stays';
CREATE OR REPLACE TRIGGER keep_all_rules BEFORE TRUNCATE ON fireiot.rule_pack
	FOR EACH STATEMENT EXECUTE FUNCTION fireiot.keep_rules();
COMMENT ON TRIGGER keep_all_rules ON fireiot.rule_pack IS 'what is loaded stays';

-- What a site says of a day or a kind is the site's, also where there is a row of
-- ours, now or in a later version: it is dumped, and it wins.
CREATE OR REPLACE FUNCTION fireiot.own_row()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'UPDATE' THEN
		NEW.builtin := false;
	ELSIF NOT NEW.builtin THEN
		EXECUTE format('DELETE FROM fireiot.%I WHERE %I::text = $1 AND builtin', TG_TABLE_NAME, TG_ARGV[0])
		USING to_jsonb(NEW) ->> TG_ARGV[0];
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION fireiot.own_row() IS
'Trigger: a row that a site inserts or changes takes the place of the one that belongs to the extension';

CREATE OR REPLACE TRIGGER own_row BEFORE INSERT OR UPDATE ON fireiot.calendar_day
	FOR EACH ROW EXECUTE FUNCTION fireiot.own_row('day');
COMMENT ON TRIGGER own_row ON fireiot.calendar_day IS 'what a site says of a day wins';
CREATE OR REPLACE TRIGGER own_row BEFORE INSERT OR UPDATE ON fireiot.alarm_kind
	FOR EACH ROW EXECUTE FUNCTION fireiot.own_row('kind');
COMMENT ON TRIGGER own_row ON fireiot.alarm_kind IS 'what a site says of a kind wins';

-- Keys that a document may have, so that a typing error is none that is lost.
CREATE OR REPLACE FUNCTION fireiot.known_keys(object jsonb, allowed text[], what text)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unknown text;
BEGIN
	IF jsonb_typeof(object) IS DISTINCT FROM 'object' THEN
		RAISE EXCEPTION '% is no object', what
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	unknown := (SELECT string_agg(format('"%s"', key), ', ' ORDER BY key) FROM jsonb_object_keys(object) AS key WHERE key <> ALL (allowed));
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION '% has unknown keys: %', what, unknown
			USING ERRCODE = 'invalid_parameter_value',
				HINT = format('It may have: %s.', array_to_string(allowed, ', '));
	END IF;
END
$$;
COMMENT ON FUNCTION fireiot.known_keys(jsonb, text[], text) IS
'An error when an object has other keys than these';

CREATE OR REPLACE FUNCTION fireiot.load_rule(pack text, version integer, loaded jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	word text;
	detail text;
	broken text;
BEGIN
	PERFORM fireiot.known_keys(loaded, ARRAY(
		SELECT a.attname::text FROM pg_attribute AS a
		WHERE a.attrelid = 'fireiot.rule'::regclass AND a.attnum > 0 AND NOT a.attisdropped
			AND a.attname NOT IN ('pack', 'version', 'builtin') ORDER BY a.attnum),
		format('rule "%s"', coalesce(loaded ->> 'rule', '')));
	FOR word IN SELECT jsonb_array_elements_text(loaded -> 'kinds') WHERE jsonb_typeof(loaded -> 'kinds') = 'array'
	LOOP
		IF NOT EXISTS (SELECT FROM fireiot.alarm_kind AS k WHERE k.kind = word) THEN
			RAISE EXCEPTION 'rule "%": there is no kind of alarm "%"', loaded ->> 'rule', word
				USING ERRCODE = 'undefined_object',
					HINT = 'SELECT kind FROM fireiot.alarm_kind lists them; INSERT adds one.';
		END IF;
	END LOOP;
	INSERT INTO fireiot.rule
	SELECT r.*
	FROM jsonb_populate_record(NULL::fireiot.rule,
		'{"requirements": [], "modality": "shall", "origin": "clause", "action": "none"}' || loaded
		|| jsonb_build_object('pack', pack, 'version', version, 'builtin', false)) AS r;
EXCEPTION WHEN integrity_constraint_violation OR invalid_text_representation OR invalid_datetime_format
	OR datetime_field_overflow THEN
	GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME, detail = MESSAGE_TEXT;
	RAISE EXCEPTION 'rule "%" of pack % cannot be loaded', coalesce(loaded ->> 'rule', ''), pack
		USING ERRCODE = 'invalid_parameter_value',
			DETAIL = coalesce((SELECT w.words FROM (VALUES
				('rule_one_limit', 'A limit is either limit_interval or limit_days.'),
				('rule_deadline', 'A deadline has a limit, or its modality is no_number.'),
				('rule_clock', 'A deadline with a limit needs classes, start_step and stop_steps.'),
				('rule_level', 'A level needs bound, and level or limit_interval.'),
				('rule_cycle', 'How often needs limit_interval.'),
				('rule_guard', 'A guard, and nothing else, has a transition.'),
				('rule_guard_asks', 'A guard needs required_fields or required_steps.')) AS w (name, words)
				WHERE w.name = broken), format('The server says: %s.', detail)),
			HINT = 'Table fireiot.rule in docs/sql-reference.md says what each key holds.';
END
$$;
COMMENT ON FUNCTION fireiot.load_rule(text, integer, jsonb) IS
'One rule of fireiot.load_pack';

CREATE OR REPLACE FUNCTION fireiot.load_pack(document jsonb)
RETURNS text
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text := document ->> 'pack';
	new_version integer;
	piece jsonb;
BEGIN
	PERFORM fireiot.known_keys(document, '{pack,version,name_zh,name_en,document,basis,jurisdiction,certification,retention_source,status,valid_from,valid_to,note,rules,classes}', 'the pack');
	IF name IS NULL OR jsonb_typeof(document -> 'rules') IS DISTINCT FROM 'array' OR document -> 'rules' = '[]' THEN
		RAISE EXCEPTION 'a pack needs a name and rules'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = '{"pack": "my-rules", "basis": "operator", "document": "...", "name_zh": "...", "name_en": "...", "rules": [{"rule": "1", ...}]}';
	ELSIF document ->> 'basis' = 'contract' THEN
		RAISE EXCEPTION 'packs of contracts are not loaded'
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'INSERT INTO fireiot.contract_rule makes them.';
	END IF;
	-- one at a time
	LOCK TABLE fireiot.rule_pack IN SHARE ROW EXCLUSIVE MODE;
	-- those of the extension are below, in later versions of it too
	SELECT coalesce(greatest(max(p.version) + 1, CASE WHEN bool_or(p.builtin) THEN 1001 END), 1) INTO new_version
	FROM fireiot.rule_pack AS p WHERE p.pack = name;
	IF new_version = 1 AND NOT document ?& '{basis,document,name_zh,name_en}' THEN
		RAISE EXCEPTION 'the first version of pack "%" needs basis, document, name_zh and name_en', name
			USING ERRCODE = 'invalid_parameter_value',
				HINT = 'Basis is operator; jurisdiction, with a jurisdiction; or certification, with a certification.';
	END IF;
	IF (document ->> 'version')::integer <> new_version THEN
		RAISE EXCEPTION 'the next version of pack "%" is %, not %', name, new_version, document ->> 'version'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'Leave version out: it is numbered by itself.';
	END IF;
	-- what was before is judged by what was before
	INSERT INTO fireiot.rule_pack (pack, version, name_zh, name_en, document, basis, jurisdiction, certification,
		retention_source, status, valid_from, valid_to, note)
	SELECT name, new_version, coalesce(r.name_zh, o.name_zh), coalesce(r.name_en, o.name_en), coalesce(r.document, o.document),
		coalesce(r.basis, o.basis), coalesce(r.jurisdiction, o.jurisdiction), coalesce(r.certification, o.certification),
		coalesce(r.retention_source, o.retention_source), coalesce(r.status, 'in_force'),
		coalesce(r.valid_from, (now() AT TIME ZONE fireiot.setting('time_zone'))::date), r.valid_to, r.note
	FROM jsonb_populate_record(NULL::fireiot.rule_pack, document - 'rules' - 'classes') AS r
	LEFT JOIN fireiot.rule_pack AS o ON o.pack = name
		AND o.version = (SELECT max(l.version) FROM fireiot.rule_pack AS l WHERE l.pack = name);
	FOR piece IN SELECT jsonb_array_elements(document -> 'rules')
	LOOP
		PERFORM fireiot.load_rule(name, new_version, piece);
	END LOOP;
	FOR piece IN SELECT jsonb_array_elements(document -> 'classes') WHERE document ? 'classes'
	LOOP
		PERFORM fireiot.known_keys(piece, '{kind,class,called,note}', 'a class of the pack');
		INSERT INTO fireiot.pack_class (pack, version, kind, class, called, note)
		VALUES (name, new_version, piece ->> 'kind', piece ->> 'class', piece ->> 'called', piece ->> 'note');
	END LOOP;
	RETURN format('%s/%s', name, new_version);
END
$$;
COMMENT ON FUNCTION fireiot.load_pack(jsonb) IS
'Loads a pack, or a new version of one: what it does not say of the pack itself is as in the version before. Cases that are open keep theirs. Returns name/version; versions of packs of the extension begin at 1001';

CREATE OR REPLACE FUNCTION fireiot.end_pack(pack text, version integer, valid_to date, reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM fireiot.known_packs(format('%s/%s', end_pack.pack, end_pack.version));
	INSERT INTO fireiot.pack_choice AS c (pack, version, valid_to, reason)
	VALUES (end_pack.pack, end_pack.version, end_pack.valid_to, end_pack.reason)
	ON CONFLICT ON CONSTRAINT pack_choice_pkey DO UPDATE
	SET valid_to = excluded.valid_to, reason = excluded.reason, decided_at = now(), decided_by = session_user;
END
$$;
COMMENT ON FUNCTION fireiot.end_pack(text, integer, date, text) IS
'The version is not in force any more from that day on; cases that were opened under it keep it';

-- Does a contract ask for less than the law?  Working days may be longer than
-- any number of hours, and hours are never longer than as many days.
CREATE OR REPLACE FUNCTION fireiot.is_looser(agreed fireiot.contract_rule, law fireiot.rule)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT law.metric = agreed.metric AND law.origin = 'clause' AND law.pack NOT LIKE 'contract-%'
		AND coalesce(CASE WHEN agreed.limit_interval IS NOT NULL
			THEN agreed.limit_interval > coalesce(law.limit_interval, make_interval(days => law.limit_days))
			ELSE law.limit_interval IS NOT NULL OR agreed.limit_days > law.limit_days END, false)
$$;
COMMENT ON FUNCTION fireiot.is_looser(fireiot.contract_rule, fireiot.rule) IS
'Would a rule of a contract loosen this clause, if both are for one case?';

CREATE OR REPLACE FUNCTION fireiot.loosened_by(agreed fireiot.contract_rule, packs text)
RETURNS SETOF fireiot.rule
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT l.*
	FROM unnest(agreed.classes) AS class
	CROSS JOIN unnest(coalesce(agreed.kinds, ARRAY[NULL::text])) AS kind
	CROSS JOIN LATERAL fireiot.case_rules(packs, class, kind) AS l
	WHERE fireiot.is_looser(agreed, l)
	ORDER BY fireiot.strictness(l) LIMIT 1
$$;
COMMENT ON FUNCTION fireiot.loosened_by(fireiot.contract_rule, text) IS
'The strictest clause of some packs that a rule of a contract would loosen; no row when it does not';

-- Of all contracts at once: what many units have in common is asked once.
CREATE OR REPLACE FUNCTION fireiot.loose_contracts(OUT contract_id bigint, OUT rule text, OUT law fireiot.rule)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
	WITH packs AS MATERIALIZED (
		SELECT p.unit_id, fireiot.without_contracts(p.packs) AS packs
		FROM fireiot.unit_packs(ARRAY(SELECT k.unit_id FROM fireiot.contract AS k)) AS p
	), agreed AS MATERIALIZED (
		SELECT c AS rule, p.packs, of_class AS class, of_kind AS kind
		FROM fireiot.contract_rule AS c
		JOIN fireiot.contract AS k ON k.id = c.contract_id
		JOIN packs AS p ON p.unit_id = k.unit_id
		CROSS JOIN LATERAL unnest(c.classes) AS of_class
		CROSS JOIN LATERAL unnest(coalesce(c.kinds, ARRAY[''])) AS of_kind
	), law AS MATERIALIZED (
		SELECT a.packs, a.class, a.kind, r AS law
		FROM (SELECT DISTINCT packs, class, kind FROM agreed) AS a
		CROSS JOIN LATERAL fireiot.case_rules(a.packs, a.class, nullif(a.kind, '')) AS r
	)
	SELECT DISTINCT ON ((a.rule).contract_id, (a.rule).rule) (a.rule).contract_id, (a.rule).rule, l.law
	FROM agreed AS a JOIN law AS l ON l.packs = a.packs AND l.class = a.class AND l.kind = a.kind AND (l.law).metric = (a.rule).metric
	WHERE fireiot.is_looser(a.rule, l.law)
	ORDER BY (a.rule).contract_id, (a.rule).rule, fireiot.strictness(l.law)
$$;
COMMENT ON FUNCTION fireiot.loose_contracts() IS
'Rules of contracts that are looser than what the law says by now, each with the clause';

CREATE OR REPLACE FUNCTION fireiot.check_contract_rule()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET intervalstyle = 'postgres'
AS $$
DECLARE
	unit bigint;
	law fireiot.rule;
BEGIN
	IF fireiot.is_restoring() THEN
		RETURN NEW;
	END IF;
	SELECT c.unit_id INTO unit FROM fireiot.contract AS c WHERE c.id = NEW.contract_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no contract %', NEW.contract_id
			USING ERRCODE = 'undefined_object',
				HINT = 'INSERT INTO fireiot.contract enters it first.';
	END IF;
	SELECT l.* INTO law FROM fireiot.loosened_by(NEW, fireiot.packs_of(unit)) AS l;
	IF FOUND THEN
		RAISE EXCEPTION 'rule "%" of contract % would loosen "%"', NEW.rule, NEW.contract_id, NEW.metric
			USING ERRCODE = 'check_violation',
				DETAIL = format('It says %s, %s of %s/%s (%s) says %s.',
					coalesce(NEW.limit_interval::text, format('%s working day%s', NEW.limit_days, CASE WHEN NEW.limit_days > 1 THEN 's' END)),
					law.rule, law.pack, law.version, law.clause, fireiot.rule_number(law)),
				HINT = 'A contract may only tighten what the other packs of its unit say.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION fireiot.check_contract_rule() IS
'Trigger: a contract may only tighten';

CREATE OR REPLACE TRIGGER check_contract_rule BEFORE INSERT OR UPDATE ON fireiot.contract_rule
	FOR EACH ROW EXECUTE FUNCTION fireiot.check_contract_rule();
COMMENT ON TRIGGER check_contract_rule ON fireiot.contract_rule IS 'a contract may only tighten';

-- The rules of a contract as they are now, in the form of a pack.
CREATE OR REPLACE FUNCTION fireiot.contract_rules_now(contract bigint, version integer)
RETURNS SETOF fireiot.rule
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT r.*
	FROM fireiot.contract_rule AS c
	CROSS JOIN LATERAL jsonb_populate_record(NULL::fireiot.rule,
		to_jsonb(c) - '{contract_id,created_at,changed_at}'::text[]
		|| jsonb_build_object('pack', format('contract-%s', c.contract_id), 'version', contract_rules_now.version, 'requirements', '{}'::text[],
			'sort', 'deadline', 'modality', 'shall', 'origin', 'clause', 'builtin', false)) AS r
	WHERE c.contract_id = contract_rules_now.contract
$$;
COMMENT ON FUNCTION fireiot.contract_rules_now(bigint, integer) IS
'The rules of a contract as rules of a version of its pack';

CREATE OR REPLACE FUNCTION fireiot.publish_contract(contract bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name text := format('contract-%s', contract);
	last integer;
BEGIN
	LOCK TABLE fireiot.rule_pack IN SHARE ROW EXCLUSIVE MODE;
	SELECT coalesce(max(p.version), 0) INTO last FROM fireiot.rule_pack AS p WHERE p.pack = name;
	IF (SELECT array_agg(r ORDER BY r.rule) FROM fireiot.rule AS r WHERE r.pack = name AND r.version = last)
		IS NOT DISTINCT FROM (SELECT array_agg(r ORDER BY r.rule) FROM fireiot.contract_rules_now(contract, last) AS r) THEN
		RETURN;
	END IF;
	INSERT INTO fireiot.rule_pack (pack, version, name_zh, name_en, document, basis, contract_id)
	SELECT name, last + 1, format('合同 %s', n.number), format('contract %s', n.number), n.number, 'contract', contract
	FROM (SELECT coalesce(max(c.number), contract::text) AS number FROM fireiot.contract AS c WHERE c.id = contract) AS n;
	INSERT INTO fireiot.rule SELECT * FROM fireiot.contract_rules_now(contract, last + 1);
END
$$;
COMMENT ON FUNCTION fireiot.publish_contract(bigint) IS
'Makes the rules of a contract a new version of its pack, unless they are the newest already';

CREATE OR REPLACE FUNCTION fireiot.publish_contracts()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT fireiot.is_restoring() THEN
		IF TG_OP <> 'DELETE' THEN
			PERFORM fireiot.publish_contract(NEW.contract_id);
		END IF;
		IF TG_OP <> 'INSERT' THEN
			PERFORM fireiot.publish_contract(OLD.contract_id);
		END IF;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION fireiot.publish_contracts() IS
'Trigger, at commit: what has changed of contracts becomes versions of their packs';

DO $publish$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS t
		WHERE t.tgrelid OPERATOR(pg_catalog.=) 'fireiot.contract_rule'::pg_catalog.regclass
			AND t.tgname OPERATOR(pg_catalog.=) 'publish_contracts') THEN
		CREATE CONSTRAINT TRIGGER publish_contracts AFTER INSERT OR UPDATE OR DELETE ON fireiot.contract_rule
			DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fireiot.publish_contracts();
		COMMENT ON TRIGGER publish_contracts ON fireiot.contract_rule IS 'rules of contracts become packs at commit';
	END IF;
END
$publish$;

CREATE OR REPLACE VIEW fireiot.rule_problem AS
SELECT 'unit_profile' AS object, p.unit_id::text AS key, format('there is no pack %s', n.name) AS problem
FROM fireiot.unit_profile AS p CROSS JOIN LATERAL unnest(p.packs) AS n (name)
WHERE NOT EXISTS (SELECT FROM fireiot.rule_pack AS r WHERE n.name IN (r.pack, format('%s/%s', r.pack, r.version)))
UNION ALL
SELECT 'unit_profile', p.unit_id::text, format('no pack is for certificate %s', n.name)
FROM fireiot.unit_profile AS p CROSS JOIN LATERAL unnest(p.certifications) AS n (name)
WHERE NOT EXISTS (SELECT FROM fireiot.rule_pack AS r WHERE r.certification = n.name)
UNION ALL
SELECT 'pack_choice', format('%s/%s', c.pack, c.version), format('there is no pack %s/%s', c.pack, c.version)
FROM fireiot.pack_choice AS c
WHERE NOT EXISTS (SELECT FROM fireiot.rule_pack AS r WHERE r.pack = c.pack AND r.version = c.version)
UNION ALL
SELECT 'rule', format('%s/%s %s', r.pack, r.version, r.rule), format('there is no pack %s/%s', r.pack, r.version)
FROM fireiot.rule AS r
WHERE NOT EXISTS (SELECT FROM fireiot.rule_pack AS p WHERE p.pack = r.pack AND p.version = r.version)
UNION ALL
SELECT 'rule', format('%s/%s %s', r.pack, r.version, r.rule), format('there is no kind %s', k.kind)
FROM fireiot.rule AS r CROSS JOIN LATERAL unnest(r.kinds) AS k (kind)
WHERE NOT EXISTS (SELECT FROM fireiot.alarm_kind AS a WHERE a.kind = k.kind)
UNION ALL
SELECT 'pack_class', format('%s/%s', c.pack, c.version), format('there is no kind %s', c.kind)
FROM fireiot.pack_class AS c
WHERE NOT EXISTS (SELECT FROM fireiot.alarm_kind AS a WHERE a.kind = c.kind)
UNION ALL
SELECT 'rule_pack', format('%s/%s', s.pack, s.version), format('ends on %s, and nothing follows', s.valid_to)
FROM fireiot.rule_pack_state AS s
WHERE s.in_force AND s.basis <> 'contract' AND s.valid_to < now() + interval '180 days'
	AND NOT EXISTS (SELECT FROM fireiot.rule_pack_state AS n WHERE n.pack = s.pack AND n.version > s.version AND n.status = 'in_force')
UNION ALL
SELECT 'contract_rule', format('%s %s', c.contract_id, c.rule),
	format('is looser than %s of %s/%s: %s', (c.law).rule, (c.law).pack, (c.law).version, fireiot.rule_number(c.law))
FROM fireiot.loose_contracts() AS c
UNION ALL
SELECT 'contract_rule', format('%s %s', c.contract_id, c.rule), format('there is no contract %s', c.contract_id)
FROM fireiot.contract_rule AS c
WHERE NOT EXISTS (SELECT FROM fireiot.contract AS k WHERE k.id = c.contract_id)
UNION ALL
SELECT 'rule_contradiction', c.metric, format('%s (%s), %s (%s): %s units', c.at_least, c.at_least_rule, c.at_most, c.at_most_rule, c.units)
FROM fireiot.rule_contradiction AS c;
COMMENT ON VIEW fireiot.rule_problem IS
'What does not fit in packs, profiles and contracts: no rows when all is well';
