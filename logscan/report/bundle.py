"""`logscan bundle`: what a support engineer needs, in one archive that holds no secret."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from logscan.model.finding import Scan
from logscan.report.brief import brief
from logscan.report.context import build_page
from logscan.report.escape import json_text
from logscan.report.json import findings_json, in_order
from logscan.report.picture import timeline_pictures
from logscan.report.text import render_text
from logscan.rules.load import Library

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can hold


def bundle_files(scan: Scan, library: Library, page: str, *, generated: datetime, version: str) -> dict[str, bytes]:
    """The files of a bundle.

    In:  page: the report, whole
    Out: report.html, findings.json (logscan.findings/1), evidence.ndjson (a line of a log each, redacted), summary.md,
         timeline-N.png, inputs.sha256 (of the logs, as `sha256sum -c` reads it), README.txt, SHA256SUMS (of the others)
    Law: the same scan, page and time give the same bytes
    """
    timeline = build_page(scan, library).timeline
    files = {
        "report.html": page.encode("utf-8", "backslashreplace"),
        "findings.json": findings_json(scan).encode(),
        "evidence.ndjson": _evidence(scan).encode(),
        "summary.md": brief(scan, library, "markdown").encode(),
        "inputs.sha256": "".join(_sum(each.sha256, each.path) for each in scan.inputs if each.sha256).encode(),
    }
    pictures = timeline_pictures(timeline) if timeline else ()
    files |= {f"timeline-{number}.png": picture for number, picture in enumerate(pictures, 1)}
    files["README.txt"] = render_text(
        "bundle.j2", scan=scan, files=sorted(files), generated=generated, version=version, pictures=len(pictures)
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
