"""`logscan bundle`: what a support engineer needs, in one archive that holds no secret."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl

from logscan.analysis.asked import Asked
from logscan.model.finding import Scan
from logscan.model.schemas import SHOWN
from logscan.report.brief import brief
from logscan.report.context import build_page
from logscan.report.escape import json_text
from logscan.report.html import heat_maps
from logscan.report.json import findings_json, in_order
from logscan.report.picture import finding_picture, heat_picture, multiples_picture, timeline_pictures
from logscan.report.text import render_text
from logscan.rules.load import Library

_MAPS = ("hour-and-weekday", "who-fails-where", "how-soon-it-worked")
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can hold


def bundle_files(
    scan: Scan,
    library: Library,
    page: str,
    *,
    generated: datetime,
    version: str,
    shown: pl.DataFrame | None = None,
    asked: Asked | None = None,
) -> dict[str, bytes]:
    """The files of a bundle.

    In:  page: the report, whole; shown and asked: what its charts were drawn from
    Out: report.html, findings.json (logscan.findings/1), evidence.ndjson (a line of a log each, redacted), summary.md,
         every chart as PNG, inputs.sha256 (of the logs, for `sha256sum -c`), README.txt, SHA256SUMS (of the others)
    Law: the same scan, page and time give the same bytes
    """
    files = {
        "report.html": page.encode("utf-8", "backslashreplace"),
        "findings.json": findings_json(scan).encode(),
        "evidence.ndjson": _evidence(scan).encode(),
        "summary.md": brief(scan, library, "markdown").encode(),
        "inputs.sha256": "".join(_sum(each.sha256, each.path) for each in scan.inputs if each.sha256).encode(),
    }
    files |= _pictures(scan, library, SHOWN.to_frame() if shown is None else shown, asked)
    files["README.txt"] = render_text(
        "bundle.j2", scan=scan, files=sorted(files), generated=generated, version=version
    ).encode()
    files["SHA256SUMS"] = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())
    ).encode()
    return files


def zipped(files: Mapping[str, bytes], generated: datetime) -> bytes:
    """A zip of these files, all of one time. Law: the same files and time give the same bytes."""
    moment = generated.astimezone(UTC).timetuple()[:6]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"logscan-bundle/{name}", max(moment, _EARLIEST))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _pictures(scan: Scan, library: Library, shown: pl.DataFrame, asked: Asked | None) -> dict[str, bytes]:
    """Every chart of the page; of findings those that stand open on it."""
    page = build_page(scan, library)
    timelines = timeline_pictures(page.timeline) if page.timeline else ()
    found = {f"timeline-{number}.png": picture for number, picture in enumerate(timelines, 1)}
    maps = heat_maps(scan, library.taxonomy, shown, asked)
    found |= {f"{name}.png": heat_picture(made) for name, made in zip(_MAPS, maps, strict=True) if made}
    found |= {"side-by-side.png": multiples_picture(page.multiples)} if page.multiples else {}
    drawn = {f"finding-{card.number}.png": finding_picture(card) for card in page.shown}
    return found | {name: picture for name, picture in drawn.items() if picture}


def _evidence(scan: Scan) -> str:
    return "".join(
        json_text({"finding": found.id, "path": e.path, "line": e.line, "offset": e.offset, "text": e.text}) + "\n"
        for found in in_order(scan)
        for e in found.evidence
    )


def _sum(digest: str, path: str) -> str:
    """A line of `sha256sum`, which marks a name with escapes by a backslash at the front."""
    name = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if name == path else chr(92)}{digest}  {name}\n"
