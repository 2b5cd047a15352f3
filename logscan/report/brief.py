"""The report in words: for a terminal, a CI log, a chat or a ticket. The same sentences as the page's."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from logscan.model.finding import Scan
from logscan.report.context import Card, build_page
from logscan.report.contrast import contrast_told
from logscan.report.facts import after_mark
from logscan.report.templates import shipped
from logscan.report.text import render_text, totals
from logscan.rules.load import Library


class Told(NamedTuple):
    """A finding and what is said of it, each a phrase without a full stop."""

    card: Card
    scope: str
    recurs: str
    state: str
    began: str
    basis: str
    apart: tuple[str, ...]


def brief(scan: Scan, library: Library, kind: str) -> str:
    """Verdict, totals, and each finding with its evidence and what to do.

    In:  kind: text | markdown
    Law: pure; in text every character is printable or a line break; in Markdown no text of the log is markup, and
         none ends the fence that it stands in
    """
    page = build_page(scan, library)
    words: Any = shipped().environment.get_template("words.j2").module
    cards = said(page.cards)
    told = {"page": page, "scan": scan, "cards": cards, "verdict": words.verdict(page).striptags()}
    told |= totals(scan, library.taxonomy)
    return render_text({"text": "brief.j2", "markdown": "brief.md.j2"}[kind], **told)


def said(cards: Iterable[Card]) -> list[Told]:
    """What is said of each finding."""
    words: Any = shipped().environment.get_template("words.j2").module
    return [_said(card, words) for card in cards]


def _said(card: Card, words: Any) -> Told:
    return Told(
        card,
        scope=words.scope(card.finding.scope).striptags(),
        recurs=words.recurs(card).striptags(),
        state=words.state(card.finding).striptags(),
        began="; ".join(filter(None, (words.began(card.finding).striptags(), after_mark(card.finding)))),
        basis=words.basis(card).striptags(),
        apart=contrast_told(card.finding),
    )
