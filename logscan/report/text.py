"""Words for a terminal: the findings as a table, and a short summary. No log text gets there unescaped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jinja2

from logscan.model.finding import Finding, Scan, Scope
from logscan.model.resources import reports_dir
from logscan.model.taxonomy import UNCLASSIFIED, Taxonomy
from logscan.report.coverage import assumption, covered, logs_of
from logscan.report.escape import cell, markdown_fence, markdown_text, shortened
from logscan.report.json import in_order
from logscan.report.show import duration, moment, number, visible
from logscan.rules.playbook import Playbook

_SEVERITIES = {"informational": "info"}


@dataclass(frozen=True)
class Row:
    """One finding in words."""

    severity: str
    cause: str
    pattern: str
    where: str
    since: str
    events: str
    confidence: str
    advice: str
    lacks: str
    ahead: str
    caveats: tuple[str, ...] = ()


def findings_table(scan: Scan, taxonomy: Taxonomy, playbooks: Mapping[str, Playbook] | None = None) -> str:
    """The findings, worst first, in 100 columns, each with one line of what to do; then the totals.

    In:   playbooks: titles for the advice; without them the playbook's id stands for itself
    Law:  printable characters and line breaks only, whatever the log holds
    """
    rows = [_row(found, taxonomy, playbooks or {}) for found in in_order(scan)]
    return render_text("findings.j2", scan=scan, rows=rows, **totals(scan, taxonomy))


def summary_text(scan: Scan, taxonomy: Taxonomy) -> str:
    """A few lines for stderr, without a line break at the end."""
    rows = [_row(found, taxonomy, {}) for found in in_order(scan)]
    return render_text("summary.j2", scan=scan, rows=rows, **totals(scan, taxonomy)).rstrip("\n")


def _row(found: Finding, taxonomy: Taxonomy, playbooks: Mapping[str, Playbook]) -> Row:
    cause = found.detection.title if found.detection else _cause(found.cause, taxonomy)
    pattern = taxonomy.patterns[found.pattern].title if found.pattern in taxonomy.patterns else found.pattern
    if found.period_s:
        pattern = f"every {duration(found.period_s)}"
    book = playbooks.get(found.playbook)
    return Row(
        severity=_SEVERITIES.get(found.severity, found.severity),
        cause=cause,
        pattern=pattern,
        where=_where(found.scope),
        since=_since(found.first_seen),
        events=number(found.counts.events),
        confidence=found.confidence,
        advice=f"{book.title} ({book.id})" if book else found.playbook or _advice(found),
        lacks=found.missing_evidence if found.cause == UNCLASSIFIED else "",
        ahead=_ahead(found),
        caveats=found.caveats,
    )


def _ahead(found: Finding) -> str:
    if found.next_expected is None:
        return ""
    why = ", when what was presented runs out" if found.next_runs_out else ""
    near = f", give or take {duration(found.next_within_s)}" if found.next_within_s else ""
    return f"about {_since(found.next_expected)}{near}{why}"


def _advice(found: Finding) -> str:
    references = found.detection.references if found.detection else ()
    return f"see {references[0]}" if references else "see the report"


def _where(scope: Scope) -> str:
    if not scope.values:
        return "everywhere" if scope.level == "all" else scope.level
    return f"{scope.level} {', '.join(scope.values)}"


def _since(when: datetime | None) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if when else "unknown"


def _cause(cause: str, taxonomy: Taxonomy) -> str:
    known = taxonomy.causes.get(cause)
    return known.title if known else cause


def totals(scan: Scan, taxonomy: Taxonomy) -> dict[str, Any]:
    """What totals.j2 reads beside the scan: causes; what was covered, assumed, and is to be minded, of the inputs."""
    doubts = [(each.path, told) for each in scan.inputs for told in (each.doubt, *each.notes) if told]
    times = [(log.title, notice) for log in logs_of(scan) for notice in log.notices]
    first, last = covered(scan)
    time = f"from {moment(first)} to {moment(last)} UTC" if first and last else ""
    return {"causes": _causes(scan, taxonomy), "covered": time, "zones": assumption(scan), "noticed": [*doubts, *times]}


def _causes(scan: Scan, taxonomy: Taxonomy) -> list[tuple[str, int]]:
    """Title and count of each cause, the most frequent first."""
    ranked = sorted(scan.by_cause.items(), key=lambda item: (-item[1], item[0]))
    return [(_cause(cause, taxonomy), count) for cause, count in ranked if count]


def render_text(name: str, **values: Any) -> str:
    return _environment().get_template(name).render(**values)


class Fence(str):
    """Lines in a fence of Markdown: already made visible, its line breaks are meant."""

    __slots__ = ()


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Fence) else value


@cache
def _environment() -> jinja2.Environment:
    """Plain text: what would hide is shown, HTML means nothing here."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(reports_dir() / "text"),
        autoescape=False,  # noqa: S701 - a terminal, not a page
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {
        "cell": cell,
        "right": lambda text, columns: cell(text, columns, right=True),
        "short": shortened,
        "md": markdown_text,
        "fence": lambda texts, indent="": Fence(markdown_fence(texts, indent)),
        "n": number,
        "moment": moment,
        "upfirst": lambda text: text[:1].upper() + text[1:],
    }
    return environment
