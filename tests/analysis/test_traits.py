"""What requests are compared by, read from rules/contrast.yml, and its faults."""

from pathlib import Path

import polars as pl
import pytest

from logscan.analysis.traits import Traits, read_traits, with_traits
from logscan.model.document import read_document
from logscan.model.errors import LogscanError
from logscan.model.resources import rules_dir


def traits() -> Traits:
    faults: list[LogscanError] = []
    found = read_traits(read_document(rules_dir() / "contrast.yml"), faults)
    assert found is not None
    assert not faults
    return found


@pytest.mark.parametrize(
    ("agent", "program"),
    [
        ("okhttp/4.12.0", "okhttp/*"),
        ("Go-http-client/2.0", "Go-http-client/*"),
        ("OpenAI/Python 1.68.2", "OpenAI/Python 1.68.2"),
        ("acme-sdk/v3.1.0-beta.2+7 (x86_64)", "acme-sdk/v* (x86_64)"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Mozilla/* (X11; Linux x86_64; rv:*) Gecko/* Firefox/*"),
        ("curl", "curl"),
        (None, None),
    ],
)  # fmt: skip
def test_a_program_is_its_agent_without_versions(agent: str | None, program: str | None) -> None:
    texts = {"event.original": ["x"], "user_agent.original": [agent]}
    found = with_traits(pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String())), traits())
    assert found["program"].to_list() == [program]


@pytest.mark.parametrize(
    ("line", "protocol"),
    [
        ('192.0.2.1 - - [..] "GET /a HTTP/1.1" 401 0', "1.1"),
        ('{"protocol":"HTTP/2.0","status":401}', "2.0"),
        ('"GET /a HTTP/3" 401', "3"),
        ("level=info path=/a status=401", None),
    ],
)
def test_the_line_tells_the_version_of_http(line: str, protocol: str | None) -> None:
    assert with_traits(pl.DataFrame({"event.original": [line]}), traits())["protocol"].to_list() == [protocol]


def test_every_fault_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "contrast.yml"
    path.write_text("version: '(?=a)'\nprotocol: HTTP\ncredentials: {jwt: 3}\nproxies: x\n", "utf-8")
    faults: list[LogscanError] = []
    assert read_traits(read_document(path), faults) is None
    told = "\n".join(map(str, faults))
    for words in ("unknown key `proxies`", "`version` is no pattern", "`protocol` has no group", "credentials.jwt",
                  "credentials.other", "`proxy` is missing"):  # fmt: skip
        assert words in told
    assert told.count("contrast.yml:") == len(faults)
