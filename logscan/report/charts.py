"""The chart library, the chart specification and the colours of the cause families."""

import json
import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from logscan.model.resources import reports_dir

SHADES = 3  # causes of one family that get their own shade
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


def hex_of(colour: str) -> str:
    """The colour on white paper that `var(--c-<family>-<shade>)` stands for, where no style sheet is at hand."""
    found = re.fullmatch(r"var\(--c-([a-z_]+)-([1-3])\)", colour)
    if not found:
        raise ValueError(f"{colour!r} is no colour of a cause")
    base = _palette()["families"][found[1]][0]
    if found[2] == "1":
        return str(base)
    other = 0xFF if found[2] == "2" else 0x1A
    parts = [round(int(base[at : at + 2], 16) * 0.62 + other * 0.38) for at in (1, 3, 5)]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _shades(family: str) -> str:
    mixes = ((1, f"var(--c-{family})"), (2, f"color-mix(in oklab,var(--c-{family}) 62%,var(--paper))"),
             (3, f"color-mix(in oklab,var(--c-{family}) 62%,var(--ink))"))  # fmt: skip
    return "".join(f"--c-{family}-{shade}:{mix};" for shade, mix in mixes)


def _palette() -> Mapping[str, Any]:
    return json.loads((reports_dir() / "charts" / "colours.json").read_text("utf-8"))  # type: ignore[no-any-return]


def timeline_spec() -> Mapping[str, Any]:
    """The Vega-Lite specification; the page's script puts the data in."""
    return json.loads((reports_dir() / "charts" / "timeline.vl.json").read_text("utf-8"))  # type: ignore[no-any-return]


def heat_spec() -> Mapping[str, Any]:
    """The Vega-Lite specification of both heat maps; the page's script puts the cells in."""
    return json.loads((reports_dir() / "charts" / "heat.vl.json").read_text("utf-8"))  # type: ignore[no-any-return]


def colours(causes: Sequence[tuple[str, str]]) -> dict[str, str]:
    """In: (cause, family), most important first. Out: cause → name of its custom property."""
    palette, used = _palette(), defaultdict[str, int](int)
    out = {}
    for cause, family in causes:
        hue = family if family in palette["families"] else palette["other"]
        out[cause] = f"c-{hue}-{used[hue] % SHADES + 1}"
        used[hue] += 1
    return out


def chart_json(value: Any) -> str:
    """JSON that stays data inside a <script type="application/json"> whatever it holds."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
