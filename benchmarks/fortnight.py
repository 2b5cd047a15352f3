"""Two weeks of runs every five minutes, with a moving clock: what was told, and what piles up.

python benchmarks/fortnight.py [DAYS] [MINUTES] [SEED]
"""

import sys
import tempfile
import time
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.system.fortnight import Day, lived

_GROWTH = 1.25  # of the last days, against those after the first retention: outages differ from day to day
_RETAINED = 4  # days until everything has been thrown away once


def main() -> None:
    days, minutes, seed = (float(text) for text in (sys.argv[1:] + ["14", "5", "1"][len(sys.argv) - 1 :]))
    began = time.process_time()
    with tempfile.TemporaryDirectory(prefix="logscan-fortnight-") as folder:
        table = lived(Path(folder), days, timedelta(minutes=minutes), seed=int(seed))
    kinds = [each["logscan"]["kind"] for each in table.told]
    print("| what | how much |\n|---|---|")
    for name, value in {
        **{f"runs: {outcome}": count for outcome, count in table.runs.items()},
        "CPU seconds a run": round((time.process_time() - began) / sum(table.runs.values()), 2),
        "outages": len(table.outages),
        **{f"notices: {kind}": kinds.count(kind) for kind in sorted(set(kinds))},
        "outages missed, told twice, or told as several": len(table.faults),
    }.items():
        print(f"| {name} | {value} |")
    names = [each.name for each in fields(Day)]
    print(f"\n| day | {' | '.join(names)} |\n|{'---|' * (len(names) + 1)}")
    for at, day in enumerate(table.days, 1):
        print(f"| {at} | {' | '.join(f'{getattr(day, name):,}' for name in names)} |")
    half = (len(table.days) + _RETAINED) // 2
    early, late = table.days[_RETAINED:half], table.days[half:]
    grown = [
        name
        for name in names
        if early
        and late
        and max(getattr(each, name) for each in late) > _GROWTH * max(getattr(each, name) for each in early)
    ]
    for fault in (*table.faults, *(f"grows: {name}" for name in grown)):
        print(fault, file=sys.stderr)
    raise SystemExit(bool(table.faults or grown))


if __name__ == "__main__":
    main()
