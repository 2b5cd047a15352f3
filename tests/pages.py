"""The pages of the documentation, taken apart."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
RULES, FORMATS, REPORT = DOCS / "rules.md", DOCS / "formats.md", DOCS / "report.md"
SCHEDULED = DOCS / "scheduled.md"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


class Block(NamedTuple):
    """A fenced block. name: the file that it is, empty when it is none."""

    lang: str
    name: str
    body: str


def blocks(page: Path) -> list[Block]:
    found = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [Block(*each) for each in found]


def files(page: Path, folder: str) -> list[Block]:
    return [block for block in blocks(page) if block.name.startswith(folder)]


def prose(page: Path) -> str:
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def section(page: Path, heading: str) -> str:
    """The text under a heading, up to the next one of its rank or higher."""
    whole = page.read_text("utf-8")
    start = re.search(rf"^(#+) {re.escape(heading)}$", whole, re.MULTILINE)
    assert start, heading
    rest = whole[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def table(page: Path, heading: str, number: int = 0) -> list[list[str]]:
    """The cells of a table under a heading, without its head."""
    found: list[list[list[str]]] = [[]]
    for line in section(page, heading).splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif found[-1]:
            found.append([])
    return found[number][2:]


def code(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def first_cells(page: Path, heading: str, number: int = 0) -> set[str]:
    return {name for row in table(page, heading, number) for name in code(row[0])}


def write(found: list[Block], folder: Path) -> None:
    for block in found:
        path = folder / block.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.body, "utf-8")
