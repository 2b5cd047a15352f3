"""The report: one HTML file that can be mailed, opened offline and trusted as evidence."""

import base64
import hashlib
import re
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from logscan.model.finding import Scan
from logscan.model.resources import reports_dir
from logscan.model.schemas import SHOWN
from logscan.report import show
from logscan.report.charts import chart_json, for_script, heat_spec, palette_css, timeline_spec
from logscan.report.context import Page, build_page, cause_words
from logscan.report.heat import DAYS, client_matrix, weekly_heat
from logscan.report.packed import packed_events
from logscan.report.provenance import provenance
from logscan.rules.load import Library

if TYPE_CHECKING:
    import jinja2

EVIDENCE = 4_000  # characters shown of one log line
LABEL = 160  # characters shown of what stands in a heading or a sentence
_CODE = re.compile(r"`([^`]+)`")
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types logscan default"
)


def render_html(
    scan: Scan,
    library: Library,
    *,
    generated: datetime,
    command: str,
    version: str,
    bundle: str,
    shown: pl.DataFrame | None = None,
    title: str = "",
) -> str:
    """The whole page.

    In:  bundle the chart library, as `chart_bundle` gives it; generated and command only as words on the page;
         shown: the failures for the table (SHOWN), none when it is left out; title: what the reader calls the case
    Law: a pure function of its arguments; no text of `scan` becomes markup, script, style, link or anything unseen;
         the page asks nothing of the network and tells everything but the interactive chart without scripts
    """
    folder = reports_dir()
    page = build_page(scan, library)
    script = for_script(_script(folder / "html" / "script"))
    style = palette_css() + (folder / "html" / "report.css").read_text("utf-8")
    listed = SHOWN.to_frame() if shown is None else shown
    causes = {cause: cause_words(library.taxonomy, cause) for cause in scan.by_cause}
    heat = weekly_heat(scan, causes)
    matrix = client_matrix(listed, [not cause_words(library.taxonomy, found.cause).benign for found in scan.findings])
    scripts = [bundle, script] if page.timeline or matrix else [script]
    chart: dict[str, Any] = {"cards": _named(page)}
    if page.timeline:
        chart |= {"spec": timeline_spec(), **page.timeline.chart}
    if heat or matrix:
        chart |= {"heat_spec": heat_spec(), "week": heat and heat.chart, "matrix": matrix and matrix.chart}
    numbers = {id(card.finding): card.number for card in (*page.cards, *page.benign)}
    events = packed_events(listed, [numbers[id(finding)] for finding in scan.findings]) if listed.height else ""
    environment = page_environment(folder / "html")
    safe: Any = environment.globals["safe"]
    return environment.get_template("report.html.j2").render(
        page=page,
        scan=scan,
        generated=generated,
        command=command,
        version=version,
        title=title,
        digest=library.digest,
        policy=safe(_POLICY.format(scripts=" ".join(map(_hash, scripts)), style=_hash(style))),
        style=safe(style),
        scripts=[safe(text) for text in scripts],
        data=safe(chart_json(chart)),
        provenance=safe(
            chart_json(
                provenance(scan, generated=generated, command=command, version=version, rules_digest=library.digest)
            )
        ),
        events=safe(events),
        listed=listed.height,
        heat=heat,
        matrix=matrix,
        days=DAYS,
    )


def _script(folder: Path) -> str:
    """The page's own script: its parts in the order of their numbers, in one function."""
    parts = [path.read_text("utf-8") for path in sorted(folder.glob("*.js"))]
    return "(() => {\n" + "\n".join(['"use strict";', *parts]) + "\n})();\n"


def _named(page: Page) -> list[dict[str, Any]]:
    """What the script knows of each finding. series: the place of its cause in the chart, -1 where it has none."""
    causes = [series.cause.id for series in page.timeline.series] if page.timeline else []
    return [
        {
            "number": card.number,
            "id": card.finding.id,
            "cause": show.visible(card.cause.title, LABEL),
            "title": show.visible(f"{card.number}. {card.cause.title}", LABEL),
            "benign": card.cause.benign,
            "series": causes.index(card.cause.id) if card.cause.id in causes else -1,
        }
        for card in (*page.cards, *page.benign)
    ]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def page_environment(folder: Path) -> "jinja2.Environment":
    """Templates that escape all they are given, refuse what they were not given, and show what would hide."""
    import jinja2  # noqa: PLC0415 - start-up time
    import markupsafe  # noqa: PLC0415

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=partial(_shown, markupsafe.Markup),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["safe"] = markupsafe.Markup
    environment.filters |= {
        "n": show.number,
        "pc": show.percent,
        "span_s": show.duration,
        "bytes": show.size,
        "moment": show.moment,
        "machine": show.machine_time,
        "path": markupsafe.Markup.escape,  # our own drawing, of any length
        "upfirst": lambda text: text[:1].upper() + text[1:],
        "short": lambda text: show.visible(text, LABEL),
        "line": lambda text: markupsafe.Markup.escape(show.visible(text, EVIDENCE, keep="\n\t")),
        "prose": lambda text: _prose(markupsafe.Markup, text),
    }
    environment.globals["between"] = show.span
    return environment


def _prose(markup: Any, text: str) -> Any:
    """Sentences in which `this` is code; escaped first, so that nothing but <code> can come of it."""
    return markup(_CODE.sub(r'<code class="q">\1</code>', str(markup.escape(show.visible(text)))))


def _shown(markup: type, value: Any) -> Any:
    """What a template may print: markup of its own, whole numbers, and text made visible; never None or a float."""
    if isinstance(value, markup) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, float) or value is None or isinstance(value, bool):
        raise TypeError(f"a template prints {value!r}, which needs words of its own")
    return show.visible(str(value))
