"""Apache's times: one directive, several that make one time, and what is none."""

import pytest

from logscan.ingest.apache_format import HEAD, pieces_of
from logscan.ingest.check import check_text
from logscan.ingest.variables import Part
from logscan.ingest.written import Configured, write_format
from logscan.model.errors import FormatError, Where


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("%t", "clf"),
        ("%{begin}t", "clf"),
        ("%{sec}t", "epoch"),
        ("%{end:msec}t", "epoch"),
        ("%{usec}t", "epoch"),
        ("%{%s}t", "epoch"),
        ("%{sec}t.%{usec_frac}t", "epoch"),
        ("%{%s}t.%{msec_frac}t", "epoch"),
        ("%{%Y-%m-%dT%H:%M:%S%z}t", "%Y-%m-%dT%H:%M:%S%z"),
        ("%{%F %T}t.%{msec_frac}t %{%z}t", "%Y-%m-%d %H:%M:%S.%3f %z"),
        ("%{%d/%b/%Y:%T}t.%{usec_frac}t", "%d/%b/%Y:%H:%M:%S.%6f"),
        ("%{%a %b %e %T %Y}t", "%a %b %e %H:%M:%S %Y"),
        ("%{%d.%m.%y %I:%M:%S %p}t", "%d.%m.%y %I:%M:%S %p"),
        ("%{%F}t %{%T}t", "%Y-%m-%d %H:%M:%S"),
        ("%{%F %T %Z}t", "%Y-%m-%d %H:%M:%S"),
    ],
)
def test_a_time_is_read_back(text: str, kind: str) -> None:
    pieces = pieces_of(f"%a {text} %>s", Where("x"))
    (stamp,) = [piece for piece in pieces if isinstance(piece, Part) and piece.fills[0].column == "@timestamp"]
    assert stamp.fills[0].time == kind
    written = write_format(Configured("a", tuple(pieces), "apache", Where("x"), text), {"title": "t", **HEAD}, (), "c")
    samples = check_text(written.text, "x", {}).samples
    assert dict(samples[0].expect or {})["@timestamp"] == "2026-03-12T06:25:24Z"


@pytest.mark.parametrize("text", ["%{%H:%M:%S}t", "%{%F}t", "%{msec_frac}t"])
def test_half_a_time_is_left_out(text: str) -> None:
    (stamp,) = [piece for piece in pieces_of(text, Where("x")) if isinstance(piece, Part)]
    assert stamp.fills == ()


@pytest.mark.parametrize("text", ["%{%V}t", "%{%Q}t", "%{sec}t %{%F}t"])
def test_a_time_that_cannot_be_read_is_told(text: str) -> None:
    with pytest.raises(FormatError, match="cannot be read") as told:
        pieces_of(text, Where("x", 4))
    assert told.value.where.line == 4
    assert told.value.hint
