"""A made-up scan with every kind of finding, and the shipped words, for the tests of the page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import polars as pl

from logscan.analysis.asked import Asked
from logscan.model.contrast import Contrast, Trait
from logscan.model.finding import (
    Alternative,
    Counts,
    Evidence,
    Finding,
    Input,
    Rejected,
    Scan,
    Scope,
)
from logscan.model.resources import rules_dir
from logscan.model.schemas import SHOWN
from logscan.model.taxonomy import load_taxonomy
from logscan.rules.playbook import Playbook, Step
from logscan.rules.rule import Library
from logscan.rules.tree import Column, Some, Text, Words
from tests.hostile.corpus import with_every_text

START = datetime(2026, 3, 12, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GENERATED = datetime(2026, 3, 13, 9, 30, tzinfo=UTC)


def _rule(name: str, kind: str, title: str, names: str, columns: tuple[str, ...] = (), *, words: str = "") -> Any:
    """words: what it looks for in a message; whoever looks for them finds them where nothing fails, too."""
    leaf = Text(Column("message", text=True), (Words("contains", words, words),), cased=False)
    return SimpleNamespace(
        name=name, kind=kind, title=title, names=names, columns=frozenset(columns), level="high",
        tree=Some((leaf,) if words else ()), falsepositives=(f"A test of {words}.",) if words else (),
    )  # fmt: skip


@cache
def library() -> Any:
    """The shipped taxonomy with a few rules and playbooks, independent of the shipped ones."""
    steps = (
        Step("Decode the refused token and compare `exp` with {first_seen}.", "It shows whether the token was over.",
             "grep -n {client} {path} | head"),
        Step("Renew the token before it runs out: about every {period}.", "", ""),
        Step("Let the client renew once and try again when it gets a 401.", "One retry hides the edge.", ""),
    )  # fmt: skip
    verify = (
        Step(
            "Compare the last four characters of the key in use with the key in the console.",
            "A rotated key looks whole.",
            "",
        ),
        Step("Try the key by hand.", "", "curl -sS -o /dev/null https://api.example.com{endpoint}"),
    )
    books = [
        Playbook(
            "renew-token",
            "Renew tokens in time",
            ("token_expired",),
            "The token was good and its time ran out.",
            steps,
            "",
        ),
        Playbook(
            "verify-key",
            "Verify the key",
            ("api_key_invalid",),
            "Find out which key is sent, and whether it is the one.",
            verify,
            "",
        ),
    ]
    return Library(
        causes=(
            _rule("jwt_expired_text", "causes", "The line says that the token has expired", "token_expired", words="token rejected"),
            _rule("sdk_401_key", "causes", "A client library was told that its API key is wrong", "api_key_invalid"),
        ),
        outcomes=(),
        signatures=(
            _rule("periodic_with_recovery", "signatures", "Fails at a fixed distance and recovers each time", "token_expired",
                  ("period_s", "period_cv", "recovered_share")),
            _rule("password_spray", "signatures", "One client fails with many user names", "credential_attack",
                  ("users_tried_max", "tries_per_user")),
            _rule("handshake", "signatures", "Each refusal is answered at once by a success", "challenge_handshake", ("paired_share",)),
        ),
        patterns=(_rule("lifetime_cycle", "patterns", "Fixed distance, ends with success", "lifetime_cycle", ("phase_success",)),),
        playbooks={book.id: book for book in books},
        taxonomy=load_taxonomy(rules_dir() / "taxonomy.yml"),
        digest="4f1c" * 16,
    )  # fmt: skip


def finding(**changes: Any) -> Finding:
    """One finding: tokens that run out every hour."""
    episodes = tuple((START + HOUR * k, START + HOUR * k + timedelta(seconds=40), 14 + k % 3) for k in range(1, 24))
    usual = Finding(
        id="3b0c9d2ae1f04711", cause="token_expired", family="token", confidence="high", severity="high", pattern="lifetime_cycle",
        period_s=3600.0, state="open", scope=Scope("endpoint", ("/api/v1/orders/{id}",)), first_seen=episodes[0][0],
        last_seen=episodes[-1][1], onset_after=START + timedelta(minutes=52), onset_before=START + HOUR,
        counts=Counts(sum(e[2] for e in episodes), 23, 3, 2, 1), rate_before=0.0, rate_during=0.041,
        alternatives=(Alternative("clock_skew", "low"),), rules=("jwt_expired_text", "periodic_with_recovery"),
        evidence=tuple(
            Evidence("api/app.log", 18_213 + 97 * k, 2_193_441 + 9_000 * k,
                     f"2026-03-12T{6 + k:02d}:00:0{k}.114Z WARN auth.jwt request_id=7f3c0d{k} client=192.0.2.{7 + k} "
                     f"path=/api/v1/orders/88{k} token rejected: expired {k + 1} s ago (exp=17732952{k:02d}) "
                     "Authorization: Bearer <redacted jwt 3f2a91c0>")
            for k in range(6)
        ),
        playbook="renew-token", missing_evidence="", next_expected=START + HOUR * 24,
        features={"period_s": 3600.4, "period_cv": 0.004, "recovered_share": 1.0, "phase_success": 0.99, "events": 343,
                  "gap_median_s": 3600.2, "phase_clock": 0.31, "rate_before": 0.0, "unheard_of_s": None},
        clients=(("192.0.2.7", 201), ("192.0.2.8", 90), ("192.0.2.9", 52)), users=(("svc-orders", 300), ("svc-billing", 43)),
        endpoints=(("/api/v1/orders/{id}", 343),), episodes=episodes,
        contrast=Contrast(346, 412, 9_001, same_routes=True, during=True, tested=9, traits=(
            Trait("program", "sdk/*", (340, 346), (20, 412), 441.0, 260.0, 749.0, 1e-9, (("agent", "sdk/2.0"),)),
            Trait("user", None, (346, 346), (0, 412), 9e5, 3e4, 2e7, 1e-12),
        )),
        reproduce="curl -gi --path-as-is -H \"Authorization: $AUTHORIZATION\" \"https://$HOST\"'/api/v1/orders/88?x=1'",
    )  # fmt: skip
    return replace(usual, **changes)


def typical() -> Scan:
    """Seven findings, two of them benign, from four inputs of which one could not be read."""
    burst = ((START + HOUR * 14, START + HOUR * 14 + timedelta(minutes=9), 2210),)
    rotated = finding(
        id="91aa", cause="api_key_invalid", family="credential", severity="critical", pattern="sustained_open", period_s=None,
        scope=Scope("client", ("198.51.100.23",)), first_seen=START + HOUR * 9, last_seen=START + HOUR * 24, onset_after=START + HOUR * 9 -
        timedelta(seconds=11), onset_before=START + HOUR * 9, counts=Counts(5312, 1, 1, 0, 2), rate_before=0.0, rate_during=1.0,
        alternatives=(Alternative("credential_revoked", "medium"), Alternative("wrong_endpoint_or_environment", "low")),
        rules=("sdk_401_key",), playbook="verify-key", next_expected=None, clients=(("198.51.100.23", 5312),), users=(),
        endpoints=(("/v1/chat/completions", 5300), ("/v1/models", 12)), features={"ok_before": 8120, "ok_during": 0, "others_rate": 0.002},
        episodes=((START + HOUR * 9, START + HOUR * 24, 5312),),
        evidence=(Evidence("worker/client.log", 4410, 812_003, "2026-03-12 14:00:00,412 ERROR worker.llm Error code: 401 - {'error': {'message': "
                  "'Incorrect API key provided: <redacted key 8c11d2f0>', 'type': 'invalid_request_error', 'code': 'invalid_api_key'}}"),),
        missing_evidence="The provider's request id (x-request-id) is not logged; log it to let support find the request.",
    )  # fmt: skip
    attack = finding(
        id="77bc", cause="credential_attack", family="abuse", severity="medium", confidence="medium", pattern="single_burst",
        state="closed", period_s=None, scope=Scope("client", ("203.0.113.66",)), first_seen=burst[0][0], last_seen=burst[0][1],
        onset_after=None, counts=Counts(2210, 1, 1, 187, 1), rate_before=None, rate_during=1.0, rules=("password_spray",), next_expected=None,
        alternatives=(Alternative("username_password_invalid", "low"),), playbook="none-such", clients=(("203.0.113.66", 2210),),
        users=tuple((f"user{k}", 12 - k // 20) for k in range(20)), endpoints=(("/login", 2210),), episodes=burst,
        features={"users_tried_max": 187, "tries_per_user": 12.0},
        evidence=(Evidence("nginx/access.log", 88_120, 9_223_101, '203.0.113.66 - user3 [12/Mar/2026:19:00:02 +0000] "POST /login HTTP/1.1" 401 188 "-" "python-requests/2.31"'),),
    )  # fmt: skip
    once = finding(
        id="1c", cause="insufficient_permission", family="authorization", severity="low", confidence="low", pattern="single_occurrence",
        state="resolved", period_s=None, scope=Scope("user", ("ada",)), first_seen=START + HOUR * 3, last_seen=START + HOUR * 3,
        counts=Counts(1, 1, 1, 1, 1), rate_before=0.0, rate_during=0.2, rules=(), alternatives=(), next_expected=None,
        clients=(("2001:db8::17", 1),), users=(("ada", 1),), endpoints=(("/admin", 1),), episodes=((START + HOUR * 3, START + HOUR * 3, 1),), features={},
    )  # fmt: skip
    unknown = finding(
        id="2d", cause="unclassified", family="unknown", severity="low", confidence="low", pattern="chronic_background", state="silent", period_s=None,
        scope=Scope("all", ()), rules=(), alternatives=(Alternative("credential_missing", "low"), Alternative("token_expired", "low")),
        counts=Counts(420, 311, 57, 0, 9), missing_evidence="nginx writes the reason only to its error log: set `error_log /var/log/nginx/error.log info;`.",
        episodes=tuple((START + timedelta(minutes=4.4 * k),) * 2 + (1,) for k in range(311)), rate_before=None, rate_during=0.004, next_expected=None,
        features={}, playbook="review-server-logs",
    )  # fmt: skip
    digest = finding(
        id="5e", cause="challenge_handshake", family="protocol", severity="informational", pattern="chronic_background", state="open",
        scope=Scope("endpoint", ("/v2/{name}/manifests/{ref}",)), counts=Counts(9120, 9120, 12, 0, 3), rules=("handshake",), alternatives=(),
        features={"paired_share": 0.998}, next_expected=None, playbook="no-action-handshake", period_s=None, missing_evidence="",
    )  # fmt: skip
    findings = (rotated, finding(), attack, once, unknown, digest)
    by_cause = {f.cause: f.counts.events for f in findings} | {"cors_preflight": 611}
    timeline = [
        (START + timedelta(minutes=10 * k), "ok", 900 + (k * 37) % 211 + (400 if 40 < k < 90 else 0))
        for k in range(145)
    ]
    timeline += [(START + timedelta(minutes=10 * k), "error", (k * 13) % 9) for k in range(145)]
    timeline += [(START + timedelta(minutes=10 * k), "challenge_handshake", 63) for k in range(145)]
    timeline += [(START + timedelta(minutes=10 * k), "unclassified", 1 + k % 5) for k in range(145)]
    timeline += [(e[0].replace(minute=e[0].minute // 10 * 10), "token_expired", e[2]) for e in finding().episodes]
    timeline += [(START + HOUR * 9 + timedelta(minutes=10 * k), "api_key_invalid", 59) for k in range(90)]
    timeline += [(START + HOUR * 14, "credential_attack", 2210), (START + HOUR * 3, "insufficient_permission", 1)]
    inputs = (
        Input("nginx/access.log", "combined", 369_000_000, "9f" * 32, 2_500_000, 2_499_870, 130, START, START + HOUR * 24, "UTC",
              datasets={"combined": 2_499_870}, why="combined read 200 of 200 sampled lines; next: common 0"),
        Input("api/app.log", "python-logging", 21_300_400, "0c" * 32, 190_021, 178_000, 1_021, START, START + HOUR * 24, "Europe/Berlin",
              continuations=10_900, blank=100, datasets={"python-logging": 170_000, "json-lines": 8_000},
              why="python-logging read 171 of 200 sampled lines; next: generic 20", notes=("12 bytes that are not UTF-8 are shown as \\xNN",)),
        Input("worker/client.log.gz", "python-logging", 1_240_221, "e1" * 32, 6_410, 6_410, 0, START + HOUR, START + HOUR * 24, "UTC",
              datasets={"python-logging": 6_410}, why="python-logging read 200 of 200 sampled lines",
              notes=("gzip stream is truncated: 1,240,221 bytes read before the break",)),
        Input("notes.txt", "", 812, "aa" * 32, 14, 0, 13, None, None, "UTC", blank=1, why="no format read any of 13 sampled lines"),
    )  # fmt: skip
    groups = tuple(
        (("nginx/access.log", "api/app.log", "worker/client.log")[k % 3], START + HOUR * k, cause, 3 + k * 7 % 41)
        for cause in ("token_expired", "api_key_invalid") for k in range(24)
    )  # fmt: skip
    rejected = (
        Rejected("api/app.log", 17, "combined: stops at column 1, before `---`", "--- log rotated ---"),
        Rejected("notes.txt", 1, "nothing fits", "remember to ask ops about the key"),
    )
    return Scan(
        inputs=inputs, findings=findings, by_cause=by_cause, lines=2_696_445, events=2_684_280, rejects=1_164,
        auth_failures=sum(by_cause.values()), rejected=rejected, timeline=tuple(sorted(timeline)), bucket_s=600,
        faults=("backup.tar.gz: cannot be read: permission denied",), rules_digest="4f1c" * 16, groups=groups,
    )  # fmt: skip


def failures(scan: Scan, *, each: int = 40) -> pl.DataFrame:
    """Up to so many failures of each finding (SHOWN), spread over its time, its clients, users and endpoints in turn."""
    rows = []
    for place, one in enumerate(scan.findings):
        size = min(one.counts.events, each)
        first, last = one.first_seen or START, one.last_seen or START
        for k in range(size):
            names = {
                key: listed[k % len(listed)][0] if listed else None
                for key, listed in (("client", one.clients), ("user", one.users), ("endpoint", one.endpoints))
            }
            proof = one.evidence[k] if k < len(one.evidence) else None
            rows.append(
                {
                    "t": first + (last - first) * k / max(size - 1, 1),
                    "finding": place,
                    "path": proof.path if proof else "nginx/access.log",
                    "line": proof.line if proof else 1_000 * place + k + 1,
                    "offset": proof.offset if proof else 100_000 * place + 120 * k,
                    "method": "GET" if k % 3 else "POST",
                    "status": 401 if k % 5 else 403,
                    "agent": f"probe/{place}",
                    "text": proof.text if proof else f"failure {k} of finding {one.id}",
                    "answer_s": 0.2
                    if one.family == "protocol"
                    else 1.5 * (k % 7)
                    if one.pattern == "lifetime_cycle"
                    else None,
                    **names,
                }
            )
    return pl.DataFrame(rows, schema=SHOWN).sort("t", "path", "line")


def asked(scan: Scan, *, each: int = 40) -> Asked | None:
    """Who asked for what: what `failures` gives, and as many again that did not fail, in the hour of the failure."""
    benign = {name for name, cause in library().taxonomy.causes.items() if cause.benign}
    real = [place for place, one in enumerate(scan.findings) if one.cause not in benign]
    bad = failures(scan, each=each).filter(pl.col("finding").is_in(real))
    known = bad.drop_nulls(["client", "endpoint"])
    if known.is_empty():
        return None
    clients, endpoints = (
        tuple(known[name].value_counts(sort=True).sort("count", name, descending=[True, False])[name])[:20]
        for name in ("client", "endpoint")
    )
    parts = [[[0] * 48 for _ in endpoints] for _ in clients]
    failed = [[0] * len(endpoints) for _ in clients]
    for when, client, endpoint in known.select("t", "client", "endpoint").iter_rows():
        if client in clients and endpoint in endpoints:
            at, to = clients.index(client), endpoints.index(endpoint)
            failed[at][to] += 1
            parts[at][to][int((when - START) / HOUR)] += 2
    requests = [[sum(cell) for cell in row] for row in parts]
    inside = [tuple(tuple(map(tuple, row)) for row in parts), int(START.timestamp()), 3600]
    tables = [tuple(map(tuple, table)) for table in (failed, requests)]
    return Asked(clients, endpoints, *tables, *inside, bad.height - sum(map(sum, failed)))  # type: ignore[arg-type, call-arg]


def empty(**changes: Any) -> Scan:
    """A scan that found nothing at all."""
    return replace(Scan((), (), {}, 0, 0, 0, 0, (), (), 60, (), "4f1c" * 16), **changes)


def hostile_library(text: str) -> Any:
    """The library of these tests, in which every word that its authors wrote is `text`."""
    usual = library()
    words = usual.taxonomy
    causes = {
        name: replace(cause, title=text, definition=text, decided_by=text) for name, cause in words.causes.items()
    }
    patterns = {name: replace(pattern, title=text, definition=text) for name, pattern in words.patterns.items()}
    taxonomy = replace(words, families=dict.fromkeys(words.families, text), causes=causes, patterns=patterns)
    books = {
        name: replace(book, title=text, summary=text, steps=(Step(text, text, text),) * 2)
        for name, book in usual.playbooks.items()
    }
    rules = {
        kind: tuple(
            SimpleNamespace(**{**vars(rule), "title": text, "falsepositives": (text, text)})
            for rule in getattr(usual, kind)
        )
        for kind in ("causes", "outcomes", "signatures", "patterns")
    }
    return usual._replace(taxonomy=taxonomy, playbooks=books, **rules)


def hostile_scan(text: str) -> Scan:
    """Every text of a scan is `text`, and some findings beside it have causes and rules that the library knows."""
    usual, hostile = typical(), with_every_text(typical(), text)
    return replace(  # type: ignore[no-any-return]
        hostile,
        findings=hostile.findings + usual.findings[:2],
        by_cause={**hostile.by_cause, **usual.by_cause},
        timeline=tuple(sorted([*hostile.timeline, *usual.timeline])),
        groups=hostile.groups + usual.groups,
        marks=((START + HOUR, text), (START + HOUR * 2, text)),
    )
