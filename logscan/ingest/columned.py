"""Lines cut into columns at a separator, the wanted ones only."""

import re
from collections.abc import Sequence

import polars as pl


def cut(text: pl.Series, separator: str, count: int, wanted: Sequence[int]) -> tuple[pl.Series, pl.DataFrame]:
    """The lines that have `count` columns, and the texts of the wanted ones.

    In:   separator  one character: a comma, a tab or a blank
    Out:  which lines have as many; for those, a column of text named after each wanted number
    Law:  as `cut_line` on each line
    """
    quoted = text.str.contains('"', literal=True)
    plain = ~quoted if separator == "," else pl.Series([True]).new_from_index(0, len(text))
    pieces = text.filter(plain).str.split(separator)
    fits = _fits(pieces, count)
    hit = plain.clone().scatter(plain.arg_true(), fits)
    parts = [_columns(pieces.filter(fits), wanted, hit.arg_true())]
    left = (quoted & ~hit).arg_true()
    if len(left):
        tokens = _tokens(text.gather(left), separator)
        good = _fits(tokens, count)
        hit = hit.scatter(left.filter(good), values=True)
        parts.append(_columns(tokens.filter(good), wanted, left.filter(good)))
    found = pl.concat(parts).sort("row").drop("row") if len(parts) > 1 else parts[0].drop("row")
    if quoted.any():
        found = found.with_columns(_bare(name) for name in found.columns)
    return hit, found


def cut_line(line: str, separator: str, count: int) -> list[str] | None:
    """The same, all columns of one line; None: it has not as many."""
    if separator != "," or '"' not in line:
        pieces = line.split(separator)
        if _as_many(pieces, count):
            return [_unquoted(piece) for piece in pieces[:count]]
    if '"' in line:
        pieces = re.findall(_token(separator), line + separator)
        if sum(map(len, pieces)) == len(line) + 1 and _as_many([piece[:-1] for piece in pieces], count):
            return [_unquoted(piece[:-1]) for piece in pieces[:count]]
    return None


def _token(separator: str) -> str:
    """One column with the separator behind it: text in quotes, where two quotes stand for one, or text without."""
    mark = {"\t": r"\t"}.get(separator, separator)
    return rf'(?:"(?:[^"]|"")*"|[^"{mark}][^{mark}]*|){mark}'


def _tokens(text: pl.Series, separator: str) -> pl.Series:
    """Null where the line does not consist of such."""
    ended = text + separator
    found = ended.str.extract_all(_token(separator))
    whole = found.list.eval(pl.element().str.len_bytes()).list.sum() == ended.str.len_bytes()
    found = found.list.eval(pl.element().str.head(-1))
    return found.to_frame("t").select(pl.when(whole).then("t")).to_series()


def _fits(pieces: pl.Series, count: int) -> pl.Series:
    """As many columns, or the separator once more at the end."""
    size = pieces.list.len()
    more = (size == count + 1).fill_null(value=False)
    found = (size == count).fill_null(value=False)
    return found | (more & (pieces.list.last() == "").fill_null(value=False)) if more.any() else found


def _as_many(pieces: Sequence[str], count: int) -> bool:
    return len(pieces) == count or (len(pieces) == count + 1 and not pieces[-1])


def _columns(pieces: pl.Series, wanted: Sequence[int], rows: pl.Series) -> pl.DataFrame:
    found = [pl.col("p").list.get(number).alias(str(number)) for number in wanted]
    return pieces.to_frame("p").select(*found, rows.alias("row"))


def _bare(name: str) -> pl.Expr:
    text = pl.col(name)
    inner = text.str.extract(r'^"((?s:.*))"$', 1)
    return pl.when(inner.is_null()).then(text).otherwise(inner.str.replace_all('""', '"', literal=True)).alias(name)


def _unquoted(piece: str) -> str:
    if len(piece) > 1 and piece[0] == piece[-1] == '"':
        return piece[1:-1].replace('""', '"')
    return piece
