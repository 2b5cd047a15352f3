"""logscan names why real servers refused real clients, as often as was promised."""

import tempfile
from pathlib import Path

import pytest

from tests.lab.benches import BENCHES
from tests.lab.benches.postgresql import binaries
from tests.lab.case import NONE, UNREAD, Bench, Case, Label, label, says
from tests.lab.drive import run_benches
from tests.lab.score import Graded, grade, score, table
from tests.system.servers import program


@pytest.mark.server
@pytest.mark.parametrize(
    "name",
    [
        "nginx",
        "apache2",
        "haproxy",
        "caddy",
        "squid",
        "dovecot",
        "redis-server",
        "sshd",
        "docker-registry",
        "curl",
        "ssh",
    ],
)
def test_a_program_of_the_lab_is_there(name: str) -> None:
    assert Path(program(name)).exists()


@pytest.mark.server
def test_postgresql_is_there() -> None:
    assert (binaries() / "postgres").exists()


@pytest.mark.server
def test_the_causes_of_real_failures_are_named() -> None:
    # PostgreSQL, which gives up being root, gets into no folder of pytest's
    with tempfile.TemporaryDirectory() as scratch:
        done, _ = run_benches(BENCHES, Path(scratch), seed=7, share=0.4)
        scores = score(grade(done))
    assert len(done) >= 7  # those that need Python alone
    silent = [bench.name for bench, labels in done if all(NONE in each.accepts for each in labels)]
    assert silent == []
    assert scores.lines > 300
    assert scores.accuracy >= 0.97, table(scores)
    assert scores.decided_accuracy >= 0.95, table(scores)
    assert scores.macro_f1 >= 0.95, table(scores)


def test_lines_are_labelled_by_the_marker_that_tells_most(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("start\nGET /00aa from 127.0.0.2 401\n127.0.0.2 closed\nuser 127.0.0.22 failed\n")
    one = Case("one", "token_expired", print, says(log="token_expired"))
    other = Case("other", "account_locked", print, says(log="account_locked unclassified"))
    bench = Bench("b", {"log": log}, [one, other], asides="closed")
    found = label(bench, [("00aa", one), ("127.0.0.2", other)])
    assert [(row.line, row.case, row.accepts) for row in found] == [
        (1, "-", (NONE,)), (2, "other", ("account_locked", "unclassified")), (3, "-", (NONE,)), (4, "-", (NONE,)),
    ]  # fmt: skip


def graded(accepts: str, told: str) -> Graded:
    kinds = tuple(accepts.split())
    row = Label("b", "log", 1, "case", kinds[0], kinds)
    return Graded(row, told if told in kinds else kinds[0], told)


def test_what_is_no_failure_and_called_none_is_not_counted() -> None:
    rows = [graded(NONE, NONE)] * 90 + [graded("token_expired", "token_expired"), graded("token_expired", NONE)]
    assert (score(rows).lines, score(rows).accuracy, score(rows).quiet) == (2, 0.5, 90)


def test_a_false_alarm_and_an_unread_line_are_wrong() -> None:
    rows = [graded(NONE, "token_expired"), graded("account_locked", UNREAD), graded("token_expired", "token_expired")]
    scores = score(rows)
    assert scores.accuracy == pytest.approx(1 / 3)
    assert scores.causes == {"account_locked": (1, 0.0, 0.0, 0.0), "token_expired": (1, 0.5, 1.0, pytest.approx(2 / 3))}
    assert scores.macro_f1 == pytest.approx(1 / 3)


def test_of_several_accepted_answers_each_is_right() -> None:
    rows = [graded("unclassified credential_missing", told) for told in ("unclassified", "credential_missing", NONE)]
    scores = score(rows)
    assert scores.accuracy == pytest.approx(2 / 3)
    assert scores.decided == 0
    assert "unclassified called none" in table(scores)
