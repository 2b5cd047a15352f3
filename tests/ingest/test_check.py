"""Formats are held to their own samples."""

from pathlib import Path

import pytest

from logscan.ingest.check import check_formats, check_text, read_sample, same
from logscan.ingest.shape import Sample
from logscan.model.errors import Faults
from logscan.model.resources import rules_dir
from tests.ingest.frames import format_of, write

SHIPPED = rules_dir() / "formats"
HEAD = "id: {0}\ntitle: t\nkind: pattern\norder: {1}\npattern: '^(?<a>[a-z]+)=(?<b>[0-9]+)$'\ncolumns: {{a: message, b: http.response.status_code}}\n"


def faults(text: str) -> list[str]:
    with pytest.raises(Faults) as told:
        check_text(text, "own.yml", {})
    return [f"{fault.where}: {fault.what}" for fault in told.value.errors]


def test_every_expectation_that_does_not_hold_is_told_at_its_place() -> None:
    text = HEAD.format("own", 1) + (
        "samples:\n  - line: a=401\n    expect: {message: b, http.response.status_code: 400, user.name: x, mesage: 1}\n"
        "  - {line: a=401, expect: reject}\n  - {line: nothing, expect: {message: a}}\n"
    )
    assert faults(text) == [
        "own.yml:9 samples.0.expect.http.response.status_code: is `401`, not `400`",
        "own.yml:9 samples.0.expect.mesage: unknown column `mesage`",
        "own.yml:9 samples.0.expect.message: is `a`, not `b`",
        "own.yml:9 samples.0.expect.user.name: is missing, not `x`",
        "own.yml:10 samples.1: the format reads a line that it must refuse",
        "own.yml:11 samples.2: the format does not read its sample",
    ]


def test_a_format_that_keeps_its_word_is_given_back() -> None:
    fmt = check_text(HEAD.format("own", 1) + "samples: [{line: a=401, expect: {message: a}}]\n", "own.yml", {})
    assert fmt.id == "own"
    assert read_sample(fmt.samples[0], [fmt])["message"].to_list() == ["a"]


def test_folders_and_files_are_tested_and_what_another_format_takes_is_noted(tmp_path: Path) -> None:
    write(tmp_path, "a.yml", HEAD.format("a", 1) + "samples: [{line: a=401, expect: {message: a}}]\n")
    other = write(tmp_path / "more", "b.yml", HEAD.format("b", 2) + "samples: [{line: b=1, expect: {message: b}}]\n")
    tested = check_formats([tmp_path, other], [SHIPPED])
    assert (tested.formats, tested.samples, tested.faults) == (2, 2, [])
    assert tested.notes == [f"{other}:7 samples.0: among all formats `a` takes this line; a lower `order` comes first"]


def test_what_is_not_there_and_what_is_no_format_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    bad = write(tmp_path, "bad.yml", "id: [\n")
    with pytest.raises(Faults) as told:
        check_formats([tmp_path / "no", tmp_path / "empty", bad], [SHIPPED])
    told_what = {(Path(fault.where.path).name, fault.what.partition(":")[0]) for fault in told.value.errors}
    assert told_what == {("no", "does not exist"), ("empty", "holds no format file"), ("bad.yml", "is not valid YAML")}


def test_a_time_is_the_same_however_it_is_written() -> None:
    event = read_sample(Sample(format_of("combined").samples[0].line, {}), [format_of("combined")])
    at = event["@timestamp"][0]
    assert same(at, "2026-03-12T05:25:24Z")
    assert same(at, "2026-03-12T06:25:24+01:00")
    assert not same(at, "2026-03-12T06:25:24")
    assert not same(at, "soon")
    assert not same(1, want=True)
