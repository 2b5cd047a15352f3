"""What [alerts] and [[sinks]] say, or every fault of them with its place."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from logscan.alert.gate import Quiet
from logscan.alert.settings import KINDS, AlertSettings, read_alerts
from logscan.alert.silence import Silence
from logscan.model.errors import SettingsError
from logscan.model.toml import Table, read_toml
from tests.alert.made import HOUR, START

ENV = {
    "HOOK": "https://hooks.example.com/T0/s3cret-path",
    "KEY": "k3y-of-tests",
    "MAIL": "mailto://ada:s3cretpw@example.com",
}
ONE = '[[sinks]]\nkind = "{}"\n{}\n'


def read(folder: Path, text: str) -> tuple[AlertSettings, list[str]]:
    path = folder / "logscan.toml"
    path.write_text(text, "utf-8")
    faults: list[SettingsError] = []
    document = read_toml(path)
    top = Table(document, document.value, faults, ENV)
    found = read_alerts(top)
    top.close()
    return found, [f"{each.where.line} {each.where.key}: {each.what} | {each.hint}" for each in faults]


def sink(folder: Path, kind: str, keys: str) -> Any:
    found, faults = read(folder, ONE.format(kind, keys))
    assert not faults
    return found.sinks[0]


def test_without_a_word_all_is_as_usual(tmp_path: Path) -> None:
    assert read(tmp_path, "") == (AlertSettings(Quiet()), [])


def test_every_key_of_alerts(tmp_path: Path) -> None:
    text = """
[alerts]
reminder = "8h"
settle = "5m"
silent_after = "3h"
flap_starts = 5
flap_within = "2h"
wider = 4
rate = 7
rate_within = "30m"
lead = "7d"
keep = "10d"
url = "https://reports.example.com/latest.html"
[[alerts.silences]]
cause = "token_*"
scope = "192.0.2.*"
since = "2026-03-12T06:00Z"
until = "2026-03-12T07:00:00"
reason = "a move"
"""
    found, faults = read(tmp_path, text)
    assert not faults
    hours = timedelta(hours=1)
    assert found.quiet == Quiet(
        8 * hours,
        timedelta(minutes=5),
        3 * hours,
        5,
        2 * hours,
        4.0,
        7,
        timedelta(minutes=30),
        168 * hours,
        240 * hours,
    )
    assert found.url == "https://reports.example.com/latest.html"
    assert found.silences == (
        Silence(cause="token_*", scope="192.0.2.*", since=START, until=START + HOUR, reason="a move"),
    )


def test_every_kind_of_sink_with_every_key(tmp_path: Path) -> None:
    (tmp_path / "own.j2").write_text('{"text": "{{ title }}"}', "utf-8")
    web = 'url = "${HOOK}"\ntoken = "${KEY}"\ntimeout = "3s"\nretries = 1\nlevel = "medium"\n'
    hook = sink(tmp_path, "webhook", web + 'secret = "${KEY}"\ntemplate = "own.j2"\nfor_people = true\nname = "chat"')
    assert (hook.name, hook.level, hook.url, hook.secret, hook.for_people) == (
        "chat",
        "medium",
        ENV["HOOK"],
        ENV["KEY"],
        True,
    )
    assert (hook.poster.timeout_s, hook.poster.retries) == (3.0, 1)
    assert hook.render({"title": 'a "b"'}) == '{"text": "a \\"b\\""}'
    manager = sink(tmp_path, "alertmanager", web + 'lasts = "2h"\n[sinks.labels]\ncluster = "eu"')
    assert (manager.labels, manager.lasts, manager.token) == ({"cluster": "eu"}, timedelta(hours=2), ENV["KEY"])
    for kind, name in (("textfile", "x.prom"), ("ndjson", "x.ndjson"), ("ocsf", "x.ndjson")):
        assert sink(tmp_path, kind, f'path = "{name}"').path == tmp_path / name
    mail = sink(tmp_path, "notify", 'url = "${MAIL}"\nattach = false\ntimeout = "4s"\nretries = 0')
    assert (mail.url, mail.attach, mail.timeout_s, mail.retries, mail.level) == (ENV["MAIL"], False, 4.0, 0, "high")


def test_no_secret_stands_in_what_is_read(tmp_path: Path) -> None:
    web = 'url = "${HOOK}"\ntoken = "${KEY}"\n'
    text = ONE.format("webhook", web + 'secret = "${KEY}"') + ONE.format("alertmanager", web)
    found, faults = read(tmp_path, text + ONE.format("notify", 'url = "${MAIL}"'))
    assert not faults
    assert "s3cret" not in repr(found)
    assert "k3y" not in repr(found)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[alerts]\nremindr = "1h"', "2 alerts.remindr: unknown key `remindr` | did you mean `reminder`?"),
        ('[alerts]\nreminder = "soon"', "2 alerts.reminder: `soon` is no length of time"),
        ("[alerts]\nrate = 0", "2 alerts.rate: 0 is out of bounds"),
        ("[alerts]\nwider = 1", "2 alerts.wider: 1 is out of bounds"),
        ('[alerts]\nurl = "ftp://x"', "2 alerts.url: is no address"),
        ('[alerts]\nurl = "${HOOK}"', "2 alerts.url: takes nothing from the environment"),
        ('[[alerts.silences]]\nreason = "x"', "silences everything"),
        ('[[alerts.silences]]\ncause = "x"\nuntil = "soon"', "3 alerts.silences.0.until: `soon` is no time"),
        (
            '[[alerts.silences]]\ncause = "x"\nsince = "2026-03-12"\nuntil = "2026-03-11"',
            "4 alerts.silences.0.until: is not after `since`",
        ),
        (ONE.format("webhok", ""), "2 sinks.0.kind: unknown value `webhok` | did you mean `webhook`?"),
        ("[[sinks]]\nlevel = 'low'", "sinks.0.kind: `kind` is missing"),
        (ONE.format("webhook", ""), "sinks.0.url: `url` is missing"),
        (ONE.format("webhook", 'url = "hooks.example.com/s3cret"'), "3 sinks.0.url: is no address"),
        (ONE.format("webhook", 'url = "https://h:99999/s3cret"'), "3 sinks.0.url: is no address"),
        (ONE.format("webhook", 'url = "${NONE}"'), "3 sinks.0.url: the environment has no variable NONE"),
        (ONE.format("webhook", 'url = "http://h"\nlevel = "loud"'), "4 sinks.0.level: unknown value `loud`"),
        (
            ONE.format("webhook", 'url = "http://h"\nurls = "x"'),
            "4 sinks.0.urls: unknown key `urls` | did you mean `url`?",
        ),
        (ONE.format("webhook", 'url = "http://h"\nsecret = "whsec_s3cret!"'), "4 sinks.0.secret: begins with whsec_"),
        (ONE.format("webhook", 'url = "http://h"\ntoken = "s3cret\\n"'), "4 sinks.0.token: holds a character"),
        (ONE.format("webhook", 'url = "http://h"\ntimeout = "1h"'), "4 sinks.0.timeout: is out of bounds"),
        (ONE.format("webhook", 'url = "http://h"\nretries = 99'), "4 sinks.0.retries: 99 is out of bounds"),
        (ONE.format("webhook", 'url = "http://h"\ntemplate = "none.j2"'), "none.j2: No such file"),
        (ONE.format("alertmanager", 'url = "http://h"\n[sinks.labels]\n"a-b" = "x"'), "`a-b` is no label name"),
        (
            ONE.format("alertmanager", 'url = "http://h"\n[sinks.labels]\nseverity = "x"'),
            "`severity` is set by logscan",
        ),
        (ONE.format("textfile", 'path = "x.txt"'), "3 sinks.0.path: does not end in .prom"),
        (ONE.format("ndjson", ""), "sinks.0.path: `path` is missing"),
        (ONE.format("notify", 'url = "s3cret@example.com"'), "3 sinks.0.url: is no address"),
        (ONE.format("notify", ""), "sinks.0.url: `url` is missing"),
        (ONE.format("ndjson", 'path = "a"') * 2, "two sinks are called `ndjson`"),
    ],
)
def test_a_fault_has_its_place_and_no_secret(tmp_path: Path, text: str, told: str) -> None:
    _, faults = read(tmp_path, text)
    assert told in "\n".join(faults)
    assert "s3cret" not in "\n".join(faults)


def test_a_template_that_is_none_has_its_line(tmp_path: Path) -> None:
    (tmp_path / "own.j2").write_text('{\n"text": "{{ title"}', "utf-8")
    _, faults = read(tmp_path, ONE.format("webhook", 'url = "http://h"\ntemplate = "own.j2"'))
    assert "own.j2: line 2:" in faults[0]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = '[alerts]\nrate = 0\nlead = 5\n[[sinks]]\nkind = "webhook"\nx = 1\n[[sinks]]\nkind = "ndjson"\n'
    _, faults = read(tmp_path, text)
    assert len(faults) == 5


def test_without_apprise_that_is_what_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logscan.alert.settings.find_spec", lambda _: None)
    _, faults = read(tmp_path, ONE.format("notify", 'url = "${MAIL}"'))
    assert faults == ["2 sinks.0.kind: needs Apprise, which is not installed | pip install 'logscan[notify]'"]


def test_sinks_are_told_in_words_without_secrets(tmp_path: Path) -> None:
    found, _ = read(
        tmp_path, ONE.format("webhook", 'url = "${HOOK}"\nname = "chat"') + ONE.format("ndjson", 'path = "x"')
    )
    assert found.words == ("chat: webhook, low and worse", "ndjson: ndjson, informational and worse")


def test_every_kind_can_be_made() -> None:
    assert len(KINDS) == len(set(KINDS)) == 6
