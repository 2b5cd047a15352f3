"""Many JSON lines into columns of text, whatever single lines do.

The decoder of Polars joins a batch with commas, reads it as one array, and gives up the whole batch for one line that
is malformed or of another shape. So: batches are small, each batch that fails is sorted by validity and shape and
decoded group by group, and what still fails is read line by line.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from logscan.ingest.json_paths import Node, Plan, places, schema, shapes_in, undecodable
from logscan.ingest.json_slow import DEEPEST, EDGES, BrokenError, flat_line, leaves, parse_object

_BATCH_BYTES = (
    768 << 10
)  # the tape of a batch stays in cache: 512 to 2,048 usual lines were fastest, 32 MiB four times slower
_SMALL = 24  # lines; below it a group that fails is read line by line
_MOST_GROUPS = 24  # shapes in one batch that are decoded apart; the rare rest is read line by line
# A line that is more than one value, such as `{..},{..}`, would shift the rows: between its values stands one of these.
_SEVERAL = r"\}[ \t\r\n]*,[ \t\r\n]*(?:\{|null)"
# Letters, digits, dots and dashes of a key written as escapes, which a search for the key does not see.
_ESCAPED_KEY = r"\\u00(?:2[dDeE]|3[0-9]|6[1-9A-Fa-f]|[457])"


class Decoded(NamedTuple):
    hit: pl.Series  # Boolean, one per line: it holds one JSON object
    values: (
        pl.DataFrame
    )  # one row per hit; column `n`: text of the first spelling of path n that is not null; some empty ones lack


def decode(lines: pl.Series, plan: Plan) -> Decoded:
    """Read the values at the plan's paths.

    In:    lines  text, may hold nulls
    Law:   what a line gives depends on that line alone; a scalar becomes its text, numbers without exponent
    """
    text, like = lines, _is_object(lines)
    if not like.all():
        # as json_slow.trimmed does
        text = lines.str.strip_chars(EDGES).str.strip_suffix(",").str.strip_chars_end(EDGES)
        like = _is_object(text)
    rows = like.arg_true()
    work = _Work(text if len(rows) == len(text) else text.gather(rows), plan)
    found = work.run()
    hit = pl.Series("hit", [False]).new_from_index(0, len(lines)).scatter(rows.gather(found["row"]), True)  # noqa: FBT003
    return Decoded(hit, found.drop("row"))


def _is_object(text: pl.Series) -> pl.Series:
    return (text.str.starts_with("{") & text.str.ends_with("}")).fill_null(value=False)


class _Work:
    """One call of `decode`, on lines that look like objects."""

    def __init__(self, text: pl.Series, plan: Plan) -> None:
        self.text, self.plan = text.rename("text"), plan
        present, self.odd = _present(self.text, plan.keys)
        self.tree = plan.tree(present)
        self.shapes: dict[int, str] = {}
        self.trouble = ""  # what the decoder said last
        self.alone: list[pl.Series] = []  # rows left to be read line by line
        self.read: dict[str, tuple[Node, pl.DataType, list[pl.DataFrame]]] = {}  # by type, to be taken apart at once

    def run(self) -> pl.DataFrame:
        for rows, text in _batches(self.text, self.odd):
            if not self.shapes:
                self.learn(text.gather_every(max(1, len(text) // 8)))
            self.batch(rows, text)
        self.line_by_line(pl.concat([self.odd.arg_true(), *self.alone]))
        read = [(pl.concat(frames), dict(places(tree, kind, pl.col("v")))) for tree, kind, frames in self.read.values()]
        there = {leaf for _, at in read for leaf in at}
        live = {n: spelled for n, spelled in enumerate(self.plan.spellings) if not there.isdisjoint(spelled)}
        if not read:
            return pl.DataFrame(schema={"row": pl.get_index_type()})
        found = pl.concat([_columns(frame, at, live) for frame, at in read])
        return found if found["row"].is_sorted() else found.sort("row")

    def batch(self, rows: pl.Series, text: pl.Series) -> None:
        if self.attempt(rows, text):
            return
        if "parsing" in self.trouble:
            valid = _looks_valid(text)
            self.alone.append(rows.filter(~valid))
            rows, text = rows.filter(valid), text.filter(valid)
            if self.attempt(rows, text):
                return
        self.by_shape(rows, text)

    def by_shape(self, rows: pl.Series, text: pl.Series) -> None:
        """A batch in which not all lines are valid or not all are alike: alike ones together."""
        keys = sorted(set(_keys(self.tree)))
        opens = f'"(?:{"|".join(map(re.escape, keys))})"[ \\t]*:[ \\t]*[\\[{{]'
        alike = pl.col("text").str.extract_all(opens).list.unique().list.sort().list.join(" ") if keys else pl.lit("")
        frame = pl.DataFrame({"row": rows, "text": text}).with_columns(alike=alike)
        groups = sorted(frame.partition_by("alike", maintain_order=True), key=len, reverse=True)
        expected: dict[int, str] = {}
        for group in reversed(groups[:_MOST_GROUPS]):
            self.group(group["row"], group["text"])
            expected |= self.shapes
        self.alone += [group["row"] for group in groups[_MOST_GROUPS:]]
        self.shapes = expected  # where groups differ, what the largest one has

    def group(self, rows: pl.Series, text: pl.Series) -> None:
        """Lines that should be alike, unless some are malformed."""
        self.learn(text.head(3))
        if len(rows) > 1 and self.attempt(rows, text):
            return
        valid = _looks_valid(text)
        self.alone.append(rows.filter(~valid))
        self.halving(rows.filter(valid), text.filter(valid))

    def halving(self, rows: pl.Series, text: pl.Series) -> None:
        if len(rows) <= _SMALL:
            self.alone.append(rows)
            return
        self.learn(text.head(3))
        if not self.attempt(rows, text):
            half = len(rows) // 2
            self.halving(rows[:half], text[:half])
            self.halving(rows[half:], text[half:])

    def learn(self, text: pl.Series) -> None:
        """Expect from now on the shapes of these lines."""
        self.shapes = {}
        for line in text:
            try:
                shapes_in(self.tree, parse_object(line), self.shapes)
            except BrokenError:
                continue

    def attempt(self, rows: pl.Series, text: pl.Series) -> bool:
        """Decode the lines at once, if that is possible."""
        self.trouble = ""
        return not undecodable(self.tree, self.shapes) and self.decoded(rows, text, self.tree)

    def line_by_line(self, rows: pl.Series) -> None:
        if rows.is_empty():
            return
        tree = self.plan.tree(self.plan.keys)
        found = [leaves(line, tree) for line in self.text.gather(rows)]
        flat = pl.Series("text", [None if values is None else flat_line(values) for values in found], dtype=pl.String)
        there = sorted({leaf for values in found for leaf in values or ()})
        self.shapes = {}
        self.decoded(
            rows.filter(flat.is_not_null()), flat.drop_nulls(), Node(kids={str(n): Node(leaf=n) for n in there})
        )

    def decoded(self, rows: pl.Series, text: pl.Series, tree: Node) -> bool:
        kind = schema(tree, self.shapes)
        try:
            values = text.str.json_decode(kind)
        except pl.exceptions.ComputeError as error:
            self.trouble = str(error)
            return False
        if len(values) != len(text):
            return False
        self.read.setdefault(str(kind), (tree, kind, []))[2].append(pl.DataFrame({"row": rows, "v": values}))
        return True


def _columns(frame: pl.DataFrame, at: Mapping[int, pl.Expr], live: Mapping[int, Sequence[int]]) -> pl.DataFrame:
    none = pl.lit(None, dtype=pl.String)
    values = {
        str(n): pl.coalesce([at[leaf] for leaf in spelled if leaf in at] or [none]) for n, spelled in live.items()
    }
    return frame.select("row", **values)


def _looks_valid(text: pl.Series) -> pl.Series:
    """Whether each line is JSON, cheaply: a line that closes its object and goes on may pass."""
    wrapped = text.to_frame("t").select(pl.concat_str(pl.lit('{"k":1,"v":'), "t", pl.lit("}"))).to_series()
    return wrapped.str.json_path_match("$.k").is_not_null()


def _present(text: pl.Series, keys: frozenset[str]) -> tuple[frozenset[str], pl.Series]:
    """The keys that stand in any line, and the lines that are not for the fast decoder."""
    seen = _found(text.gather_every(max(1, len(text) // 64)), keys)
    rest = keys - seen
    if rest:
        # one regex: twice as fast as a search for so many literals
        rare = text.str.contains(f'"(?:{"|".join(sorted(map(re.escape, rest)))})"')
        seen |= _found(text.filter(rare), rest)
    odd = text.str.contains(_ESCAPED_KEY)
    long = text.str.len_bytes() > 2 * DEEPEST  # shorter ones cannot be too deep
    odd = _marked(odd, text, long, _too_deep)
    odd = _marked(odd, text, text.str.contains(_SEVERAL), _not_one_value)
    return seen, odd


def _marked(odd: pl.Series, text: pl.Series, some: pl.Series, test: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Odd ones and those among `some` that the costlier test finds."""
    if not some.any():
        return odd
    rows = some.arg_true()
    return odd.scatter(rows.filter(test(text.gather(rows))), values=True)


def _too_deep(text: pl.Series) -> pl.Series:
    deep = text.str.count_matches(r"[\[{]") > DEEPEST
    return _marked(~deep & deep, text, deep, _not_one_value)


def _not_one_value(text: pl.Series) -> pl.Series:
    """Not one JSON value, or one deeper than 127, where the reader behind this search stops."""
    return text.str.json_path_match("$").is_null()


def _found(text: pl.Series, keys: frozenset[str]) -> frozenset[str]:
    literals = {f'"{key}"': key for key in keys}
    if not literals or not len(text):
        return frozenset()
    found = text.str.extract_many(list(literals), overlapping=True).explode().drop_nulls().unique()
    return frozenset(literals[literal] for literal in found)


def _batches(text: pl.Series, odd: pl.Series) -> Iterator[tuple[pl.Series, pl.Series]]:
    """Rows that are not odd and their text, in runs of about `_BATCH_BYTES`."""
    rows = (~odd).arg_true()
    if len(rows) != len(text):
        text = text.gather(rows)
    size = text.str.len_bytes().cast(pl.UInt64).cum_sum()
    start = 0
    for length in (size // _BATCH_BYTES).rle().struct.field("len"):
        yield rows[start : start + length], text[start : start + length]
        start += length


def _keys(node: Node) -> Iterator[str]:
    for key, kid in node.kids.items():
        yield key
        yield from _keys(kid)
    if node.item:
        yield from _keys(node.item)
