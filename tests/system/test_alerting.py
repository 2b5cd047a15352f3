"""Alerts reach what they are made for: Alertmanager as amtool sees it, node_exporter, promtool, mail with its picture."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from logscan.alert.sinks.alertmanager import Alertmanager
from logscan.alert.sinks.http import Poster
from logscan.alert.sinks.notify import Notify
from logscan.alert.sinks.sink import Delivery, Entry
from logscan.alert.sinks.textfile import Textfile
from logscan.alert.sinks.webhook import Webhook
from logscan.batch.config import load_config
from logscan.batch.notice import notify
from logscan.batch.run import run_once
from logscan.batch.state import open_state
from logscan.model.finding import Finding
from tests.alert.documents import told
from tests.alert.made import finding
from tests.alert.receiver import receiving
from tests.batch.alerting import alerting, answer
from tests.batch.test_run import around
from tests.system.servers import free_port, program, running, until

pytestmark = pytest.mark.server
NOW = datetime.now(UTC).replace(microsecond=0)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def going(now: datetime, **changes: Any) -> Finding:
    return finding(first_seen=NOW - HOUR, last_seen=now, **changes)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[str]:
    command, port = program("prometheus-alertmanager"), free_port()
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n", "utf-8")
    words = [
        command,
        f"--config.file={config}",
        f"--storage.path={tmp_path / 'am'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    with running(words, port, tmp_path / "am.log"):
        until(lambda: ready(f"http://127.0.0.1:{port}/-/ready"))
        yield f"http://127.0.0.1:{port}"


def ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as found:  # noqa: S310 - loopback
            return bool(found.status == 200)
    except OSError:
        return False


def amtool(url: str, *more: str) -> list[dict[str, Any]]:
    words = [program("amtool"), f"--alertmanager.url={url}", "--output=json", "alert", "query", *more]
    found: list[dict[str, Any]] = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    return found


def test_alertmanager_sees_what_begins_goes_on_gets_worse_and_ends(manager: str, tmp_path: Path) -> None:
    sink = Alertmanager("am", manager, poster=Poster(5.0, 2), lasts=2 * HOUR)
    state = open_state(tmp_path / "state.db")
    # Its clock is the real one: all of this was some minutes ago, so that the end of it is past for it too.
    begin = NOW - 40 * MINUTE

    def at(minutes: int, *found: Finding) -> list[dict[str, Any]]:
        now = begin + minutes * MINUTE
        assert not notify(state, answer(now, *found), alerting(sink), now).faults
        return amtool(manager)

    (first,) = at(0, going(begin))
    assert (first["labels"]["alertname"], first["labels"]["severity"]) == ("severe_failures", "high")
    assert "Renew the token" in first["annotations"]["description"]
    assert first["status"]["state"] == "active"
    (again,) = at(5, going(begin + 5 * MINUTE))
    assert (again["fingerprint"], again["startsAt"]) == (first["fingerprint"], first["startsAt"])
    assert again["endsAt"] > first["endsAt"]
    (worse,) = at(10, going(begin + 10 * MINUTE, severity="critical"))
    assert worse["labels"] == {**first["labels"], "severity": "critical"}
    assert at(30, going(begin + 10 * MINUTE, severity="critical", state="resolved")) == []
    (back,) = at(35, going(begin + 35 * MINUTE))
    assert back["labels"]["incident"] == first["labels"]["incident"]
    state.close()


def test_what_is_not_refreshed_ends_by_itself(manager: str) -> None:
    sink = Alertmanager("am", manager, poster=Poster(5.0, 0), lasts=timedelta(seconds=2))
    now = datetime.now(UTC)
    assert not sink.deliver(Delivery((Entry("x", {**told("new"), "id": "x"}),), (), now, MINUTE)).fault
    assert len(amtool(manager)) == 1
    until(lambda: amtool(manager) == [])


def test_alertmanager_takes_the_good_of_a_batch_with_a_bad_one(manager: str) -> None:
    good = {**told("new"), "id": "good"}
    bad = {**told("new"), "id": "bad", "incident": {**told("new")["incident"], "id": "other"}}
    sink = Alertmanager("am", manager, poster=Poster(5.0, 0))
    broken = Broken("am", manager, poster=Poster(5.0, 0))
    now = datetime.now(UTC)
    found = broken.deliver(Delivery((Entry("bad", bad), Entry("good", good)), (), now, 10 * MINUTE))
    assert found.delivered == {"good"}
    assert "400" in found.refused["bad"]
    assert [each["labels"]["incident"] for each in amtool(manager)] == [good["incident"]["id"]]
    assert not sink.deliver(Delivery((), (), now, MINUTE)).fault


class Broken(Alertmanager):
    """One of its alerts begins after its end, which Alertmanager refuses."""

    def _alert(self, document: Any, severity: str, ends: datetime) -> dict[str, Any]:
        made = super()._alert(document, severity, ends)
        if document["incident"]["id"] == "other":
            made["startsAt"] = (ends + MINUTE).isoformat()
        return made


def test_promtool_and_node_exporter_read_the_textfile(tmp_path: Path) -> None:
    promtool, exporter, port = program("promtool"), program("prometheus-node-exporter"), free_port()
    folder = tmp_path / "textfile"
    sink = Textfile("metrics", folder / "logscan.prom")
    state = open_state(tmp_path / "state.db")
    notify(state, answer(NOW, going(NOW, scope='client:x"y\\z')), alerting(sink), NOW)
    state.close()
    text = (folder / "logscan.prom").read_bytes()
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
    words = [
        exporter,
        f"--web.listen-address=127.0.0.1:{port}",
        "--collector.disable-defaults",
        "--collector.textfile",
        f"--collector.textfile.directory={folder}",
    ]
    address = f"http://127.0.0.1:{port}/metrics"
    with running(words, port, tmp_path / "exporter.log"), urllib.request.urlopen(address, timeout=5) as page:
        shown = page.read().decode()
    assert "node_textfile_scrape_error 0" in shown
    assert 'logscan_incidents{severity="high",status="active"} 1' in shown
    assert "logscan_last_run_timestamp_seconds" in shown


def test_a_mail_carries_the_timeline(tmp_path: Path) -> None:
    mails: list[Any] = []

    class Box:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
            mails.append(message_from_bytes(envelope.content))
            return "250 taken"

    port = free_port()
    controller = Controller(Box(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        url = f"mailto://127.0.0.1:{port}?from=logscan@example.com&to=oncall@example.com&smtp=127.0.0.1&mode=insecure"
        state = open_state(tmp_path / "state.db")
        made = answer(NOW, going(NOW))
        buckets = tuple((NOW - k * MINUTE, what, 5 + k) for k in range(30) for what in ("ok", "token_expired"))
        scan = replace(made.scan, timeline=buckets, by_cause={"token_expired": 9})
        notify(state, made._replace(scan=scan), alerting(Notify("mail", url, timeout_s=5, retries=0)), NOW)
        state.close()
    finally:
        controller.stop()
    (mail,) = mails
    pictures = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "image/png"]
    assert pictures[0].startswith(b"\x89PNG")
    assert len(pictures[0]) > 5_000


def test_a_webhook_that_was_down_gets_everything_in_order_under_the_same_ids(tmp_path: Path) -> None:
    state = open_state(tmp_path / "state.db")
    with receiving("close", 500, (429, {"retry-after": "60"}), "hang", 200) as receiver:
        for k in range(6):
            now = NOW + k * 70 * MINUTE
            sink = Webhook("hook", receiver.url, secret="made-up", poster=Poster(0.3, 0, (), lambda _: None))
            found = going(now, severity="critical") if k else going(now)
            notify(state, answer(now, found), alerting(sink), now)
        ids = [asked.headers["webhook-id"] for asked in receiver.asked]
    assert ids[:5] == [ids[0]] * 5
    assert [each.rpartition("-")[2] for each in ids[4:]] == ["1", "2"]
    state.close()


def access(begin: int, end: int, refused: range) -> bytes:
    """Four clients, twice a minute each, from one minute after NOW to another; in some minutes all are refused."""
    lines = []
    for half in range(begin * 2, end * 2):
        when = NOW + half * timedelta(seconds=30)
        status = 401 if half // 2 in refused else 200
        lines += [
            f'192.0.2.{client} - - [{when:%d/%b/%Y:%H:%M:%S} +0000] "GET /api/v1/orders HTTP/1.1" {status} 31 "-" "client/1.0"\n'
            for client in range(10, 14)
        ]
    return "".join(lines).encode()


def test_runs_over_a_growing_log_tell_once_when_it_begins_and_once_when_it_is_over(tmp_path: Path) -> None:
    settings = tmp_path / "logscan.toml"
    log, out = tmp_path / "access.log", tmp_path / "alerts.ndjson"
    settings.write_text(
        f'[[sources]]\npaths = ["{log}"]\n[[sinks]]\nkind = "ndjson"\npath = "{out}"\nlevel = "high"\n', "utf-8"
    )
    config = load_config(settings, {})
    written = 0
    for minute in (120, 160, 170, 260, 320):
        with log.open("ab") as file:
            file.write(access(written, minute, range(130, 190)))
        written = minute
        told = run_once(config, around(), NOW + minute * MINUTE)
        assert (told.outcome, told.untold) == ("done", ())
        assert run_once(config, around(), NOW + minute * MINUTE + timedelta(seconds=30)).outcome == "nothing new"
    notices = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [each["logscan"]["kind"] for each in notices if each["logscan"]["kind"] != "changed"] == ["new", "resolved"]
    assert len({each["logscan"]["incident"]["id"] for each in notices}) == 1
    assert len({each["event"]["id"] for each in notices}) == len(notices)
