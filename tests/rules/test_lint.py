"""Lint tells what is valid and yet cannot be meant."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import process_time

import pytest

from logscan.model.errors import Faults
from logscan.model.resources import rules_dir
from logscan.model.schemas import EVENTS
from logscan.rules.lint import FILE, Doubts, Limits, doubts, load_limits
from logscan.rules.load import Library, load_library
from logscan.rules.samples import rows, samples_of
from tests.rules.folder import SERIES, foreign_text, load, make, rule_text

LIMITS = Limits(compile_ms=1e9, scan_ms=1e9, repeats=100)


def of(library: Library, limits: Limits = LIMITS, clock: Callable[[], float] = lambda: 0.0) -> Doubts:
    found = rows(samples_of([*library.causes, *library.outcomes]), EVENTS, [])
    return doubts(library, found, limits, clock)


def cause(
    text: str, name: str, priority: int, hit: str, named: str = "token_expired", *, source: str = "{product: nginx}"
) -> str:
    block = f"cause: {named}\nconfidence: high"
    return rule_text(f"t: {{message|{text}}}\ncondition: t", name=name, priority=priority, logscan=block, logsource=source, hits=f"[{{message: {hit}}}]", misses="[{message: zzz}]")  # fmt: skip


def told(found: Doubts, folder: Path) -> list[str]:
    return [f"{note.where} {note.what}".replace(f"{folder}/", "") for note in found.notes]


def test_rules_that_are_right_raise_no_doubt(tmp_path: Path) -> None:
    files = {"causes/a.yml": cause("contains: one", "a", 80, "one"), "causes/b.yml": cause("contains: two", "b", 80, "two", "key_invalid")}  # fmt: skip
    assert of(load(make(tmp_path, files))) == Doubts([], [], [])


def test_a_rule_of_which_every_hit_is_anothers_never_wins(tmp_path: Path) -> None:
    wide, narrow = cause("contains: token", "wide", 90, "token"), cause("contains: token expired", "narrow", 80, "token expired", "key_invalid")  # fmt: skip
    elsewhere = cause("contains: token", "elsewhere", 95, "token", source="{product: apache}")
    found = of(load(make(tmp_path, {"causes/w.yml": wide, "causes/n.yml": narrow, "causes/e.yml": elsewhere})))
    assert told(found, tmp_path) == [
        "causes/n.yml:11 logscan.priority never wins: `wide` (priority 90, token_expired) matches all of its hits"
    ]


def test_a_tie_between_causes_is_told_once(tmp_path: Path) -> None:
    one, two = cause("contains: token", "one", 80, "token bad"), cause("contains: bad", "two", 80, "token bad", "key_invalid")  # fmt: skip
    found = of(load(make(tmp_path, {"causes/1.yml": one, "causes/2.yml": two})))
    assert told(found, tmp_path) == [
        "causes/1.yml:12 logscan.hits.0 `two` matches as well, at equal priority, and says key_invalid"
    ]


def test_a_condition_that_excludes_itself_is_a_fault(tmp_path: Path) -> None:
    text = foreign_text("s: {message: a}\nt: {message: b}\ncondition: s and t")
    (fault,) = of(load(make(tmp_path, {"causes/x.yml": text}))).faults
    assert str(fault).startswith(
        f"{tmp_path}/causes/x.yml:4 detection: never matches: what it asks for excludes itself"
    )


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        (".*token", "begins with `.*`"),
        ("(?i)^.*token", "begins with `.*`"),
        ("token.*", "ends in `.*`"),
        ("(?:a+)+b", "repeats what repeats"),
        ("(\\w*)*b", "repeats what repeats"),
        ("a{2,300}b", "repeats up to 300 times"),
    ],
)
def test_a_pattern_that_scans_badly_is_told(tmp_path: Path, pattern: str, what: str) -> None:
    text = foreign_text(f"s: {{message|re: '{pattern}'}}\ncondition: s")
    found = of(load(make(tmp_path, {"causes/x.yml": text})))
    assert [note.partition("|re ")[2].partition(": `")[0] for note in told(found, tmp_path)] == [what]


@pytest.mark.parametrize("pattern", ["a.*b", "[.*]x", "\\.*x", "(?:_[A-Z]+)*x", "a{2,90}b", ".*?x"])
def test_a_pattern_that_scans_well_is_not(tmp_path: Path, pattern: str) -> None:
    text = foreign_text(f"s: {{message|re: '{pattern}'}}\ncondition: s")
    assert of(load(make(tmp_path, {"causes/x.yml": text}))) == Doubts([], [], [])


def test_a_pattern_that_is_slow_is_told_with_its_time(tmp_path: Path) -> None:
    ticks = count()
    text = foreign_text("s: {message|re: 'a[bc]d'}\ncondition: s")
    library = load(make(tmp_path, {"causes/x.yml": text}))
    found = of(library, Limits(500, 1e12, 100), lambda: float(next(ticks)))
    assert ["takes 1,000 ms to be made ready" in note for note in told(found, tmp_path)] == [True]


def test_a_huge_repeat_is_slow_indeed(tmp_path: Path) -> None:
    text = foreign_text("s: {message|re: '\\w{150}'}\ncondition: s")
    found = of(load(make(tmp_path, {"causes/x.yml": text})), Limits(5, 1e12, 10_000), process_time)
    assert any("to be made ready" in note for note in told(found, tmp_path))


def test_a_rule_in_place_of_another_and_an_unverified_one_are_told(tmp_path: Path) -> None:
    shipped = make(tmp_path / "shipped", {"causes/a.yml": cause("contains: one", "a", 80, "one")})
    own = tmp_path / "own" / "causes"
    own.mkdir(parents=True)
    (own / "a.yml").write_text(f"{cause('contains: one', 'a', 80, 'one')}status: experimental\n")
    found = of(load_library([shipped, own.parent], event_columns=EVENTS, series_columns=SERIES))
    what = "own/causes/a.yml:3 name stands in place of the rule of the same name, shipped/causes/a.yml:1"
    assert told(found, tmp_path) == [what]
    assert [note.where.key for note in found.unsure] == ["status"]


def test_the_limits_are_settings(tmp_path: Path) -> None:
    assert load_limits(rules_dir() / FILE).repeats > 1
    path = tmp_path / FILE
    path.write_text("compile_ms: fast\nrepeat: 3\nscan_ms: 4\n")
    with pytest.raises(Faults) as caught:
        load_limits(path)
    assert {error.where.key for error in caught.value.errors} == {"compile_ms", "repeat", "repeats"}
