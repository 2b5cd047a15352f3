"""The best rule names the cause; what else matched stays visible; null never matches."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logscan.analysis.classify import ByDataset, classify, filled, needed_columns, outcome, ranked
from logscan.ingest.format import load_formats
from logscan.model.resources import rules_dir
from logscan.model.schemas import CLASSIFIED, EVENTS, OUTCOMES
from logscan.rules.load import Library, Rule
from tests.rules.folder import load, make, rule_text
from tests.shipped import library as shipped_library

MATCH = "s: {{message|contains: '{}'}}\ncondition: s"


def rule(name: str, word: str, cause: str, priority: int, **other: Any) -> str:
    block = f"cause: {cause}\nconfidence: {other.pop('confidence', 'high')}" + other.pop("more", "")
    hits = f"[{{message: '{word}'}}]"
    return rule_text(
        MATCH.format(word), name=name, logscan=block, priority=priority, hits=hits, misses="[{message: zzz}]", **other
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    files = {
        "causes/expired.yml": rule("expired", "expired", "token_expired", 80),
        "causes/key.yml": rule("key", "key", "key_invalid", 60, confidence="medium", more="\nalternatives: [token_expired]"),
        "causes/bare.yml": rule("bare", "401", "unclassified", 10, confidence="low"),
        "outcomes/fine.yml": rule_text("s: {http.response.status_code: 200}\ncondition: s", name="fine", logscan="outcome: ok", hits="[{http.response.status_code: 200}]", misses="[{http.response.status_code: 500}]"),
        "outcomes/broken.yml": rule_text("s: {http.response.status_code|gte: 500}\ncondition: s", name="broken", logscan="outcome: error", hits="[{http.response.status_code: 500}]", misses="[{http.response.status_code: 200}]"),
        "outcomes/slow.yml": rule_text("s: {message|contains: slow}\ncondition: s", name="slow", priority=90, logscan="outcome: error", hits="[{message: slow}]", misses="[{message: fast}]"),
    }  # fmt: skip
    return load(make(tmp_path_factory.mktemp("rules"), files))


def rules(library: Library, *names: str) -> Mapping[str, list[Rule]]:
    return {"combined": ranked(each for each in library.causes if not names or each.name in names)}


def events(*messages: str | None, **columns: list[Any]) -> pl.DataFrame:
    known: dict[str, list[Any]] = {"message": list(messages), "event.dataset": ["combined"] * len(messages), **columns}
    frame = pl.DataFrame(known, schema={name: EVENTS[name] for name in known})
    return frame.select(pl.col(n) if n in known else pl.lit(None, d).alias(n) for n, d in EVENTS.items())


def test_the_highest_priority_names_the_cause_and_the_others_stay(library: Library) -> None:
    got = classify(events("401 key expired", "401 key", "401", "fine", None), rules(library))
    assert got.schema == CLASSIFIED
    keys = ["message", "logscan.cause", "logscan.confidence", "logscan.alternatives", "logscan.rules"]
    assert got.select(keys).rows() == [
        ("401 key expired", "token_expired", "high", ["key_invalid"], ["expired", "key", "bare"]),
        ("401 key", "key_invalid", "medium", ["token_expired"], ["key", "bare"]),
        ("401", "unclassified", "low", [], ["bare"]),
    ]


def test_of_equal_priorities_the_longer_evidence_wins_and_then_the_name(tmp_path: Path) -> None:
    files = {
        "causes/a.yml": rule("a_key", "key", "key_invalid", 60),
        "causes/b.yml": rule("b_key_expired", "key expired", "token_expired", 60),
        "causes/c.yml": rule("c_was", "was", "unclassified", 60),
        "causes/d.yml": rule("d_401", "401", "unclassified", 70),
    }
    tied = {"combined": ranked(load(make(tmp_path, files)).causes)}
    got = classify(events("key", "key expired", "key was", "was key expired", "401 key expired", "x", None), tied)
    assert got.select("message", "logscan.cause", "logscan.alternatives", "logscan.rules").rows() == [
        ("key", "key_invalid", [], ["a_key"]),
        ("key expired", "token_expired", ["key_invalid"], ["b_key_expired", "a_key"]),
        ("key was", "key_invalid", [], ["a_key", "c_was"]),
        ("was key expired", "token_expired", ["key_invalid"], ["b_key_expired", "a_key", "c_was"]),
        ("401 key expired", "unclassified", ["key_invalid", "token_expired"], ["d_401", "a_key", "b_key_expired"]),
    ]


def test_events_of_a_format_without_rules_are_dropped(library: Library) -> None:
    assert classify(events("401", **{"event.dataset": ["other"]}), rules(library)).is_empty()
    assert classify(events(), rules(library)).schema == CLASSIFIED
    assert classify(events("401"), {}).schema == CLASSIFIED


def test_rows_keep_their_order_whatever_their_formats(library: Library) -> None:
    both = {**rules(library), "other": rules(library)["combined"]}
    datasets = ["other", "combined"] * 5
    got = classify(events(*(f"401 n{n}" for n in range(10)), **{"event.dataset": datasets}), both)
    assert got["message"].to_list() == [f"401 n{n}" for n in range(10)]


def test_a_rule_speaks_only_about_its_formats_whatever_stands_beside(tmp_path: Path) -> None:
    files = {
        "causes/a.yml": rule("a_key", "key", "key_invalid", 60),
        "causes/b.yml": rule("b_key_expired", "key expired", "key_invalid", 60),
        "causes/c.yml": rule("c_was", "was", "token_expired", 60),
    }
    a, b, c = ranked(load(make(tmp_path, files)).causes)
    spoken = {"combined": [a, b], "other": [c], "third": [a, b, c]}
    texts = ["key expired", "was key expired", "was", "fine"]
    apart = [classify(events(*texts, **{"event.dataset": [name] * 4}), spoken) for name in spoken]
    beside = classify(events(*texts * 3, **{"event.dataset": [n for n in spoken for _ in texts]}), spoken)
    assert beside.equals(pl.concat(apart))
    assert apart[0]["logscan.rules"].to_list() == [["a_key", "b_key_expired"]] * 2
    assert apart[1]["logscan.rules"].to_list() == [["c_was"]] * 2


def test_one_cause_named_twice_is_no_tie_whatever_other_rows_say(tmp_path: Path) -> None:
    files = {
        "causes/a.yml": rule("a_key", "key", "key_invalid", 60),
        "causes/b.yml": rule("b_key_expired", "key expired", "key_invalid", 60),
        "causes/c.yml": rule("c_was", "was", "token_expired", 60),
    }
    tied = {"combined": ranked(load(make(tmp_path, files)).causes)}
    alone, beside = classify(events("key expired"), tied), classify(events("key expired", "was"), tied)
    assert alone["logscan.rules"].to_list() == [["a_key", "b_key_expired"]]
    assert beside.head(1).equals(alone)


WORDS = st.lists(st.sampled_from(["401", "key", "expired", "x"]), max_size=4).map(" ".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.none(), WORDS), max_size=8), st.sampled_from(["expired", "key", "bare"]))
def test_adding_a_rule_never_removes_a_name(library: Library, texts: list[str | None], missing: str) -> None:
    frame = (
        events(*texts).with_row_index("n").with_columns(pl.col("n").cast(pl.UInt64()).alias("logscan.line")).drop("n")
    )
    fewer = rules(library, *{"expired", "key", "bare"} - {missing})
    more = classify(frame, rules(library))
    names = dict(more.select("logscan.line", "logscan.rules").iter_rows())
    for line, kept in classify(frame, fewer).select("logscan.line", "logscan.rules").iter_rows():
        assert [name for name in names[line] if name != missing] == kept
    assert all(
        cause not in others for cause, others in more.select("logscan.cause", "logscan.alternatives").iter_rows()
    )


def test_how_an_event_went_is_what_the_first_rule_says(library: Library) -> None:
    named = {"combined": ranked(library.outcomes)}
    frame = events(None, None, "slow", None, **{"http.response.status_code": [200, 503, 200, 404]})
    assert [OUTCOMES[index] for index in outcome(frame, named)] == ["ok", "error", "error", "other"]
    only = {"combined": [each for each in ranked(library.outcomes) if each.name == "fine"], "other": []}
    other = frame.with_columns(pl.lit("other").alias("event.dataset"))
    assert [OUTCOMES[index] for index in outcome(other, only)] == ["other"] * 4


def test_outcome_rules_whose_columns_were_not_read_say_nothing(library: Library) -> None:
    frame = events(None, **{"http.response.status_code": [200]}).drop("message")
    assert outcome(frame, {"combined": ranked(library.outcomes)}).to_list() == [OUTCOMES.index("ok")]


def test_ties_are_decided_by_name(tmp_path: Path) -> None:
    made = load(make(tmp_path, {f"causes/{n}.yml": rule(n, "x", "token_expired", 50) for n in ("b_rule", "a_rule")}))
    assert [each.name for each in ranked(made.causes)] == ["a_rule", "b_rule"]


def test_the_columns_that_rules_read(library: Library) -> None:
    assert needed_columns(library.causes) == {"message"}
    assert needed_columns(library.outcomes) == {"message", "http.response.status_code"}
    assert needed_columns([]) == frozenset()


def test_a_format_is_asked_only_what_it_can_answer() -> None:

    formats = load_formats([rules_dir() / "formats"])
    shipped = shipped_library()
    asked = ByDataset(formats, shipped.causes)
    for form in formats:
        assert filled(form, formats) >= form.names()
        left_out = {each.name for each in shipped.causes} - {each.name for each in asked[form.id]}
        for each in shipped.causes:
            if each.name in left_out:
                assert not each.applies_to(form.logsource) or each.columns.isdisjoint(filled(form, formats))


def test_what_a_json_format_lacks_and_another_fills_is_read_by_rules() -> None:
    formats = load_formats([rules_dir() / "formats"])
    of_access = next(form for form in formats if form.id == "access-json")
    assert "error.type" not in of_access.names()
    assert "error.type" in filled(of_access, formats)
    assert "error.type" not in filled(of_access, [of_access])


def test_rules_look_at_a_text_only_so_far(library: Library) -> None:
    long = "x" * 70_000
    got = classify(events(f"401 {long} expired", f"401 expired {long}"), rules(library))
    assert got["logscan.cause"].to_list() == ["unclassified", "token_expired"]
    assert (got["message"].str.len_chars() > 70_000).all()


def test_more_rules_than_a_number_has_bits_are_told_apart(tmp_path: Path) -> None:
    files = {f"causes/r{n:02}.yml": rule(f"r{n:02}", f"word{n:02}", "key_invalid", n + 1) for n in range(70)}
    many = {"combined": ranked(load(make(tmp_path, files)).causes)}
    got = classify(events("word03 word66", "word03", "word66", "word67 word03"), many)
    assert got["logscan.rules"].to_list() == [["r66", "r03"], ["r03"], ["r66"], ["r67", "r03"]]
