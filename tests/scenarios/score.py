"""How often the command line says what labelled scenarios hold. usage: python -m tests.scenarios.score [--seeds N] ..."""

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from logscan.cli.main import cli
from tests.scenarios.patterns import STORIES as PATTERNS
from tests.scenarios.signatures import STORIES as SIGNATURES
from tests.scenarios.truth import Score, judge
from tests.scenarios.wider import STORIES as WIDER
from tests.scenarios.world import World
from tests.scenarios.written import write

STORIES = SIGNATURES | PATTERNS | WIDER
ASPECTS = ("cause", "pattern", "scope", "onset", "period")


class Scored(NamedTuple):
    story: str
    seed: str
    score: Score


def scan(folder: Path, world: World) -> dict[str, Any]:
    """What `logscan scan --format json` prints of a folder."""
    out = folder.parent / f"{folder.name}.json"
    marks = [word for at, label in world.marks for word in ("--mark", f"{world.at(at):%Y-%m-%dT%H:%M:%SZ}={label}")]
    command = ["scan", str(folder), "--format", "json", "-o", str(out), *marks]
    try:
        cli.main(command, prog_name="logscan", standalone_mode=False)
    except SystemExit as ended:
        if ended.code:
            raise
    document: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return document


def run(story: str, seed: str) -> Score:
    world, truths = STORIES[story](f"{story} {seed}")
    with tempfile.TemporaryDirectory() as folder:
        labels = write(world, Path(folder) / "logs")
        return judge(scan(Path(folder) / "logs", world), truths, labels, world)


def run_all(stories: Iterable[str], seeds: Iterable[str]) -> Iterator[Scored]:
    several = list(seeds)
    for story in stories:
        for seed in several:
            yield Scored(story, seed, run(story, seed))


def table(found: list[Scored]) -> str:
    """Shares of the truths that were told, by story and in all; extra findings by scenario."""
    rows = [f"{'story':26} {'n':>3} " + " ".join(f"{name:>8}" for name in ASPECTS) + "  extra/10"]
    groups: dict[str, list[Scored]] = defaultdict(list)
    for each in found:
        groups[each.story].append(each)
    for name, group in [*groups.items(), ("all", found)]:
        cells = []
        for aspect in ASPECTS:
            told = [right[aspect] for each in group for right in each.score.right if aspect in right]
            cells.append(f"{sum(told) / len(told):8.2f}" if told else f"{'-':>8}")
        extra = 10 * sum(each.score.extra for each in group) / len(group)
        rows.append(f"{name:26} {len(group):3} {' '.join(cells)} {extra:9.1f}")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", default="fresh", help="what the seeds begin with; other words, other scenarios")
    parser.add_argument("--only", default="", help="stories whose name holds this text")
    parser.add_argument("--show", action="store_true", help="what was told where something is wrong")
    asked = parser.parse_args()
    stories = [name for name in STORIES if asked.only in name]
    found = []
    for each in run_all(stories, [f"{asked.first}-{nth}" for nth in range(asked.seeds)]):
        found.append(each)
        wrong = [name for right in each.score.right for name, good in right.items() if not good]
        if asked.show and (wrong or each.score.extra):
            sys.stdout.write(
                f"{each.story} {each.seed}: {','.join(wrong)}\n" + "".join(f"    {line}\n" for line in each.score.told)
            )
            sys.stdout.flush()
    sys.stdout.write(table(found) + "\n")


if __name__ == "__main__":
    main()
