"""The loader, and the formats' own samples: every one is run."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from logscan.ingest.format import Format, Sample, load_formats
from logscan.ingest.parse import parse
from logscan.model.errors import Faults
from logscan.model.resources import rules_dir
from logscan.model.schemas import EVENTS
from tests.ingest.frames import CLOCK, FORMATS, lines_of, write

SMALL = "id: {0}\ntitle: t\nkind: pattern\norder: {1}\npattern: '^(?<a>x)$'\ncolumns: {{a: message}}\n"
FILES = sorted((rules_dir() / "formats").glob("*.yml"))


def samples() -> Iterator[Any]:
    for fmt in FORMATS:
        for number, sample in enumerate(fmt.samples):
            yield pytest.param(fmt, sample, id=f"{fmt.id}-{number}")


def same(got: object, want: object) -> bool:
    if isinstance(got, datetime):
        return got == datetime.fromisoformat(str(want))
    return got == want


@pytest.mark.parametrize(("fmt", "sample"), list(samples()))
def test_a_format_reads_its_own_samples(fmt: Format, sample: Sample) -> None:
    events = parse(lines_of(sample.line.split("\n")), [fmt], frozenset(EVENTS), CLOCK).events
    if sample.expect is None:
        assert events.is_empty()
        return
    assert events.height == 1
    wrong = {k: (v, events[k][0]) for k, v in sample.expect.items() if not same(events[k][0], v)}
    assert not wrong


@pytest.mark.parametrize(("fmt", "sample"), [p for p in samples() if p.values[1].expect is not None])
def test_among_all_formats_a_sample_is_claimed_by_its_own(fmt: Format, sample: Sample) -> None:
    events = parse(lines_of(sample.line.split("\n")), FORMATS, frozenset({"event.dataset"}), CLOCK).events
    assert events["event.dataset"].to_list() == [fmt.id]


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.id)
def test_a_format_shows_what_it_reads_and_what_it_does_not(fmt: Format) -> None:
    rejects = sum(sample.expect is None for sample in fmt.samples)
    assert rejects
    assert len(fmt.samples) - rejects >= (4 if fmt.kind == "pattern" else 1)


def test_a_format_is_named_after_its_file() -> None:
    assert {fmt.id for fmt in FORMATS} == {path.stem for path in FILES}


def test_formats_come_by_order_then_id(tmp_path: Path) -> None:
    for name, order in (("b", 5), ("a", 5), ("c", 1)):
        write(tmp_path, f"{name}.yml", SMALL.format(name, order))
    assert [fmt.id for fmt in load_formats([tmp_path])] == ["c", "a", "b"]


def test_a_shared_list_is_taken_by_name(tmp_path: Path) -> None:
    write(
        tmp_path / "extract",
        "more.yml",
        "id: more\ntitle: t\nnull_values: [nobody]\nextract:\n  - {pattern: '(?<user.name>x)', look_in: message}\n",
    )
    write(tmp_path, "a.yml", SMALL.format("a", 1) + "extract: [more, {pattern: '(?<error.code>y)'}]\n")
    found = load_formats([tmp_path])[0].extract
    assert [(e.columns, e.null_values) for e in found] == [(("user.name",), ("nobody",)), (("error.code",), ("-", ""))]


def test_every_fault_of_every_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, "a.yml", SMALL.format("a", "soon"))
    write(tmp_path, "b.yml", SMALL.format("b", 1) + "extract: [nowhere]\nextra: 1\n")
    write(tmp_path, "c.yml", SMALL.format("b", 1))
    write(tmp_path, "d.yml", "id: [\n")
    with pytest.raises(Faults) as caught:
        load_formats([tmp_path])
    told = [(error.where.path.rpartition("/")[2], error.where.line, error.where.key) for error in caught.value.errors]
    assert told == [
        ("a.yml", 4, "order"),
        ("b.yml", 7, "extract.0"),
        ("b.yml", 8, "extra"),
        ("c.yml", 1, "id"),
        ("d.yml", 2, ""),
    ]
