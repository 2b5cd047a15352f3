"""Which cause a finding ends up with: the text's, or the behaviour's where the text names none."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from logscan.model.finding import Alternative
from logscan.model.severity import confidence_rank
from logscan.model.taxonomy import UNCLASSIFIED
from logscan.rules.load import Rule


class Named(NamedTuple):
    """What text rules said about a unit: names of the rules and of other causes, most frequent first."""

    cause: str
    confidence: str
    rules: tuple[str, ...]
    alternatives: tuple[str, ...]


class Verdict(NamedTuple):
    """behaviour: the cause that the best matching signature names, empty when none matches."""

    cause: str
    confidence: str
    alternatives: tuple[Alternative, ...]
    rules: tuple[str, ...]
    playbook: str
    behaviour: str


def decide(
    named: Named, seen: Sequence[Rule], texts: Mapping[str, Rule], refines: Mapping[str, frozenset[str]]
) -> Verdict:
    """In:  seen: matching signatures, best first; texts: text rules by name; refines: see rules/judgement.yml
    Law: a cause named by text stays, unless `refines` lets the best signature's cause stand for it; then it is the
         first alternative. Every other cause that was named is an alternative, once
    """
    best = seen[0] if seen else None
    behaviour = best.names if best else ""
    rules = (*named.rules, *(rule.name for rule in seen))
    refined = behaviour in refines.get(named.cause, frozenset())
    others: list[Alternative] = [Alternative(cause, "low") for cause in named.alternatives]
    others += [Alternative(rule.names, str(rule.meaning["confidence"])) for rule in seen]
    if best is None or not (named.cause == UNCLASSIFIED or refined):
        winner = next((texts[name] for name in named.rules if name in texts and texts[name].names == named.cause), None)
        playbook = str(winner.meaning.get("playbook") or "") if winner else ""
        return Verdict(named.cause, named.confidence, _others(named.cause, others), rules, playbook, behaviour)
    if refined:
        others.insert(0, Alternative(named.cause, named.confidence))
    others += [Alternative(cause, "low") for cause in best.meaning.get("alternatives") or ()]
    confidence = str(best.meaning["confidence"])
    playbook = str(best.meaning.get("playbook") or "")
    return Verdict(
        behaviour, confidence, _others(behaviour, others), (best.name, *_without(rules, best.name)), playbook, behaviour
    )


def _others(cause: str, others: Sequence[Alternative]) -> tuple[Alternative, ...]:
    """Each cause once, with the highest confidence it was given; in the order they came."""
    best: dict[str, str] = {}
    for other in others:
        if other.cause in (cause, UNCLASSIFIED):
            continue
        had = best.get(other.cause)
        if had is None or confidence_rank(other.confidence) > confidence_rank(had):
            best[other.cause] = other.confidence
    return tuple(Alternative(name, confidence) for name, confidence in best.items())


def _without(names: Sequence[str], name: str) -> list[str]:
    return [each for each in dict.fromkeys(names) if each != name]
