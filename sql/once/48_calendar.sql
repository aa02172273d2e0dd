-- Days on which it is otherwise than Monday to Friday 调休: the notices of the
-- General Office of the State Council.  A year is known when there is a row of
-- it; what is not known is shown, never guessed.

CREATE TABLE fireiot.calendar_day (
	day date PRIMARY KEY CHECK (pg_catalog.isfinite(day)),
	working boolean NOT NULL,
	name text,
	source text,
	builtin boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE fireiot.calendar_day IS
'Holidays, and weekend days that are worked; of a year with no row nothing is known';
COMMENT ON COLUMN fireiot.calendar_day.working IS 'True: worked though it is at a weekend; false: off';
COMMENT ON COLUMN fireiot.calendar_day.name IS 'The holiday, or the one that it is worked for';
COMMENT ON COLUMN fireiot.calendar_day.source IS 'The notice';

-- 2022-12-31, off by the first notice, was a Saturday: no row, so that 2022 is
-- not taken for known.
INSERT INTO fireiot.calendar_day (day, working, name, source, builtin)
SELECT d::date, false, h.name, h.source, true
FROM (VALUES
	('元旦', '2023-01-01'::date, '2023-01-02'::date, '国办发明电〔2022〕16号'),
	('春节', '2023-01-21', '2023-01-27', '国办发明电〔2022〕16号'),
	('清明节', '2023-04-05', '2023-04-05', '国办发明电〔2022〕16号'),
	('劳动节', '2023-04-29', '2023-05-03', '国办发明电〔2022〕16号'),
	('端午节', '2023-06-22', '2023-06-24', '国办发明电〔2022〕16号'),
	('中秋节、国庆节', '2023-09-29', '2023-10-06', '国办发明电〔2022〕16号'),
	('元旦', '2024-01-01', '2024-01-01', '国办发明电〔2023〕7号'),
	('春节', '2024-02-10', '2024-02-17', '国办发明电〔2023〕7号'),
	('清明节', '2024-04-04', '2024-04-06', '国办发明电〔2023〕7号'),
	('劳动节', '2024-05-01', '2024-05-05', '国办发明电〔2023〕7号'),
	('端午节', '2024-06-10', '2024-06-10', '国办发明电〔2023〕7号'),
	('中秋节', '2024-09-15', '2024-09-17', '国办发明电〔2023〕7号'),
	('国庆节', '2024-10-01', '2024-10-07', '国办发明电〔2023〕7号'),
	('元旦', '2025-01-01', '2025-01-01', '国办发明电〔2024〕12号'),
	('春节', '2025-01-28', '2025-02-04', '国办发明电〔2024〕12号'),
	('清明节', '2025-04-04', '2025-04-06', '国办发明电〔2024〕12号'),
	('劳动节', '2025-05-01', '2025-05-05', '国办发明电〔2024〕12号'),
	('端午节', '2025-05-31', '2025-06-02', '国办发明电〔2024〕12号'),
	('国庆节、中秋节', '2025-10-01', '2025-10-08', '国办发明电〔2024〕12号'),
	('元旦', '2026-01-01', '2026-01-03', '国务院办公厅 2025-11-04'),
	('春节', '2026-02-15', '2026-02-23', '国务院办公厅 2025-11-04'),
	('清明节', '2026-04-04', '2026-04-06', '国务院办公厅 2025-11-04'),
	('劳动节', '2026-05-01', '2026-05-05', '国务院办公厅 2025-11-04'),
	('端午节', '2026-06-19', '2026-06-21', '国务院办公厅 2025-11-04'),
	('中秋节', '2026-09-25', '2026-09-27', '国务院办公厅 2025-11-04'),
	('国庆节', '2026-10-01', '2026-10-07', '国务院办公厅 2025-11-04')) AS h (name, first_day, last_day, source),
	pg_catalog.generate_series(h.first_day::timestamp, h.last_day::timestamp, interval '1 day') AS d;

INSERT INTO fireiot.calendar_day (day, working, name, source, builtin)
SELECT d, true, w.name, w.source, true
FROM (VALUES
	('春节', '{2023-01-28,2023-01-29}'::date[], '国办发明电〔2022〕16号'),
	('劳动节', '{2023-04-23,2023-05-06}', '国办发明电〔2022〕16号'),
	('端午节', '{2023-06-25}', '国办发明电〔2022〕16号'),
	('中秋节、国庆节', '{2023-10-07,2023-10-08}', '国办发明电〔2022〕16号'),
	('春节', '{2024-02-04,2024-02-18}', '国办发明电〔2023〕7号'),
	('清明节', '{2024-04-07}', '国办发明电〔2023〕7号'),
	('劳动节', '{2024-04-28,2024-05-11}', '国办发明电〔2023〕7号'),
	('中秋节', '{2024-09-14}', '国办发明电〔2023〕7号'),
	('国庆节', '{2024-09-29,2024-10-12}', '国办发明电〔2023〕7号'),
	('春节', '{2025-01-26,2025-02-08}', '国办发明电〔2024〕12号'),
	('劳动节', '{2025-04-27}', '国办发明电〔2024〕12号'),
	('国庆节、中秋节', '{2025-09-28,2025-10-11}', '国办发明电〔2024〕12号'),
	('元旦', '{2026-01-04}', '国务院办公厅 2025-11-04'),
	('春节', '{2026-02-14,2026-02-28}', '国务院办公厅 2025-11-04'),
	('劳动节', '{2026-05-09}', '国务院办公厅 2025-11-04'),
	('国庆节', '{2026-09-20,2026-10-10}', '国务院办公厅 2025-11-04')) AS w (name, days, source),
	pg_catalog.unnest(w.days) AS d;
