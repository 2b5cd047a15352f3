"""Endpoint templates: ids go, words stay."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.analysis.endpoint import default_templates, load_templates, with_endpoint
from logscan.model.errors import Faults

SAMPLES = default_templates().samples


def endpoints(*paths: str | None, column: str = "url.path") -> list[str | None]:
    frame = pl.DataFrame({column: list(paths)}, schema={column: pl.String()})
    return with_endpoint(frame)["logscan.endpoint"].to_list()


@pytest.mark.parametrize(("path", "template"), SAMPLES, ids=[path for path, _ in SAMPLES])
def test_the_definition_gives_what_its_samples_say(path: str, template: str) -> None:
    assert endpoints(path) == [template]


@pytest.mark.parametrize(
    ("url", "template"),
    [
        ("https://api.example.com:8443/users/5?q=1", "/users/{id}"),
        ("https://ada:pw@api.example.com/users/5", "/users/{id}"),
        ("https://api.example.com", "/"),
        ("https://api.example.com?next=/users/5", "/"),
        ("/users/5#top", "/users/{id}"),
        ("-", None),
        ("*", None),
        ("", None),
        ("api.example.com:443", None),
        ("\\x16\\x03\\x01", None),
        (None, None),
    ],
)
def test_a_whole_url_gives_its_path_and_garbage_gives_null(url: str | None, template: str | None) -> None:
    assert endpoints(url, column="url.original") == [template]


def test_url_path_goes_before_url_original_row_by_row() -> None:
    frame = pl.DataFrame({"url.path": ["/a/1", None], "url.original": ["/b/1?x", "/b/2?x"]})
    assert with_endpoint(frame)["logscan.endpoint"].to_list() == ["/a/{id}", "/b/{id}"]


def test_without_a_path_column_every_endpoint_is_null() -> None:
    out = with_endpoint(pl.DataFrame({"message": ["x", "y"]}))
    assert out["logscan.endpoint"].to_list() == [None, None]
    assert with_endpoint(pl.DataFrame(schema={"url.path": pl.String()})).height == 0


SEGMENT = st.one_of(
    st.sampled_from(["api", "v1", "users", "oauth2", "token", "app.js", "us-east-1"]),
    st.integers(0, 10**12).map(str),
    st.uuids().map(str),
    st.text(max_size=60),
)
PATHS = st.lists(st.one_of(st.none(), st.lists(SEGMENT, max_size=6).map(lambda s: "/" + "/".join(s))), max_size=12)


@given(PATHS)
def test_a_row_depends_on_its_own_path_alone_and_keeps_its_place(paths: list[str | None]) -> None:
    assert endpoints(*paths) == [endpoints(path)[0] for path in paths]


@given(PATHS)
def test_a_template_is_short_and_a_template_of_itself(paths: list[str | None]) -> None:
    for template in endpoints(*paths):
        if template is not None:
            assert len(template) <= 200
            assert template.startswith("/")
            assert "?" not in template


@given(st.integers(0, 10**18), st.uuids())
def test_numbers_and_uuids_never_stay(number: int, uuid: object) -> None:
    assert endpoints(f"/users/{number}/keys/{uuid}") == ["/users/{id}/keys/{id}"]


@given(
    st.sampled_from(["", "sk-", "ghp_", "eyJhbGciOiJIUzI1NiJ9.", "AKIA", "xoxb-", "glpat-", "SG.", "hvs."]),
    st.text("abcXYZ0189", min_size=20, max_size=60),
)
def test_a_credential_in_a_path_never_becomes_part_of_an_endpoint(prefix: str, body: str) -> None:
    assert endpoints(f"/reset/{prefix}{body}7aZ/now") == ["/reset/{id}/now"]


def test_every_fault_of_a_definition_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "endpoints.yml"
    path.write_text("max_length: 0\nids:\n  - {name: x, all: ['(?=a)']}\n  - {name: y}\n  - z\nkept: []\n", "utf-8")
    with pytest.raises(Faults) as caught:
        load_templates(path)
    places = [(e.where.line, e.where.key) for e in caught.value.errors]
    assert places == [(1, "max_length"), (3, "ids.0"), (4, "ids.1"), (5, "ids.2"), (6, "kept")]
