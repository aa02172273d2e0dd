-- Qinghai: provisions of 2023, five years.

INSERT INTO fireiot.rule_pack (pack, version, name_zh, name_en, document, basis, jurisdiction, retention_source, status, valid_from, valid_to, builtin) VALUES
	('qh-2023-38', 1, '青海省消防物联网建设应用管理规定', 'Qinghai: provisions of 2023', '青政办〔2023〕38号',
	 'jurisdiction', '63', 'QH', 'in_force', '2023-06-28', '2028-06-28', true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, figure, clause, name_zh, name_en, sort, classes, metric,
	start_step, stop_steps, modality, targets, conditions, note, builtin) VALUES
	('qh-2023-38', 1, 'QH-040', '{QH-040}', 'F-22', '第三十七条', '到场确认火警', 'somebody goes there and verifies the fire',
	 'deadline', '{fire}', 'verdict', 'opened', '{verified}', 'no_number', '{control_room,safety_manager}', NULL, '第一时间', true),
	('qh-2023-38', 1, 'QH-040 report', '{QH-040}', 'F-22', '第三十七条', '真实火警报警', 'a real fire: report, plan, evacuation',
	 'deadline', '{fire}', 'report', 'verified', '{escalated,dispatched}', 'no_number', '{fire_brigade}', '{true_alarm}', '第一时间', true),
	('qh-2023-38', 1, 'QH-040 clear', '{QH-040}', 'F-23', '第三十七条', '消除故障和误报', 'clear faults and false alarms',
	 'deadline', '{fault}', 'clear', 'opened', '{restored,reported_back}', 'no_number', NULL, NULL, '及时', true),
	('qh-2023-38', 1, 'QH-037', '{QH-037}', 'F-23', '第三十四条', '修复异常设备', 'repair devices that are out of order',
	 'deadline', '{fault,link}', 'clear', 'opened', '{restored,reported_back}', 'no_number', '{maintenance}', NULL, '及时', true),
	('qh-2023-38', 1, 'QH-046', '{QH-046}', 'F-22', '第四十一条(三)', '推送火警调派力量', 'forces are sent to a real fire',
	 'deadline', '{fire}', 'dispatch', 'verified', '{dispatched}', 'no_number', '{data_platform,fire_brigade}', '{true_alarm}', '立即; the data platform tells the brigade', true),
	('qh-2023-38', 1, 'QH-044', '{QH-044}', 'F-23', '第四十一条(一)', '核实推送的违法信息', 'verify what was pushed as a violation',
	 'deadline', NULL, 'hazard_feedback', NULL, NULL, 'no_number', '{fire_brigade}', NULL, '及时', true),
	('qh-2023-38', 1, 'QH-013', '{QH-013}', NULL, '第二十/二十六条', '平台故障停用告知备案', 'the platform stops: tell and file in writing',
	 'deadline', NULL, 'outage', NULL, NULL, 'no_number', '{data_platform}', NULL, NULL, true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, figure, clause, name_zh, name_en, sort, metric, limit_interval, bound, level, level_unit, note, builtin) VALUES
	('qh-2023-38', 1, 'QH-015', '{QH-015}', 'F-55', '第二十二/二十八条', '数据库整体备份', 'full backup of the database', 'cycle', 'backup_full', '7 days', NULL, NULL, NULL, NULL, true),
	('qh-2023-38', 1, 'QH-048', '{QH-048}', 'F-62', '第四十二条', '安全风险评估', 'security and risk assessment', 'cycle', 'assessment', '1 year', 'min', 1, 'a year', NULL, true),
	('qh-2023-38', 1, 'QH-053', '{QH-053}', 'F-75', '第四十六条', '规定有效期', 'the provisions themselves end', 'level', 'validity', '5 years', 'max', NULL, 'from 2023-06-28',
	 'the last day is 2028-06-27', true);
