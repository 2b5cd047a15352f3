"""A TOML file of settings: every key is asked for by type, and all that is wrong is told at once with its place."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from logscan.model.document import Document
from logscan.model.errors import Faults, SettingsError, Where

_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_ENV = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_TYPES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
}


@dataclass(frozen=True)
class Secret:
    """A text that no message, repr or JSON shows: its value is asked for by name."""

    value: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.value)


def read_toml(path: Path) -> Document:
    """Errors: Faults when it cannot be read or is no TOML"""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        words = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        hint = "name a settings file; `logscan init` writes one"
        raise Faults([SettingsError(f"cannot be read: {words}", where=Where(str(path)), hint=hint)]) from fault
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = _AT.search(str(fault))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        place = Where(str(path), line)
        what = f"is not valid TOML: {_AT.sub('', str(fault))}"
        raise Faults([SettingsError(what, where=place, hint="check quotes, brackets and keys that stand twice")]) from (
            fault
        )
    return Document(str(path), value, dict(_lines(text)), text)


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Dotted key -> line of every key of a text that is valid; items of arrays of tables as numbers."""
    table, counts = "", dict[str, int]()
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        end, value = _statement(lines, at)
        bare = lines[at].strip()
        if bare.startswith("["):
            table = _opened(value, counts, array=bare.startswith("[["))
            yield table, at + 1
        else:
            for key in _keys(value):
                yield f"{table}.{key}" if table else key, at + 1
        at = end


def _statement(lines: Sequence[str], at: int) -> tuple[int, dict[str, Any]]:
    """The statement that begins on a line: where the next one begins, and what it says by itself."""
    for end in range(at + 1, len(lines) + 1):
        try:
            return end, tomllib.loads("\n".join(lines[at:end]))
        except tomllib.TOMLDecodeError:
            continue
    return len(lines), {}


def _opened(value: Any, counts: dict[str, int], *, array: bool) -> str:
    """The dotted name of a table by its header, with the numbers of the arrays that it stands in."""
    name = ""
    while isinstance(value, dict) and value:
        key, value = next(iter(value.items()))
        name = f"{name}.{key}" if name else key
        last = not value or value == [{}]
        if array and last:
            counts[name] = counts.get(name, -1) + 1
        if name in counts:
            name = f"{name}.{counts[name]}"
        if last:
            break
    return name


def _keys(value: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, inner in value.items():
        name = f"{above}.{key}" if above else key
        yield name
        if isinstance(inner, dict):
            yield from _keys(inner, name)


@dataclass
class Table:
    """One table of a settings file.

    Law: what is asked for and has the wrong type is a fault and gives the default; what was never asked for is a fault
         of `close`, with a guess of what was meant
    """

    document: Document
    values: Mapping[str, Any]
    faults: list[SettingsError]
    env: Mapping[str, str]
    key: str = ""
    asked: dict[str, None] = field(default_factory=dict)
    inner: list["Table"] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return Path(self.document.path).parent

    def fault(self, name: str, what: str, hint: str) -> None:
        self.faults.append(SettingsError(what, where=self.where(name), hint=hint))

    def where(self, name: str) -> Where:
        return self.document.where(self._path(name))

    def has(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        return self._plain(name, self._typed(name, str, default), default)

    def texts(self, name: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of it."""
        if isinstance(self.values.get(name), str):
            return (self.text(name),)
        found = self._typed(name, list, list(default))
        if not all(isinstance(item, str) for item in found):
            self.fault(name, "holds something that is no text", "write each in quotes")
            return tuple(default)
        return tuple(self._plain(name, item, "") for item in found)

    def flag(self, name: str, *, default: bool) -> bool:
        return bool(self._typed(name, bool, default))

    def whole(self, name: str, default: int, *, low: int = 0, high: int = 1 << 31) -> int:
        found = int(self._typed(name, int, default))
        if not low <= found <= high:
            self.fault(name, f"{found} is out of bounds", f"use {low} to {high}")
            return default
        return found

    def seconds(self, name: str, default: str) -> float:
        """A length of time as text: 90s, 5m, 24h, 7d, 2w."""
        text = self.text(name, default)
        found = _LENGTH.fullmatch(text.strip())
        if found is None:
            self.fault(name, f"`{text}` is no length of time", "use a number and a unit: 90s, 5m, 24h, 7d, 2w")
            found = _LENGTH.fullmatch(default)
        return float(found[1]) * _SECONDS[found[2]] if found else 0.0

    def choice(self, name: str, options: Sequence[str], default: str) -> str:
        text = self.text(name, default)
        if text in options:
            return text
        self.fault(name, f"unknown value `{text}`", _guess(text, options))
        return default

    def path(self, name: str, default: str = "") -> Path | None:
        """A path, from the settings file where it is relative; None when it is empty."""
        text = self.text(name, default)
        return self.folder / text if text else None

    def secret(self, name: str) -> Secret:
        """A text in which ${NAME} stands for a variable of the environment."""
        text = str(self._typed(name, str, ""))
        for variable in _ENV.findall(text):
            if not self.env.get(variable):
                empty = variable in self.env
                what = (
                    f"the environment's {variable} is empty" if empty else f"the environment has no variable {variable}"
                )
                self.fault(name, what, "set it where logscan runs")
        return Secret(_ENV.sub(lambda found: self.env.get(found[1], ""), text))

    def table(self, name: str) -> "Table":
        return self._inner(name, self._typed(name, dict, {}), self._path(name))

    def tables(self, name: str) -> list["Table"]:
        """The items of an array of tables: `[[name]]`."""
        found = self._typed(name, list, [])
        if not all(isinstance(item, dict) for item in found):
            self.fault(name, "holds something that is no table", f"begin each with [[{self._path(name)}]]")
            return []
        return [self._inner(name, item, f"{self._path(name)}.{at}") for at, item in enumerate(found)]

    def close(self) -> None:
        """Tell the keys that nobody asked for, here and in all tables within."""
        for name in self.values:
            if name not in self.asked:
                self.fault(name, f"unknown key `{name}`", _guess(name, [*self.asked]))
        for table in self.inner:
            table.close()

    def _inner(self, name: str, values: Mapping[str, Any], key: str) -> "Table":
        self.asked[name] = None
        self.inner.append(Table(self.document, values, self.faults, self.env, key))
        return self.inner[-1]

    def _typed(self, name: str, kind: type, default: Any) -> Any:
        self.asked[name] = None
        value = self.values.get(name, default)
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        self.fault(name, f"is not {_TYPES[kind]}", f"write {_TYPES[kind]}" + (f", such as {default!r}" * bool(default)))
        return default

    def _plain(self, name: str, text: str, default: str) -> str:
        if _ENV.search(text):
            self.fault(name, "takes nothing from the environment", "only keys of secrets do")
            return default
        return text

    def _path(self, name: str) -> str:
        return f"{self.key}.{name}" if self.key else name


def _guess(text: str, options: Sequence[str]) -> str:
    near = difflib.get_close_matches(text, options, 1)
    return f"did you mean `{near[0]}`?" if near else f"use one of: {', '.join(sorted(options))}"
