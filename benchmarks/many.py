"""Many logs that were read already, and a little new in each: seconds of the next runs, and of one with nothing new.

python benchmarks/many.py [LOGS] [MB READ BEFORE] [MB NEW]
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SETTINGS = '[[sources]]\npaths = ["logs/*.log"]\n[[sinks]]\nkind = "ndjson"\npath = "alerts.ndjson"\n'
_LINE = '{} - - [{:%d/%b/%Y:%H:%M:%S +0000}] "GET /api/orders/{} HTTP/1.1" {} {} "-" "app/3.1"\n'
_REFUSED = 0.03


def main() -> None:
    logs, before, new = (int(text) for text in (sys.argv[1:] + ["1000", "10000", "50"][len(sys.argv) - 1 :]))
    now = datetime.now(UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory(prefix="logscan-many-") as name:
        folder = Path(name)
        (folder / "logs").mkdir()
        (folder / "logscan.toml").write_text(_SETTINGS, "utf-8")
        print(f"| {logs:,} logs | new bytes | seconds of CPU | seconds |\n|---|---|---|---|")
        for what, megabytes, begin, length in (
            ("first run", before, now - timedelta(days=30), timedelta(days=20)),
            ("new lines", new, now - timedelta(hours=1), timedelta(hours=1)),
            ("new lines again", new, now, timedelta(minutes=1)),
            ("nothing new", 0, now, timedelta()),
        ):
            for number in range(logs if megabytes else 0):
                _grow(folder / "logs" / f"{number}.log", megabytes * 1_000_000 // logs, begin, length, number)
            print(f"| {what} | {' | '.join(_ran(folder))} |", flush=True)


def _grow(path: Path, size: int, begin: datetime, length: timedelta, seed: int) -> None:
    """Add lines over a time."""
    draw = random.Random(seed)
    lines = max(1, size // 95)
    with path.open("a", encoding="utf-8") as file:
        for number in range(lines):
            client = f"192.0.2.{draw.randrange(250)}"
            status = 401 if draw.random() < _REFUSED else 200
            at = begin + length * number / lines
            file.write(_LINE.format(client, at, draw.randrange(1000), status, draw.randrange(9999)))


def _ran(folder: Path) -> tuple[str, str, str]:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "logscan", "run", "-c", str(folder / "logscan.toml")]
    state = {**os.environ, "XDG_STATE_HOME": str(folder / "key")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=state)
    if done.returncode:
        raise SystemExit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return f"{json.loads(done.stdout)['bytes']:,}", f"{spent:.2f}", f"{time.monotonic() - began:.2f}"


if __name__ == "__main__":
    main()
