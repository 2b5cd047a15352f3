"""Many units, and one hot unit: seconds of CPU and peak memory. usage: python benchmarks/units.py [--quick]

Makes access logs in a temporary folder: 100,000 clients that fail fifty times each, then one client that fails 250,000,
500,000 and 1,000,000 times; a tenth of all that with --quick. Each is scanned by a process of its own.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

_DAYS = 3
_LINE = '{} - - [{}] "GET /api/{} HTTP/1.1" {} 17 "-" "agent/{}"\n'


def write(path: Path, clients: int, each: int, *, ok: int) -> None:
    """Failures at chance times, in order; and so many successes of the same clients."""
    dice = random.Random(7)
    start, total = datetime(2026, 3, 2, tzinfo=UTC), clients * each + ok
    step, left = _DAYS * 86_400 / total, clients * each
    with path.open("w", encoding="ascii") as out:
        for at in range(total):
            bad = dice.random() * (total - at) < left
            left -= bad
            who = dice.randrange(clients)
            address = f"10.{who >> 16}.{who >> 8 & 255}.{who & 255}"
            moment = start + timedelta(seconds=int(at * step))
            when = f"{moment:%d/%b/%Y:%H:%M:%S} +0000"
            out.write(_LINE.format(address, when, "abcdefgh"[dice.randrange(8)], 401 if bad else 200, who % 5))


def scanned(log: Path) -> dict[str, float]:
    """What a child measured of itself; see `child`."""
    command = [sys.executable, __file__, "--child", str(log)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return dict(json.loads(told))


def child(log: str) -> None:
    from logscan.cli.main import cli
    from logscan.engine import scan

    found: dict[str, float] = {}
    build = scan.build_findings

    def measured(*args: object) -> object:
        before = _cpu()
        try:
            return build(*args)  # type: ignore[arg-type]
        finally:
            found["analysis_s"] = _cpu() - before

    scan.build_findings = measured  # type: ignore[assignment]
    cli.main(["scan", log, "--format", "json", "-o", f"{log}.json"], prog_name="logscan", standalone_mode=False)
    document = json.loads(Path(f"{log}.json").read_text("utf-8"))
    found |= {"all_s": _cpu(), "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    found |= {"failures": document["summary"]["auth_failures"], "findings": len(document["findings"])}
    sys.stdout.write(json.dumps(found))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    if "--child" in sys.argv:
        child(sys.argv[-1])
        return
    part = 10 if "--quick" in sys.argv else 1
    cases = [("many units", 100_000 // part, 50)]
    cases += [(f"one hot unit, {count // part:,}", 1, count // part) for count in (250_000, 500_000, 1_000_000)]
    sys.stdout.write(
        f"{'case':26} {'failures':>9} {'findings':>8} {'analysis CPU s':>14} {'all CPU s':>9} {'peak MiB':>8}\n"
    )
    for name, clients, each in cases:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "access.log"
            write(log, clients, each, ok=clients * each // 10)
            got = scanned(log)
        counts = f"{got['failures']:9,.0f} {got['findings']:8.0f}"
        sys.stdout.write(f"{name:26} {counts} {got['analysis_s']:14.1f} {got['all_s']:9.1f} {got['peak_mib']:8.0f}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
