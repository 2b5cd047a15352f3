from logscan.ingest.shape import Column
from tests.ingest.frames import FORMATS, format_of, small_format


def test_a_format_names_every_column_it_may_fill() -> None:
    assert small_format("^(?<a>x)$", {"a": "user.name"}).names() == {"user.name"}
    assert {"source.address", "user.name", "url.original", "message"} <= format_of("nginx-error").names()


def test_a_column_takes_its_text_whole_unless_told_otherwise() -> None:
    column = Column("user.name", ("u",))
    assert (column.within, column.values, column.time, column.unit) == ("", {}, "auto", "ns")


def test_formats_can_be_held_in_sets_and_are_themselves_only() -> None:
    assert len(set(FORMATS)) == len(FORMATS)
