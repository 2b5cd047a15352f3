"""Rules are tried on their own hits and misses."""

import time
from pathlib import Path

from logscan.model.schemas import EVENTS
from logscan.rules.check import Checked, check
from tests.rules.folder import SERIES, load, make, rule_text
from tests.rules.test_samples import formats

TEXT = "text: {message|contains: expired}\ncondition: text"


def checked(folder: Path, **files: str) -> Checked:
    library = load(make(folder, {f"{name.replace('__', '/')}.yml": text for name, text in files.items()}))
    return check(library, formats(folder / "formats"), event_columns=EVENTS, series_columns=SERIES)


def told(found: Checked, folder: Path) -> list[str]:
    return [str(fault).removeprefix(f"{folder}/").replace("\n  hint: ", " | ") for fault in found.faults]


def test_right_samples_make_no_fault(tmp_path: Path) -> None:
    series = rule_text(
        "s: {events|gte: 5}\ncondition: s", name="b", hits="[{events: 5}]", misses="[{events: 4}, {ok_share: 1}]"
    )
    found = checked(
        tmp_path,
        causes__a=rule_text(
            TEXT, name="a", hits="[{message: Expired!}]", misses="[{message: fresh}, {error.code: expired}]"
        ),
        signatures__b=series,
    )
    assert found == Checked(6, [], [])


def test_a_hit_that_does_not_match_and_a_miss_that_does_are_faults_with_their_place(tmp_path: Path) -> None:
    text = rule_text(
        TEXT, hits="[{message: expired}, {message: fresh}, {error.code: expired}]", misses="[{message: expired}]"
    )
    found = checked(tmp_path, causes__a_rule=text)
    assert told(found, tmp_path) == [
        "causes/a_rule.yml:12 logscan.hits.1: the rule does not match its hit | compare the texts",
        "causes/a_rule.yml:12 logscan.hits.2: the rule does not match its hit | the sample has no message, which the rule reads",
        "causes/a_rule.yml:13 logscan.misses.0: the rule matches its miss | make the condition stricter, or call it a hit",
    ]


def test_a_line_is_judged_as_it_is_read(tmp_path: Path) -> None:
    denied = "s: {http.response.status_code: 401}\ncondition: s"
    text = rule_text(
        denied,
        hits="[{line: 192.0.2.7 /a 401}, {line: ERROR 401}, {line: what is this}]",
        misses="[{line: 192.0.2.7 /a 200}, {line: ERROR 401}]",
    )
    assert told(checked(tmp_path, causes__a_rule=text), tmp_path) == [
        "causes/a_rule.yml:12 logscan.hits.2: no format reads this line | check the line, or write the columns instead",
        (
            "causes/a_rule.yml:12 logscan.hits.1: the line is read as `app`, whose log source the rule excludes"
            " | the format's log source is {'category': 'application', 'product': 'shop'}"
        ),
    ]


def test_a_hit_whose_cause_a_better_rule_names_is_a_note_and_no_fault(tmp_path: Path) -> None:
    def rule(name: str, priority: int, cause: str, category: str = "webserver") -> str:
        logscan, source = f"cause: {cause}\nconfidence: high", f"{{category: {category}}}"
        return rule_text(
            TEXT, name=name, priority=priority, logscan=logscan, logsource=source, hits="[{message: expired}]"
        )

    found = checked(
        tmp_path,
        causes__low=rule("low", 10, "token_expired"),
        causes__same=rule("same", 50, "token_expired"),
        causes__high=rule("high", 90, "key_invalid"),
        causes__elsewhere=rule("elsewhere", 95, "key_invalid", "application"),
    )
    assert found.faults == []
    assert [note.removeprefix(f"{tmp_path}/") for note in found.notes] == [
        "causes/same.yml logscan.hits.0: `high` (priority 90) comes first and says key_invalid",
        "causes/low.yml logscan.hits.0: `high` (priority 90) comes first and says key_invalid",
    ]


def test_many_rules_are_checked_in_one_go(tmp_path: Path) -> None:
    files = {
        f"causes__r{at}": rule_text(
            f"text: {{message|contains: ['reason {at};', 'cause {at};']}}\ncondition: text",
            name=f"r{at}",
            hits=f"[{{message: 'reason {at};'}}, {{line: 'ERROR cause {at};'}}]",
            misses="[{message: none}, {line: ERROR none}]",
            logsource="{category: application}",
        )
        for at in range(100)
    }
    start = time.perf_counter()
    found = checked(tmp_path, **files)
    assert (found.samples, found.faults) == (400, [])
    assert time.perf_counter() - start < 5  # generous: it takes a fifth of a second on a quiet machine
