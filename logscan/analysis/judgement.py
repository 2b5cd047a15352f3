"""The definitions that turn measures into units, states, severities and advice; all checked before a log is opened."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from logscan.analysis.measures import Measures, read_measures
from logscan.analysis.series import SERIES
from logscan.analysis.traits import Traits, read_traits
from logscan.model.document import Document, read_document
from logscan.model.errors import Faults, LogscanError
from logscan.model.severity import SEVERITIES
from logscan.rules.shape import Shape

_FILES = ("measures.yml", "judgement.yml", "logging_advice.yml", "contrast.yml")
STATES = ("open", "closed", "silent", "resolved")
_JUDGED = {*SERIES, "pattern", "state", "named", "behaviour"}
_OPS = {
    "": lambda got, want: got == want,
    "lt": lambda got, want: got < want,
    "lte": lambda got, want: got <= want,
    "gt": lambda got, want: got > want,
    "gte": lambda got, want: got >= want,
}


class Entry(NamedTuple):
    """A verdict and when it holds: (column, op, any of these values)."""

    verdict: str
    when: tuple[tuple[str, str, tuple[Any, ...]], ...]

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Law: a missing value never holds"""
        return all(
            row.get(column) is not None and any(_OPS[op](row[column], want) for want in wanted)
            for column, op, wanted in self.when
        )


class Advice(NamedTuple):
    """datasets and causes: empty means any."""

    datasets: frozenset[str]
    causes: frozenset[str]
    text: str


class Judgement(NamedTuple):
    measures: Measures
    families: Mapping[str, str]  # dataset -> family
    refines: Mapping[str, frozenset[str]]
    apart: frozenset[str]  # causes by behaviour that set strangers apart from everybody
    bare: frozenset[str]  # names of rules that know nothing but a status
    alike: Mapping[str, str]  # pattern -> what principals must share to be one finding
    periods: Mapping[str, str]  # pattern -> the column of its period
    asked: frozenset[str]  # patterns that tell how often a client asks, and no more
    recurs: frozenset[str]  # patterns that begin with the first failure, not where most fails
    states: tuple[Entry, ...]
    severities: tuple[Entry, ...]
    caveats: tuple[Entry, ...]
    advice: tuple[Advice, ...]
    traits: Traits

    def family(self, dataset: str) -> str:
        return self.families.get(dataset, dataset)

    def state(self, row: Mapping[str, Any]) -> str:
        return next(entry.verdict for entry in self.states if entry.holds(row))

    def severity(self, row: Mapping[str, Any]) -> str:
        return next(entry.verdict for entry in self.severities if entry.holds(row))

    def advise(self, datasets: Sequence[str], cause: str) -> str:
        for advice in self.advice:
            if (not advice.datasets or advice.datasets & set(datasets)) and (
                not advice.causes or cause in advice.causes
            ):
                return advice.text
        return ""


def load_judgement(folders: Sequence[Path]) -> Judgement:
    """Read measures.yml, judgement.yml, logging_advice.yml and contrast.yml, each of the last folder that has it.

    Errors: Faults, with every fault of these files
    """
    faults: list[LogscanError] = []
    read = {name: _read(folders, name, faults) for name in _FILES}
    if faults:
        raise Faults(faults)
    measures = read_measures(read["measures.yml"], faults)
    document = read["judgement.yml"]
    shape = Shape(document, document.value, "", faults)
    shape.refuse_unknown(
        {
            "families",
            "refines",
            "apart",
            "bare",
            "alike",
            "periods",
            "asked",
            "recurs",
            "states",
            "severities",
            "caveats",
        }
    )
    families = {name: family for family, names in _lists(shape, "families").items() for name in names}
    refines = {cause: frozenset(names) for cause, names in _lists(shape, "refines").items()}
    apart, bare = (frozenset(shape.texts(name, required=False)) for name in ("apart", "bare"))
    asked, recurs = (frozenset(shape.texts(name, required=False)) for name in ("asked", "recurs"))
    alike = {pattern: shared for shared, patterns in _lists(shape, "alike").items() for pattern in patterns}
    inner = Shape(document, shape.value.get("periods"), "periods", faults)
    for pattern, column in inner.value.items():
        inner.one_of(str(pattern), column, set(SERIES), "column")
    periods = {str(pattern): str(column) for pattern, column in inner.value.items()}
    states = _entries(shape, "states", STATES)
    severities = _entries(shape, "severities", SEVERITIES)
    caveats = _entries(shape, "caveats", None)
    advice = _advice(read["logging_advice.yml"], faults)
    traits = read_traits(read["contrast.yml"], faults)
    if faults or measures is None or traits is None:
        raise Faults(faults)
    told = (states, severities, caveats, advice, traits)
    return Judgement(measures, families, refines, apart, bare, alike, periods, asked, recurs, *told)


def _read(folders: Sequence[Path], name: str, faults: list[LogscanError]) -> Document:
    found = [folder / name for folder in folders if (folder / name).is_file()]
    try:
        return read_document(found[-1] if found else folders[-1] / name)
    except LogscanError as fault:
        faults.append(fault)
        return Document(name, None, {}, "")


def _lists(shape: Shape, name: str) -> dict[str, list[str]]:
    inner = Shape(shape.document, shape.value.get(name), shape.path(name), shape.faults)
    return {str(key): inner.texts(str(key)) for key in inner.value}


def _entries(shape: Shape, name: str, verdicts: Sequence[str] | None) -> tuple[Entry, ...]:
    """In: verdicts: one of which each is, the last whatever comes; None: texts, which name columns in braces"""
    entries = []
    for index, item in enumerate(shape.items(name)):
        inner = Shape(shape.document, item, shape.path(f"{name}.{index}"), shape.faults)
        inner.refuse_unknown({"is", "when"})
        if verdicts is None:
            for _, column, _, _ in Formatter().parse(inner.text("is")):
                if column is not None:
                    inner.one_of("is", column, set(SERIES), "column")
        else:
            inner.one_of("is", inner.value.get("is"), verdicts, "verdict")
        when = Shape(shape.document, inner.value.get("when"), inner.path("when"), shape.faults)
        entries.append(Entry(str(inner.value.get("is")), tuple(_condition(when, key) for key in when.value)))
    if verdicts is not None and entries and entries[-1].when:
        shape.add(f"{name}.{len(entries) - 1}", "does not hold for every unit", "end with an entry `when: {}`")
    return tuple(entries)


def _condition(shape: Shape, key: Any) -> tuple[str, str, tuple[Any, ...]]:
    column, _, op = str(key).partition("|")
    shape.one_of(str(key), column, _JUDGED, "column")
    shape.one_of(str(key), op, set(_OPS), "operator")
    got = shape.value[key]
    wanted = tuple(got) if isinstance(got, list) else (got,)
    text = column not in SERIES or SERIES[column].is_(SERIES["cause"])
    for value in wanted:
        fits = isinstance(value, str) if text else isinstance(value, int | float) and not isinstance(value, bool)
        if not fits or (text and op):
            shape.add(key, "compares a text and a number", "a text column takes texts and no operator")
    return column, op, wanted


def _advice(document: Document, faults: list[LogscanError]) -> tuple[Advice, ...]:
    shape = Shape(document, {"advice": document.value}, "", faults)
    found = []
    for index, item in enumerate(shape.items("advice")):
        inner = Shape(document, item, str(index), faults)
        inner.refuse_unknown({"datasets", "causes", "text"})
        datasets = [] if inner.value.get("datasets") == "any" else inner.texts("datasets")
        causes = inner.texts("causes", required=False)
        found.append(Advice(frozenset(datasets), frozenset(causes), inner.text("text").strip()))
    return tuple(found)
