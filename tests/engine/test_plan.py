"""What a worker needs: rules by format, gates that let every match through, and no column too many."""

import pickle

import pytest

from logscan.analysis.classify import classify
from logscan.engine.plan import CHEAP, Plan, Tasks
from logscan.ingest.format import Clock
from logscan.ingest.lines import read_lines
from logscan.ingest.parse import parse
from logscan.model.schemas import EVENTS
from tests.engine.chunk_of import NOW, chunk_of, make_plan, task_of
from tests.system.logs import application, combined, json_lines, sshd


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan()


def test_a_rule_stands_only_with_formats_it_may_speak_about(plan: Plan) -> None:
    for form in plan.formats:
        named = plan.causes[form.id]
        assert all(rule.applies_to(form.logsource) for rule in named)
        priorities = [rule.meaning["priority"] for rule in named]
        assert priorities == sorted(priorities, reverse=True)
    assert "nginx_basic_password_mismatch" in {rule.name for rule in plan.causes["nginx-error"]}
    for other in ("apache-error", "combined"):  # of another product; without the text that it reads
        assert "nginx_basic_password_mismatch" not in {rule.name for rule in plan.causes[other]}


@pytest.mark.parametrize(
    "lines", [combined(80), json_lines(60), application(40), sshd(40)], ids=["combined", "json", "application", "sshd"]
)
def test_the_gate_lets_through_every_event_that_a_rule_knows(lines: list[str], plan: Plan) -> None:
    task = task_of(lines, plan)
    events = parse(read_lines(chunk_of(lines))[0], task.formats, frozenset(EVENTS), task.clock).events
    named = set(classify(events.select(list(EVENTS)), plan.causes)["logscan.line"])
    assert named
    for (dataset,), part in events.group_by("event.dataset"):
        if str(dataset) in task.gates:
            through = set(part.filter(task.gates[str(dataset)])["logscan.line"])
            assert named & set(part["logscan.line"]) <= through


def test_of_access_lines_only_the_status_decides_which_are_read_whole(plan: Plan) -> None:
    gate = task_of(combined(80), plan).gates["combined"]
    assert set(gate.meta.root_names()) == {"http.response.status_code"}


def test_only_what_is_cheap_or_decides_is_read_on_every_line(plan: Plan) -> None:
    narrow = task_of(combined(50), plan).narrow
    assert narrow >= CHEAP
    assert "http.response.status_code" in narrow
    assert "user_agent.original" not in narrow
    assert "server.address" not in narrow
    assert narrow < frozenset(EVENTS)


def test_all_events_are_read_whole() -> None:
    everything = make_plan(all_events=True)
    assert task_of(combined(50), everything).narrow == frozenset(EVENTS)


def test_formats_that_the_sample_did_not_show_have_no_gate(plan: Plan) -> None:
    task = task_of(combined(50), plan)
    assert set(task.gates) == {"combined"}
    assert {form.id for form in task.formats} == {form.id for form in plan.formats}


def test_sources_of_a_format_share_its_gate(plan: Plan) -> None:
    tasks = Tasks(plan)
    one, two = (tasks.make(name, plan.formats, ["combined"], Clock("UTC", NOW), combined(5)) for name in ("a", "b"))
    assert one.gates["combined"] is two.gates["combined"]
    assert (one.path, two.path) == ("a", "b")


def test_a_task_and_a_plan_can_be_sent_elsewhere_and_mean_the_same(plan: Plan) -> None:
    lines = combined(30)
    task = pickle.loads(pickle.dumps(task_of(lines, plan)))  # noqa: S301
    sent = pickle.loads(pickle.dumps(plan))  # noqa: S301
    assert task.narrow == task_of(lines, plan).narrow
    assert [rule.name for rule in sent.causes["combined"]] == [rule.name for rule in plan.causes["combined"]]
