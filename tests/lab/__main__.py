"""`make lab`: every server that is installed, every failure, the table of what logscan made of it."""

import argparse
import shutil
import tempfile
from pathlib import Path

from tests.lab.benches import BENCHES
from tests.lab.drive import VARIANTS, run_benches
from tests.lab.score import grade, grade_together, score, table


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--share", type=float, default=1.0, help="of the usual number of visits")
    ask.add_argument(
        "--variant", choices=VARIANTS, default="plain", help="who asks, how many at once, and for which paths"
    )
    ask.add_argument("--keep", type=Path, help="copy the logs into this folder")
    ask.add_argument("benches", nargs="*", help=f"only these of {', '.join(BENCHES)}")
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        chosen = {name: BENCHES[name] for name in asked.benches or BENCHES}
        done, absent = run_benches(chosen, Path(scratch), asked.seed, asked.share, asked.variant)
        graded, together = grade(done), score(grade_together(done))
        for bench, _ in done if asked.keep else ():
            (asked.keep / bench.name).mkdir(parents=True, exist_ok=True)
            for path in bench.logs.values():
                shutil.copy(path, asked.keep / bench.name)
    for name, why in absent.items():
        print(f"{name}: skipped, {why}")
    for bench, _ in done:
        own = score(row for row in graded if row.label.bench == bench.name)
        print(
            f"{bench.name:16} {own.accuracy:.3f} of {own.lines:4}, {own.decided_accuracy:.3f} of {own.decided:4} with one answer"
        )
    print(table(score(graded)))
    print("\nlogs of a server read together:", *table(together, shown=12).split("\n"), sep="\n")


if __name__ == "__main__":
    main()
