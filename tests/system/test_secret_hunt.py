"""Secrets of many shapes, planted in the lines of every format, leave by no way out."""

import base64
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from logscan.analysis.endpoint import with_endpoint
from logscan.analysis.redact import load_redactor
from logscan.ingest.format import load_formats
from logscan.ingest.lines import numbered
from logscan.ingest.parse import parse
from logscan.ingest.shape import Format
from logscan.model.resources import rules_dir
from logscan.model.schemas import CLASSIFIED, EVENTS
from tests.hostile.secrets import SHAPES, Planted, pieces, planted
from tests.ingest.frames import CLOCK
from tests.system.tool import run, shipped_definitions_loaded_once

FORMATS = list(load_formats([rules_dir() / "formats"]))
PLANTED = list(planted(FORMATS, 11))
REFUSED = ("combined", "nginx-error", "syslog-rfc3164", "generic-json", "python-logging", "logfmt")


@pytest.fixture(scope="module", autouse=True)
def once() -> Iterator[None]:
    with shipped_definitions_loaded_once():
        yield


def leaks(text: str, plants: list[Planted]) -> list[tuple[str, str]]:
    """The shape of each secret of which a piece stands in the text, and the piece."""
    owners = {piece: each.shape for each in plants for piece in pieces(each.secret)}
    rows = pl.Series(text.splitlines(), dtype=pl.String())
    rows = rows.filter(rows.str.contains_any(list(owners)))
    return sorted({(owners[piece], piece) for row in rows.to_list() for piece in owners if piece in row})


def test_there_are_many_secrets_of_many_shapes() -> None:
    everything = [each for _, plants in PLANTED for each in plants]
    assert len(everything) >= 1000
    assert len({each.secret for each in everything}) == len(everything)
    assert len({each.shape for each in everything}) >= 40
    assert len(SHAPES) >= 40
    assert leaks(everything[0].line, everything), "the hunt finds what is there"


def test_no_column_of_any_format_shows_one() -> None:
    redactor = load_redactor([rules_dir() / "redaction.yml"], b"key")
    for form, plants in PLANTED:
        events = _events(form, plants)
        hidden = redactor.redact(events, CLASSIFIED)
        assert leaks(_text(hidden), plants) == [], form.id


def _events(form: Format, plants: list[Planted]) -> pl.DataFrame:
    rows = numbered([line for each in plants for line in each.line.split("\n")])
    events = parse(rows, [form], frozenset(EVENTS), CLOCK).events
    lacking = [pl.lit(None, dtype).alias(name) for name, dtype in CLASSIFIED.items() if name not in events.columns]
    return with_endpoint(events.with_columns(lacking))


def _text(frame: pl.DataFrame) -> str:
    columns = [frame[name] for name, dtype in frame.schema.items() if dtype == pl.String()]
    return "\n".join(text.replace("\n", " ") for column in columns for text in column.drop_nulls().to_list())


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Planted]]:
    """A few lines of some formats as they are, and garbled so that no format reads them."""
    folder = tmp_path_factory.mktemp("hunt")
    plants = [each for form, some in PLANTED if form.id in REFUSED for each in some[:6]]
    for form, some in PLANTED:
        if form.id in REFUSED:
            text = "".join(f"{each.line}\n" for each in some[:6]).replace('" 200 ', '" 401 ')
            (folder / f"{form.id}.log").write_text(text)
    garbled = "".join(f"\x01?? {each.line[7:]}\n".replace("\n    ", " ") for each in plants[:10])
    (folder / "garbled.log").write_text(garbled)
    return folder, plants


@pytest.mark.parametrize(
    "words",
    [
        "scan --format json", "scan --format sarif", "scan --format ndjson", "scan", "report -o -", "events --format csv",
        "events --all --format ndjson", "formats detect",
    ],
)  # fmt: skip
def test_no_output_shows_one(refused: tuple[Path, list[Planted]], words: str) -> None:
    folder, plants = refused
    name, *options = words.split() if not words.startswith("formats") else ("formats", "detect")
    result = run(name, *(["detect"] if name == "formats" else options), folder)
    text = result.stdout + result.stderr
    packed = re.findall(r'id="events-data">([A-Za-z0-9+/=]+)<', text)
    text += "".join(_unpacked(each) for each in packed)
    assert text
    assert leaks(text, plants) == []


def _unpacked(text: str) -> str:
    data = base64.b64decode(text)
    for window in (-15, 47):
        try:
            return zlib.decompress(data, window).decode("utf-8", "replace")
        except zlib.error:
            continue
    return ""


@pytest.mark.parametrize("number", range(0, 36, 7))
def test_an_explanation_and_a_proposal_show_none(refused: tuple[Path, list[Planted]], number: int) -> None:
    _, plants = refused
    line = plants[number % len(plants)].line.split("\n")[0]
    told = run("explain", "--line", line)
    assert leaks(told.stdout + told.stderr, plants) == []
    told = run("explain", "--line", line, "--format", "json")
    assert json.loads(told.stdout)
    assert leaks(told.stdout, plants) == []
    told = run("formats", "new", "--line", line)
    assert leaks(told.stdout + told.stderr, plants) == []
