"""Lines as strangers may write them: which cause the shipped rules name, and which lines they leave alone.

`wordings/hits.txt` holds lines under `# cause`, `wordings/misses.txt` lines that tell of no refused credential.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from logscan.analysis.classify import ByDataset, classify
from logscan.ingest.format import load_formats
from logscan.model.resources import rules_dir
from logscan.model.schemas import RULE_COLUMNS
from logscan.rules.samples import Sample, rows
from tests.shipped import library

FOLDER = Path(__file__).parent / "wordings"
LIBRARY = library()
FORMATS = load_formats([rules_dir() / "formats"])
ENOUGH = 150  # lines of either kind


def lines(name: str) -> Iterator[tuple[str, str]]:
    """Each line with the cause that stands above it."""
    above = ""
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line.startswith("# "):
            above = line[2:]
        else:
            yield above, line


def named(texts: Sequence[str]) -> dict[int, str]:
    """The cause of each line that has one; a line that no format reads has none."""
    rule = LIBRARY.causes[0]
    samples = [Sample(rule, f"logscan.hits.{at}", {"line": text}) for at, text in enumerate(texts)]
    found = rows(samples, RULE_COLUMNS, FORMATS)
    told = classify(found.frame, ByDataset(FORMATS, LIBRARY.causes))
    place = {
        line: int(sample.key.rpartition(".")[2])
        for line, sample in zip(found.frame["logscan.line"], found.owners, strict=True)
    }
    return {place[line]: cause for line, cause in told.select("logscan.line", "logscan.cause").iter_rows()}


def test_a_refusal_is_named_however_it_is_worded() -> None:
    wanted = list(lines("hits.txt"))
    found = named([line for _, line in wanted])
    assert len(wanted) >= ENOUGH
    assert not [
        f"{cause} and not {found.get(at)}: {line}" for at, (cause, line) in enumerate(wanted) if found.get(at) != cause
    ]


def test_every_cause_is_worded() -> None:
    worded = {cause for cause, _ in lines("hits.txt")}
    assert worded == set(LIBRARY.taxonomy.causes)


def test_what_only_mentions_a_refusal_is_none() -> None:
    texts = [line for _, line in lines("misses.txt")]
    found = named(texts)
    assert len(texts) >= ENOUGH
    assert not [f"{found[at]}: {line}" for at, line in enumerate(texts) if at in found]
