"""The ids by which lines of several logs speak of one request, as each log writes them. See rules/request_ids.yml."""

import re
from functools import cache
from typing import NamedTuple

import polars as pl

from logscan.model.document import read_document
from logscan.model.errors import Faults, LogscanError
from logscan.model.resources import rules_dir
from logscan.model.schemas import RULE_COLUMNS
from logscan.rules.shape import Shape

IDS = pl.List(pl.UInt64())
_SEARCHED = ("logscan.fields", "message")
_MOST = 8  # ids of one line
_STATUS = r"^[1-5][0-9]{2}$"


class RequestIds(NamedTuple):
    columns: tuple[str, ...]
    near: tuple[str, ...]
    named: str  # one pattern for all names; the value is its group
    texts: tuple[str, ...]
    canonical: tuple[str, ...]
    pieces: str  # one pattern: the word, what it names
    least_letters: int


@cache
def load_request_ids() -> RequestIds:
    """Read rules/request_ids.yml, which ships with logscan.

    Errors: Faults with every fault of the file
    """
    document = read_document(rules_dir() / "request_ids.yml")
    faults: list[LogscanError] = []
    shape = Shape(document, document.value, "", faults)
    shape.refuse_unknown({"columns", "names", "texts", "canonical", "pieces", "least_letters"})
    columns, names = shape.texts("columns"), shape.texts("names")
    for index, column in enumerate(columns):
        shape.one_of(f"columns.{index}", column, RULE_COLUMNS, "column")
    least = shape.value.get("least_letters")
    if isinstance(least, bool) or not isinstance(least, int) or least < 1:
        shape.add("least_letters", f"is `{least}`", "give a whole number above 0")
        least = 1
    texts, canonical, pieces = (shape.texts(name) for name in ("texts", "canonical", "pieces"))
    if faults:
        raise Faults(faults)
    words = "|".join(sorted((re.escape(name).replace("_", "[_.-]?") for name in names), key=lambda n: (-len(n), n)))
    value = rf"[0-9a-z][0-9a-z_.:;=/+-]{{{least - 1},127}}"
    named = rf"""(?:^|[^A-Za-z0-9])(?i-u:(?:{words})\\?["']?\s*[:=]\s*\\?["']?({value}))"""
    near = tuple(sorted({max(name.split("_"), key=len) for name in names}))
    called = "|".join(map(re.escape, pieces))
    name = r"[0-9a-z-]*[0-9][0-9a-z-]*"
    piece = rf"(?:^|[^a-z0-9_])({called})(?:[ _-]?(?:id|no|nr|number))?[ =:#\[]{{1,3}}({name})"
    return RequestIds(tuple(columns), near, named, tuple(texts), tuple(canonical), piece, least)


def request_ids(lines: pl.DataFrame, ids: RequestIds) -> pl.Series:
    """The ids of each line.

    In:  EVENTS, those columns that `wanted_columns` names
    Out: IDS, hashes in ascending order; an empty list where a line has none
    Law: spellings of one id have one hash; a row depends on itself alone
    """
    rows = pl.int_range(pl.len(), dtype=pl.UInt32()).alias("row")
    parts = [lines.select(rows, pl.col(name).alias("id")).drop_nulls() for name in ids.columns]
    for name in _SEARCHED:
        near = pl.col(name).str.contains_any(list(ids.near), ascii_case_insensitive=True)
        here = lines.select(rows, name).filter(near)
        parts.append(here.select("row", pl.col(name).str.extract_all(ids.named).alias("id")).explode("id").drop_nulls())
        parts[-1] = parts[-1].with_columns(pl.col("id").str.extract(ids.named))
        parts += [lines.select(rows, pl.col(name).str.extract(text).alias("id")).drop_nulls() for text in ids.texts]
    found = pl.concat(parts).with_columns(_canonical(ids)).filter(pl.col("id").str.len_chars() >= ids.least_letters)
    told = found.select("row", pl.col("id").hash(0)).group_by("row").agg(pl.col("id").unique().sort().head(_MOST))
    every = pl.DataFrame({"row": pl.int_range(lines.height, dtype=pl.UInt32(), eager=True)})
    joined = every.join(told, on="row", how="left", maintain_order="left")["id"]
    return joined.fill_null(pl.Series([[]], dtype=IDS)).alias("ids")


def pieces(lines: pl.DataFrame, ids: RequestIds) -> pl.Series:
    """What each message calls the piece of work it speaks of: the word and its name; null without one. In: EVENTS"""
    plain = pl.col("message").str.to_lowercase()
    word, name = (plain.str.extract(ids.pieces, group) for group in (1, 2))
    named = ~name.str.contains(_STATUS)
    return lines.select(pl.when(named).then(pl.concat_str(word, name, separator=" ")).alias("piece"))["piece"]


def wanted_columns(ids: RequestIds) -> list[str]:
    return list(dict.fromkeys((*ids.columns, *_SEARCHED)))


def _canonical(ids: RequestIds) -> pl.Expr:
    plain = pl.col("id").str.to_lowercase().str.strip_chars(" \t\"'").str.strip_chars_end(".,:;=/")
    forms = []
    for form in ids.canonical:
        groups = re.compile(form).groups
        parts = [plain.str.extract(form, number) for number in range(1, groups + 1)]
        forms.append(pl.when(plain.str.contains(form)).then(pl.concat_str(parts)))
    return pl.coalesce(*forms, plain).alias("id")
