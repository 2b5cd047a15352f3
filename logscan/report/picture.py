"""The charts as pictures, for where no page can be shown: a bundle, a mail, a chat."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import sqrt
from typing import Any

from jinja2 import Environment

from logscan.model.resources import reports_dir
from logscan.report.charts import heat_spec, hex_of, timeline_spec
from logscan.report.context import Card
from logscan.report.heat import DAYS, Heat, Matrix
from logscan.report.multiples import Multiples
from logscan.report.pairing import Pairing
from logscan.report.show import number, percent, visible
from logscan.report.templates import page_environment
from logscan.report.timeline import Panel, Timeline

_WIDTH, _HEIGHT, _SCALE = 900, 260, 2  # CSS pixels, and pixels for each of them
_CELL = 24
_HEAD, _STRIP, _TREES, _TREE = 66, 100, 92, 26  # of the parts of a finding's picture
_ABOVE, _SMALL, _ACROSS = 80, 104, 4  # of small pictures: what stands above them, the height of one, how many in a row
_INK = {
    "var(--total)": "#eaedf1",
    "var(--quiet)": "#5a6270",
    "var(--line)": "#dfe3e8",
    "var(--ink)": "#171a1f",
    "var(--link)": "#1455b8",
    "var(--high)": "#b83a0c",
    "var(--paper)": "#ffffff",
}
_TITLES = {
    Heat: "Failed authentications by hour and weekday, UTC",
    Matrix: "Share of its requests to an endpoint that each client saw refused",
    Pairing: "Failures by cause and the time to the next success of the same client on the same path",
}
_NOTHING, _WORKED = "#f6f7f9", "#dbe8e1"  # no request, none failed


def timeline_pictures(timeline: Timeline) -> tuple[bytes, ...]:
    """One PNG for each stretch of the log, on white paper, with a legend.

    Source: the specification of the page's own chart, reports/charts/timeline.vl.json
    """
    import vl_convert  # noqa: PLC0415 - start-up time

    return tuple(
        vl_convert.vegalite_to_png(_spec(timeline.chart, drawn) | {"title": _titled(_told(panel))}, scale=_SCALE)
        for drawn, panel in zip(timeline.chart["panels"], timeline.panels, strict=True)
    )


def heat_picture(made: Heat | Matrix | Pairing) -> bytes:
    """A PNG of one of the page's heat maps, with its numbers in it.

    Source: the specification of the page's own charts, reports/charts/heat.vl.json
    """
    import vl_convert  # noqa: PLC0415 - start-up time

    spec: dict[str, Any] = _coloured(heat_spec())
    rows, columns = _names(made)
    spec["datasets"] = {"cells": [_cell(made, at, of) for at, of in product(range(len(rows)), range(len(columns)))]}
    spec["params"] = [{"name": "rows", "value": rows}, {"name": "columns", "value": columns}]
    spec["title"] = _titled(_TITLES[type(made)])
    spec |= {"width": _WIDTH, "height": _CELL * len(rows), "background": "#ffffff", "padding": 12, "autosize": "pad"}
    if isinstance(made, Matrix):
        spec["encoding"]["x"]["axis"] |= {"labelAngle": -35, "labelAlign": "right", "labelOverlap": False}
    return vl_convert.vegalite_to_png(spec, scale=_SCALE)


def finding_picture(card: Card) -> bytes | None:
    """A PNG of when a finding failed and what sets it apart; none where neither is known.

    Law: no text of it becomes markup
    """
    import vl_convert  # noqa: PLC0415 - start-up time

    trees = len(card.forest.trees) if card.forest else 0
    if not (card.strip or trees):
        return None
    environment = _environment()
    words = environment.get_template("words.j2").module
    height = _HEAD + (_STRIP if card.strip else 0) + (_TREES + _TREE * trees if trees else 0)
    hue = hex_of(f"var(--{card.colour})")
    drawn = environment.get_template("finding.svg.j2").render(card=card, words=words, hue=hue, height=height)
    return vl_convert.svg_to_png(drawn, scale=_SCALE)


def multiples_picture(multiples: Multiples) -> bytes:
    """A PNG of the small pictures that stand open on the page, side by side on one scale.

    Law: no text of it becomes markup
    """
    import vl_convert  # noqa: PLC0415 - start-up time

    hues = {colour: hex_of(f"var(--{colour})") for small in multiples.shown for colour, _ in small.paths}
    height = _ABOVE + _SMALL * -(-len(multiples.shown) // _ACROSS)
    template = _environment().get_template("multiples.svg.j2")
    return vl_convert.svg_to_png(template.render(m=multiples, hues=hues, height=height, across=_ACROSS), scale=_SCALE)


def _environment() -> Environment:
    environment = page_environment(reports_dir() / "charts", reports_dir() / "html")
    environment.filters["cut"] = _cut
    return environment


def _titled(text: str) -> dict[str, Any]:
    return {"text": text, "anchor": "start", "fontSize": 14, "offset": 12, "color": _INK["var(--ink)"]}


def _cut(text: str, limit: int) -> str:
    shown = visible(str(text))
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}\u2026"


def _names(made: Heat | Matrix | Pairing) -> tuple[Sequence[str], Sequence[str]]:
    if isinstance(made, Heat):
        return [day[:3] for day in DAYS], [f"{hour:02}" for hour in range(24)]
    return (made.clients, made.endpoints) if isinstance(made, Matrix) else (made.causes, made.columns)


def _cell(made: Heat | Matrix | Pairing, row: int, column: int) -> dict[str, Any]:
    """As the page's script colours it: shares of requests, of a row, or of the most."""
    failed, label = made.failed[row][column], ""
    if isinstance(made, Matrix):
        whole = made.requests[row][column]
        label = percent(failed / whole) if failed and whole else ""
    else:
        whole = sum(made.failed[row]) if isinstance(made, Pairing) else max(map(max, made.failed))
        label = number(failed) if failed else ""
    part = min(1.0, failed / max(whole, 1))
    calm = _WORKED if isinstance(made, Matrix) and whole else _NOTHING
    colour = _mixed(_INK["var(--high)"], 0.18 + 0.82 * sqrt(part)) if failed else calm
    return {"row": row, "column": column, "dark": part > 0.3, "label": label, "colour": colour}


def _mixed(hue: str, share: float) -> str:
    """So much of a colour on white paper."""
    parts = (int(hue[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part * share + 255 * (1 - share)):02x}" for part in parts)


def _told(panel: Panel) -> str:
    return f"Failed authentications by cause per {panel.per}, UTC; faint, on the right-hand scale: all events"


def _spec(chart: Mapping[str, Any], panel: Mapping[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = _coloured(timeline_spec())
    causes = chart["causes"]
    spec |= {"width": _WIDTH, "height": _HEIGHT, "background": "#ffffff", "padding": 12}
    spec["datasets"] = {
        "failures": _boxes(panel, causes),
        "totals": list(panel["columns"]),
        "spans": [note for note in panel["notes"] if note["kind"] != "mark"],
        "marks": [note for note in panel["notes"] if note["kind"] == "mark"],
    }
    # The last layer is for the pointer; a scale over no data has no ends.
    spec["layer"] = [layer for layer in spec["layer"][:-1] if spec["datasets"][layer["data"]["name"]]]
    names = [cause["title"] for cause in causes if cause["drawn"]]
    colours = [hex_of(cause["colour"]) for cause in causes if cause["drawn"]]
    failures: dict[str, Any] = next(
        (layer for layer in spec["layer"] if layer["data"]["name"] == "failures"), {"encoding": {}}
    )
    failures["encoding"]["color"] = {
        "field": "cause",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": names, "range": colours},
        "legend": {"title": None, "orient": "top", "columns": 3, "labelLimit": 280, "symbolType": "square"},
    }
    return spec


def _boxes(panel: Mapping[str, Any], causes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    floor = [0] * len(panel["columns"])
    found = []
    for cause, counts in zip(causes, panel["events"], strict=True):
        if not cause["drawn"]:
            continue
        for at, (column, events) in enumerate(zip(panel["columns"], counts, strict=True)):
            if events:
                ends = {"start": column["start"], "end": column["end"]}
                found.append(ends | {"cause": cause["title"], "bottom": floor[at], "top": floor[at] + events})
                floor[at] += events
    return found


def _coloured(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _coloured(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_coloured(item) for item in value]
    return _INK.get(value, value) if isinstance(value, str) else value
