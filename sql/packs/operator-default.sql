-- Where the documents have words without a number, the operator must still have
-- one.  These are marked as the operator's, and stand aside where a clause in
-- force has a number for the same.  A site that sets its own loads a version 2.

INSERT INTO fireiot.rule_pack (pack, version, name_zh, name_en, document, basis, status, builtin) VALUES
	('operator-default', 1, '运营机构默认值', 'Defaults of the operator', '无数字用语的默认值', 'operator', 'in_force', true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, clause, name_zh, name_en, sort, classes, kinds, metric,
	start_step, stop_steps, limit_interval, origin, targets, conditions, note, builtin) VALUES
	('operator-default', 1, 'fire notice', '{ZJ-073,QH-040,JD-082}', '实时, 第一时间', '火灾预警自动通知', 'automatic notice of a fire',
	 'deadline', '{fire}', NULL, 'notice', 'opened', '{noticed,called,answered}', '3 s', 'operator', '{control_room,safety_manager}', NULL, 'as CQC/SC 11002-2025 4.3.1', true),
	('operator-default', 1, 'fire call', '{QH-040,JD-082,SZ-021}', '第一时间, 立即', '火灾预警人工电话', 'the duty staff call',
	 'deadline', '{fire}', NULL, 'call', 'opened', '{called,answered}', '1 min', 'operator', '{control_room,safety_manager}', NULL, 'as DB33 8.4.2', true),
	('operator-default', 1, 'fire verdict', '{QH-040,JD-035,JD-082,SZ-025}', '第一时间, 立即', '火灾预警确认', 'the fire warning is verified',
	 'deadline', '{fire}', NULL, 'verdict', 'opened', '{verified}', '3 min', 'operator', NULL, NULL, 'as DB33 8.4.2', true),
	('operator-default', 1, 'fire report', '{ZJ-078,QH-040,JD-017,JD-035,JD-082,SZ-027}', '立即, 同步', '真实火警报告', 'a real fire is reported',
	 'deadline', '{fire}', NULL, 'report', 'verified', '{escalated,dispatched}', '1 min', 'operator', '{fire_brigade,responsible_person}', '{true_alarm}', NULL, true),
	('operator-default', 1, 'fire dispatch', '{QH-046,JD-092}', '立即', '调派力量', 'forces are sent to a real fire',
	 'deadline', '{fire}', NULL, 'dispatch', 'verified', '{dispatched}', '1 min', 'operator', NULL, '{true_alarm}', NULL, true),
	('operator-default', 1, 'gas verdict', '{JD-035,JD-082}', '及时, 第一时间', '燃气泄漏确认', 'the gas leak is verified',
	 'deadline', '{event}', '{gas.leak,gas.high}', 'verdict', 'opened', '{verified}', '3 min', 'operator', NULL, NULL, 'as for a fire', true),
	('operator-default', 1, 'gas report', '{JD-035}', '立即', '确认燃气泄漏报告', 'a verified gas leak is reported',
	 'deadline', '{event}', '{gas.leak,gas.high}', 'report', 'verified', '{escalated,dispatched}', '1 min', 'operator', '{fire_brigade,responsible_person}', '{true_alarm}', NULL, true),
	('operator-default', 1, 'event notice', '{JD-035,SZ-021}', '及时, 立即', '事件预警通知', 'tell the unit of an event',
	 'deadline', '{event}', NULL, 'notice', 'opened', '{noticed,called,answered}', '15 min', 'operator', '{control_room,safety_manager}', NULL, 'as DB33 8.3.2', true),
	('operator-default', 1, 'event clear', '{ZJ-015}', '及时', '事件预警处理', 'an event is handled',
	 'deadline', '{event}', NULL, 'clear', 'opened', '{restored,reported_back}', '24 h', 'operator', '{safety_manager}', NULL, 'as DB33 8.3.4', true),
	('operator-default', 1, 'fault notice', '{QH-037,CQ-022,JD-031}', '及时', '故障通知', 'tell the unit of a fault',
	 'deadline', '{fault}', NULL, 'notice', 'opened', '{noticed,called,answered}', '30 min', 'operator', '{control_room,safety_manager}', NULL, 'as DB33 8.2.1', true),
	('operator-default', 1, 'fault clear', '{QH-037,QH-040,JD-031}', '及时', '故障修复', 'a fault is repaired',
	 'deadline', '{fault}', NULL, 'clear', 'opened', '{restored,reported_back}', '48 h', 'operator', '{safety_manager}', NULL, 'as DB33 8.2.2', true),
	('operator-default', 1, 'link notice', '{QH-037,JD-031}', '及时', '通信中断通知', 'tell the unit that a link is lost',
	 'deadline', '{link}', NULL, 'notice', 'opened', '{noticed,called,answered}', '30 min', 'operator', '{safety_manager}', NULL, 'as for a fault', true),
	('operator-default', 1, 'link clear', '{QH-037,JD-031}', '及时', '通信恢复', 'a lost link is repaired',
	 'deadline', '{link}', NULL, 'clear', 'opened', '{restored,reported_back}', '48 h', 'operator', '{maintenance}', NULL, 'as for a fault', true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, clause, name_zh, name_en, sort, metric, limit_interval, origin, note, builtin) VALUES
	('operator-default', 1, 'outage', '{ZJ-045,QH-013,JD-030,SZ-047}', '立即, 及时', '平台停用报告', 'the platform stops: report it', 'supervision', 'outage', '10 min', 'operator', NULL, true),
	('operator-default', 1, 'inspection answer', '{ZJ-017}', '及时', '查岗应答', 'answer to a duty inspection', 'supervision', 'inspection_answer', '10 min', 'operator', 'as long as the device shows it by default', true),
	('operator-default', 1, 'base data', '{ZJ-048,ZJ-049,JD-041}', '及时', '基础信息更新', 'base data are corrected', 'supervision', 'base_data', '7 days', 'operator', NULL, true),
	('operator-default', 1, 'hazard feedback', '{QH-044,JD-090}', '及时', '隐患核实', 'a hazard that was pushed is verified', 'supervision', 'hazard_feedback', '7 days', 'operator', NULL, true);

INSERT INTO fireiot.rule (pack, version, rule, clause, name_zh, name_en, sort, classes, metric, transition, origin, required_steps, builtin) VALUES
	('operator-default', 1, 'fire closed', '默认', '火灾预警先确认', 'a fire warning is verified before it is closed', 'guard', '{fire}', 'closed', 'closed', 'operator', '{verified}', true);
