"""Parts of one log are known by their names."""

from datetime import UTC, datetime

import pytest

from logscan.ingest.rotation import newest_first, part_of


@pytest.mark.parametrize(
    ("log", "parts"),
    [
        (
            "access.log",
            ["access.log", "access.log.1", "access.log.2.gz", "access.log-20260312", "access.log-20260312.gz"],
        ),
        (
            "access.log",
            ["access-2026-03-12.log", "access.log.2026-03-12", "access_20260312.log", "access.2026-03-12.1.log.gz"],
        ),
        (
            "access.log",
            ["access.log.2026-03-12-06", "access.log-20260312-0625.xz", "access.log.old", "access.log.1773296724"],
        ),
        ("access.log", ["access.log.2026-03", "access-2026-03.log", "access.1.log", "access.log.2026-03-12.3.zst"]),
        ("u_ex.log", ["u_ex260312.log", "u_ex26031206.log", "u_ex260312_x.log"]),
        ("syslog", ["syslog", "syslog.1", "syslog.7.gz", "syslog-20260312"]),
        ("error_log", ["error_log", "error_log-20260312.gz"]),
        ("localhost_access_log.txt", ["localhost_access_log.2026-03-12.txt", "localhost_access_log.txt"]),
    ],
)
def test_parts_of_one_log_have_one_name(log: str, parts: list[str]) -> None:
    assert {part_of(part).log for part in parts} == {log}
    assert {part_of(f"/var/log/web/{part}").log for part in parts} == {f"/var/log/web/{log}"}
    assert {part_of(f"a.tar!web/{part}").log for part in parts} == {f"a.tar!web/{log}"}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("a/access.log", "b/access.log.1"), ("worker-1.log", "worker-2.log"), ("access.log", "error.log.1"),
        ("web1.log", "web2.log"), ("app-192.0.2.7.log", "app-192.0.2.8.log"), ("20260312.log", "20260313.json"),
        ("v1.2.log", "v1.3.txt"),
    ],
)  # fmt: skip
def test_what_is_not_rotated_stays_apart(one: str, two: str) -> None:
    assert part_of(one).log != part_of(two).log


@pytest.mark.parametrize(
    ("path", "number", "until"),
    [
        ("access.log", None, None),
        ("access.log.12.gz", 12, None),
        ("access.log-20260312", None, datetime(2026, 3, 14, tzinfo=UTC)),
        ("access-2026-12.log", None, datetime(2027, 1, 2, tzinfo=UTC)),
        ("u_ex260312.log", None, datetime(2026, 3, 14, tzinfo=UTC)),
        ("access.log-20260231", None, None),
        ("access.log.1773296724", None, datetime(2026, 3, 13, 6, 25, 24, tzinfo=UTC)),
    ],
)
def test_a_name_tells_how_old_a_part_is(path: str, number: int | None, until: datetime | None) -> None:
    assert part_of(path)[1:] == (number, until)


def test_newer_parts_come_first_by_number_or_date() -> None:
    named = ["b.log", "a.log.10.gz", "a.log.2.gz", "a.log", "a.log.1", "b.log-20260312", "b.log-20260313"]
    assert newest_first(named) == [
        "a.log",
        "a.log.1",
        "a.log.2.gz",
        "a.log.10.gz",
        "b.log",
        "b.log-20260313",
        "b.log-20260312",
    ]
