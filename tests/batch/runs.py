"""Runs over logs that grow and rotate, without pages: what is entered, and what is read back."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from logscan.batch.archive import Archive
from logscan.batch.checkpoint import save_survey, survey
from logscan.batch.collect import Collector, Counted, take_in
from logscan.batch.config import Config, load_config
from logscan.batch.state import NAME, open_state, transaction
from logscan.batch.stored import read_archive
from logscan.engine.request import Definitions, Request, load_definitions
from logscan.engine.scan import answer, scan_logs
from logscan.report.json import findings_json

NOW = datetime(2030, 1, 1, tzinfo=UTC)
KEY = b"k" * 32


@cache
def cache_folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="logscan-tests-")


def request(*paths: str, **more: Any) -> Request:
    return Request(paths=paths, now=NOW, key=KEY, cache=Path(cache_folder().name), **more)


@cache
def definitions() -> Definitions:
    return load_definitions(request())


def config(folder: Path, text: str = '[[sources]]\npaths = ["logs"]\n') -> Config:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "logs").mkdir(exist_ok=True)
    (folder / "logscan.toml").write_text(text, "utf-8")
    return load_config(folder / "logscan.toml", {})


def run(settings: Config, now: datetime = NOW, **more: Any) -> Counted:
    """One run without evaluation: what it read."""
    db = open_state(settings.data / NAME)
    try:
        archive = Archive(settings.data)
        archive.tidy(db)
        found = survey(db, settings.sources, now)
        collector = Collector(db, archive, definitions().library.digest, now)
        asked = request(**more)
        faults = take_in(found, settings, asked, definitions().plan, collector)
        assert not faults, faults
        if not asked.stop():
            with transaction(db):
                save_survey(db, found, now)
        return collector.counted
    finally:
        db.close()


def archived(settings: Config) -> dict[str, Any]:
    """The findings of all that was entered, as JSON."""
    db = open_state(settings.data / NAME)
    with TemporaryDirectory() as spill:
        ran = read_archive(db, settings.data, definitions().plan, Path(spill))
        found = answer(ran, definitions(), request(), listed=False)
    db.close()
    told: dict[str, Any] = json.loads(findings_json(found.scan))
    return told


def scanned(*paths: Path) -> dict[str, Any]:
    """The findings of one scan of these files."""
    told: dict[str, Any] = json.loads(findings_json(scan_logs(request(*map(str, paths)), lambda _: None).scan))
    return told


def summary(told: dict[str, Any]) -> dict[str, Any]:
    """What must be the same however the bytes came: not where they lie."""
    lost = {"evidence"}
    findings = [{key: value for key, value in found.items() if key not in lost} for found in told["findings"]]
    return {"summary": told["summary"], "findings": findings}


def table(settings: Config, name: str) -> pl.DataFrame:
    files = sorted((settings.data / "archive" / name).glob("*.parquet"))
    return pl.concat(map(pl.read_parquet, files))


def access(first: int, count: int, *, agent: str = "curl/8.5") -> bytes:
    """Lines of an access log, one every ten seconds, every third a 401."""
    lines = []
    for number in range(first, first + count):
        moment = datetime.fromtimestamp(1_773_300_000 + 10 * number, UTC)
        status = 401 if number % 3 == 0 else 200
        request_line = f"GET /api/v1/items/{number} HTTP/1.1"
        lines.append(
            f'192.0.2.{number % 7 + 1} - - [{moment:%d/%b/%Y:%H:%M:%S +0000}] "{request_line}" {status} {number} "-" "{agent}"\n'
        )
    return "".join(lines).encode()
