-- Suzhou: early warning in open neighbourhoods.  A draft: it applies to units
-- whose profile names it.

INSERT INTO fireiot.rule_pack (pack, version, name_zh, name_en, document, basis, jurisdiction, retention_source, status, note, builtin) VALUES
	('sz-db3205-2023', 1, '开放式街区预警规范（草案）', 'Suzhou: early warning in open neighbourhoods (draft)', 'DB3205/T（编号待定）—2023',
	 'jurisdiction', '3205', 'SZ', 'draft', 'the number is not given yet', true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, figure, clause, name_zh, name_en, sort, classes, kinds, metric,
	start_step, stop_steps, limit_interval, modality, targets, conditions, note, builtin) VALUES
	('sz-db3205-2023', 1, 'SZ-020', '{SZ-020}', 'F-01', '6.2.1', '内勤人员处置', 'the desk staff act',
	 'deadline', '{fire,event}', NULL, 'desk', 'opened', '{acknowledged,called,answered}', '2 s', 'shall', NULL, NULL,
	 'reading: from the commit of the alarm to the claim or the call; only a claim or an automatic call can be so quick', true),
	('sz-db3205-2023', 1, 'SZ-021', '{SZ-021}', 'F-22', '6.2.2', '立即联系当事人', 'the person concerned is called at once',
	 'deadline', '{fire,event}', NULL, 'call', 'opened', '{called,answered}', NULL, 'no_number', '{person_concerned,safety_manager}', NULL, '立即', true),
	('sz-db3205-2023', 1, 'SZ-022', '{SZ-022}', NULL, '6.2.3', '联系不上通知现场人员', 'not reached: field staff nearby are told',
	 'deadline', '{fire,event}', NULL, 'answer', 'called', '{answered,dispatched}', NULL, 'no_number', '{field_staff}', NULL, NULL, true),
	('sz-db3205-2023', 1, 'SZ-025', '{SZ-025}', 'F-22', '6.3.2', '现场确认', 'field staff verify at once',
	 'deadline', '{fire,event}', NULL, 'verdict', 'opened', '{verified}', NULL, 'no_number', '{field_staff}', NULL, '立即', true),
	('sz-db3205-2023', 1, 'SZ-027', '{SZ-027}', NULL, '6.3.4.1', '难以控制报告救援', 'out of control: report and call for rescue',
	 'deadline', '{fire,event}', NULL, 'report', 'verified', '{escalated,dispatched}', NULL, 'no_number',
	 '{street,community,fire_brigade,emergency_management}', '{true_alarm}', NULL, true),
	('sz-db3205-2023', 1, 'SZ-018', '{SZ-018}', 'F-20', '5.1.2.2', '巡检异常解决', 'what a patrol has found is solved',
	 'deadline', '{event,fault}', '{patrol.finding}', 'clear', 'noticed', '{restored,reported_back}', '24 h', 'shall', '{technician}', NULL,
	 'reading: from the notice to the technician', true),
	('sz-db3205-2023', 1, 'SZ-047', '{SZ-047}', 'F-23', '7.4.3', '平台故障报告', 'a failure of the platform is reported and solved',
	 'deadline', NULL, NULL, 'outage', NULL, NULL, NULL, 'no_number', NULL, NULL, '及时', true),
	('sz-db3205-2023', 1, 'SZ-052', '{SZ-052}', 'F-23', '8.3', '改进措施', 'plans of improvement are made and checked',
	 'deadline', NULL, NULL, 'improvement', NULL, NULL, NULL, 'no_number', NULL, NULL, '及时', true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, figure, clause, name_zh, name_en, sort, metric, limit_interval, bound, level, level_unit, note, builtin) VALUES
	('sz-db3205-2023', 1, 'SZ-033', '{SZ-033}', 'F-61', '6.3.7.3', '按自然年统计', 'statistics of each calendar year, without gaps', 'cycle', 'statistics_year', '1 year', NULL, NULL, NULL, 'calendar year', true),
	('sz-db3205-2023', 1, 'SZ-006', '{SZ-006}', 'F-65', '4.2.4.1', '人员培训', 'training of each person', 'cycle', 'training', '1 year', 'min', 12, 'a year', NULL, true),
	('sz-db3205-2023', 1, 'SZ-005', '{SZ-005}', 'F-73', '4.2.3', '现场人员配备', 'field staff', 'level', 'staff.field_per_household', NULL, 'min', 0.0025, 'field staff a household', '1 : 400', true),
	('sz-db3205-2023', 1, 'SZ-039', '{SZ-039}', 'F-74', '7.3.1', '网络安全等级保护', 'level of protection (GB/T 22239)', 'level', 'mlps_level', NULL, 'min', 3, NULL, NULL, true);

INSERT INTO fireiot.rule (pack, version, rule, requirements, clause, name_zh, name_en, sort, classes, metric, transition, conditions, required_fields, required_steps, note, builtin) VALUES
	('sz-db3205-2023', 1, 'SZ-029', '{SZ-029}', '6.3.6.1', '预警解除两个条件', 'two conditions of a release',
	 'guard', '{fire,event}', 'released', 'released', '{!false_alarm}', '{danger_removed_by}', '{restored}',
	 'the data are back to normal, and field staff confirm that the danger is removed', true),
	('sz-db3205-2023', 1, 'SZ-023', '{SZ-023}', '6.2.4', '误报书面报告', 'a false alarm needs its cause and a written report',
	 'guard', '{fire,event}', 'closed.false_alarm', 'closed', '{false_alarm}', '{cause,report}', NULL, 'by field staff', true),
	('sz-db3205-2023', 1, 'SZ-031', '{SZ-031,SZ-024}', '6.3.7.1', '归档', 'what is archived was released and says the measures',
	 'guard', '{fire,event}', 'closed', 'closed', NULL, '{measures}', '{released}', 'times, kind, class and area are in the case itself', true);
