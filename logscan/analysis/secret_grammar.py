"""The ways in which a credential is written down, as patterns: the words come from rules/redaction.yml.

Each pattern is read twice: by Rust over whole columns (plain groups, no look-around), and by Python on the short text
that Rust found.
The groups are `head` (kept), `value` (judged) and `tail` (kept).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

NEVER = r"[^\s\S]"
_HEX_QUOTE = r"\\+(?:x|u00)2[27]"  # as nginx writes `"` of a body, or JSON within JSON
QUOTE = rf"""(?:\\*["'`]|&quot;|&#3[49];|%2[27]|{_HEX_QUOTE})"""
_EQUALS = r"(?:=>|->|:=|==?|%(?:25)*3[Dd]|\\+u003[Dd])"
_COLON = r"(?::|%(?:25)*3[Aa])"
_VALUE = rf",\s*{QUOTE}?(?i:value|val|v){QUOTE}?\s*{_COLON}"  # {"name":"x","value":"y"}
_OPEN = r"(?:\[\]string\{)?[\[(]*\s*"
_QUOTED = (
    r"""(?:[bruBRU]?(?:\\+"(?:[^"\\]|\\+[^"\\])*(?:\\*"|\\*\z)|\\+'(?:[^'\\]|\\+[^'\\])*(?:\\*'|\\*\z)"""
    r"""|"(?:[^"\\]|\\(?s:.))*(?:"|\\?\z)|'(?:[^'\\]|\\(?s:.))*(?:'|\\?\z)|`[^`]*(?:`|\z))"""
    r"""|&quot;(?:[^&"]|&(?:amp|lt|gt|apos|#39);)*(?:&quot;)?|&#3[49];[^&"]*(?:&#3[49];)?"""
    r"""|%2[27](?:[^%&\s"']|%[013-9A-Fa-f][0-9A-Fa-f]|%2[013-689A-Fa-f])*(?:%2[27])?"""
    rf"""|{_HEX_QUOTE}(?:\\+(?:x|u00)5[Cc]{_HEX_QUOTE}|[^\n])*?(?:{_HEX_QUOTE}|\z))"""
)
_BARE = r"""(?:[^\s"'`&;,<>=()\[\]{}\\|]|\\[^\s"'\\])(?:[^\s"'`&;,<>)\]}\\]|\\[^\s"'\\])*"""
_BARE_ENCODED = r"(?:[A-Za-z0-9._~+/*!-]|%(?:[013-9A-Fa-f][0-9A-Fa-f]|2[013-57-9A-Fa-f]))+"
# The last letter of an escape is no letter of a word: %22, \\n, \\u0022, and the end of a terminal's colour.
_EDGE = r"(?:^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2}|\\(?:[bfnrt]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})|\[[0-9;]{0,8}m)"
_PARAMETER = r"""[A-Za-z0-9_*-]+=\s*(?:\\*"[^"\\]*\\*"|[^\s,"\\]+)"""
_PARAMETERS = rf"{_PARAMETER}(?:\s*,\s*{_PARAMETER})*"
_END = r"(?:[\])]|%5[Dd])?"  # params[password]= or cs(Cookie)
_IS = r"(?:\s+(?i:is|was|value|given)){0,2}\s+"  # token was "x"
_PART = r"(?:(?:\\+r)?\\+n|\r?\n){2}"  # RFC 7578: an empty line stands between name="password" and what it is
_STRANGER = r"[A-Za-z][A-Za-z-]{1,18}\s+"  # a scheme that no list holds
PLACEHOLDER = r"<redacted [a-z0-9-]+ [0-9a-f]{8}(?: of [A-Za-z0-9_.@+-]{1,64})?>"


_PHRASE, _SAID = rf"(?P<head>{_EDGE}(?:", rf"))(?P<value>{_QUOTED}|{_BARE})"


class Names(NamedTuple):
    """Names that announce a credential; `value` and `prose` say how much of a value is taken for one."""

    kind: str
    words: tuple[str, ...]
    whole: bool
    value: str  # any | opaque | long
    prose: str  # any | opaque | long
    after: str
    keep: str = NEVER  # values that are no credentials whatever their look; Python re


@dataclass(frozen=True)
class Form:
    """One way of writing: what the finder looks for, and how the found text is taken apart.

    use  the judge that looks at the value: placeholder, shape, scheme, digest, authorization, cookie, named, prose,
         pair, quoted, near, address, user, path, segment or body
    """

    use: str
    kind: str
    pattern: str
    names: Names | None = None
    test: str = ""  # of a shape: what its value must pass as well

    def reader(self) -> re.Pattern[str]:
        return re.compile(self.pattern.replace(r"\z", r"\Z"))


def any_of(forms: Sequence[Form]) -> re.Pattern[str]:
    """All forms as one pattern, a group each: `lastindex` tells the first that fits."""
    return re.compile("|".join(f"({_plain(form.pattern)})" for form in forms).replace(r"\z", r"\Z") or "(?!)")


def finder(body: dict[str, Any]) -> str:
    """One pattern for Rust that finds what any of the forms fits; which of them, Python tells.

    Law:  forms that begin alike are joined, each word and each way of writing a value standing once: an automaton that
          outgrows its cache is a hundred times slower
    """
    others, named = words_pattern(_with_parameters(body)), words_pattern(body["authorization"])
    bare = rf"{PLACEHOLDER}|{_BARE}"
    spaced = rf"\s+(?:{_PARAMETERS}|{bare})|(?:%20|\+){PLACEHOLDER}"
    credentials = rf"{others}(?:{spaced})|(?i:basic)(?:\s+(?:{bare})|(?:%20|\+){PLACEHOLDER})"
    credentials += rf"|{_QUOTED}|{_STRANGER}{_BARE}|{_BARE}"
    equals = rf"(?:{_EQUALS}|{_COLON})"
    pair = rf"{QUOTE}\s*,\s*{_QUOTED}(?:\s*:)?"
    header = rf"{_EDGE}?{named}{_END}(?:{QUOTE}?\s*(?:{equals}|{_VALUE})\s*{_OPEN}(?:{credentials})|{pair})"
    groups = [group for group in body["names"] if not group.after]
    whole = words_pattern([word for group in groups if group.whole for word in group.words])
    part = words_pattern([word for group in groups if not group.whole for word in group.words])
    after = [rf"(?:{group.after}){words_pattern(group.words)}" for group in body["names"] if group.after]
    names = "|".join([*after, rf"{_EDGE}{whole}", rf"{_EDGE}?{part}"])
    values = (
        rf"{_END}(?:\s*%(?:25)*3[Dd](?:{_QUOTED}|{_BARE_ENCODED})|{QUOTE}?\s*{equals}\s*{_OPEN}(?:{_QUOTED}|{_BARE}))"
        rf"|{QUOTE}(?:\s*(?:{_VALUE}|,)\s*|\s+(?i:value)\s*=\s*){_QUOTED}(?:\s*:)?"
        rf"|{QUOTE}{_PART}{_BARE}"
        rf"|(?:\s[^<>]*)?>[^<>]+</|&gt;[^&<>]+&lt;|{_IS}\\*[\"'`][^\s\"'`\\]+\\*[\"'`]"
    )
    option = rf"--[A-Za-z0-9-]*?(?:{whole}|{part})\s+(?:{_QUOTED}|{_BARE})"
    head = f"(?P<head>{_EDGE})"
    bounded = [form.pattern.removeprefix(head) for form in body["shapes"] if form.pattern.startswith(head)]
    free = [form for form in body["shapes"] if not form.pattern.startswith(head)]
    rest = [*_sentences(body, ""), *_places(body, ""), *free]
    heads = "|".join(form.pattern.removeprefix(_PHRASE).rpartition(_SAID)[0] for form in body["phrases"]) or NEVER
    found = [
        PLACEHOLDER,
        header,
        *(_plain(form.pattern) for form in _headers(body, "")),
        rf"(?:{names})(?:{values})",
        option,
        rf"{_EDGE}(?:{_plain(heads)})(?:{_QUOTED}|{_BARE})",
    ]
    joined = "|".join(
        f"(?:{pattern})"
        for pattern in [*found, *(_plain(form.pattern) for form in rest), _plain(rf"{_EDGE}(?:{'|'.join(bounded)})")]
        if NEVER not in pattern and not pattern.endswith("(?:)")
    )
    # The find before may have taken the edge: then a word boundary does (ASCII, or the fast engine is lost).
    return joined.replace(_EDGE, _EDGE.removesuffix(")") + r"|(?-u:\b))")


def _plain(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


def words_pattern(words: Sequence[str], first: str = "") -> str:
    """Any of the words that begin with `first`, longest first; `_` stands for nothing, a space, `_`, `-` or `.`."""
    words = [word for word in words if word.lower().startswith(first)]
    if not words:
        return NEVER
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?i:" + "|".join(re.escape(word).replace("_", "[ _.-]?") for word in ordered) + ")"


def forms(body: dict[str, Any], first: str = "") -> tuple[Form, ...]:
    """All forms, in the order in which the first that fits a place wins.

    In:   first: a small letter or digit, to leave out the words that do not begin with it; or nothing
    Law:  the same form fits a text that begins with `first`, or with one other character and `first`
    """
    placeholder = Form("placeholder", "", rf"(?P<value>{PLACEHOLDER})")
    found = [placeholder, *_authorization(body, first), *_headers(body, first)]
    for group in body["names"]:
        found += _named(group, first)
    found += [*body["phrases"], *_sentences(body, first), *_places(body, first), *body["shapes"]]
    return tuple(form for form in found if NEVER not in form.pattern)


def _authorization(body: dict[str, Any], first: str) -> list[Form]:
    schemes = words_pattern([str(scheme) for scheme in body["schemes"]])
    named = words_pattern(body["authorization"], first)
    others = words_pattern(_with_parameters(body))
    after = rf"{_EDGE}?{named}{_END}{QUOTE}?\s*(?:{_EQUALS}|{_COLON}|{_VALUE})\s*{_OPEN}"
    return [
        Form("digest", "token", rf"(?P<head>{after}{others}\s+)(?P<value>{_PARAMETERS})"),
        Form("pair", "token", rf"(?P<head>{_EDGE}?{named}{QUOTE}\s*,\s*)(?P<value>{_QUOTED})(?P<tail>\s*:)?"),
        Form("placeholder", "", rf"(?P<head>{after}{schemes}(?:\s+|%20|\+))(?P<value>{PLACEHOLDER})"),
        Form("authorization", "token", rf"(?P<head>{after})(?P<value>{_QUOTED})"),
        Form("authorization", "token", rf"(?P<head>{after})(?P<value>{schemes}\s+{_BARE})"),
        Form("stranger", "token", rf"(?P<head>{after}{_STRANGER})(?P<value>{_BARE})"),
        Form("authorization", "token", rf"(?P<head>{after})(?P<value>{_BARE})"),
    ]


def _with_parameters(body: dict[str, Any]) -> list[str]:
    """Schemes that may have parameters. RFC 7617 knows none: Base64 that ends in `==` is no parameter."""
    return [str(scheme) for scheme in body["schemes"] if str(scheme).lower() != "basic"]


def _headers(body: dict[str, Any], first: str) -> list[Form]:
    answers = words_pattern(["digest", "hawk", "mac", "signature", "oauth"], first)
    plain = {str(scheme).lower() for scheme in body["plain_schemes"]}
    strong = words_pattern([str(scheme) for scheme in body["schemes"] if str(scheme).lower() not in plain], first)
    cookie = words_pattern(body["cookies"], first)
    date = r"(?i:expires)=[A-Za-z]{3,9},\s[A-Za-z0-9: -]+"
    pairs = (
        rf"""[^"'\r\n;=\s,{{}}\[\]\\<>]+=[^"'\r\n;\s,\\]*(?:;\s*(?:{date}|[^"'\r\n;=\s,\\]+(?:=[^"'\r\n;\s,\\]*)?))*"""
    )
    return [
        Form("digest", "token", rf"(?P<head>{_EDGE}{answers}\s+)(?P<value>{_PARAMETERS})"),
        Form(
            "cookie",
            "cookie",
            rf"(?P<head>{_EDGE}{cookie}2?{_END}{QUOTE}?\s*(?:{_COLON}|{_EQUALS}|,)\s*{_OPEN}{QUOTE}?)(?P<value>{pairs})",
        ),
        Form(
            "named",
            "cookie",
            rf"(?P<head>{_EDGE}{cookie}2?{QUOTE}?\s*{_EQUALS}\s*{_OPEN})(?P<value>{_QUOTED}|{_BARE})",
            Names("cookie", (), whole=True, value="opaque", prose="long", after=""),
        ),
        Form(
            "scheme",
            "token",
            rf"(?P<head>{_EDGE}{strong}(?:\s+|%20|\+|:\s*))(?P<value>[A-Za-z0-9._~+/%-]{{6,}}(?::[A-Za-z0-9._~+/%-]{{6,}})?={{0,2}})",
        ),
    ]


def _named(group: Names, first: str) -> list[Form]:
    words = words_pattern(group.words, first)
    everything = words_pattern(group.words)
    name = rf"(?:{group.after}){words}" if group.after else rf"{_EDGE}{words}" if group.whole else rf"{_EDGE}?{words}"
    kind = group.kind
    return [
        Form(
            "named",
            kind,
            rf"(?P<head>{name}{_END}{QUOTE}?\s*(?:{_EQUALS}|{_COLON})\s*{_OPEN})(?P<value>{_QUOTED})",
            group,
        ),
        Form("named", kind, rf"(?P<head>{name}{_END}\s*%(?:25)*3[Dd])(?P<value>{_BARE_ENCODED})", group),
        Form("named", kind, rf"(?P<head>{name}{_END}{QUOTE}?\s*{_EQUALS}\s*{_OPEN})(?P<value>{_BARE})", group),
        Form("prose", kind, rf"(?P<head>{name}{_END}{QUOTE}?\s*{_COLON}\s*{_OPEN})(?P<value>{_BARE})", group),
        Form("named", kind, rf"(?P<head>{name}{QUOTE}\s*{_VALUE}\s*)(?P<value>{_QUOTED})", group),
        Form("pair", kind, rf"(?P<head>{name}{QUOTE}\s*,\s*)(?P<value>{_QUOTED})(?P<tail>\s*:)?", group),
        Form("named", kind, rf"(?P<head>{name}{QUOTE}\s+(?i:value)\s*=\s*)(?P<value>{_QUOTED})", group),
        Form("named", kind, rf"(?P<head>{name}{QUOTE}{_PART})(?P<value>{_BARE})", group),
        Form("named", kind, rf"(?P<head>{name}(?:\s[^<>]*)?>)(?P<value>[^<>]+)(?P<tail></)", group),
        Form("named", kind, rf"(?P<head>{name}&gt;)(?P<value>[^&<>]+)(?P<tail>&lt;)", group),
        Form("quoted", kind, rf"(?P<head>{name}{_IS})(?P<value>\\*[\"'`][^\s\"'`\\]+\\*[\"'`])", group),
        Form("named", kind, rf"(?P<head>--[A-Za-z0-9-]*?{everything}\s+)(?P<value>{_QUOTED}|{_BARE})", group),
    ]


def _sentences(body: dict[str, Any], first: str) -> list[Form]:
    near, gap = words_pattern(body["near"], first), words_pattern(body["gap"])
    between = rf"(?:\s+{gap}){{0,4}}[\s:=]+[\[({{]?\\*[\"'`]?"
    return [Form("near", "token", rf"(?P<head>{_EDGE}{near}{between})(?P<value>[A-Za-z0-9_+/~.%-]{{12,}}={{0,2}})")]


def _places(body: dict[str, Any], first: str) -> list[Form]:
    paths = words_pattern(body["paths"], first)
    user = r"[^\s/:@\"'<>\[\]]"
    return [
        Form(
            "address",
            "password",
            rf"(?P<head>[A-Za-z][A-Za-z0-9+.-]*(?::(?:\\*/){{2}}|%3[Aa]%2[Ff]%2[Ff]))(?P<value>{user}*:[^\s/\"'<>?#]+)(?P<tail>@)",
        ),
        # What divides an address should be written %2F and the like; what stands before it is no port, then.
        Form(
            "address",
            "password",
            rf"(?P<head>[A-Za-z][A-Za-z0-9+.-]*://)(?P<value>{user}*:[^\s/@\"'<>?#]*[^\s/@\"'<>?#0-9][^\s/@\"'<>?#]*[/?#][^\s\"'<>]*)(?P<tail>@)",
        ),
        Form("address", "password", rf"(?P<head>[A-Za-z][A-Za-z0-9+.-]*://)(?P<value>{user}{{12,}}:?)(?P<tail>@)"),
        Form(
            "user",
            "password",
            r"(?P<head>(?:^|\s)(?:-u|--user|--proxy-user)(?:\s+|=)\\*[\"']?)(?P<value>[^\s:\"'\\<>]*:[^\s\"'\\<>]+)",
        ),
        Form("path", "token", rf"(?P<head>/{paths}(?:/[A-Za-z0-9]{{1,12}})?/)(?P<value>[A-Za-z0-9_~=%.-]{{16,}})"),
        Form("body", "private-key", r"(?P<value>^(?:[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{76})$)"),
        Form("segment", "token", r"(?P<head>/)(?P<value>[A-Za-z0-9_~=%-]{32,})(?P<tail>(?:\.[A-Za-z0-9]+)*)"),
    ]


def phrase(kind: str, head: str, strength: str) -> Form:
    """A value that what stands before it announces; `strength`: which values are taken for one."""
    names = Names(kind, (), whole=True, value=strength, prose=strength, after="")
    return Form("prose", kind, f"{_PHRASE}{head}{_SAID}", names)


def shape(kind: str, pattern: str, *, bounded: bool, test: str = "") -> Form:
    """A value that gives itself away; `bounded`: no letter or digit stands before it; `test`: it passes that too."""
    return Form("shape", kind, rf"(?P<head>{_EDGE if bounded else ''})(?P<value>{pattern})", test=test)


def refusal(pattern: str) -> str | None:
    """Why a pattern cannot be used; None when both engines take it."""
    try:
        re.compile(pattern.replace(r"\z", r"\Z"))
        pl.Series([""]).str.contains(_plain(pattern))
    except (re.error, pl.exceptions.PolarsError) as fault:
        return str(fault)
    return None
