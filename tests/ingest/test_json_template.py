"""Log formats that write JSON: keys, nested keys, values put together, and what is no JSON to rely on."""

import json

import pytest

from logscan.ingest.json_template import Keys, json_keys, json_sample
from logscan.ingest.nginx_format import pieces_of
from logscan.ingest.template import joined


def keys(text: str) -> Keys | str:
    return json_keys(joined(pieces_of(text))[0])


def test_every_key_is_found_wherever_it_is() -> None:
    found = keys(
        '{"t":"$time_iso8601","http":{"code":$status,"a.b":"$remote_addr"},"list":["$request_id"],"fixed":"x"}'
    )
    assert found == Keys(
        {
            "@timestamp": {"keys": ["t"], "time": "iso"},
            "http.response.status_code": "http.code",
            "source.address": "http.a.b",
            "http.request.id": "list.0",
        },
        ["t", "http.code", "http.a.b", "list.0", "fixed"],
    )


def test_a_value_put_together_is_taken_apart() -> None:
    found = keys('{"to":"$host$request_uri","who":"$remote_addr:$remote_port"}')
    assert isinstance(found, Keys)
    assert found.columns["source.address"]["within"].startswith("^(?<client>")
    assert found.columns["url.original"]["keys"] == ["to"]


def test_several_keys_for_one_column_come_best_first() -> None:
    found = keys('{"u":"$uri","r":"$request","a":"$request_uri"}')
    assert isinstance(found, Keys)
    assert found.columns["url.original"] == ["a", "r", "u"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a":$upstream_status}', "$upstream_status is not in quotes"),
        ('{"a":"$status",}', "no valid JSON"),
        ('{"a":"$status"', "no valid JSON"),
        ('["$status"]', "no JSON object"),
        ("{" * 100_000, "no valid JSON"),
    ],
)
def test_what_cannot_be_relied_on_is_told(text: str, why: str) -> None:
    found = keys(text)
    assert isinstance(found, str)
    assert why in found


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_samples_are_json(number: int) -> None:
    text = '{"s":$status,"a":"$http_user_agent","c":"$sent_http_www_authenticate","n":$body_bytes_sent}'
    line, want = json_sample(joined(pieces_of(text))[0], number)
    value = json.loads(line)
    assert value["s"] == want["http.response.status_code"]
    assert (value["c"] or None) == want["logscan.challenge"]
