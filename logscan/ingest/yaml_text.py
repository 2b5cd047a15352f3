"""A format file as text that a person likes to edit: one key a line, what is within in one line."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./()-]*(?: [A-Za-z0-9_./()-]+)*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"}


def yaml_text(comments: Sequence[str], keys: Mapping[str, Any]) -> str:
    """In: comments: one line each, of any text;  keys: text, numbers, lists and mappings in the order wanted"""
    lines = [f"# {shown(comment)}".rstrip() for comment in comments]
    for key, value in keys.items():
        if value in ("", None, [], {}):
            continue
        if key == "columns":
            lines += [f"{key}:", *(f"  {flow(name)}: {flow(body)}" for name, body in value.items())]
        elif key == "samples":
            lines += [f"{key}:", *(row for sample in value for row in _sample(sample))]
        else:
            lines.append(f"{key}: {flow(value)}")
    return "\n".join(lines) + "\n"


def _sample(sample: Mapping[str, Any]) -> list[str]:
    return [f"  - line: {flow(sample['line'])}", f"    expect: {flow(sample['expect'])}"]


def flow(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(body)}" for key, body in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def shown(text: str) -> str:
    """Text in one line, what cannot be seen written out."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
