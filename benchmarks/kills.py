"""The fault table: runs killed with -9 at random moments over a log that grows and is rotated, then one clean run.

python benchmarks/kills.py [KILLS] [SEED]
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.system.kills import killed_runs


def main() -> None:
    kills, seed = int(sys.argv[1]) if len(sys.argv) > 1 else 200, int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="logscan-kills-") as folder:
        table = killed_runs(Path(folder), kills, seed=seed)
    rows = {
        "runs started": kills,
        "killed with -9 at work": table.kills,
        "of these with a notice handed over and not yet answered": table.at_notice,
        "had ended before the kill": table.after_its_end,
        **{f"rotations: {how}": count for how, count in table.rotations.items()},
        "bytes read by the clean run": table.clean["bytes"],
        **{
            f"{key}: archive / one scan of all bytes": f"{table.got[key]:,} / {table.want[key]:,}"
            for key in ("lines", "events", "rejects", "auth_failures")
        },
        "counts and findings equal": table.got == table.want,
        "outages that began and ended": len(table.outages),
        "notices": len(table.notices),
        **{f"notices: {kind}": count for kind, count in table.kinds.items()},
        "notices delivered again, under the same id": len(table.told) - len(table.notices),
        "notices that never came": len(table.undelivered),
        "beginnings and ends of outages that nobody was told of": len(table.untold),
        "notices that came again as another": len(table.renamed),
        "outages told as new twice": len(table.retold),
        "reports that the index does not link": len(table.unlinked),
        "files left half-written": len(table.left),
        "minutes": round((time.monotonic() - began) / 60, 1),
    }
    print("| what | how much |\n|---|---|")
    for name, value in rows.items():
        print(f"| {name} | {value} |")
    wrong = table.undelivered + table.untold + table.renamed + table.retold + table.unlinked + table.left
    for notice in table.notices.values() if wrong else ():
        print(
            notice["kind"],
            notice["title"],
            notice["incident"]["started"],
            notice["incident"]["last_seen"],
            file=sys.stderr,
        )
    for fault in wrong:
        print(fault, file=sys.stderr)
    raise SystemExit(table.got != table.want or bool(wrong) or not table.notices or not table.at_notice)


if __name__ == "__main__":
    main()
