"""Secrets of many shapes, planted in the lines of every format, leave by no way out."""

import base64
import json
import re
import zipfile
import zlib
from datetime import UTC, datetime
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
from tests.lab.answers import Answer, Asked, answering
from tests.system.tool import run

FORMATS = list(load_formats([rules_dir() / "formats"]))
PLANTED = list(planted(FORMATS, 11))
REFUSED = ("combined", "nginx-error", "syslog-rfc3164", "generic-json", "python-logging", "logfmt")


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
    read = [_events(form, plants) for form, plants in PLANTED]
    hidden, at = redactor.redact(pl.concat(read, how="diagonal"), CLASSIFIED), 0
    for (form, plants), events in zip(PLANTED, read, strict=True):
        assert leaks(_text(hidden.slice(at, events.height)), plants) == [], form.id
        at += events.height
    assert at == hidden.height


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
        "events --all --format ndjson", "formats detect", "scan --format text", "scan --format markdown", "rules stats",
    ],
)  # fmt: skip
def test_no_output_shows_one(refused: tuple[Path, list[Planted]], words: str) -> None:
    folder, plants = refused
    result = run(*words.split(), folder)
    assert result.stdout
    assert leaks(_whole(result.stdout) + result.stderr, plants) == []


def _whole(page: str) -> str:
    """With what it holds packed."""
    packed = re.findall(r'id="events-data">([A-Za-z0-9+/=]+)<', page)
    return page + "".join(_unpacked(each) for each in packed)


def _told(path: Path) -> str:
    """What a file says, whatever it is written as."""
    data = path.read_bytes()
    if path.suffix == ".parquet":
        frame = pl.read_parquet(data)
        lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
        return _text(frame.with_columns(pl.col(name).cast(pl.List(pl.String())).list.join(" ") for name in lists))
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as members:
            return "\n".join(_whole(members.read(name).decode("latin-1")) for name in members.namelist())
    return _whole(data.decode("latin-1"))


@pytest.mark.parametrize("words", ["events --format parquet", "events --all --format parquet", "bundle", "report"])
def test_no_file_shows_one(refused: tuple[Path, list[Planted]], words: str, tmp_path: Path) -> None:
    folder, plants = refused
    name, *options = words.split()
    out = tmp_path / {"events": "out.parquet", "bundle": "out.zip", "report": "out.html"}[name]
    result = run(name, *options, folder, "-o", out)
    assert len(_told(out)) > 1000
    assert leaks(_told(out) + result.stdout + result.stderr, plants) == []


def test_no_comparison_shows_one(refused: tuple[Path, list[Planted]], tmp_path: Path) -> None:
    folder, plants = refused
    scans = []
    for number, logs in enumerate((sorted(folder.iterdir())[:3], sorted(folder.iterdir())[3:])):
        scans.append(tmp_path / f"{number}.json")
        run("scan", *logs, "--format", "json", "-o", scans[-1])
    for form in ("table", "json"):
        told = run("diff", *scans, "--format", form)
        assert told.stdout
        assert leaks(told.stdout + told.stderr, plants) == []


def test_no_fault_of_a_definition_shows_what_lines_hold(refused: tuple[Path, list[Planted]], tmp_path: Path) -> None:
    folder, plants = refused
    (tmp_path / "broken.yml").write_text(
        "title: x\nlogsource: {}\ndetection: {a: {message|nonsense: x}, condition: a}\n"
    )
    told = run("scan", folder, "--rules", tmp_path)
    assert told.exit_code == 4
    gone = run("scan", folder, folder / "absent.log")
    assert "absent.log" in gone.stderr
    assert leaks(told.output + gone.stdout + gone.stderr, plants) == []


def test_no_run_leaves_one_behind_or_sends_one(
    refused: tuple[Path, list[Planted]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Archive, state, reports and their index, the run's line, its own log, and what every sink gets."""
    folder, plants = refused
    monkeypatch.setattr(
        "logscan.cli.run._now", lambda: datetime(2026, 3, 12, 6, 40, tzinfo=UTC)
    )  # what is old alarms nobody
    sent: list[str] = []

    def taken(asked: Asked) -> Answer:
        sent.append(f"{asked.path} {asked.headers} {asked.body.decode()}")
        return Answer(200, "{}")

    settings = tmp_path / "logscan.toml"
    with answering(taken) as port:
        sinks = [
            f'kind = "{kind}"\nlevel = "informational"\nurl = "http://127.0.0.1:{port}/{kind}"'
            for kind in ("webhook", "alertmanager")
        ]
        sinks += [f'kind = "{kind}"\nlevel = "informational"\npath = "told.{kind}"' for kind in ("ndjson", "ocsf")]
        sinks += ['kind = "textfile"\npath = "told.prom"']
        settings.write_text(
            f'[data]\nfolder = "data"\n[reports]\nfolder = "reports"\n[[sources]]\npaths = ["{folder}"]\n'
            + "".join(f"[[sinks]]\n{sink}\n" for sink in sinks)
        )
        told = run("run", "-c", settings)
    assert told.exit_code == 0, told.output
    written = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    kinds = {path.suffix for path in written}
    assert {".parquet", ".sqlite", ".html", ".ndjson", ".prom"} <= kinds
    assert sent
    text = "\n".join([*map(_told, written), *sent, told.stdout, told.stderr])
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
