"""The report: one HTML file that can be mailed, opened offline and trusted as evidence."""

import base64
import hashlib
import zlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from logscan.analysis.asked import Asked
from logscan.model.finding import Scan
from logscan.model.resources import reports_dir
from logscan.model.schemas import SHOWN
from logscan.model.taxonomy import Taxonomy
from logscan.report import show
from logscan.report.charts import chart_json, for_script, heat_spec, palette_css, timeline_spec
from logscan.report.context import Page, build_page, cause_words
from logscan.report.heat import DAYS, Heat, Matrix, client_matrix, weekly_heat
from logscan.report.packed import packed_events
from logscan.report.pairing import Pairing, pairing
from logscan.report.provenance import provenance
from logscan.report.templates import LABEL, Templates, shipped
from logscan.rules.load import Library

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
    asked: Asked | None = None,
    title: str = "",
    templates: Templates | None = None,
) -> str:
    """The whole page.

    In:  bundle the chart library, as `chart_bundle` gives it; generated and command only as words on the page;
         shown: the failures for the table (SHOWN), none when it is left out; asked: who
         asked for what; title: what the reader calls the case;
         templates: those of `load_templates`, the shipped ones when left out
    Errors: SettingsError when a template of the reader's own fails
    Law: a pure function of its arguments; no text of `scan` becomes markup, script, style, link or anything unseen;
         the page asks nothing of the network and tells everything but the interactive chart without scripts
    """
    templates = templates or shipped()
    page = build_page(scan, library)
    script = for_script(_script(reports_dir() / "html" / "script"))
    style = palette_css() + templates.style
    listed = SHOWN.to_frame() if shown is None else shown
    heat, matrix, paired = heat_maps(scan, library.taxonomy, listed, asked)
    charts = bundle if page.timeline or matrix or paired else ""
    chart: dict[str, Any] = {"cards": _named(page)}
    if page.timeline:
        chart |= {"spec": timeline_spec(), **page.timeline.chart}
    if heat or matrix or paired:
        maps = {"week": heat, "matrix": matrix, "pairing": paired}
        chart |= {"heat_spec": heat_spec(), **{name: made and made.chart for name, made in maps.items()}}
    numbers = {id(card.finding): card.number for card in (*page.cards, *page.benign)}
    events = packed_events(listed, [numbers[id(finding)] for finding in scan.findings]) if listed.height else ""
    safe: Any = templates.environment.globals["safe"]
    return templates.render(
        "report.html.j2",
        page=page,
        scan=scan,
        generated=generated,
        command=command,
        version=version,
        title=title,
        digest=library.digest,
        policy=safe(_POLICY.format(scripts=" ".join(map(_hash, filter(None, (charts, script)))), style=_hash(style))),
        style=safe(style),
        library=safe(_packed(charts)) if charts else "",
        script=safe(script),
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
        paired=paired,
        days=DAYS,
    )


def heat_maps(
    scan: Scan, taxonomy: Taxonomy, listed: pl.DataFrame, asked: Asked | None
) -> tuple[Heat | None, Matrix | None, Pairing | None]:
    """When it fails, who fails where, how soon it worked.  In: listed: the failures for the table (SHOWN)"""
    causes = {cause: cause_words(taxonomy, cause) for cause in scan.by_cause}
    found = [cause_words(taxonomy, finding.cause) for finding in scan.findings]
    benign = [place for place, cause in enumerate(found) if cause.benign]
    matrix = client_matrix(asked, listed.height - int(listed["finding"].is_in(benign).sum()))
    return weekly_heat(scan, causes), matrix, pairing(listed, [show.visible(cause.title, LABEL) for cause in found])


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


@cache
def _packed(charts: str) -> str:
    """The chart library, which is most of a small page, at half of its length; the page's script unpacks it."""
    return base64.b64encode(zlib.compress(charts.encode())).decode()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
