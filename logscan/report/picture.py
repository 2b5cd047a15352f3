"""The timeline as pictures, for where no page can be shown: a bundle, a mail, a chat."""

from collections.abc import Mapping, Sequence
from typing import Any

from logscan.report.charts import hex_of, timeline_spec
from logscan.report.timeline import Timeline

_WIDTH, _HEIGHT, _SCALE = 900, 260, 2  # CSS pixels, and pixels for each of them
_INK = {
    "var(--total)": "#eaedf1",
    "var(--quiet)": "#5a6270",
    "var(--line)": "#dfe3e8",
    "var(--ink)": "#171a1f",
    "var(--link)": "#1455b8",
    "var(--high)": "#b83a0c",
}


def timeline_pictures(timeline: Timeline) -> tuple[bytes, ...]:
    """One PNG for each stretch of the log, on white paper, with a legend.

    Source: the specification of the page's own chart, reports/charts/timeline.vl.json
    """
    import vl_convert  # noqa: PLC0415 - start-up time

    return tuple(
        vl_convert.vegalite_to_png(_spec(timeline.chart, panel), scale=_SCALE) for panel in timeline.chart["panels"]
    )


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
