"""A rule as the other floors see it: what it asks of a row, and what a match means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import Any, NamedTuple

import polars as pl

from logscan.model.taxonomy import Taxonomy
from logscan.rules.fields import Dialect
from logscan.rules.needs import Needs, needed
from logscan.rules.playbook import Playbook
from logscan.rules.tree import Node, columns, express

_ERROR = "error"  # the `service` of formats that hold what programs say


@dataclass(frozen=True)
class Rule:
    """One Sigma rule, compiled.

    kind     causes | outcomes | signatures | patterns | detections
    meaning  the `logscan:` block, checked; always has `priority`, and what its kind names: cause and confidence
             (causes, signatures), outcome (outcomes) or pattern (patterns); a detection names nothing
    unknown  fields of a rule without a `logscan:` block that no column holds: they never match
    dialect  how such a rule is translated
    expr     Boolean, never null; columns: what it reads; both follow from `tree`, so that a rule can be pickled
    """

    name: str
    id: str
    kind: str
    path: str
    title: str = field(compare=False)
    level: str = field(compare=False)
    status: str = field(compare=False)
    description: str = field(compare=False)
    logsource: Mapping[str, str] = field(compare=False)
    falsepositives: tuple[str, ...] = field(compare=False)
    references: tuple[str, ...] = field(compare=False)
    tags: tuple[str, ...] = field(compare=False)
    meaning: Mapping[str, Any] = field(compare=False)
    unknown: tuple[str, ...] = field(compare=False)
    text: str = field(compare=False, repr=False)
    tree: Node = field(hash=False, repr=False)
    dialect: Dialect = field(default=Dialect(), compare=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        # what it needs takes longer to work out than to read: the cache of a later run has it ready
        _ = self.columns, self.needs, self.words
        return {name: value for name, value in self.__dict__.items() if name != "expr"}

    @cached_property
    def expr(self) -> pl.Expr:
        return express(self.tree)

    @cached_property
    def columns(self) -> frozenset[str]:
        return columns(self.tree)

    @cached_property
    def needs(self) -> tuple[Needs, ...]:
        """What a row that matches cannot lack, all of them; none when nothing is known."""
        return needed(self.tree)

    @cached_property
    def words(self) -> tuple[Needs, ...]:
        """The needs that are texts: a row that matches holds a text of each; none when it may match without any."""
        found = needed(self.tree, text_first=True)
        return tuple(need for need in found if need.literals and not need.numbers and not need.leaves)

    @property
    def priority(self) -> int:
        return int(self.meaning["priority"])

    @property
    def names(self) -> str:
        """The cause, outcome or pattern that a match names; empty for a detection, which is a finding of its own."""
        return next((str(self.meaning[key]) for key in ("cause", "outcome", "pattern") if key in self.meaning), "")

    def applies_to(self, logsource: Mapping[str, str]) -> bool:
        """Whether the log source of a format leaves room for this rule.

        Law: what the format leaves open may be anything; an error log holds what programs behind its product say,
             so that there a product that a rule names alone contradicts nothing
        """
        if logsource.get("service") == _ERROR and self.logsource.keys() == {"product"}:
            return True
        return all(logsource.get(key, value) == value for key, value in self.logsource.items())


def rule_name(path: str) -> str:
    """A rule without a name is called as its file."""
    return re.sub(r"\W+", "_", PurePath(path).stem).strip("_").lower()


class Library(NamedTuple):
    """Everything under the rule folders.

    digest    SHA-256 over the texts of all definitions, wherever they lie
    replaced  rules that a rule of the same name in a later folder stands in for: it, and the place of the former
    """

    causes: tuple[Rule, ...]
    outcomes: tuple[Rule, ...]
    signatures: tuple[Rule, ...]
    patterns: tuple[Rule, ...]
    playbooks: Mapping[str, Playbook]
    taxonomy: Taxonomy
    digest: str
    detections: tuple[Rule, ...] = ()
    replaced: tuple[tuple[Rule, str], ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self.causes + self.outcomes + self.signatures + self.patterns + self.detections
