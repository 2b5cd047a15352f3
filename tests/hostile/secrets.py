"""Made-up secrets of many shapes, and log lines that carry them: every format's own samples, with a secret put in."""

import json
import random
import re
import string
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from logscan.ingest.shape import Format

HEX, WORD, DIGITS = "0123456789abcdef", string.ascii_letters + string.digits, string.digits
UPPER, URL_WORD = string.ascii_uppercase + string.digits, WORD + "-_"


class Maker:
    """The same secrets every time; `body` of letters that no other text is made of by chance."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - made up, and the same every time

    def some(self, size: int, letters: str = WORD) -> str:
        made = "".join(self.random.choice(letters) for _ in range(size))
        mixed = size < 10 or letters.isdigit() or (re.search("[0-9]", made) and re.search("[A-Za-z]", made))
        return made if mixed else self.some(size, letters)

    def uuid(self) -> str:
        return "-".join(self.some(size, HEX) for size in (8, 4, 4, 4, 12))

    def jwt(self) -> str:
        head, body = ({"alg": "HS256", "typ": "JWT"}, {"sub": self.some(8), "exp": 1773300000})
        packed = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, body)]
        return ".".join([*packed, self.some(43, URL_WORD)])

    def pem(self) -> str:
        lines = [self.some(64), self.some(64), self.some(30) + "=="]
        return "\\n".join(["-----BEGIN RSA PRIVATE KEY-----", *lines, "-----END RSA PRIVATE KEY-----"])


# They give themselves away, wherever they stand.
SHAPES: dict[str, Callable[[Maker], str]] = {
    "jwt": Maker.jwt,
    "pem": Maker.pem,
    "sk": lambda m: f"sk-{m.some(48)}",
    "sk-proj": lambda m: f"sk-proj-{m.some(60, URL_WORD)}",
    "sk-ant": lambda m: f"sk-ant-api03-{m.some(90, URL_WORD)}",
    "sk-or": lambda m: f"sk-or-v1-{m.some(64, HEX)}",
    "deepseek": lambda m: f"sk-{m.some(32, HEX)}",
    "akia": lambda m: f"AKIA{m.some(16, UPPER)}",
    "asia": lambda m: f"ASIA{m.some(16, UPPER)}",
    "ghp": lambda m: f"ghp_{m.some(36)}",
    "gho": lambda m: f"gho_{m.some(36)}",
    "ghs": lambda m: f"ghs_{m.some(36)}",
    "github_pat": lambda m: f"github_pat_{m.some(22)}_{m.some(59)}",
    "glpat": lambda m: f"glpat-{m.some(20, URL_WORD)}",
    "xoxb": lambda m: f"xoxb-{m.some(12, DIGITS)}-{m.some(13, DIGITS)}-{m.some(24)}".replace("xoxb-0", "xoxb-1"),
    "xapp": lambda m: f"xapp-1-A{m.some(10, UPPER)}-{m.some(64, HEX)}",
    "npm": lambda m: f"npm_{m.some(36)}",
    "pypi": lambda m: f"pypi-AgEIcHlwaS5vcmc{m.some(70, URL_WORD)}",
    "hf": lambda m: f"hf_{m.some(34)}",
    "aiza": lambda m: f"AIza{m.some(35, URL_WORD)}",
    "ya29": lambda m: f"ya29.{m.some(60, URL_WORD)}",
    "sendgrid": lambda m: f"SG.{m.some(22, URL_WORD)}.{m.some(43, URL_WORD)}",
    "mailgun": lambda m: f"key-{m.some(32, HEX)}",
    "digitalocean": lambda m: f"dop_v1_{m.some(64, HEX)}",
    "shopify": lambda m: f"shpat_{m.some(32, HEX)}",
    "square": lambda m: f"sq0atp-{m.some(22, URL_WORD)}",
    "stripe": lambda m: f"sk_live_{m.some(24)}",
    "stripe_restricted": lambda m: f"rk_live_{m.some(24)}",
    "slack_hook": lambda m: f"hooks.slack.com/services/T{m.some(8, UPPER)}/B{m.some(8, UPPER)}/{m.some(24)}",
    "telegram": lambda m: f"7{m.some(8, '123456789')}:AA{m.some(33, URL_WORD)}",
    "vault": lambda m: f"hvs.{m.some(24)}",
    "groq": lambda m: f"gsk_{m.some(52)}",
    "xai": lambda m: f"xai-{m.some(80)}",
    "grafana": lambda m: f"glsa_{m.some(32)}_{m.some(8, HEX)}",
    "postman": lambda m: f"PMAK-{m.some(24, HEX)}-{m.some(34, HEX)}",
    "databricks": lambda m: f"dapi{m.some(32, HEX)}",
    "terraform": lambda m: f"{m.some(14)}.atlasv1.{m.some(67)}",
    "fly": lambda m: f"fo1_{m.some(43, URL_WORD)}",
    "atlassian": lambda m: f"ATATT3xFfGF0{m.some(100, URL_WORD)}",
    "okta": lambda m: f"00{m.some(40)}",
    "age": lambda m: f"AGE-SECRET-KEY-1{m.some(58, UPPER)}",
    "mailchimp": lambda m: f"{m.some(32, HEX)}-us12",
}
# They need a name beside them.
PLAIN: dict[str, Callable[[Maker], str]] = {
    "password": lambda m: m.some(12),
    "hex": lambda m: m.some(32, HEX),
    "uuid": Maker.uuid,
    "opaque": lambda m: m.some(40),
    "base64": lambda m: b64encode(m.some(30).encode()).decode(),
}
# Ways to say what it is: in prose, in a header, in JSON, in a query, in a cookie.
SAYINGS = (
    "password={0}",
    "Authorization: Bearer {0}",
    "X-Api-Key: {0}",
    'api_key="{0}"',
    "token={0}",
    "Cookie: theme=dark; sid={0}",
    "https://svc:{0}@db.example.com/x",
    "client_secret={0}&grant_type=client_credentials",
    "{{'Authorization': 'Bearer {0}'}}",
    "secret: '{0}'",
)  # fmt: skip
QUERIES = ("access_token", "api_key", "sig", "X-Amz-Signature", "token", "client_secret")
FIELDS = ("authorization", "password", "x-api-key", "set-cookie", "apiKey", "refresh_token")


class Planted(NamedTuple):
    shape: str
    secret: str
    line: str


def planted(formats: list[Format], seed: int) -> Iterator[tuple[Format, list[Planted]]]:
    """For each format a few of its sample lines, each with a secret of its own put in one place."""
    maker = Maker(seed)
    for number, form in enumerate(formats):
        lines = [sample.line for sample in form.samples if sample.expect is not None and sample.line][:3]
        yield form, [each for at, line in enumerate(lines) for each in _in_line(line, maker, number + at)]


def _in_line(line: str, maker: Maker, number: int) -> Iterator[Planted]:
    shapes, plain = list(SHAPES), list(PLAIN)
    shape, named = shapes[number % len(shapes)], plain[number % len(plain)]
    spots: list[Callable[[str, str], str | None]] = [_query, _appended, _member, _agent, _continued]
    for at, spot in enumerate(spots):
        for kind, make, saying in (
            (shape, SHAPES[shape], "{0}"),
            (named, PLAIN[named], SAYINGS[(number + at) % len(SAYINGS)]),
        ):
            secret = make(maker)
            put = spot(line, saying.format(secret))
            if put is not None and put != line:
                yield Planted(kind, secret, put)


def _query(line: str, said: str) -> str | None:
    """In the query of the first request target."""
    found = re.search(r"""(?<=[\s"=:])(?:https?://[a-z.:0-9]+)?/[A-Za-z0-9/_.-]*(?=[\s"?\\])""", line)
    if not found:
        return None
    name = QUERIES[len(said) % len(QUERIES)]
    value = re.sub(r"^.*[ =:'\"]", "", said.rstrip("'\"}")) if not said.startswith(("-", "hooks")) else said
    value = quote(value, safe="-._~")
    return f"{line[: found.end()]}?x=1&{name}={value}{'&' if line[found.end() : found.end() + 1] == '?' else ''}{line[found.end() :].removeprefix('?')}"


def _appended(line: str, said: str) -> str | None:
    """Behind the last text of the line, within its quotes when it is JSON."""
    if line.startswith("{"):
        return _edited(line, lambda value: _last_text(value, said))
    return f"{line} {said}"


def _member(line: str, said: str) -> str | None:
    """A member of its own, nested once."""

    def add(value: dict[str, Any]) -> dict[str, Any]:
        name = FIELDS[len(said) % len(FIELDS)]
        return {**value, "request_headers": {name: said}, "extra": [said]}

    return _edited(line, add) if line.startswith("{") else None


def _agent(line: str, said: str) -> str | None:
    found = re.search(r"(?:Mozilla|curl)/[^\"]*(?=\")", line)
    escaped = json.dumps(said)[1:-1] if line.startswith("{") else said.replace('"', "'")
    return f"{line[: found.end()]} {escaped}{line[found.end() :]}" if found else None


def _continued(line: str, said: str) -> str | None:
    return None if line.startswith("{") else f"{line}\n    at handler ({said})"


def _edited(line: str, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> str | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    changed = change(value) if isinstance(value, dict) else None
    return json.dumps(changed, separators=(",", ":")) if changed is not None else None


def _last_text(value: dict[str, Any], said: str) -> dict[str, Any] | None:
    names = [
        name
        for name, text in value.items()
        if isinstance(text, str) and re.search("(?i)me?ss|msg|reason|error|desc|log", name)
    ]
    return {**value, names[-1]: f"{value[names[-1]]} {said}"} if names else None


def pieces(secret: str) -> set[str]:
    """What of a secret must stand nowhere: every eight letters in a row, twelve of those that hashes are made of."""
    body = re.sub(
        r"^(?:sk-ant-api03-|sk-or-v1-|sk-proj-|github_pat_|hooks\.slack\.com/services/|pypi-AgEIcHlwaS5vcmc|AGE-SECRET-KEY-1|ATATT3xFfGF0|dop_v1_|-----BEGIN RSA PRIVATE KEY-----\\n|eyJ[A-Za-z0-9_-]+\.)",
        "",
        secret,
    )
    body = body.replace(".atlasv1.", " ").replace("-----END RSA PRIVATE KEY-----", " ")
    found = set()
    for part in re.split(r"\\n| ", body):
        size = 12 if re.fullmatch(r"[0-9a-f-]+(?:-us12)?", part) or re.fullmatch(r"[a-z]+[-_]?[0-9a-f-]+", part) else 8
        found |= {part[at : at + size] for at in range(max(1, len(part) - size + 1))} if len(part) >= size else set()
    return found
