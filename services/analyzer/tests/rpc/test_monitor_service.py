"""MonitorService: managing, previews, explanations, and who may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from groundswell.analysis.v1 import document_service_pb2 as documents_pb
from groundswell.grade.v1 import grade_pb2
from groundswell.monitor.v1 import monitor_pb2
from groundswell.monitor.v1 import monitor_service_pb2 as monitors_pb
from groundswell.story.v1 import story_service_pb2 as stories_pb

TITLES = ("四川宜宾发生5.0级地震", "宜宾5.0级地震暂无人员伤亡", "宜宾地震救援人员抵达现场")


async def test_another_departments_monitor_does_not_exist_anywhere(api, quake):
    await api.create("secret", "宜宾", department="departments/police")
    rescue = api.of("rescue")
    for method, request in [
        (rescue.monitors.GetMonitor, monitors_pb.GetMonitorRequest(name="monitors/secret")),
        (rescue.monitors.DeleteMonitor, monitors_pb.DeleteMonitorRequest(name="monitors/secret")),
        (rescue.stories.ListStories, stories_pb.ListStoriesRequest(monitor="monitors/secret")),
    ]:
        assert (await rescue.refused(method, request))[:2] == ("NOT_FOUND", "MONITOR_NOT_FOUND")
    assert (
        await api.of("police").call(
            api.monitors.GetMonitor, monitors_pb.GetMonitorRequest(name="monitors/secret")
        )
    ).monitor.query == "宜宾"
    seen = await rescue.call(rescue.monitors.ListMonitors, monitors_pb.ListMonitorsRequest())
    assert [one.name for one in seen.monitors] == ["monitors/quakes"]


async def test_grades_and_matches_of_another_departments_monitor_are_left_out(api, write, listed):
    await api.create("secret", "地震", department="departments/police")
    for index, title in enumerate(TITLES):
        await api.analyzer.send(write(title, source=f"s{index}"))
    (of_police,) = await listed(api.of("police"))
    (of_rescue,) = await listed(api.of("rescue"))
    assert of_police.level >= grade_pb2.LEVEL_IV
    assert (list(of_rescue.grades), of_rescue.level) == ([], grade_pb2.LEVEL_NONE)
    search = documents_pb.SearchDocumentsRequest()
    found = await api.of("rescue").call(api.documents.SearchDocuments, search)
    assert not any(analysis.monitors for analysis in found.analyses)


async def test_a_department_makes_monitors_of_its_own_only(api):
    rescue = api.of("rescue")
    assert (await rescue.create("ours")).department == "departments/rescue"
    foreign = monitor_pb2.Monitor(
        name="monitors/theirs", query="地震", department="departments/police"
    )
    request = monitors_pb.CreateMonitorRequest(monitor=foreign)
    assert (await rescue.refused(rescue.monitors.CreateMonitor, request))[0] == "PERMISSION_DENIED"


async def test_a_monitor_is_made_changed_and_deleted(api):
    made = await api.create("quakes")
    assert made.alert_level == grade_pb2.LEVEL_IV
    assert made.state == monitor_pb2.MONITOR_STATE_ON
    made.query = "地震 OR 余震"
    changed = await api.call(
        api.monitors.UpdateMonitor, monitors_pb.UpdateMonitorRequest(monitor=made)
    )
    assert changed.monitor.query == "地震 OR 余震"
    await api.call(api.monitors.DeleteMonitor, monitors_pb.DeleteMonitorRequest(name=made.name))
    gone = monitors_pb.GetMonitorRequest(name=made.name)
    assert (await api.refused(api.monitors.GetMonitor, gone))[0] == "NOT_FOUND"


async def test_a_query_that_does_not_parse_is_refused_at_its_place(api):
    monitor = monitor_pb2.Monitor(name="monitors/bad", query="地震 AND (余震")
    status, reason, metadata = await api.refused(
        api.monitors.CreateMonitor, monitors_pb.CreateMonitorRequest(monitor=monitor)
    )
    assert (status, reason, metadata["position"]) == ("INVALID_ARGUMENT", "BAD_QUERY", "7")


async def test_parsing_answers_mistakes_with_their_place_or_the_normal_form(api):
    request = monitors_pb.ParseQueryRequest(query="地震 AND (余震")
    bad = await api.call(api.monitors.ParseQuery, request)
    assert [error.position for error in bad.errors] == [7]
    good = await api.call(api.monitors.ParseQuery, monitors_pb.ParseQueryRequest(query="a b OR c"))
    assert (list(good.errors), good.normal_form) == ([], "((a AND b) OR c)")


async def test_a_preview_shows_what_a_monitor_would_have_matched(api, quake, write, clock):
    old = write("旧地震消息", source="old", time=clock.now() - timedelta(days=2))
    await api.analyzer.send(old)
    request = monitors_pb.PreviewMonitorRequest(monitor=monitor_pb2.Monitor(query="地震"))
    preview = await api.call(api.monitors.PreviewMonitor, request)
    assert (preview.searched_count, preview.matched_count) == (4, 3)
    assert preview.analyses[0].document.title == TITLES[2]


async def test_a_grade_is_explained_and_computed_again(api, quake):
    request = monitors_pb.ExplainGradeRequest(story=quake["name"], monitor="monitors/quakes")
    answer = await api.call(api.monitors.ExplainGrade, request)
    assert answer.agrees
    assert answer.grade.contributions
    assert len(answer.moves) > 1
    request.story = "stories/none"
    assert (await api.refused(api.monitors.ExplainGrade, request))[1] == "GRADE_NOT_FOUND"


async def test_an_explanation_names_every_input_with_its_meaning_and_every_threshold(api, quake):
    request = monitors_pb.ExplainGradeRequest(story=quake["name"], monitor="monitors/quakes")
    answer = await api.call(api.monitors.ExplainGrade, request)
    inputs = {one.name: one.value for one in answer.inputs}
    assert (inputs["last_hour"], inputs["voices"], inputs["heat"]) == ("3", "3", "")
    assert all(one.meaning.endswith(".") for one in answer.inputs)
    assert [one.level for one in answer.thresholds] == [
        grade_pb2.LEVEL_I,
        grade_pb2.LEVEL_II,
        grade_pb2.LEVEL_III,
        grade_pb2.LEVEL_IV,
    ]
    assert all(part.formula for part in answer.grade.contributions)


async def test_the_grade_that_held_at_a_time_can_be_explained(api, quake, clock):
    alerted = clock.now()
    await clock.move(3 * 3600)
    await api.analyzer.keeper.look()
    await clock.move(1800)
    await api.analyzer.keeper.look()
    request = monitors_pb.ExplainGradeRequest(story=quake["name"], monitor="monitors/quakes")
    assert (await api.call(api.monitors.ExplainGrade, request)).grade.level == grade_pb2.LEVEL_NONE
    request.grade_time.FromDatetime(alerted)
    then = await api.call(api.monitors.ExplainGrade, request)
    assert then.grade.level > grade_pb2.LEVEL_NONE
    assert then.agrees
    request.grade_time.FromDatetime(alerted - timedelta(hours=1))
    assert (await api.refused(api.monitors.ExplainGrade, request))[1] == "GRADE_NOT_FOUND"


async def test_a_monitor_in_shadow_says_that_it_would_have_alerted(api, write):
    await api.create("quakes")
    await api.create("trial", state=monitor_pb2.MONITOR_STATE_SHADOW)
    for index, title in enumerate(TITLES):
        await api.analyzer.send(write(title, source=f"t{index}"))
    record = await api.analyzer.story()
    request = monitors_pb.ExplainGradeRequest(story=record["name"], monitor="monitors/trial")
    answer = await api.call(api.monitors.ExplainGrade, request)
    assert any("in shadow" in move for move in answer.moves)
    assert [one["alert"]["monitor"] for one in record["alerts"]] == ["monitors/quakes"]
    counts = {one["monitor"]: one["alarm"]["count"] for one in record["grades"]}
    assert counts == {"monitors/quakes": 1, "monitors/trial": 1}


@pytest.mark.parametrize(
    "fields",
    [
        {"alarms_per_day": 0.0},
        {"alarms_per_day": -1.0},
        {"alert_score": 100.5},
        {"alert_score": -1},
    ],
    ids=["no alarms", "less than none", "more than all", "less than nothing"],
)
async def test_numbers_that_no_monitor_can_have_are_refused(api, fields):
    monitor = monitor_pb2.Monitor(name="monitors/bad", query="地震", **fields)
    request = monitors_pb.CreateMonitorRequest(monitor=monitor)
    assert (await api.refused(api.monitors.CreateMonitor, request))[1] == "BAD_MONITOR"
