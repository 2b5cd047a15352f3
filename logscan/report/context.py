"""What the page's templates read: the scan, joined with the words of taxonomy, rules and playbooks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from logscan.model.finding import Evidence, Finding, Scan
from logscan.model.resources import reports_dir
from logscan.model.severity import SEVERITIES
from logscan.model.taxonomy import UNCLASSIFIED, Cause, Pattern, Taxonomy
from logscan.report.charts import colours
from logscan.report.coverage import Log, assumption, covered, logs_of
from logscan.report.facts import facts_told
from logscan.report.forest import Forest, contrast_forest
from logscan.report.groups import Group, folded
from logscan.report.matched import Part, marked
from logscan.report.multiples import Multiples, make_multiples
from logscan.report.notes import notes_of
from logscan.report.show import measured, visible
from logscan.report.steps import filled_steps, place_values
from logscan.report.strip import Strip, recurrence_strip
from logscan.report.templates import EVIDENCE
from logscan.report.timeline import Timeline, make_timeline
from logscan.rules.load import Library, Rule
from logscan.rules.playbook import Step

_TEXT, _BEHAVIOUR = "text", "behaviour"
_EPISODES = 600  # rows of the tables of all findings together
_EACH = (12, 60)  # of one: at least, at most


class Matched(NamedTuple):
    """A rule that matched. basis: whether it read the words of a line or what was measured over many."""

    name: str
    title: str
    basis: str


class Measure(NamedTuple):
    name: str
    words: str
    value: str
    decisive: bool  # a rule that matched reads it


class Proof(NamedTuple):
    """A line of evidence, cut at the words that a rule looks for."""

    line: Evidence
    parts: tuple[Part, ...]


class Other(NamedTuple):
    """Another cause that it could be. decided_by: what would prove it"""

    title: str
    confidence: str
    decided_by: str


@dataclass(frozen=True)
class Card:
    """One finding with its words. basis: text | behaviour | none, what its cause rests on."""

    finding: Finding
    number: int
    cause: Cause
    family: str
    pattern: Pattern
    severity: str  # one of SEVERITIES, for the look; the finding's own word is what is shown
    colour: str
    rules: tuple[Matched, ...]
    basis: str
    measures: tuple[Measure, ...]
    playbook: str
    summary: str
    steps: tuple[Step, ...]
    strip: Strip | None
    alternatives: tuple[Other, ...]
    told: tuple[str, ...]  # what its lines hold
    evidence: tuple[Proof, ...]
    doubts: tuple[str, ...]  # when the rules that named the cause are wrong, in their authors' words
    forest: Forest | None  # what sets its failing requests apart
    jitter_s: float | None  # how far turns lie off the period


@dataclass(frozen=True)
class Page:
    """benign: findings that need no action; calm: benign causes without a finding of their own, with their count;
    detections: findings of rules that name no cause, worst first; others: events with a time that succeeded (ok) or
    failed in another way (error).
    """

    scan: Scan
    cards: tuple[Card, ...]
    benign: tuple[Card, ...]
    calm: tuple[tuple[Cause, int], ...]
    real: int  # failures that are not benign
    others: Mapping[str, int]
    timeline: Timeline | None
    first: datetime | None
    last: datetime | None
    logs: tuple[Log, ...]
    assumption: str
    detections: tuple[Finding, ...]
    multiples: Multiples | None
    shown: tuple[Card, ...]  # of cards, those that stand open
    groups: tuple[Group, ...]  # the others, folded


class _Words(NamedTuple):
    library: Library
    rules: Mapping[str, Rule]  # by name
    features: Mapping[str, str]
    proofs: Mapping[int, tuple[Proof, ...]]  # by the finding's identity: two may have one id
    most: int  # rows of a table of episodes


def build_page(scan: Scan, library: Library) -> Page:
    """Everything the templates show.

    Law: pure; the same scan and library give an equal page. Cards stand worst first, else in the order of the scan
    """
    taxonomy = library.taxonomy
    ranked = sorted(scan.by_cause.items(), key=lambda item: (-item[1], item[0]))
    seen = dict.fromkeys([cause for cause, _ in ranked] + [f.cause for f in scan.findings])
    kinds = {cause: cause_words(taxonomy, cause) for cause in seen}
    hues = colours([(cause, words.family) for cause, words in kinds.items()])
    first, last = covered(scan)
    timeline = make_timeline(scan, kinds, taxonomy.families, hues, notes_of(scan, taxonomy))
    axes = [(panel.start, panel.end) for panel in timeline.panels] if timeline else []
    whole = (first, last) if first and last else None
    most = min(max(_EPISODES // max(len(scan.findings), 1), _EACH[0]), _EACH[1])
    features = json.loads((reports_dir() / "html" / "features.json").read_text("utf-8"))
    rules = {rule.name: rule for rule in library.rules}
    words = _Words(library, rules, features, _proofs(scan.findings, rules), most)
    ordered = sorted(scan.findings, key=lambda finding: -_rank(finding.severity))
    cards = [
        _card(finding, number, words, hues[finding.cause], _axis(finding, axes, whole))
        for number, finding in enumerate(sorted(ordered, key=lambda f: cause_words(taxonomy, f.cause).benign), 1)
    ]
    own = {finding.cause for finding in scan.findings}
    calm = [(cause_words(taxonomy, cause), count) for cause, count in ranked if cause not in own]
    real = tuple(card for card in cards if not card.cause.benign)
    return Page(
        scan,
        real,
        tuple(card for card in cards if card.cause.benign),
        tuple((cause, count) for cause, count in calm if cause.benign),
        sum(count for cause, count in ranked if not kinds[cause].benign),
        {name: sum(events for _, what, events in scan.timeline if what == name) for name in ("ok", "error")},
        timeline,
        first,
        last,
        logs_of(scan),
        assumption(scan),
        tuple(sorted(scan.detections, key=lambda found: -_rank(found.severity))),
        make_multiples(scan.groups, hues, {cause for cause, words in kinds.items() if words.benign}),
        *folded(real),
    )


def cause_words(taxonomy: Taxonomy, cause: str) -> Cause:
    """The words of a cause; one that the taxonomy lacks stands for itself."""
    unknown = taxonomy.causes.get(UNCLASSIFIED)
    family = unknown.family if unknown else ""
    return taxonomy.causes.get(cause) or Cause(cause, cause, "", family, "", benign=False)


def _axis(
    finding: Finding, axes: Sequence[tuple[datetime, datetime]], whole: tuple[datetime, datetime] | None
) -> tuple[datetime, datetime] | None:
    """The stretch of the log that holds all its episodes, else the whole log."""
    holding = [(a, b) for a, b in axes if any(first <= b and last >= a for first, last, _ in finding.episodes)]
    inside = len(holding) == 1 and all(holding[0][0] <= e[0] and e[1] <= holding[0][1] for e in finding.episodes)
    return holding[0] if inside else whole


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1


def _card(
    finding: Finding,
    number: int,
    words: _Words,
    colour: str,
    axis: tuple[datetime, datetime] | None,
) -> Card:
    library, rules = words.library, words.rules
    taxonomy = library.taxonomy
    cause = cause_words(taxonomy, finding.cause)
    found = [rules[name] for name in finding.rules if name in rules]
    matched = tuple(_matched(name, rules) for name in finding.rules)
    playbook = library.playbooks.get(finding.playbook) or library.playbooks.get(cause.playbook)
    values = place_values(finding, cause.title, finding.evidence[0].path if finding.evidence else "")
    naming = [rule for rule in found if rule.names == finding.cause]
    spread = finding.features.get("period_cv")
    return Card(
        finding=finding,
        number=number,
        cause=cause,
        family=taxonomy.families.get(cause.family, cause.family),
        pattern=taxonomy.patterns.get(finding.pattern) or Pattern(finding.pattern, finding.pattern, ""),
        severity=SEVERITIES[max(_rank(finding.severity), 0)],
        colour=colour,
        rules=matched,
        basis="none" if finding.cause == UNCLASSIFIED else _basis(naming),
        measures=_measures(
            finding, [*found, *(r for r in library.patterns if r.names == finding.pattern)], words.features
        ),
        playbook=playbook.title if playbook else "",
        summary=playbook.summary if playbook else "",
        steps=filled_steps(playbook, values) if playbook else (),
        strip=recurrence_strip(finding, axis, words.most) if axis else None,
        alternatives=tuple(_other(cause_words(taxonomy, a.cause), a.confidence) for a in finding.alternatives),
        told=facts_told(finding),
        evidence=words.proofs[id(finding)],
        doubts=tuple(dict.fromkeys(doubt for rule in naming for doubt in rule.falsepositives)),
        forest=contrast_forest(finding.contrast),
        jitter_s=spread * finding.period_s if spread and finding.period_s else None,
    )


def _other(cause: Cause, confidence: str) -> Other:
    return Other(cause.title, confidence, cause.decided_by)


def _proofs(findings: Sequence[Finding], rules: Mapping[str, Rule]) -> Mapping[int, tuple[Proof, ...]]:
    """The lines of all findings; marked are the words of the rules that named the cause, else of all that matched."""
    asked: list[tuple[Sequence[str], Sequence[Rule]]] = []
    for found in findings:
        texts = [rules[name] for name in found.rules if name in rules and rules[name].kind in ("causes", "outcomes")]
        naming = [rule for rule in texts if rule.names == found.cause] or texts
        asked.append(([visible(each.text, EVIDENCE, keep="\n\t") for each in found.evidence], naming))
    return {
        id(found): tuple(Proof(*each) for each in zip(found.evidence, parts, strict=True))
        for found, parts in zip(findings, marked(asked), strict=True)
    }


def _matched(name: str, rules: Mapping[str, Rule]) -> Matched:
    rule = rules.get(name)
    if rule is None:
        return Matched(name, name, "")
    return Matched(name, rule.title, _TEXT if rule.kind in ("causes", "outcomes") else _BEHAVIOUR)


def _basis(naming: Sequence[Rule]) -> str:
    if any(rule.kind == "causes" for rule in naming):
        return _TEXT
    return _BEHAVIOUR if naming else "none"


def _measures(finding: Finding, deciding: Sequence[Rule], words: Mapping[str, str]) -> tuple[Measure, ...]:
    """Law: what the deciding rules read comes first; what was not measured is left out."""
    read = frozenset[str]().union(*(rule.columns for rule in deciding if rule.kind in ("signatures", "patterns")))
    found = [
        Measure(name, words.get(name, name.replace("_", " ")), measured(name, value), name in read)
        for name, value in finding.features.items()
        if value is not None and not isinstance(value, str)  # its words stand elsewhere on the card
    ]
    return tuple(sorted(found, key=lambda measure: not measure.decisive))
