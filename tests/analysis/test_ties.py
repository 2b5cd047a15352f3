"""What two lines have in common ties them to one request; what only looks alike does not."""

from typing import Any

import polars as pl
import pytest

from logscan.analysis.failures import read_failures
from logscan.analysis.judgement import load_judgement
from logscan.analysis.reasons import with_reasons
from logscan.analysis.ties import with_ties
from logscan.model.resources import rules_dir
from tests.analysis.simulate import Request, bad, observe

JUDGEMENT = load_judgement([rules_dir()])
ORDER = "/orders/{id}/items"


def told(at: float | None, cause: str = "token_expired", **rest: Any) -> Request:
    known: dict[str, Any] = {"cause": cause, "confidence": "high", "dataset": "app", "path": "app.log", "status": None}
    return bad(Request(at, **(known | rest)))


def ties(*requests: Request) -> list[tuple[str, str, str | None]]:
    """Path, cause and tie of each failure that is left, in time order."""
    lines = read_failures(observe(requests).classified.lazy(), JUDGEMENT)
    return with_reasons(lines, JUDGEMENT.measures).failures.select("path", "cause", "joined").rows()


def test_a_path_with_an_id_ties_lines_of_which_one_knows_no_client() -> None:
    assert ties(bad(Request(10.2, endpoint=ORDER)), told(10.3, endpoint=ORDER, client=None)) == [
        ("access.log", "token_expired", "path")
    ]


def test_a_path_without_an_id_does_not() -> None:
    found = ties(bad(Request(10.2, endpoint="/login")), told(10.3, endpoint="/login", client=None))
    assert found == [("access.log", "unclassified", None), ("app.log", "token_expired", None)]


def test_in_one_log_any_path_does() -> None:
    words = bad(Request(10.2, endpoint="/login", client=None, status=None, path="app.log", dataset="app"))
    assert ties(words, told(10.3, endpoint="/login", client=None)) == [("app.log", "token_expired", "path")]


def test_logs_whose_lines_always_meet_on_a_path_are_tied_by_it() -> None:
    times = [11.0, 95.0, 170.0, 300.0, 471.0, 640.0, 888.0, 1302.0]
    bare = [bad(Request(at, endpoint=f"/page{k % 4}")) for k, at in enumerate(times)]
    near = [told(at + 0.4, endpoint=f"/page{k % 4}", client=None) for k, at in enumerate(times)]
    assert set(ties(*bare, *near)) == {("access.log", "token_expired", "path")}


def test_another_path_of_the_same_template_is_another_request() -> None:
    requests = [bad(Request(10.2, endpoint=ORDER)), told(10.3, endpoint=ORDER)]
    for paths, joined in ((("/orders/1/items", "/orders/1/items/"), 1), (("/orders/1/items", "/orders/2/items"), 2)):
        classified = observe(requests).classified.with_columns(pl.Series("url.path", paths))
        failures = read_failures(classified.lazy(), JUDGEMENT)
        assert with_reasons(failures, JUDGEMENT.measures).failures.height == joined


def test_what_one_line_of_a_request_is_told_the_others_are_told() -> None:
    """A registry: the reason alone, then the refusal with the request, then the access log's line."""
    lines = []
    for k, cause in enumerate(("token_expired", "clock_skew")):
        near: dict[str, Any] = {"path": "registry.log", "endpoint": f"/orders/{{id}}/{k}"}
        lines += [
            told(10.001 + k / 9, cause, client=None, endpoint=None, path="registry.log"),
            bad(Request(10.003 + k / 9, status=None, cause="token_signature_invalid", **near)),
            bad(Request(10.004 + k / 9, **near)),
        ]
    assert [cause for _, cause, _ in ties(*lines)] == ["token_expired", "clock_skew"]


def test_of_several_reasons_the_one_that_is_by_far_the_nearest_is_meant() -> None:
    near: dict[str, Any] = {"path": "worker.log", "client": None, "dataset": "python"}
    lines = [
        line
        for k, cause in enumerate(("token_expired", "api_key_invalid", "token_expired"))
        for line in (told(10.0123 + k / 4, endpoint=None, cause=cause, **near), bad(Request(10.0131 + k / 4, **near)))
    ]
    assert [cause for _, cause, _ in ties(*lines)] == ["token_expired", "api_key_invalid", "token_expired"]


def test_a_guess_is_passed_on_to_the_line_of_the_access_log() -> None:
    words = bad(Request(10.2, status=None, cause="username_password_invalid", path="app.log", dataset="app"))
    assert ties(bad(Request(10.0)), words) == [("access.log", "username_password_invalid", "client and path")]


def test_bare_lines_of_one_request_are_counted_once() -> None:
    words = bad(Request(10.2, endpoint=ORDER, client=None, status=None, path="django.log", dataset="app"))
    found = ties(bad(Request(10.0, endpoint=ORDER)), words, told(10.1, endpoint=ORDER, client=None))
    assert found == [("access.log", "token_expired", "path")]


@pytest.mark.parametrize(("second", "grain"), [(0.0, 1_000_000), (0.371, 1_000)])
def test_a_log_tells_whole_seconds_or_less(second: float, grain: int) -> None:
    lines = read_failures(observe(bad(Request(k + second)) for k in range(20)).classified.lazy(), JUDGEMENT)
    at_start = lines.with_columns(pl.col("t") - pl.col("t").min() % 1_000_000 + round(second * 1e6))
    assert set(with_ties(at_start)["grain"]) == {grain}
