-- catalog.sql: what CREATE EXTENSION fireiot made, as the catalogs show it.
-- Prints `ok NAME` or `not ok NAME` with the findings behind it.
\set ON_ERROR_STOP on
\set QUIET on
\pset format unaligned
\pset tuples_only on
SET search_path = pg_catalog;
SET client_min_messages = warning;

CREATE TEMP TABLE checks (place integer, name text PRIMARY KEY);
INSERT INTO checks VALUES
	(1, 'comments'), (2, 'public-functions'), (3, 'search-path'),
	(4, 'volatility'), (5, 'column-types'), (6, 'enums'), (7, 'casts');
CREATE TEMP TABLE findings (name text REFERENCES checks, what text);

CREATE TEMP TABLE public_functions (signature text);
\copy public_functions FROM 'test/lint/public_functions.txt' WHERE signature NOT LIKE '#%'

CREATE TEMP VIEW members AS
SELECT d.classid, d.objid
FROM pg_depend AS d
JOIN pg_extension AS e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
	AND e.extname = 'fireiot';

CREATE TEMP VIEW functions AS
SELECT p.*, p.oid::regprocedure::text AS signature, l.lanname
FROM members AS m
JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
JOIN pg_language AS l ON l.oid = p.prolang;

-- Every member says what it is.  Operator families have the comment of their
-- class; types and sequences that belong to a table or type have none.
INSERT INTO findings
SELECT 'comments', format('%s has no comment', pg_describe_object(classid, objid, 0))
FROM members
WHERE obj_description(objid, classid::regclass::text::name) IS NULL
	AND classid <> 'pg_opfamily'::regclass
	AND NOT EXISTS (
		SELECT FROM pg_type AS t
		LEFT JOIN pg_class AS c ON c.oid = t.typrelid
		WHERE classid = 'pg_type'::regclass AND t.oid = objid
			AND (t.typcategory = 'A' OR t.typtype = 'm' OR c.relkind <> 'c'))
	AND NOT EXISTS (
		SELECT FROM pg_class AS c
		WHERE classid = 'pg_class'::regclass AND c.oid = objid
			AND (c.relkind NOT IN ('r', 'p', 'v', 'm', 'c', 'f') OR c.relispartition));

-- PUBLIC may execute what public_functions.txt lists, no more and no less.
CREATE TEMP VIEW executable_by_public AS
SELECT signature
FROM functions
WHERE EXISTS (
	SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) AS a
	WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE');
INSERT INTO findings
SELECT 'public-functions', signature || ' may be executed by PUBLIC and is not listed'
FROM (TABLE executable_by_public EXCEPT TABLE public_functions) AS f
UNION ALL
SELECT 'public-functions', signature || ' is listed, but PUBLIC may not execute it'
FROM (TABLE public_functions EXCEPT TABLE executable_by_public) AS f;

-- Names in function bodies mean what they meant when they were written.
INSERT INTO findings
SELECT 'search-path', signature || ' does not SET search_path = pg_catalog, pg_temp'
FROM functions
WHERE (lanname NOT IN ('c', 'internal') AND prosqlbody IS NULL OR prosecdef)
	AND NOT EXISTS (
		SELECT FROM unnest(proconfig) AS setting
		WHERE setting ~ '^search_path=pg_catalog, (fireiot, )?pg_temp$');

-- What a function promises fits what it is used for, and its relatives.
INSERT INTO findings
SELECT 'volatility', signature || ' is immutable, but not parallel safe'
FROM functions WHERE provolatile = 'i' AND proparallel <> 's'
UNION ALL
SELECT 'volatility', signature || ' is volatile and parallel safe: does it not write?'
FROM functions
WHERE provolatile = 'v' AND proparallel = 's' AND lanname NOT IN ('c', 'internal')
UNION ALL
SELECT 'volatility', format('%s and %s are one C function, but promise different things',
							a.signature, b.signature)
FROM functions AS a
JOIN functions AS b ON a.prosrc = b.prosrc AND a.oid < b.oid
WHERE a.lanname = 'c' AND b.lanname = 'c'
	AND (a.provolatile, a.proparallel, a.proisstrict, a.proleakproof)
		<> (b.provolatile, b.proparallel, b.proisstrict, b.proleakproof)
UNION ALL
SELECT 'volatility', format('%s promises other things than its relative %s',
							o.oid::regoperator, r.oid::regoperator)
FROM pg_operator AS o
JOIN functions AS f ON f.oid = o.oprcode
JOIN pg_operator AS r ON r.oid IN (o.oprcom, o.oprnegate) AND r.oid <> o.oid
JOIN pg_proc AS p ON p.oid = r.oprcode
WHERE (f.provolatile, f.proparallel, f.proleakproof)
	<> (p.provolatile, p.proparallel, p.proleakproof)
UNION ALL
SELECT 'volatility', signature || ' serves an index, but is not immutable'
FROM functions AS f
WHERE provolatile <> 'i'
	AND (EXISTS (SELECT FROM pg_amproc WHERE amproc = f.oid)
		 OR EXISTS (SELECT FROM pg_amop JOIN pg_operator AS o ON o.oid = amopopr
					WHERE o.oprcode = f.oid))
UNION ALL
SELECT 'volatility', signature || ' reads or writes a type, but is volatile'
FROM functions AS f
WHERE provolatile = 'v'
	AND EXISTS (SELECT FROM pg_type
				WHERE f.oid IN (typinput, typoutput, typreceive, typsend));

-- All types that a column of a table holds: elements, bases and attributes too.
CREATE TEMP VIEW column_types AS
WITH RECURSIVE held AS (
	SELECT format('%s.%I', a.attrelid::regclass, a.attname) AS column_name, a.atttypid AS type
	FROM members AS m
	JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
	JOIN pg_attribute AS a ON a.attrelid = c.oid
	WHERE c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped
	UNION
	SELECT h.column_name, x.type
	FROM held AS h
	JOIN pg_type AS t ON t.oid = h.type
	CROSS JOIN LATERAL (
		VALUES (t.typelem), (t.typbasetype)
		UNION ALL
		SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = t.typrelid AND a.attnum > 0
	) AS x (type)
	WHERE x.type <> 0
)
SELECT h.column_name, t.oid AS type, t.typtype
FROM held AS h
JOIN pg_type AS t ON t.oid = h.type;

-- pg_upgrade refuses a database with such columns.
INSERT INTO findings
SELECT 'column-types', format('%s holds %s', column_name, type::regtype)
FROM column_types
WHERE type IN ('regcollation'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype,
			   'regnamespace'::regtype, 'regoper'::regtype, 'regoperator'::regtype,
			   'regproc'::regtype, 'regprocedure'::regtype);

INSERT INTO findings
SELECT 'enums', format('%s holds the enum %s: codes are smallint or text',
					   column_name, type::regtype)
FROM column_types
WHERE typtype = 'e';

-- An address is no number unless somebody says so.
INSERT INTO findings
SELECT 'casts', format('%s becomes %s without being asked',
					   castsource::regtype, casttarget::regtype)
FROM pg_cast
JOIN pg_type AS target ON target.oid = casttarget AND target.typcategory = 'N'
WHERE (castcontext <> 'e' OR castmethod = 'b')
	AND castsource IN (SELECT objid FROM members WHERE classid = 'pg_type'::regclass);

SELECT CASE WHEN count(f.what) = 0 THEN 'ok ' ELSE 'not ok ' END || c.name
	|| coalesce(E'\n' || string_agg(f.what, E'\n' ORDER BY f.what), '')
FROM checks AS c
LEFT JOIN findings AS f USING (name)
GROUP BY c.place, c.name
ORDER BY c.place;
