"""Speed and memory of a whole `logscan report`, as ratios to other tools on the same file in the same run.

usage: run.py [--quick] [--no-growth] [--folder DIR]
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

LOGSCAN = str(Path(sys.executable).with_name("logscan"))
COMBINED_LINES, JSON_LINES = 2_450_000, 1_000_000  # about 370 MB and 290 MB
LNAV_SQL = ";SELECT sc_status, count(*) FROM access_log GROUP BY sc_status"


def generate(kind: str, log: Path, lines: int) -> None:
    """In a process of its own: what this one holds would count as the memory of the commands that it starts."""
    subprocess.run(
        [sys.executable, str(Path(__file__).with_name("generate.py")), kind, str(log), str(lines)], check=True
    )


class Run(NamedTuple):
    seconds: float
    peak_mib: float


def measure(command: list[str]) -> Run:
    """Wall seconds and peak resident memory of one command; it must succeed."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    _, status, used = _wait(child)
    seconds = time.perf_counter() - start
    if status:
        message = child.stderr.read().decode(errors="replace") if child.stderr else ""
        raise SystemExit(f"{' '.join(command)[:120]} failed: {message[-400:]}")
    return Run(seconds, used.ru_maxrss / 1024)


def _wait(child: subprocess.Popen[bytes]) -> tuple[int, int, resource.struct_rusage]:
    import os

    pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return pid, child.returncode, used


def report(log: Path, out: Path) -> list[str]:
    return [LOGSCAN, "report", str(log), "-o", str(out)]


def peers(log: Path, out: Path) -> dict[str, list[str]]:
    known = {
        "rg -c ' 401 '": ["rg", "-c", " 401 ", str(log)],
        "DuckDB regexp_extract": [sys.executable, str(Path(__file__).with_name("duckdb_peer.py")), str(log)],
        "lnav index + GROUP BY": ["lnav", "-n", "-c", LNAV_SQL, str(log)],
        "GoAccess HTML report": ["goaccess", str(log), "--log-format=COMBINED", "-o", str(out), "--no-progress"],
    }
    return {name: command for name, command in known.items() if shutil.which(command[0])}


def best(command: list[str], times: int) -> Run:
    runs = [measure(command) for _ in range(times)]
    return Run(min(run.seconds for run in runs), max(run.peak_mib for run in runs))


def row(name: str, run: Run, size: int, ours: Run) -> str:
    return f"| {name} | {cells(run, size)} | {run.seconds / ours.seconds:.2f} |"


def cells(run: Run, size: int) -> str:
    return f"{run.seconds:.2f} | {size / 1e6 / run.seconds:.0f} | {run.peak_mib:.0f}"


def table(log: Path, others: dict[str, list[str]], folder: Path, times: int) -> None:
    size = log.stat().st_size
    ours = best(report(log, folder / "report.html"), times)
    print(f"\n{log.name}: {size / 1e6:.0f} MB\n\n| command | s | MB/s | peak MiB | x logscan |\n|---|---|---|---|---|")
    print(row("logscan report", ours, size, ours), flush=True)
    for name, command in others.items():
        print(row(name, measure(command), size, ours), flush=True)


def growth(folder: Path, lines: int, times: tuple[int, ...]) -> None:
    print("\ngrowth, combined\n\n| size | MB | s | MB/s | peak MiB |\n|---|---|---|---|---|")
    for factor in times:
        log = folder / f"combined-{factor}x.log"
        generate("combined", log, lines * factor)
        size = log.stat().st_size
        run = measure(report(log, folder / "report.html"))
        print(f"| {factor}x | {size / 1e6:.0f} | {cells(run, size)} |", flush=True)
        log.unlink()


def small(folder: Path) -> None:
    log = folder / "small.log"
    generate("combined", log, 7_500)
    once = measure(report(log, folder / "report.html"))
    again = best(report(log, folder / "report.html"), 3)
    help_ = best([LOGSCAN, "--help"], 3)
    print(
        f"\n1 MB log: {once.seconds:.2f} s first, {again.seconds:.2f} s best; `logscan --help`: {help_.seconds:.2f} s",
        flush=True,
    )


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--quick", action="store_true", help="a tenth of the size")
    ask.add_argument("--no-growth", action="store_true")
    ask.add_argument("--folder", type=Path, help="keep the logs here")
    told = ask.parse_args()
    part = 10 if told.quick else 1
    with tempfile.TemporaryDirectory() as scratch:
        folder = told.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        small(folder)
        combined, json_lines = folder / "combined.log", folder / "json-lines.log"
        generate("combined", combined, COMBINED_LINES // part)
        generate("json_lines", json_lines, JSON_LINES // part)
        table(combined, peers(combined, folder / "goaccess.html"), folder, 3)
        table(json_lines, {}, folder, 3)
        combined.unlink()
        json_lines.unlink()
        if not told.no_growth:
            growth(folder, COMBINED_LINES // part, (1, 4, 10))


if __name__ == "__main__":
    main()
