"""The chart bundle, the colours of the cause families, and what the timeline draws."""

import json
import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from logscan.model.resources import reports_dir

COLUMNS = 240  # most columns a timeline has: about what a wide screen can tell apart
SHADES = 3  # causes of one family that get their own shade
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)
_SNIPPET = "window.vegaEmbed = vegaEmbed;"
_END = "/* end of the chart bundle */"
_HEX = re.compile(r"#[0-9a-f]{6}")


def chart_bundle(cache: Path) -> str:
    """The JavaScript of Vega, Vega-Lite and their embedding, made once per version and kept in `cache`.

    Out: text that is safe inside <script>; its top-level names stay inside one function
    Law: a broken or half-written file in the cache is never used
    """
    import vl_convert  # noqa: PLC0415 - only here, so that a report with the bundle at hand starts faster

    kept = cache / f"vega-{version('vl-convert-python')}-{vl_convert.get_vega_version()}.js"
    if kept.is_file() and (text := kept.read_text("utf-8", "replace")).endswith(_END):
        return text
    source: str = vl_convert.javascript_bundle(_SNIPPET)
    text = f"(() => {{\n{for_script(source)}\n}})();\n{_END}"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=cache, suffix=".part", encoding="utf-8", delete=False) as part:
            part.write(text)
        os.replace(part.name, kept)  # noqa: PTH105 - the atomic rename
    except OSError:
        return text  # a cache that cannot be written costs the next run a second, nothing else
    return text


def for_script(source: str) -> str:
    """JavaScript that cannot end its own <script> element."""
    return re.sub(r"<(?=/script|!--)", r"\\x3c", source, flags=re.IGNORECASE)


def palette_css() -> str:
    """Custom properties `--c-<family>-<shade>`, for light and for dark paper.

    Law: nothing but names and colours from reports/charts/colours.json, checked, ever stands in it
    """
    light, dark = [], []
    for family, pair in _palette()["families"].items():
        if not (re.fullmatch(r"[a-z_]+", family) and len(pair) == 2 and all(_HEX.fullmatch(hue) for hue in pair)):
            raise ValueError(f"reports/charts/colours.json: `{family}` is not a pair of #rrggbb")
        light.append(f"--c-{family}:{pair[0]};" + _shades(family))
        dark.append(f"--c-{family}:{pair[1]};")
    return f":root{{{''.join(light)}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{''.join(dark)}}}}}\n"


def _shades(family: str) -> str:
    mixes = ((1, f"var(--c-{family})"), (2, f"color-mix(in oklab,var(--c-{family}) 62%,var(--paper))"),
             (3, f"color-mix(in oklab,var(--c-{family}) 62%,var(--ink))"))  # fmt: skip
    return "".join(f"--c-{family}-{shade}:{mix};" for shade, mix in mixes)


def _palette() -> Mapping[str, Any]:
    return json.loads((reports_dir() / "charts" / "colours.json").read_text("utf-8"))  # type: ignore[no-any-return]


def timeline_spec() -> Mapping[str, Any]:
    """The Vega-Lite specification; the page's script puts the data in."""
    return json.loads((reports_dir() / "charts" / "timeline.vl.json").read_text("utf-8"))  # type: ignore[no-any-return]


def colours(causes: Sequence[tuple[str, str]]) -> dict[str, str]:
    """In: (cause, family), most important first. Out: cause → name of its custom property."""
    palette, used = _palette(), defaultdict[str, int](int)
    out = {}
    for cause, family in causes:
        hue = family if family in palette["families"] else palette["other"]
        out[cause] = f"c-{hue}-{used[hue] % SHADES + 1}"
        used[hue] += 1
    return out


@dataclass(frozen=True)
class Grid:
    """Equal columns of time. Units: seconds since 1970 UTC; `outside` events lie before or after the columns."""

    start: int
    step: int
    columns: int
    outside: int

    def index(self, when: datetime) -> int:
        return int((when.timestamp() - self.start) // self.step)

    def moment(self, column: float) -> datetime:
        return datetime.fromtimestamp(self.start + column * self.step, UTC)


def make_grid(rows: Iterable[tuple[datetime, int]], bucket_s: int, columns: int = COLUMNS) -> Grid | None:
    """Columns that hold the events; None when there are none.

    Law: a lone line with a wrong clock does not stretch the axis: when the middle 99.8 % of the events take less than a
         twentieth of the span, the columns cover those, and the rest is counted in `outside`
    """
    found = sorted((int(when.timestamp()), count) for when, count in rows if count > 0)
    if not found:
        return None
    total = sum(count for _, count in found)
    low, high, seen = found[0][0], found[-1][0], 0
    inner = []
    for second, count in found:
        if seen + count > total * 0.001 and seen < total * 0.999:
            inner.append(second)
        seen += count
    if inner and (inner[-1] - inner[0] + bucket_s) * 20 < high - low:
        low, high = inner[0], inner[-1]
    step = next((s for s in _STEPS if s >= bucket_s and (high // s - low // s) < columns), 0)
    while not step or high // step - low // step >= columns:
        step = step * 2 or _STEPS[-1]
    grid = Grid(low // step * step, step, high // step - low // step + 1, 0)
    outside = sum(count for second, count in found if not 0 <= (second - grid.start) // step < grid.columns)
    return Grid(grid.start, step, grid.columns, outside)


def tally(rows: Iterable[tuple[datetime, str, int]], grid: Grid) -> dict[str, list[int]]:
    """Events by name and column. Law: nothing outside the grid is counted."""
    out: dict[str, list[int]] = defaultdict(lambda: [0] * grid.columns)
    for when, name, count in rows:
        if 0 <= (column := grid.index(when)) < grid.columns:
            out[name][column] += count
    return dict(out)


def ticks(highest: int, wanted: int = 3) -> list[int]:
    """Round numbers from 0 to at least `highest`."""
    raw = max(highest, 1) / wanted
    size = 10 ** (len(str(int(raw))) - 1) if raw >= 1 else 1
    step = next(int(size * m) for m in (1, 2, 2.5, 5, 10) if size * m >= raw and size * m == int(size * m))
    return list(range(0, max(highest, 1) + step, step))


def time_ticks(grid: Grid, wanted: int = 4) -> list[tuple[float, str, str]]:
    """Some round moments: place along the axis (0..1), hour, and day where it is another than before (or nothing)."""
    span = grid.columns * grid.step
    step = next((s for s in _STEPS if span / s <= wanted + 1), _STEPS[-1])
    while span / step > wanted + 1:
        step *= 2
    first = -(-grid.start // step) * step
    clock = "" if step >= 86_400 else "%H:%M" if step >= 60 else "%H:%M:%S"
    out, day = [], ""
    for second in range(first, grid.start + span + 1, step):
        when = datetime.fromtimestamp(second, UTC)
        today = when.strftime("%d %b")
        out.append(((second - grid.start) / span, when.strftime(clock), today if today != day else ""))
        day = today
    return out


def steps_path(values: Sequence[int], floor: Sequence[int], scale: float, height: int) -> str:
    """SVG path of the columns `values`, standing on `floor`; one unit wide each, `scale` events to one unit high."""
    out = []
    for x, (value, below) in enumerate(zip(values, floor, strict=True)):
        if value:
            top, bottom = height - (below + value) / scale, height - below / scale
            out.append(f"M{x} {bottom:.1f}V{top:.1f}H{x + 1}V{bottom:.1f}Z")
    return "".join(out)


def chart_json(value: Any) -> str:
    """JSON that stays data inside a <script type="application/json"> whatever it holds."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
