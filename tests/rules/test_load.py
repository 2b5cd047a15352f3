"""Loading reads everything, and names every fault of every file with its place and a way out."""

import hashlib
import pickle
from pathlib import Path

import polars as pl
import pytest

from logscan.model.errors import Faults
from logscan.model.schemas import EVENTS
from logscan.rules.load import load_library
from tests.rules.folder import SERIES, TAXONOMY, faults_of, foreign_text, load, make, rule_text
from tests.shipped import library as shipped

TEXT = "text: {message|contains: expired}\ncondition: text"
SERIES_SOURCE = "{product: logscan, category: series}"
SERIES_TEXT = "many: {events|gte: 5}\ncondition: many"


def whole(folder: Path) -> Path:
    """A folder with a rule of each kind."""
    hits, misses = "[{events: 9}]", "[{events: 1}]"
    return make(
        folder,
        {
            "causes/x/low.yml": rule_text(TEXT, name="low", priority=10),
            "causes/x/high.yml": rule_text(TEXT, name="high", priority=90),
            "causes/x/also_low.yml": rule_text(TEXT, name="also_low", priority=10),
            "outcomes/fine.yml": rule_text(
                "s: {http.response.status_code: 200}\ncondition: s", name="fine", logscan="outcome: ok"
            ),
            "signatures/many.yml": rule_text(
                SERIES_TEXT, name="many", logsource=SERIES_SOURCE, hits=hits, misses=misses
            ),
            "patterns/burst.yml": rule_text(
                SERIES_TEXT, name="burst", logscan="pattern: single_burst", hits=hits, misses=misses
            ),
            "formats/ignored.yml": "id: not a rule",
            "alerts/ignored.yml": "title: not a rule either",
            "redaction.yml": "[other, settings]",
        },
    )


def test_every_kind_is_loaded_best_first(tmp_path: Path) -> None:
    library = load(whole(tmp_path))
    assert [rule.name for rule in library.causes] == ["high", "also_low", "low"]
    assert [rule.name for rule in library.outcomes] == ["fine"]
    assert [rule.name for rule in library.signatures] == ["many"]
    assert [rule.name for rule in library.patterns] == ["burst"]
    assert set(library.playbooks) == {"renew"}
    assert set(library.taxonomy.causes) == {"token_expired", "key_invalid", "unclassified"}
    assert [rule.kind for rule in library.rules] == ["causes"] * 3 + ["outcomes", "signatures", "patterns"]


def test_defaults_are_filled_in(tmp_path: Path) -> None:
    rule = load(whole(tmp_path)).causes[0]
    assert rule.meaning["playbook"] == "renew"
    assert rule.meaning["alternatives"] == []
    assert rule.level == "medium"
    assert rule.columns == {"message"}


def test_the_digest_is_of_the_texts_and_not_of_where_they_lie(tmp_path: Path) -> None:
    one, other = load(whole(tmp_path / "one")).digest, load(whole(tmp_path / "other")).digest
    assert one == other
    assert len(one) == hashlib.sha256().digest_size * 2
    make(tmp_path / "other", {"causes/x/low.yml": rule_text(TEXT, name="low", priority=11)})
    assert load(tmp_path / "other").digest != one


def test_a_library_can_be_sent_to_a_worker(tmp_path: Path) -> None:
    library = load(whole(tmp_path))
    again = pickle.loads(pickle.dumps(library))  # noqa: S301 (our own bytes)
    assert again == library
    frame = pl.DataFrame({"message": ["Expired!", "no"]})
    for mine, theirs in zip(library.causes, again.causes, strict=True):
        assert frame.select(mine.expr).equals(frame.select(theirs.expr))


def test_folders_add_up(tmp_path: Path) -> None:
    extra = make(tmp_path / "extra", {"causes/extra.yml": rule_text(TEXT, name="extra")})
    (extra / "taxonomy.yml").unlink()
    (extra / "playbooks" / "renew.yml").unlink()
    library = load_library([whole(tmp_path / "one"), extra], event_columns=EVENTS, series_columns=SERIES)
    assert "extra" in [rule.name for rule in library.causes]


def test_folders_that_overlap_are_read_once(tmp_path: Path) -> None:
    folder = whole(tmp_path)
    folders = [folder, folder / "causes", folder / "causes/x/low.yml", tmp_path / "." / "causes" / ".." / "causes"]
    library = load_library(folders, event_columns=EVENTS, series_columns=SERIES)
    assert library == load(folder)


def test_a_flat_folder_of_rules_for_any_siem_is_read_with_the_shipped_taxonomy(tmp_path: Path) -> None:
    (tmp_path / "web-probe.yml").write_text(foreign_text("s: {cs-uri-query|contains: /admin}\ncondition: s"))
    library = load_library([tmp_path], event_columns=EVENTS, series_columns=SERIES)
    assert [rule.name for rule in library.detections] == ["web_probe"]
    assert library.causes == ()
    assert "unclassified" in library.taxonomy.causes
    assert library.playbooks


def test_one_file_can_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "one.yml"
    path.write_text(
        foreign_text("s: {cs-uri-query|contains: /admin}\ncondition: s", "tags: [logscan.credential-attack]\n")
    )
    library = load_library([path], event_columns=EVENTS, series_columns=SERIES)
    assert [rule.names for rule in library.causes] == ["credential_attack"]


def test_kinds_are_known_by_what_a_file_says(tmp_path: Path) -> None:
    whole(tmp_path / "whole")
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in sorted((tmp_path / "whole").rglob("*.yml")):
        if path.parent.name not in {"formats", "alerts"} and path.name != "redaction.yml":
            (flat / path.name).write_text(path.read_text())
    assert load(flat).digest == load(tmp_path / "whole").digest


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_definitions_is_a_fault(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Faults, match=r"does not exist|holds no definition"):
        load(tmp_path / name)


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    told = faults_of(
        make(
            tmp_path,
            {
                "causes/a_yaml.yml": "title: [",
                "causes/b_twice.yml": "title: a\ntitle: b\n",
                "causes/c_cause.yml": rule_text(TEXT, name="c", logscan="cause: token_expird\nconfidence: sure\npriorty: 5"),
                "causes/d_column.yml": rule_text("t: {mesage|contains: a}\ncondition: t", name="d"),
                "causes/e_condition.yml": rule_text("t: {message|contains: a}\ncondition: t and", name="e"),
                "causes/f_two.yml": f"{rule_text(TEXT, name='f')}---\ntitle: [\n",
                "causes/g_regex.yml": rule_text("t: {message|re: 'a(?!b)'}\ncondition: t", name="g"),
                "causes/h_same.yml": rule_text(TEXT, name="twin"),
                "causes/i_same.yml": rule_text(TEXT, name="twin"),
                "causes/j_list.yml": "[1, 2]",
                "patterns/k_pattern.yml": rule_text(SERIES_TEXT, name="k", logscan="pattern: single_brust", hits="[{evnts: 1}]", misses="[{events: 0}]"),
                "playbooks/renew.yml": "id: renew\ntitle: a\ncauses: [token_expird]\nsummary: For {usr}.\nsteps: []\n",
            },
        )
    )  # fmt: skip
    assert [line.partition(" |")[0] for line in told] == [
        "causes/a_yaml.yml:2: is not valid YAML: did not find expected node content",
        "causes/b_twice.yml:2 title: key `title` stands twice",
        "causes/c_cause.yml:9 logscan.cause: unknown cause `token_expird`",
        "causes/c_cause.yml:10 logscan.confidence: unknown confidence `sure`",
        "causes/c_cause.yml:11 logscan.priorty: unknown key `logscan.priorty`",
        "causes/d_column.yml:6 detection.t.mesage|contains: unknown column `mesage`",
        "causes/e_condition.yml:7 detection.condition: cannot be read: `t and`",
        "causes/f_two.yml:16: is not valid YAML: did not find expected node content",
        "causes/g_regex.yml:6 detection.t.message|re: cannot be used as a regular expression: look-around, including look-ahead and look-behind, is not supported",
        "causes/i_same.yml:2 id: id `" + _id("twin") + "` stands in two files",
        "causes/i_same.yml:3 name: name `twin` stands in two files",
        "causes/j_list.yml:1: `file` is not a mapping",
        "patterns/k_pattern.yml:9 logscan.pattern: unknown pattern `single_brust`",
        "patterns/k_pattern.yml:11 logscan.hits.0.evnts: unknown column `evnts`",
        "playbooks/renew.yml:3 causes.0: unknown cause `token_expird`",
        "playbooks/renew.yml:4 summary: unknown place `{usr}`",
        "playbooks/renew.yml:5 steps: `steps` is not a list of at least one item",
    ]
    hints = [line.partition(" | ")[2] for line in told]
    assert all(hints)
    assert "did you mean `token_expired`?" in hints
    assert "did you mean `priority`?" in hints
    assert "did you mean `message`?" in hints
    assert "did you mean `user`?" in hints


def test_a_file_may_hold_several_rules(tmp_path: Path) -> None:
    first, second = rule_text(TEXT, name="one"), rule_text("t: {mesage: x}\ncondition: t", name="two")
    make(tmp_path, {"causes/both.yml": f"{first}---\n{second}"})
    assert faults_of(tmp_path) == [
        "causes/both.yml:20 detection.t.mesage: unknown column `mesage` | did you mean `message`?"
    ]
    make(tmp_path, {"causes/both.yml": f"---\n{first}--- # and\n{second.replace('mesage', 'message')}---\n"})
    assert sorted(rule.name for rule in load(tmp_path).causes) == ["one", "two"]


def test_a_rule_replaces_one_of_the_same_name_in_an_earlier_folder(tmp_path: Path) -> None:
    shipped = make(tmp_path / "shipped", {"causes/a.yml": rule_text(TEXT, name="a"), "causes/b.yml": rule_text(TEXT, name="b")})  # fmt: skip
    own = tmp_path / "own"
    (own / "causes").mkdir(parents=True)
    (own / "causes" / "mine.yml").write_text(rule_text(TEXT, name="a", priority=77))
    library = load_library([shipped, own], event_columns=EVENTS, series_columns=SERIES)
    assert {rule.name: rule.priority for rule in library.causes} == {"a": 77, "b": 50}
    ((winner, place),) = library.replaced
    assert (winner.path, place) == (str(own / "causes/mine.yml"), f"{shipped}/causes/a.yml:1")
    with pytest.raises(Faults, match="stands in two files"):
        load_library([tmp_path], event_columns=EVENTS, series_columns=SERIES)


def test_a_rule_that_does_not_name_itself_replaces_none(tmp_path: Path) -> None:
    shipped = make(tmp_path / "shipped", {"causes/locked.yml": rule_text(TEXT, name="locked")})
    own = tmp_path / "own"
    own.mkdir()
    (own / "locked.yml").write_text(foreign_text("s: {cs-method: GET}\ncondition: s"))
    with pytest.raises(Faults, match="name `locked` stands in two files"):
        load_library([shipped, own], event_columns=EVENTS, series_columns=SERIES)


def _id(name: str) -> str:
    return next(line.split()[1] for line in rule_text(TEXT, name=name).splitlines() if line.startswith("id:"))


def test_a_broken_taxonomy_is_told_once_and_no_rule_is_blamed_for_it(tmp_path: Path) -> None:
    make(
        tmp_path,
        {"causes/x.yml": rule_text(TEXT), "taxonomy.yml": TAXONOMY.replace("definition: Nobody knows it., ", "")},
    )
    assert faults_of(tmp_path) == [
        "taxonomy.yml:6 families.credential.causes.key_invalid: cause lacks definition | add it"
    ]


def test_a_cause_without_its_playbook_is_a_fault_of_the_taxonomy(tmp_path: Path) -> None:
    make(tmp_path, {"taxonomy.yml": TAXONOMY.replace("Nobody knows it., playbook: renew", "Nobody., playbook: renw")})
    key = "families.credential.causes.key_invalid.playbook"
    assert faults_of(tmp_path) == [f"taxonomy.yml:6 {key}: unknown playbook `renw` | did you mean `renew`?"]


def test_a_broken_rule_is_no_playbook_to_choose(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "causes/x.yml": rule_text(TEXT).replace("logscan:\n", "logscan:\n  playbook: other\n"),
            "causes/hurt.yml": "a: [",
        },
    )
    told = " ".join(faults_of(tmp_path))
    assert "unknown playbook `other`" in told
    assert "hurt, renew" not in told
    assert "`hurt`" not in told


def test_a_folder_of_a_kind_decides_over_what_the_file_says(tmp_path: Path) -> None:
    make(tmp_path, {"patterns/x.yml": rule_text(SERIES_TEXT, hits="[{events: 9}]", misses="[{events: 1}]")})
    assert "patterns/x.yml:9 logscan.cause: unknown key `logscan.cause`" in " ".join(faults_of(tmp_path))


def test_loading_the_shipped_rules_finds_no_fault() -> None:
    library = shipped()
    assert library.playbooks
