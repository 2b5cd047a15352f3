"""What requests are compared by: rules/contrast.yml, checked whole, and the columns that it makes of events."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from logscan.model.document import Document
from logscan.model.errors import LogscanError
from logscan.rules.shape import Shape

READ = frozenset({"http.request.method", "user_agent.original", "server.address", "url.domain"})
_SOURCES = {
    "site": "url.domain",
    "method": "http.request.method",
    "agent": "user_agent.original",
    "upstream": "server.address",
    "credential": "logscan.credential",
}
_KEYS = {"version", "protocol", "credentials", "proxy"}
_OTHER = "other"


class Traits(NamedTuple):
    """version and protocol: patterns; credentials: kind -> what a request takes, with `other`; proxy: the same."""

    version: str
    protocol: str
    credentials: Mapping[str, str]
    proxy: str

    def program(self, agent: pl.Expr) -> pl.Expr:
        """An agent without its versions."""
        return agent.str.replace_all(self.version, "${1}*")

    def protocol_of(self, line: pl.Expr) -> pl.Expr:
        return line.str.extract(self.protocol, 1)

    def credential(self, kind: str) -> str:
        return self.credentials.get(kind, self.credentials[_OTHER])


def read_traits(document: Document, faults: list[LogscanError]) -> Traits | None:
    """Out: None when there are faults, each of which is added to `faults`."""
    before = len(faults)
    shape = Shape(document, document.value, "", faults)
    shape.refuse_unknown(_KEYS)
    version, protocol = shape.text("version"), shape.text("protocol")
    for name, pattern in (("version", version), ("protocol", protocol)):
        _refuse_pattern(shape, name, pattern)
    inner = Shape(document, shape.value.get("credentials"), "credentials", faults)
    credentials = {str(kind): inner.text(str(kind)) for kind in {**dict.fromkeys([_OTHER]), **inner.value}}
    proxy = shape.text("proxy")
    return Traits(version, protocol, credentials, proxy) if len(faults) == before else None


def _refuse_pattern(shape: Shape, name: str, pattern: str) -> None:
    try:
        groups = pl.select(pl.lit("").str.extract_groups(pattern)).to_series().struct.fields if pattern else [""]
    except pl.exceptions.PolarsError as refused:
        shape.add(name, f"is no pattern: {str(refused).splitlines()[-1]}", "use Rust regex: no look-around")
        return
    if not groups:
        shape.add(name, "has no group", "put what is kept, or told, in (...)")


def with_traits(events: pl.DataFrame, traits: Traits) -> pl.DataFrame:
    """Texts that requests are compared by, of the EVENTS columns that are there; null where a line has none."""
    lacking = [pl.lit(None, pl.String()).alias(name) for name in _SOURCES.values() if name not in events.columns]
    texts = events.with_columns(lacking).select(
        *(pl.col(source).alias(name) for name, source in _SOURCES.items()),
        traits.protocol_of(pl.col("event.original")).alias("protocol"),
    )
    agents = texts["agent"].unique()  # few, whose versions are taken out once
    programs = agents.to_frame().select(traits.program(pl.col("agent"))).to_series()
    return texts.with_columns(program=texts["agent"].replace_strict(agents, programs, return_dtype=pl.String()))
