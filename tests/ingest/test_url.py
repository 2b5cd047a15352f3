import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.url import PARTS, with_url


def parts(url: str | None) -> tuple[str | None, str | None, str | None]:
    found = with_url(pl.DataFrame({"url.original": [url]}, schema={"url.original": pl.String()}), PARTS).row(
        0, named=True
    )
    return found["url.domain"], found["url.path"], found["url.query"]


@pytest.mark.parametrize(
    ("url", "want"),
    [
        ("/a/b", (None, "/a/b", None)),
        ("/a?x=1&y=/z?", (None, "/a", "x=1&y=/z?")),
        ("/a#top", (None, "/a", None)),
        ("/go?to=https://www.example.com/x", (None, "/go", "to=https://www.example.com/x")),
        ("https://api.example.com/v1/me?a=b#c", ("api.example.com", "/v1/me", "a=b")),
        ("https://api.example.com:8443/v1", ("api.example.com", "/v1", None)),
        ("https://ada:secret@api.example.com/v1", ("api.example.com", "/v1", None)),
        ("http://[2001:db8::1]:80/x", ("2001:db8::1", "/x", None)),
        ("https://api.example.com", ("api.example.com", "/", None)),
        ("https://api.example.com?x=1", ("api.example.com", "/", "x=1")),
        ("api.example.com:443", (None, None, None)),
        ("*", (None, None, None)),
        ("//a/b", (None, "//a/b", None)),
        (None, (None, None, None)),
    ],
)
def test_parts(url: str | None, want: tuple[str | None, str | None, str | None]) -> None:
    assert parts(url) == want


def test_only_what_is_wanted_is_added_and_what_was_read_stays() -> None:
    frame = pl.DataFrame({"url.original": ["/a", "/b"], "url.domain": ["shop.example.com", None]})
    got = with_url(frame, {"url.domain", "url.path"})
    assert got.to_dict(as_series=False) == {
        "url.original": ["/a", "/b"],
        "url.domain": ["shop.example.com", None],
        "url.path": ["/a", "/b"],
    }


@given(st.text())
def test_any_text_is_taken_apart_without_a_fault(url: str) -> None:
    _, path, query = parts(url)
    assert path is None or path.startswith("/")
    assert query is None or query in url
