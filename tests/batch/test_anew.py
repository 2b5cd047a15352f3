from pathlib import Path

import polars as pl

from logscan.batch.anew import classified_anew
from logscan.engine.read import read_logs
from tests.batch.runs import access, definitions, request


def failures(tmp_path: Path) -> pl.DataFrame:
    (tmp_path / "a.log").write_bytes(access(0, 30))
    with read_logs(request(str(tmp_path / "a.log")), lambda _: None) as (ran, _):
        return ran.merged.classified.lazy().collect().sort("logscan.line")


def test_the_same_rules_say_the_same(tmp_path: Path) -> None:
    rows = failures(tmp_path)
    assert classified_anew(rows, definitions().plan).equals(rows)
    assert classified_anew(rows.clear(), definitions().plan).equals(rows.clear())


def test_another_word_of_todays_rules_stands_and_what_no_rule_knows_goes(tmp_path: Path) -> None:
    rows = failures(tmp_path)
    old = rows.with_columns(
        pl.lit("other_cause").alias("logscan.cause"), pl.Series("logscan.rules", [["gone"]] * rows.height)
    )
    assert classified_anew(old, definitions().plan).equals(rows)
    unknown = old.with_columns(
        pl.lit(200, pl.UInt16()).alias("http.response.status_code"), pl.lit("x").alias("event.original")
    )
    assert classified_anew(unknown, definitions().plan).is_empty()


def test_the_word_of_a_rule_stays_where_redaction_hid_what_it_rested_on(tmp_path: Path) -> None:
    rows = failures(tmp_path)
    hidden = rows.with_columns(
        pl.lit(200, pl.UInt16()).alias("http.response.status_code"), pl.lit("x").alias("event.original")
    )
    assert classified_anew(hidden, definitions().plan).equals(hidden)
