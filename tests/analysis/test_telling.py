"""What is told of units: every failure once, the worst first, each under a name of its own."""

from logscan.analysis.findings import Built, build_findings
from logscan.analysis.judgement import load_judgement
from logscan.model.resources import rules_dir
from logscan.model.severity import severity_rank
from tests.analysis.simulate import HOUR, bad, crowd, failing, observe, steady
from tests.shipped import library

END = 12 * HOUR


def built() -> Built:
    requests = [
        *failing(crowd(12, END, 120), 2 * HOUR, 3.5 * HOUR),
        *failing(steady("192.0.2.44", END, 60), 6 * HOUR),
        *(bad(each) for each in steady("192.0.2.45", END, 1800)),
    ]
    return build_findings(observe(requests), library(), load_judgement([rules_dir()]))


def test_findings_come_worst_first_with_ids_of_their_own() -> None:
    found = built().findings
    ranks = [severity_rank(each.severity) for each in found]
    assert ranks == sorted(ranks, reverse=True)
    assert len({each.id for each in found}) == len(found) == 3


def test_the_timeline_and_the_members_hold_every_failure_once() -> None:
    told = built()
    assert told.columns is not None
    rows = sorted(int(row) for member in told.members for row in member)
    assert rows == list(range(told.columns.height))
    assert told.timeline["events"].sum() == told.columns.height
    assert [member.size for member in told.members] == [each.counts.events for each in told.findings]
