-- Jingdezhen: measures (trial) of 2022.

INSERT INTO fireiot.rule_pack (pack, version, name_zh, name_en, document, basis, jurisdiction, retention_source, status, note, builtin) VALUES
	('jdz-2022-8', 1, '景德镇市消防物联网建设应用管理工作实施办法(试行)', 'Jingdezhen: measures (trial)', '景府办发〔2022〕8号',
	 'jurisdiction', '3602', 'JD', 'in_force', 'in force from its issue in 2022; the day cannot be read in the copy that this is from', true);

INSERT INTO fireiot.pack_class (pack, version, kind, class, called, note, builtin) VALUES
	('jdz-2022-8', 1, 'gas.high', 'fire', '火灾(可燃气体泄漏)报警信息', 'confirmed gas leaks go the way of fires', true),
	('jdz-2022-8', 1, 'gas.leak', 'fire', '火灾(可燃气体泄漏)报警信息', 'confirmed gas leaks go the way of fires', true),
	('jdz-2022-8', 1, 'link.silent', 'fault', '故障类信息', 'reading: a device that is silent is out of order', true),
	('jdz-2022-8', 1, 'device.centre_link_fault', 'fault', '故障类信息', 'reading: a device whose link is down is out of order', true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, figure, clause, name_zh, name_en, sort, classes, metric,
	start_step, stop_steps, limit_interval, modality, action, targets, conditions, note, builtin) VALUES
	('jdz-2022-8', 1, 'JD-035', '{JD-035}', 'F-22', '第二十七条', '预警信息确认', 'warnings are verified',
	 'deadline', '{fire,event}', 'verdict', 'opened', '{verified}', NULL, 'no_number', 'none', '{safety_manager}', NULL, '及时', true),
	('jdz-2022-8', 1, 'JD-035 report', '{JD-035,JD-017}', 'F-22', '第二十七条, 第十八条', '确认火灾或燃气泄漏推送', 'a verified fire or gas leak goes to the city platform and the forces',
	 'deadline', '{fire}', 'report', 'verified', '{escalated,dispatched}', NULL, 'no_number', 'none', '{city_platform,fire_brigade}', '{true_alarm}',
	 '立即, 同步; the city platform passes it on to 119', true),
	('jdz-2022-8', 1, 'JD-036', '{JD-036}', 'F-18', '第二十七条', '故障未启动处置推送隐患', 'a fault whose handling has not begun becomes a hazard',
	 'deadline', '{fault}', 'start', 'opened', '{handling,dispatched,restored,reported_back}', '24 h', 'shall', 'push_hazard', '{city_platform}', NULL, NULL, true),
	('jdz-2022-8', 1, 'JD-037', '{JD-037}', 'F-19', '第二十七条', '故障未消除推送隐患', 'a fault that is not cleared becomes a hazard',
	 'deadline', '{fault}', 'clear', 'opened', '{restored,reported_back}', '48 h', 'shall', 'push_hazard', '{city_platform}', NULL, NULL, true),
	('jdz-2022-8', 1, 'JD-016', '{JD-016}', NULL, '第十八条', '隐患逾期推送消防救援机构', 'a hazard that is not removed goes to the brigade',
	 'deadline', '{fault}', 'hazard', 'hazard_pushed', '{restored,reported_back}', NULL, 'no_number', 'none', '{fire_brigade}', NULL, '逾期', true),
	('jdz-2022-8', 1, 'JD-031', '{JD-031}', 'F-23', '第二十四条', '修复异常终端', 'the field team repairs terminals',
	 'deadline', '{fault,link}', 'clear', 'opened', '{restored,reported_back}', NULL, 'no_number', 'none', '{field_staff}', NULL, '及时', true),
	('jdz-2022-8', 1, 'JD-082', '{JD-082}', 'F-22', '第三十八条', '到场确认火警', 'somebody goes there and verifies the alarm',
	 'deadline', '{fire}', 'verdict', 'opened', '{verified}', NULL, 'no_number', 'none', '{control_room,safety_manager}', NULL, '第一时间', true),
	('jdz-2022-8', 1, 'JD-082 report', '{JD-082}', 'F-22', '第三十八条', '推送警情并拨打119', 'a real alarm: push it and call 119',
	 'deadline', '{fire}', 'report', 'verified', '{escalated,dispatched}', NULL, 'no_number', 'none', '{city_platform,fire_brigade}', '{true_alarm}', '第一时间', true),
	('jdz-2022-8', 1, 'JD-092', '{JD-092}', 'F-22', '第四十七条(三)', '调派力量', 'forces are sent to a real fire',
	 'deadline', '{fire}', 'dispatch', 'verified', '{dispatched}', NULL, 'no_number', 'none', '{fire_brigade}', '{true_alarm}', '立即', true),
	('jdz-2022-8', 1, 'JD-030', '{JD-030,JD-008}', 'F-23', '第二十四条', '平台停用报备', 'the platform stops: file it',
	 'deadline', NULL, 'outage', NULL, NULL, NULL, 'no_number', 'none', '{city_platform}', NULL, '及时', true),
	('jdz-2022-8', 1, 'JD-041', '{JD-041,JD-080}', 'F-23', '第二十八条', '基础信息修正', 'correct base data',
	 'deadline', NULL, 'base_data', NULL, NULL, NULL, 'no_number', 'none', NULL, NULL, '及时', true),
	('jdz-2022-8', 1, 'JD-090', '{JD-090}', 'F-23', '第四十七条(一)', '核实推送的隐患', 'verify a hazard that was pushed',
	 'deadline', NULL, 'hazard_feedback', NULL, NULL, NULL, 'no_number', 'none', '{fire_brigade}', NULL, '及时', true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, figure, clause, name_zh, name_en, sort, metric, limit_interval, bound, level, level_unit, note, builtin) VALUES
	('jdz-2022-8', 1, 'JD-020', '{JD-020}', 'F-56', '第二十条', '数据库整体备份', 'full backup of the database', 'cycle', 'backup_full', '7 days', NULL, NULL, NULL, NULL, true),
	('jdz-2022-8', 1, 'JD-022', '{JD-022}', 'F-57', '第二十条', '附件增量备份', 'incremental backup of attachments', 'cycle', 'backup_files', '1 month', NULL, NULL, NULL, NULL, true),
	('jdz-2022-8', 1, 'JD-043 full', '{JD-043}', NULL, '第二十八条', '数据库整体备份(社会平台)', 'full backup of the database', 'cycle', 'backup_full', '7 days', NULL, NULL, NULL, 'the social platform', true),
	('jdz-2022-8', 1, 'JD-043 files', '{JD-043}', NULL, '第二十八条', '附件增量备份(社会平台)', 'incremental backup of attachments', 'cycle', 'backup_files', '1 month', NULL, NULL, NULL, 'the social platform', true),
	('jdz-2022-8', 1, 'JD-072 month', '{JD-072}', 'F-60', '第三十三条(8)', '月度报告', 'monthly report', 'cycle', 'report_month', '1 month', NULL, NULL, NULL, 'of each unit', true),
	('jdz-2022-8', 1, 'JD-072 quarter', '{JD-072}', 'F-60', '第三十三条(8)', '季度报告', 'quarterly report', 'cycle', 'report_quarter', '3 months', NULL, NULL, NULL, 'of each unit', true),
	('jdz-2022-8', 1, 'JD-072 year', '{JD-072}', 'F-60', '第三十三条(8)', '年度报告', 'yearly report', 'cycle', 'report_year', '1 year', NULL, NULL, NULL, 'of each unit', true),
	('jdz-2022-8', 1, 'JD-085', '{JD-085}', 'F-63', '第四十二条', '安全评估', 'security assessment', 'cycle', 'assessment', '1 year', 'min', 1, 'a year', NULL, true),
	('jdz-2022-8', 1, 'JD-012 city', '{JD-012}', 'F-72', '第十五条', '市级运维管理中心人员', 'staff of a city centre', 'level', 'staff.city_centre', NULL, 'min', 9, 'staff', NULL, true),
	('jdz-2022-8', 1, 'JD-012 county', '{JD-012}', 'F-72', '第十五条', '县级运维管理中心人员', 'staff of a county centre', 'level', 'staff.county_centre', NULL, 'min', 5, 'staff', NULL, true),
	('jdz-2022-8', 1, 'JD-032 large', '{JD-032}', 'F-72', '第二十五条', '社会平台服务团队(大型)', 'team of a large social platform', 'level', 'staff.large_platform', NULL, 'min', 5, 'staff', NULL, true),
	('jdz-2022-8', 1, 'JD-032 other', '{JD-032}', 'F-72', '第二十五条', '社会平台服务团队(其他)', 'team of another social platform', 'level', 'staff.other_platform', NULL, 'min', 3, 'staff', NULL, true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, clause, name_zh, name_en, sort, classes, metric, transition, conditions, required_steps, note, builtin) VALUES
	('jdz-2022-8', 1, 'JD-066', '{JD-066}', '第三十三条(2)', '在线确认、取消', 'to cancel a fire is a verdict',
	 'guard', '{fire}', 'released', 'released', NULL, '{verified}', 'reading: what is cancelled was verified; nothing is deleted', true),
	('jdz-2022-8', 1, 'JD-082 false', '{JD-082}', '第三十八条', '误报故障消除', 'a false alarm: the cause is removed',
	 'guard', '{fire}', 'closed.false_alarm', 'closed', '{false_alarm}', '{restored}', NULL, true);
