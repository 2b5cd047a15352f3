"""One line explained, for a terminal and for a machine. No log text gets out unescaped."""

from datetime import datetime
from typing import Any

from logscan.engine.explained import Explained
from logscan.report.escape import json_text
from logscan.report.show import machine_time, number
from logscan.report.text import render_text

_NEAREST = 5  # formats beside the one that was chosen
_SOURCES = 6


def explained_text(told: Explained) -> str:
    """Law: printable characters and line breaks only, whatever the line holds"""
    taken = {layer.format for layer in told.layers}
    others = [each for each in told.candidates if each.id not in taken]
    near = others[:_NEAREST]
    fields = [(name, _text(value)) for name, value in told.fields.items()]
    sources = list(told.looked.items())
    shown = [f"{source or 'any'} {number(count)}" for source, count in sources[:_SOURCES]]
    shown += [f"{len(sources) - _SOURCES} more"] if len(sources) > _SOURCES else []
    return render_text(
        "explained.j2",
        told=told,
        place=f"{told.path}:{told.line}" if told.path else "--line",
        nearest=near,
        width=max((len(each.id) for each in near), default=0),
        fields=fields,
        name_width=max((len(name) for name, _ in fields), default=0),
        timed="@timestamp" in told.fields,
        looked=sum(told.looked.values()),
        sources=", ".join(shown),
    )


def explained_json(told: Explained) -> str:
    value = {
        "path": told.path or None,
        "line": told.line,
        "text": told.text,
        "state": told.state,
        "event_line": told.owner or None,
        "detected": told.detected,
        "layers": [layer._asdict() for layer in told.layers],
        "candidates": [each._asdict() for each in told.candidates],
        "fields": {name: _text(value) if isinstance(value, datetime) else value for name, value in told.fields.items()},
        "assumed": {"zone": told.zone or None, "year": told.year or None},
        "rules_looked": dict(told.looked),
        "rules_matched": [
            {
                "name": rule.name,
                "title": rule.title,
                "path": rule.path,
                "cause": rule.names or None,
                "confidence": rule.confidence or None,
                "priority": rule.priority,
                "condition": rule.why.condition,
                "held": [held._asdict() for held in rule.why.held],
            }
            for rule in told.matched
        ],
        "cause": told.cause or None,
        "confidence": told.confidence or None,
        "alternatives": told.alternatives,
        "outcome": told.outcome or None,
        "redacted": told.hidden,
    }
    return json_text(value, indent=2) + "\n"


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return machine_time(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
