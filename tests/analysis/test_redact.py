"""Credentials never travel, whatever surrounds them; everything else stays."""

import pickle
import re
import string
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from logscan.analysis.redact import as_fields_show, load_redactor
from logscan.model.document import read_document
from logscan.model.errors import Faults
from logscan.model.resources import rules_dir

FILE = rules_dir() / "redaction.yml"
REDACTOR = load_redactor(FILE, b"a key for tests")
SAMPLES = [(item["line"], item["shows"]) for item in read_document(FILE).value["samples"]]
ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def without_fingerprints(text: str) -> str:
    return re.sub(r"<redacted ([a-z-]+) [0-9a-f]{8}", r"<redacted \1", text)


@pytest.mark.parametrize(("line", "shows"), SAMPLES, ids=[line[:60] for line, _ in SAMPLES])
def test_the_definition_gives_what_its_samples_say(line: str, shows: str) -> None:
    assert without_fingerprints(REDACTOR.text(line)) == (line if shows == "same" else shows)


def made(alphabet: str, length: int, prefix: str = "", suffix: str = "") -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=length, max_size=length + 8).map(lambda body: f"{prefix}{body}7aZ{suffix}")


B64 = ALNUM + "-_"
JWT = st.tuples(made(B64, 20), made(B64, 20)).map(lambda p: f"eyJhbGciOiJIUzI1NiJ9.{p[0]}.{p[1]}")
SHAPES = {
    "jwt": JWT,
    "openai": made(ALNUM, 20, "sk-"),
    "openai project": made(B64, 40, "sk-proj-"),
    "anthropic": made(B64, 40, "sk-ant-api03-"),
    "aws key": st.text(string.ascii_uppercase + string.digits, min_size=16, max_size=16).map("AKIA".__add__),
    "aws session": st.text(string.ascii_uppercase + string.digits, min_size=16, max_size=16).map("ASIA".__add__),
    "github": made(ALNUM, 36, "ghp_"),
    "github app": made(ALNUM, 36, "ghs_"),
    "github fine": made(ALNUM + "_", 40, "github_pat_"),
    "gitlab": made(B64, 20, "glpat-"),
    "slack": made(ALNUM + "-", 24, "xoxb-1234567890-"),
    "google": made(B64, 35, "AIza"),
    "google oauth": made(B64, 30, "ya29."),
    "sendgrid": st.tuples(made(B64, 20), made(B64, 40)).map(lambda p: f"SG.{p[0]}.{p[1]}"),
    "hugging face": made(ALNUM, 34, "hf_"),
    "npm": made(ALNUM, 36, "npm_"),
    "pypi": made(B64, 40, "pypi-AgEI"),
    "digital ocean": st.text(HEX, min_size=64, max_size=64).map("dop_v1_".__add__),
    "shopify": st.text(HEX, min_size=32, max_size=32).map("shpat_".__add__),
    "stripe live": made(ALNUM, 24, "sk_live_"),
    "stripe restricted": made(ALNUM, 24, "rk_live_"),
    "vault": made(B64, 24, "hvs."),
    "vault old": st.text(ALNUM, min_size=22, max_size=22).map("s.7a{}".format),
    "groq": made(ALNUM, 40, "gsk_"),
    "telegram": made(B64, 32, "1234567890:AA"),
    "private key": made(ALNUM + "+/\n", 60, "-----BEGIN RSA PRIVATE KEY-----\n", "\n-----END RSA PRIVATE KEY-----"),
}
OPAQUE = made(ALNUM, 20)
ADDRESS = "https://ada:{}@host.example.com/x"
NAMED = [
    "password={}", "pwd={}", "DB_PASSWORD={}", "token={}", "access_token={}", "refresh_token={}", "id_token={}", "api_key={}",
    "apikey={}", "client_secret={}", "secret: {}", "x-api-key: {}", "X-Auth-Token: {}", '"password":"{}"', '"accessToken": "{}"',
    "'secret': '{}'", '{{\\"password\\":\\"{}\\"}}', "password => '{}'", 'password="{}"', "<password>{}</password>", "?sig={}",
    "&key={}", "?code={}", "&SAMLResponse={}", "&assertion={}", "csrf={}", "--password {}", "--token={}", "session={}",
    "Authorization: Bearer {}", "Authorization: ApiKey {}", "Authorization: {}", "authorization=Bearer {}", '"authorization":"Bearer {}"',
    "Proxy-Authorization: Token {}", "[('authorization', 'Bearer {}')]", "Cookie: sid={}", "Cookie: theme=dark; sid={}; x=1",
    "Set-Cookie: sid={}; Path=/; HttpOnly", ADDRESS, "curl -u ada:{} x", "next=%2Fcb%3Ftoken%3D{}", "params[password]={}",
    'Digest username="ada", realm="r", response="{}"', "API key {} is invalid", "invalid token '{}'", "/reset-password/{}",
    "signature={}", "Authorization: AWS4-HMAC-SHA256 Credential=x/y, SignedHeaders=host, Signature={}", '"name":"api_key","value":"{}"',
]  # fmt: skip
AROUND = st.one_of(
    st.sampled_from(["", "user=ada", "GET /a?b=1", '{"a":', "token: expired", "Bearer", "key", "'", '"', "\\", "<"]),
    st.text(max_size=20),
)
GLUE = st.sampled_from([" ", "\t", ", ", "; ", "\n", " | "])


@given(
    st.sampled_from(sorted(SHAPES)).flatmap(lambda name: SHAPES[name]),
    AROUND,
    AROUND,
    GLUE,
    st.sampled_from(["", '"', "'", "=", "/", "(", ":"]),
)
def test_a_planted_credential_of_a_known_shape_never_survives(
    secret: str, before: str, after: str, glue: str, wrap: str
) -> None:
    shown = REDACTOR.text(f"{before}{glue}{wrap}{secret}{glue}{after}")
    assume(secret[-12:] not in before + after)
    assert secret not in shown
    assert secret[-12:] not in shown
    assert "<redacted " in shown


@pytest.mark.parametrize("form", NAMED)
@given(secret=OPAQUE, before=AROUND, after=AROUND, glue=GLUE)
def test_a_planted_credential_with_a_name_never_survives(
    form: str, secret: str, before: str, after: str, glue: str
) -> None:
    shown = REDACTOR.text(f"{before}{glue}{form.format(secret)}{glue}{after}")
    assert secret not in shown
    assert secret[-8:] not in shown


PIECES = st.one_of(
    AROUND,
    st.sampled_from(NAMED).flatmap(lambda form: OPAQUE.map(form.format)),
    st.sampled_from(sorted(SHAPES)).flatmap(lambda name: SHAPES[name]),
    st.sampled_from(
        [
            "Basic YWRhOmh1bnRlcjI=",
            "Bearer ",
            "password",
            "=",
            ": ",
            '"',
            "'",
            "<redacted jwt 0123abcd>",
            ";",
            ",",
            "Cookie: ",
        ]
    ),
)


@given(st.lists(PIECES, max_size=6), st.sampled_from([" ", "=", ";", ",", ":", '"', "\n"]))
def test_redacting_twice_changes_nothing(pieces: list[str], glue: str) -> None:
    once = REDACTOR.text(glue.join(pieces))
    assert REDACTOR.text(once) == once


@given(OPAQUE)
def test_the_same_credential_has_the_same_fingerprint_everywhere(secret: str) -> None:
    forms = [
        f"Authorization: Bearer {secret}",
        f'"authorization":"Bearer {secret}"',
        f"?access_token={secret}",
        f"x-api-key: {secret}",
    ]
    prints = {re.findall(r"<redacted [a-z-]+ ([0-9a-f]{8})", REDACTOR.text(form))[0] for form in forms}
    assert len(prints) == 1
    other = load_redactor(FILE, b"another key").text(forms[0])
    assert not prints & set(re.findall(r"[0-9a-f]{8}", other))


ORDINARY = st.one_of(
    st.uuids().map(lambda u: f"request_id={u}"),
    st.text(HEX, min_size=32, max_size=32).map(lambda h: f"trace.id={h} span={h[:16]}"),
    st.datetimes().map(lambda t: t.isoformat() + "Z"),
    st.text(HEX, min_size=8, max_size=20).map(lambda h: f"GET /static/app.{h}.js HTTP/1.1"),
    st.text(HEX, min_size=64, max_size=64).map(lambda h: f"sha256:{h}"),
    st.ip_addresses().map(str),
    st.sampled_from(
        [
            "user=ada",
            "user.name=ada@example.com",
            "password mismatch",
            "token expired",
            "401 Unauthorized",
            "invalid_grant",
        ]
    ),
    st.text(string.ascii_lowercase + " ", max_size=40).map(lambda words: f"msg {words}"),
)


@given(st.lists(ORDINARY, min_size=1, max_size=5))
@example(["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"])
@example(
    ["python-requests/2.31.0", "arn:aws:iam::123456789012:user/ada", "https://app.example.com/a/b?page=2&sort=name"]
)
def test_ordinary_text_stays(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert REDACTOR.text(text) == text


def test_only_the_asked_text_columns_change_and_rows_keep_their_place() -> None:
    frame = pl.DataFrame(
        {
            "message": ["token=abc", None, "plain"],
            "source.address": ["token=abc"] * 3,
            "other": ["token=abc"] * 3,
            "n": [1, 2, 3],
        }
    )
    out = REDACTOR.redact(frame, ["message", "source.address", "n", "absent"])
    assert out["message"].to_list() == [REDACTOR.text("token=abc"), None, "plain"]
    assert out.drop("message").equals(frame.drop("message"))
    assert frame["message"][0] == "token=abc"


def test_user_names_stay_unless_they_are_credentials() -> None:
    names = [
        "ada",
        "ada@example.com",
        "admin01",
        "apikey:0123456789abcdef01",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    ]
    out = REDACTOR.redact(pl.DataFrame({"user.name": names}), ["user.name"])["user.name"].to_list()
    assert out[:3] == names[:3]
    assert all("<redacted " in name for name in out[3:])


def test_basic_shows_the_user_alone_and_never_a_key_that_stands_for_one() -> None:
    assert " of ada>" in REDACTOR.text("Authorization: Basic YWRhOmh1bnRlcjI=")
    key_as_user = "c2tfbGl2ZV9hYmNkZWYwMTIzNDU2Nzg5YWJjZGVmOng="  # sk_live_abcdef0123456789abcdef:x
    assert " of " not in REDACTOR.text(f"Authorization: Basic {key_as_user}")


def test_a_fingerprint_names_the_first_credential_and_cookies_last() -> None:
    frame = pl.DataFrame(
        {
            "event.original": [
                "Cookie: theme=dark; Authorization: Bearer abcdef0123456789",
                "Cookie: sid=abc123",
                "Incorrect API key provided: sk-ab**********cd12.",
                "nothing here",
                None,
            ],
            "url.query": [None, None, None, None, "access_token=abcdef0123456789"],
        }
    )
    got = REDACTOR.fingerprint(frame).to_list()
    assert [None if g is None else g.split(":")[0] for g in got] == ["token", "cookie", "masked", None, "token"]
    assert got[0] == got[4]
    assert REDACTOR.fingerprint(REDACTOR.redact(frame, frame.columns)).to_list() == got
    assert REDACTOR.redact(frame, ["logscan.credential"])["logscan.credential"].to_list() == got


def test_a_redactor_travels_between_processes() -> None:
    assert pickle.loads(pickle.dumps(REDACTOR)).text("password=x1") == REDACTOR.text("password=x1")  # noqa: S301


def test_redaction_cannot_be_switched_off_by_a_missing_file(tmp_path: Path) -> None:
    assert "hunter2" not in load_redactor([tmp_path / "redaction.yml"], b"k").text("password=hunter2")


def test_a_second_file_adds_to_the_first(tmp_path: Path) -> None:
    more = tmp_path / "redaction.yml"
    more.write_text("shapes:\n  - {kind: acme-key, pattern: 'acme_[a-z0-9]{8}'}\n", "utf-8")
    both = load_redactor([FILE, more], b"k")
    assert "<redacted acme-key " in both.text("got acme_abcd1234")
    assert "<redacted password " in both.text("password=hunter2")


def test_a_long_hostile_line_takes_no_long_time() -> None:
    for piece in (
        "password",
        "a=",
        '"',
        "token: ",
        "\\",
        "eyJ",
        "Bearer ",
        "Cookie: a=b;",
        "://",
        "<redacted ",
        "key ",
    ):
        assert REDACTOR.text(piece * (200_000 // len(piece))) is not None


def test_every_fault_of_a_definition_is_told_with_its_line(tmp_path: Path) -> None:
    bad = tmp_path / "redaction.yml"
    bad.write_text(
        "verdict: []\nnames:\n  - {kind: A B, words: [x]}\n  - {kind: token, value: some, words: [x]}\n  - {kind: token}\n"
        "shapes:\n  - {kind: a, pattern: '(?=x)'}\n  - {kind: a, pattern: '(x)'}\n  - {kind: a, pattern: 'x*'}\n"
        "tests:\n  opaque: ['(']\n  odd: []\npaths: reset\n",
        "utf-8",
    )
    with pytest.raises(Faults) as caught:
        load_redactor([FILE, bad], b"k")
    assert [(e.where.line, e.where.key) for e in caught.value.errors] == [
        (1, "verdict"), (3, "names.0.kind"), (4, "names.1.value"), (5, "names.2"), (7, "shapes.0.pattern"), (8, "shapes.1.pattern"),
        (9, "shapes.2.pattern"), (11, "tests.opaque.0"), (12, "tests.odd"), (13, "paths"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["Incorrect API key provided: sk-abc***wxyz.", "Incorrect API key provided: sk-proj-**********wxyz", "your api key: ****wxyz is invalid",
     "key ••••wxyz", "Incorrect API key provided: sk-…wxyz", "invalid key sk-abc...wxyz", "x-api-key: XXXXXXXXwxyz"],
)  # fmt: skip
def test_however_a_key_is_masked_its_tail_names_it(text: str) -> None:
    frame = pl.DataFrame({"event.original": [text, "token ****wxyz", "token ****abcd"]})
    one, same, other = REDACTOR.fingerprint(frame).to_list()
    assert one == same != other
    assert one.startswith("masked:")
    assert "wxyz" not in one


@pytest.mark.parametrize(
    "text", ["loading...done", "wait…soon", "see ... next", "XXXXX", "a****", "12...34", "foo...", "path/to...file"]
)
def test_dots_and_stars_of_prose_are_no_masked_key(text: str) -> None:
    assert REDACTOR.fingerprint(pl.DataFrame({"event.original": [text]})).to_list() == [None]


def test_what_the_line_hides_no_column_shows() -> None:
    line = 'GET /x 401 "curl" Cookie: theme=dark; sid=Zx81kQpa70'
    lines, ids = [line, line, "id Zx81kQpa70", None], ["Zx81kQpa70", None, "Zx81kQpa70", "q"]
    frame = pl.DataFrame({"event.original": lines, "http.request.id": ids})
    got = REDACTOR.redact(frame, frame.columns)
    assert "Zx81kQpa70" not in got["event.original"][0]
    shown = got["http.request.id"].to_list()
    assert shown[0].startswith("<redacted ")
    assert shown[0][-9:] in got["event.original"][0]
    assert shown[1:] == [None, "Zx81kQpa70", "q"]
    assert REDACTOR.redact(got, frame.columns).equals(got)


def test_a_value_that_the_line_still_shows_stays() -> None:
    frame = pl.DataFrame({"event.original": ["user=adalove password=adalove"], "user.name": ["adalove"]})
    assert REDACTOR.redact(frame, frame.columns)["user.name"].to_list() == ["adalove"]


@pytest.mark.parametrize("before", ["%22", "\\n", "\\\\t", "\\u0022", "\x1b[31m", "%3D"])
def test_the_end_of_an_escape_is_no_letter_of_a_word(before: str) -> None:
    shown = REDACTOR.text(f"x{before}sk-abcdefghij0123456789 y{before}pin=4711")
    assert "abcdefghij" not in shown
    assert "4711" not in shown


TOKENS = [
    "pul-0123456789abcdef0123456789abcdef01234567", "dapi0123456789abcdef0123456789abcdef-2", "v1.0-" + "0a" * 12 + "-" + "9f" * 40,
    "HRKU-0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f", "pscale_tkn_" + "Ab1-" * 10, "FlyV1 fm2_" + "aB3/" * 12,
    "0123456789abcdef0123456789abcdef-us12", "https://api.telegram.org/bot712345678:AA" + "x7Y" * 11, "nfp_" + "a1B2" * 9,
    "Aa1Bb2Cc3Dd4Ee.atlasv1." + "Zz9_" * 10, "shop.webhook.office.com/webhookb2/" + "0a1b2c3d" * 4, "00" + "aB3_" * 10,
]  # fmt: skip


@pytest.mark.parametrize("secret", TOKENS)
def test_tokens_give_themselves_away(secret: str) -> None:
    shown = REDACTOR.text(f"sent {secret} at once")
    assert "<redacted " in shown
    assert secret[-8:] not in shown


@pytest.mark.parametrize(
    "line", ["client_secret=hunter22hunter&x=1", "GET /t?client_secret=JfVE3dEgspuv", "my_client_secret: Uxi5yEuqhvyf"]
)
def test_a_word_of_prose_does_not_take_the_value_of_a_name(line: str) -> None:
    assert "<redacted token" in REDACTOR.text(line)


def test_every_word_that_announces_a_value_in_prose_is_a_name_too() -> None:
    value = read_document(FILE).value
    named = {word for group in value["names"] for word in group["words"]}
    assert [word for word in value["near"] if word not in named] == []


READABLE = [
    "GET /v1.0-beta/items/00000000000000000000000000000000000000 HTTP/1.1", "commit 0123456789abcdef0123456789abcdef01234567",
    "/srv/app/releases/20260312062524/lib", "0123456789abcdef0123456789abcdef.js", "pod shop-7d9c5b8f6d-x2x7k",
    "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "host-0a1b2c3d4e5f.eu-west-1.compute.internal",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "user=svc-orders-eu-west-1",
    "id=ionic-shop-frontend-components-page-2", "arn:aws:iam::123456789012:role/svc", "key ****wxyz refused",
    "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7", "build 2026.03.12-4711 of shop-api.internal.example.com:8443",
    "invalid API key: /api/orders/9941",
]  # fmt: skip


@pytest.mark.parametrize("line", READABLE)
def test_what_is_no_credential_stays_readable(line: str) -> None:
    assert REDACTOR.text(line) == line


def test_ordinary_lines_beside_words_for_credentials_stay_as_they_are() -> None:
    lines = pl.Series("event.original", (Path(__file__).parent / "readable.txt").read_text().splitlines())
    assert len(lines) >= 70
    shown = REDACTOR.redact(lines.to_frame(), ["event.original"])
    assert shown["event.original"].filter(shown["event.original"] != lines).to_list() == []


def test_a_line_shows_no_more_than_its_fields_though_only_the_head_of_the_file_names_them() -> None:
    line = "2026-03-12 06:25:24 GET / ASPXAUTH=letmein;+lang=de swordfish Basic+YWRhOmh1bnRlcjI= fish 401"
    fields = '{"cs(cookie)":"ASPXAUTH=letmein;+lang=de","cs(x-api-key)":"swordfish","cs(authorization)":"Basic+YWRhOmh1bnRlcjI=","n":1}'
    frame = pl.DataFrame(
        {"event.original": [line, "said swordfish"], "logscan.fields": [fields, None], "message": ["swordfish", None]}
    )
    shown = REDACTOR.redact(frame, ["event.original", "logscan.fields", "message"])
    text = " ".join(value for value in shown.row(0) if value)
    assert not any(secret in text for secret in ("letmein", "swordfish", "=de", "YWRhOmh1bnRlcjI="))
    assert "2026-03-12 06:25:24 GET / ASPXAUTH=<redacted cookie" in text
    assert shown["event.original"][0].endswith("of ada> fish 401")
    assert shown.row(1) == frame.row(1)
    assert REDACTOR.redact(shown, shown.columns).equals(shown)


def test_fields_that_redaction_left_unreadable_show_nothing_in_the_line() -> None:
    assert as_fields_show("a swordfish b", '{"x":"swordfish"}', '{"x":"<redacted private-key 0') == "a <redacted> b"
    assert as_fields_show('{"x":"swordfish"}', '{"x":"swordfish"}', "{}") == '{"x":"swordfish"}'
