"""How rules written for any SIEM are read here: pySigma processing pipelines in YAML, and wide fields."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from logscan.model.document import read_document
from logscan.model.errors import LogscanError, RuleError, Where
from logscan.model.resources import rules_dir

if TYPE_CHECKING:  # as slow to import as the whole start: only who has such rules pays for it
    from sigma.processing.pipeline import ProcessingPipeline
    from sigma.rule import SigmaRule

FILE = "sigma.yml"


class Dialect(NamedTuple):
    """The texts of pipelines, that of the last folder first; the shipped one is the last."""

    texts: tuple[str, ...] = ()

    def translate(self, rule: "SigmaRule") -> None:
        """Change a rule in place: fields, log source, what its placeholders stand for. Errors: SigmaError"""
        _pipeline(self.texts).apply(rule)

    def names(self, columns: Collection[str]) -> frozenset[str]:
        """The fields that mean one of the columns in some log source."""
        return frozenset(name for name, column in _mapped(self.texts) if column in columns)


def load_dialect(folders: Sequence[Path], faults: list[LogscanError]) -> Dialect:
    """Errors: added to faults, for every file that is no pipeline"""
    paths = dict.fromkeys((rules_dir() / FILE, *(folder / FILE for folder in folders)))
    texts = []
    for path in reversed([path for path in paths if path.is_file()]):
        try:
            text = read_document(path).text
            if path.parent != rules_dir():
                _pipeline((text,))
            texts.append(text)
        except LogscanError as fault:
            faults.append(fault)
        except Exception as error:  # noqa: BLE001 - pySigma answers odd YAML with any kind of error
            hint = "see https://sigmahq-pysigma.readthedocs.io, processing pipelines"
            what = f"is no processing pipeline: {error}"
            faults.append(RuleError(what, where=Where(str(path)), hint=hint))
    return Dialect(tuple(texts))


@lru_cache(maxsize=8)
def _pipeline(texts: tuple[str, ...]) -> "ProcessingPipeline":
    from sigma.processing.pipeline import ProcessingPipeline  # noqa: PLC0415 (start-up time)

    whole = ProcessingPipeline()
    for text in texts:
        whole = whole + ProcessingPipeline.from_yaml(text)
    return whole


def _mapped(texts: tuple[str, ...]) -> list[tuple[str, str]]:
    """Field and column of every mapping."""
    found = [getattr(item.transformation, "mapping", {}) for item in _pipeline(texts).items]
    return [(name, column) for mapping in found for name, column in mapping.items() if isinstance(column, str)]


# Writers put the same words into different columns: a rule asks all of them at once, and one that holds is enough.
WIDE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "logscan.said": ("message", "error.message", "event.reason"),
    "logscan.code": ("error.code", "error.type", "event.reason", "event.action"),
}
