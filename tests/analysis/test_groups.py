"""How failures spread over services and logs."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from logscan.analysis.findings import Built, build_findings
from logscan.analysis.groups import failures_by_group
from logscan.analysis.judgement import load_judgement
from logscan.model.resources import rules_dir
from tests.analysis.simulate import Request, bad, crowd, failing, observe, steady
from tests.shipped import library

HOUR = 3600.0
LOG = [
    *failing(crowd(4, 6 * HOUR, 240.0), 3 * HOUR, 4 * HOUR, cause="verifier_misconfigured", confidence="high"),
    *failing(steady("192.0.2.9", 6 * HOUR, 600.0), 0.0, cause="api_key_invalid", confidence="high", user="ann"),
    bad(Request(None, "192.0.2.77", cause="api_key_invalid", confidence="high")),
]


def built(shuffle: int | None = None, columns: Mapping[str, pl.Expr] = MappingProxyType({})) -> Built:
    observed = observe(LOG, shuffle=shuffle)
    changed = observed._replace(classified=observed.classified.lazy().with_columns(**columns))
    return build_findings(changed, library(), load_judgement([rules_dir()]))


def grouped(found: Built) -> tuple[tuple[str, object, str, int], ...]:
    return failures_by_group(found.columns, found.members, [each.cause for each in found.findings])


def test_the_counts_add_up_to_the_failures_that_have_a_time() -> None:
    found = built()
    counted: Counter[str] = Counter()
    for _, _, cause, events in grouped(found):
        counted[cause] += events
    wanted: Counter[str] = Counter()
    for finding in found.findings:
        wanted[finding.cause] += finding.counts.events
    wanted["api_key_invalid"] -= 1  # the one without a time
    assert counted == wanted


def test_rotated_parts_are_one_group_unless_lines_name_a_service() -> None:
    line = pl.col("logscan.line") % 2 == 0
    parts = pl.when(line).then(pl.lit("/var/log/a.log")).otherwise(pl.lit("/var/log/a.log.2.gz"))
    assert {row[0] for row in grouped(built(columns={"log.file.path": parts}))} == {"/var/log/a.log"}
    served = pl.when(line).then(pl.lit("shop"))
    assert {row[0] for row in grouped(built(columns={"log.file.path": parts, "service.name": served}))} == {
        "/var/log/a.log",
        "shop",
    }


def test_the_order_of_rows_does_not_matter() -> None:
    assert grouped(built()) == grouped(built(shuffle=7))
    assert list(grouped(built())) == sorted(grouped(built()))


def test_without_failures_there_are_no_groups() -> None:
    assert failures_by_group(None, (), ()) == ()
