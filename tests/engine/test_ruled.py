"""What rules find and cost is counted over all chunks, whatever their size."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from logscan.engine.request import Request
from logscan.engine.ruled import Stats, rule_stats
from tests.rules.folder import make, rule_text

NOW = datetime(2026, 3, 13, tzinfo=UTC)
LINE = '192.0.2.{at} - - [12/Mar/2026:06:25:{at:02} +0000] "GET /a HTTP/1.1" {status} 17 "-" "curl/8"\n'


@pytest.fixture
def here(tmp_path: Path) -> Path:
    hits, misses = "[{http.response.status_code: 401}]", "[{http.response.status_code: 200}]"
    status = "s: {http.response.status_code: 401}\ncondition: s"
    agent = "s: {http.response.status_code: 401, user_agent.original|contains: curl}\ncondition: s"
    wide = rule_text(status, name="wide", priority=10, hits=hits, misses=misses)
    narrow = rule_text(agent, name="narrow", priority=20, logscan="cause: key_invalid\nconfidence: high", hits="[{http.response.status_code: 401, user_agent.original: curl}]", misses=misses)  # fmt: skip
    make(tmp_path / "rules", {"causes/wide.yml": wide, "causes/narrow.yml": narrow})
    lines = [LINE.format(at=at, status=401 if at % 3 else 200) for at in range(30)]
    lines[1] = lines[1].replace("curl", "browser")
    (tmp_path / "access.log").write_text("".join(lines))
    return tmp_path


def stats(here: Path, chunk: int = 1 << 20) -> Stats:
    ticks = count()
    request = Request((str(here / "access.log"),), NOW, b"k", rules=(here / "rules",), default_rules=False, chunk=chunk)
    return rule_stats(request, lambda: float(next(ticks)), lambda _: None)


@pytest.mark.parametrize("chunk", [1 << 20, 600])
def test_matches_and_wins_are_counted(here: Path, chunk: int) -> None:
    found = stats(here, chunk)
    assert (found.lines, found.candidates, found.faults) == (30, 20, ())
    told = {cost.rule.name: (cost.asked, cost.matches, cost.wins) for cost in found.costs}
    assert told == {"wide": (20, 20, 1), "narrow": (20, 19, 19)}


def test_each_rule_is_timed_alone_and_all_together(here: Path) -> None:
    found = stats(here)
    assert [cost.seconds for cost in found.costs] == [1.0, 1.0]
    assert found.together_s == 1.0
