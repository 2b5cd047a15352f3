import polars as pl

from logscan.ingest.extract import extracts_for, with_extracts
from logscan.ingest.shape import Extract
from logscan.model.schemas import EVENTS
from tests.ingest.frames import CLOCK


def item(pattern: str, *columns: str, needs: tuple[str, ...] = ()) -> Extract:
    return Extract(pattern, "message", needs, columns, ("None",))


FIRST = item(r"status=(?<http.response.status_code>[0-9]{3})", "http.response.status_code", needs=("status=",))
USER = item(r"user=(?<user.name>\S+)(?: code=(?<error.code>\S+))?", "user.name", "error.code", needs=("user=",))
LATER = item(r"(?:by|user=)(?<user.name>[a-z]+)", "user.name")


def events(**columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame({name.replace("__", "."): values for name, values in columns.items()}, schema_overrides=EVENTS)


def test_nulls_are_filled_in_the_order_of_the_list() -> None:
    frame = events(
        message=["user=Ada status=401", "bybob", "user=None", None],
        user__name=[None] * 4,
        error__code=[None] * 4,
        http__response__status_code=[None] * 4,
    ).cast({"user.name": pl.String(), "error.code": pl.String(), "http.response.status_code": pl.UInt16()})
    got = with_extracts(frame, [FIRST, USER, LATER], frozenset(frame.columns), CLOCK)
    assert got["user.name"].to_list() == ["Ada", "bob", None, None]
    assert got["http.response.status_code"].to_list() == [401, None, None, None]


def test_what_was_read_before_is_never_changed() -> None:
    frame = events(message=["user=ada code=x", "user=bob"], user__name=["root", None], error__code=["kept", None])
    got = with_extracts(frame, [USER], frozenset({"user.name", "error.code"}), CLOCK)
    assert got["user.name"].to_list() == ["root", "bob"]
    assert got["error.code"].to_list() == ["kept", None]


def test_only_what_fills_a_wanted_column_is_tried() -> None:
    assert extracts_for([FIRST, USER, LATER], {"error.code"}) == (USER,)
    frame = events(message=["user=ada code=x"], error__code=[None]).cast({"error.code": pl.String()})
    assert with_extracts(frame, [FIRST, USER, LATER], frozenset({"error.code"}), CLOCK)["error.code"].to_list() == ["x"]


def test_of_many_texts_one_look_tells_which_extracts_have_nothing_to_find() -> None:
    texts: list[object] = ["user=Ada", "status=403", "user=bo status=401", "nothing", None, "us", "er=x"]
    few = events(message=texts, user__name=[None] * 7, http__response__status_code=[None] * 7).cast(
        {"user.name": pl.String(), "http.response.status_code": pl.UInt16()}
    )
    many = pl.concat([few] * 40)
    lists = [[FIRST, USER], [FIRST], [item(r"zone=(?<user.name>x)", "user.name", needs=("zone=",)), LATER]]
    for extracts in lists:
        got = with_extracts(many, extracts, frozenset(many.columns), CLOCK)
        alone = with_extracts(few, extracts, frozenset(few.columns), CLOCK)
        assert got.equals(pl.concat([alone] * 40))
