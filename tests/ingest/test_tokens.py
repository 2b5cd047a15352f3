"""What can be told by its looks is told; the tokens are the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.tokens import tokens_of


def named(line: str) -> dict[str, str]:
    found = {token.column: token.text for token in tokens_of(line) if token.column}
    return found | {name: token.text for token in tokens_of(line) for name in token.parts}


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        ("2026-03-12T06:25:24.120+01:00|x", "@timestamp", "2026-03-12T06:25:24.120+01:00"),
        ("2026/03/12 06:25:24 x", "@timestamp", "2026/03/12 06:25:24"),
        ("[12/Mar/2026:06:25:24 +0100] x", "@timestamp", "12/Mar/2026:06:25:24 +0100"),
        ("Mar 12 06:25:24 web1", "@timestamp", "Mar 12 06:25:24"),
        ("12.03.2026 06:25:24 x", "@timestamp", "12.03.2026 06:25:24"),
        ("1773296724.120 x", "@timestamp", "1773296724.120"),
        ("from [2001:db8::17] x", "source.address", "2001:db8::17"),
        ("x 192.0.2.7:4711 x", "source.address", "192.0.2.7"),
        ("x WARN: y", "log.level", "WARN"),
        ("x GET /a?b=1 HTTP/1.1 y", "url.original", "GET /a?b=1 HTTP/1.1"),
        ("x GET /a|401", "url.original", "GET /a"),
        ("x|401|y", "http.response.status_code", "401"),
        ("took 17ms", "event.duration", "17"),
        ("took 0.004s", "event.duration", "0.004"),
        ("user=ada x", "user.name", "ada"),
        ('user="ada" x', "user.name", "ada"),
        ("logger: a.b.C x", "log.logger", "a.b.C"),
        ("id 4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "http.request.id", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"),
        ('x "curl/8.5 (linux)" y', "user_agent.original", '"curl/8.5 (linux)"'),
    ],
)
def test_a_part_is_told_by_its_looks(line: str, column: str, text: str) -> None:
    assert named(line)[column] == text


@pytest.mark.parametrize("line", ["app[123]: x", "pid 401 x", "v1.401.2", "port 22", "errors 12"])
def test_what_only_looks_alike_is_left(line: str) -> None:
    assert named(line) == {}


@given(st.text(max_size=120) | st.text("[]()=:\"' |;,GET/.0123456789abcx", max_size=60))
def test_the_tokens_are_the_line_and_name_a_column_once(line: str) -> None:
    tokens = tokens_of(line)
    assert "".join(token.text for token in tokens) == line
    columns = [name for token in tokens for name in (token.column, *token.parts) if name]
    assert len(columns) == len(set(columns))
