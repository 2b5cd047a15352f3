"""What a report rests on, as a machine reads it out of the page again."""

import json
import re
from datetime import datetime
from typing import Any, NamedTuple

from logscan.model.errors import SourceError, Where
from logscan.model.finding import Scan
from logscan.report.json import moment_text

SCHEMA = "logscan.provenance/1"
_BLOCK = re.compile(r'<script type="application/json" id="provenance">(.*?)</script>', re.DOTALL)


class Recorded(NamedTuple):
    """One input of a report.

    sha256  of the file as it lay on disk, hex; empty when it was not read to its end
    size    its bytes, unpacked
    """

    path: str
    sha256: str
    size: int


def provenance(scan: Scan, *, generated: datetime, command: str, version: str, rules_digest: str) -> dict[str, Any]:
    """The block that the page carries."""
    inputs = [
        {
            "path": i.path,
            "sha256": i.sha256,
            "bytes": i.bytes,
            "lines": i.lines,
            "events": i.events,
            "rejects": i.rejects,
        }
        for i in scan.inputs
    ]
    return {
        "schema": SCHEMA,
        "logscan": version,
        "generated": moment_text(generated),
        "command": command,
        "rules_digest": rules_digest,
        "inputs": inputs,
    }


def recorded_inputs(page: str, path: str) -> tuple[Recorded, ...]:
    """The inputs that a page says it was made from.

    In:     path: of the page, for what is said when it is none of ours
    Errors: SourceError when the page carries no block, or one that cannot be read
    """
    found = _BLOCK.search(page)
    try:
        block = json.loads(found[1]) if found else {}
        if block["schema"] == SCHEMA:
            return tuple(
                Recorded(str(each["path"]), str(each["sha256"]), int(each["bytes"])) for each in block["inputs"]
            )
    except (KeyError, TypeError, ValueError):
        pass  # told below, whatever is wrong with it
    hint = "name a page that this version of `logscan report` has written"
    raise SourceError("does not say which inputs it was made from", where=Where(path), hint=hint)
