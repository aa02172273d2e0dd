-- Nothing is PUBLIC by default.  Given back is what only computes or only
-- reads the standard: immutable C functions (types, operators, explain), what
-- columns of the registry are computed by, the
-- codec's two that read fireiot.time_zone, and the code tables.
REVOKE ALL ON SCHEMA fireiot, fireiot_map FROM PUBLIC;

-- Tables one by one: partitions are not of the extension, and what an upgrade
-- did to their privileges would be missing in dumps.
DO $revoke$
DECLARE
	t pg_catalog.regclass;
BEGIN
	FOR t IN
		SELECT c.oid
		FROM pg_catalog.pg_class AS c
		WHERE c.relnamespace OPERATOR(pg_catalog.=) ANY ('{fireiot,fireiot_map}'::pg_catalog.regnamespace[])
			AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'v']::"char"[])
			AND NOT c.relispartition
	LOOP
		EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM PUBLIC', t);
	END LOOP;
END
$revoke$;
REVOKE ALL ON ALL ROUTINES IN SCHEMA fireiot, fireiot_map FROM PUBLIC;

GRANT USAGE ON SCHEMA fireiot TO PUBLIC;
GRANT SELECT ON fireiot.command_code, fireiot.data_unit_type, fireiot.system_type,
	fireiot.component_type, fireiot.quantity, fireiot.status_bit, fireiot.frame_verdict TO PUBLIC;

DO $grant$
DECLARE
	f pg_catalog.regprocedure;
BEGIN
	FOR f IN
		SELECT p.oid
		FROM pg_catalog.pg_proc AS p
		JOIN pg_catalog.pg_language AS l ON l.oid OPERATOR(pg_catalog.=) p.prolang
		WHERE p.pronamespace OPERATOR(pg_catalog.=) 'fireiot'::pg_catalog.regnamespace
			AND NOT p.prosecdef
			AND (l.lanname OPERATOR(pg_catalog.=) 'c'
				 OR p.proname OPERATOR(pg_catalog.=) ANY (ARRAY['point_of', 'outline_of', 'plan_to_world', 'world_to_plan', 'camera_reach']::pg_catalog.name[]))
			AND (p.provolatile OPERATOR(pg_catalog.=) 'i'
				 OR p.proname OPERATOR(pg_catalog.=) ANY (ARRAY['decode_frame', 'encode_frame']::pg_catalog.name[]))
	LOOP
		EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', f);
	END LOOP;
END
$grant$;
