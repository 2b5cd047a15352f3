"""One piece of text that may be a credential: judged, and hidden behind a keyed fingerprint."""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from logscan.analysis.secret_grammar import PLACEHOLDER, QUOTE, Form

_WHOLE = re.compile(PLACEHOLDER)
_QUOTES = re.compile(rf"(?s)([bruBRU]?{QUOTE})(.*?)({QUOTE}|\\*)\Z")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)(\s+|%20|\+)(\S(?s:.*))")
_PAIR = re.compile(r"([^;=\s]+)(?:(\s*=\s*)([^;\s]*))?")
_PARAMETER = re.compile(r"""([A-Za-z0-9_*-]+)(=\s*\\*"?)([^\s,"\\]*)""")
_PATH = re.compile(r"/[a-z][a-z0-9-]{2,}/")  # no Base64 begins so: one in half a million does by chance
_USER = re.compile(r"[A-Za-z0-9_.@+-]{1,64}")
# What was kept may itself be the name of what follows: from this mark on the text is looked at again. A noncharacter.
LOOK = "\ufdd2"
# What a machine made: asked of the text that was meant, not of the escapes of letters beyond ASCII.
_MADE = frozenset({"opaque", "long", "segment"})
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_FINAL = frozenset({"placeholder", "shape", "body"})
_PUNCTUATION = ".,:;!?'\"`()[]{}"


@dataclass(frozen=True)
class Words:
    """What rules/redaction.yml says about values: patterns match whole values, words are lower case."""

    verdicts: frozenset[str]
    prose: frozenset[str]
    schemes: frozenset[str]
    attributes: frozenset[str]  # of cookies
    digest: frozenset[str]
    tests: Mapping[str, tuple[re.Pattern[str], ...]]  # opaque, long, segment, masked, placeholder
    kinds: tuple[str, ...]  # of the groups in `shapes`
    shapes: re.Pattern[str]  # all shapes, one group each

    def passes(self, test: str, value: str) -> bool:
        parts = _written(value) if test in _MADE else (value,)
        return any(pattern.fullmatch(part) for part in parts for pattern in self.tests[test])

    def says_nothing(self, value: str, *, prose: bool = False) -> bool:
        """A verdict, a mask or a placeholder stands where a credential would."""
        word = value.strip(_PUNCTUATION + " ").lower()
        return (
            not word
            or word in self.verdicts
            or (prose and word in self.prose)
            or self.passes("masked", value)
            or self.passes("placeholder", value)
            or _WHOLE.fullmatch(value) is not None
        )

    def shape_of(self, value: str) -> str | None:
        found = self.shapes.fullmatch(value)
        return self.kinds[found.lastindex - 1] if found and found.lastindex else None


@dataclass(frozen=True)
class Judge:
    """Turns a found text into the text that is shown."""

    words: Words
    key: bytes

    def shown(self, form: Form, found: re.Match[str]) -> str:
        groups = found.groupdict()
        head, value, tail = groups.get("head") or "", groups["value"], groups.get("tail") or ""
        judge: Callable[[Form, str, str], str] = getattr(self, f"_{form.use}")
        shown = judge(form, value, tail)
        return head + (LOOK if shown == value and form.use not in _FINAL else "") + shown + tail

    def hide(self, kind: str, value: str, *, user: str = "") -> str:
        """`<redacted kind fingerprint>`; the kind is the value's own when its shape tells."""
        plain = (unquote(value) if "%" in value else value).strip()
        kind = self.words.shape_of(plain) or self.words.shape_of(value) or kind
        return f"<redacted {kind} {self.fingerprint(plain)}{f' of {user}' if user else ''}>"

    def fingerprint(self, value: str) -> str:
        return hmac.digest(self.key, value.encode("utf-8", "surrogatepass"), "sha256").hex()[:8]

    def _placeholder(self, _form: Form, value: str, _tail: str) -> str:
        return value

    def _shape(self, form: Form, value: str, _tail: str) -> str:
        refused = form.test and not self.words.passes(form.test, value)
        return value if refused or self.words.passes("masked", value) else self.hide(form.kind, value)

    def _body(self, form: Form, value: str, _tail: str) -> str:
        return self.hide(form.kind, value) if self.words.passes("body", value) else value

    def _named(self, form: Form, value: str, _tail: str, *, prose: bool = False) -> str:
        quotes = _QUOTES.fullmatch(value)
        if quotes:
            return quotes[1] + self._named_value(form, quotes[2], prose=prose) + quotes[3]
        return self._named_value(form, value, prose=prose)

    def _named_value(self, form: Form, value: str, *, prose: bool) -> str:
        strength = "any" if form.names is None else form.names.prose if prose else form.names.value
        if self.words.says_nothing(value, prose=prose) or (form.names and re.fullmatch(form.names.keep, value)):
            return value
        credentials = _SCHEME.fullmatch(value)
        if credentials and credentials[1].lower() in self.words.schemes:
            return self._authorization_words(value, quoted=not prose)
        if strength != "any" and not self.words.passes(strength, value) and self.words.shape_of(value) is None:
            return value
        return self.hide(form.kind, value)

    def _prose(self, form: Form, value: str, tail: str) -> str:
        core = value.rstrip(".,:!?")
        if form.kind != "password" and _PATH.match(core) and self.words.shape_of(core) is None:
            return value  # "invalid API key: /v1/orders" names where
        return self._named(form, core, tail, prose=True) + value[len(core) :]

    def _pair(self, form: Form, value: str, tail: str) -> str:
        """`"name", "value"`: two items of a list, or the end of one item and the name of the next."""
        quotes = _QUOTES.fullmatch(value)
        if quotes is None or tail or self.words.says_nothing(quotes[2], prose=True):
            return value
        parts = _SCHEME.fullmatch(quotes[2])
        if parts and parts[1].lower() in self.words.schemes:
            return quotes[1] + self._authorization_words(quotes[2], quoted=True) + quotes[3]
        made = any(self.words.passes(test, quotes[2]) for test in ("opaque", "long")) or self.words.shape_of(quotes[2])
        return quotes[1] + self.hide(form.kind, quotes[2]) + quotes[3] if made else value

    def _quoted(self, form: Form, value: str, tail: str) -> str:
        """`password 'x'`: any word that says nothing else; for other names what looks made by a machine."""
        quotes = _QUOTES.fullmatch(value)
        if form.kind != "password" or quotes is None:
            return self._pair(form, value, tail)
        nothing = self.words.says_nothing(quotes[2], prose=True)
        return value if nothing else quotes[1] + self.hide(form.kind, quotes[2]) + quotes[3]

    def _authorization(self, _form: Form, value: str, _tail: str) -> str:
        quotes = _QUOTES.fullmatch(value)
        if quotes:
            return quotes[1] + self._authorization_words(quotes[2], quoted=True) + quotes[3]
        return self._authorization_words(value, quoted=False)

    def _stranger(self, form: Form, value: str, _tail: str) -> str:
        """Behind a word that is no scheme that we know: only what looks made by a machine is hidden."""
        made = self.words.shape_of(value) or self.words.passes("opaque", value)
        return self.hide(form.kind, value) if made and not self.words.says_nothing(value, prose=True) else value

    def _authorization_words(self, value: str, *, quoted: bool) -> str:
        parts = _SCHEME.fullmatch(value)
        if parts and parts[1].lower() in self.words.schemes:
            return parts[1] + parts[2] + self._credentials(parts[1].lower(), parts[3], quoted=quoted)
        if self.words.says_nothing(value, prose=True) or (parts and self._all_words(value)):
            return value
        if value.lower() in self.words.schemes:
            return value
        if quoted or self.words.passes("header", value) or self.words.shape_of(value):
            return self.hide("token", value)
        return value

    def _all_words(self, value: str) -> bool:
        return all(self.words.says_nothing(word, prose=True) for word in value.split())

    def _credentials(self, scheme: str, value: str, *, quoted: bool) -> str:
        """What follows a scheme: user:password in Base64, parameters, or one token."""
        if self.words.says_nothing(value, prose=True) or (" " in value and self._all_words(value)):
            return value
        if scheme == "basic":
            return self._basic(value, sure=True)
        if _PARAMETER.match(value) and "=" in value.rstrip("=") and (" " in value or "," in value or '"' in value):
            return self._parameters(value)
        return self.hide("token", value) if quoted or not _is_lower_word(value) else self._unless_word(value)

    def _unless_word(self, value: str) -> str:
        return value if value in self.words.prose else self.hide("token", value)

    def _scheme(self, form: Form, value: str, _tail: str) -> str:
        """A scheme in prose: only what looks made by a machine is hidden."""
        core = value.rstrip(".,:!?")
        rest = value[len(core) :]
        if self.words.says_nothing(core, prose=True):
            return value
        if self.words.shape_of(core) or self.words.passes("opaque", core):
            return self._basic(core, sure=True, kind=form.kind) + rest
        return self._basic(core, sure=False) + rest

    def _basic(self, value: str, *, sure: bool, kind: str = "basic") -> str:
        plain = _decoded(value)
        if plain is None:
            return self.hide(kind, value) if sure else value
        return self._user_and_password(plain, "basic")

    def _user_and_password(self, plain: str, kind: str) -> str:
        user, _, password = plain.partition(":")
        named = user if password and self._may_be_shown(user) else ""
        return f"<redacted {kind} {self.fingerprint(plain)}{f' of {named}' if named else ''}>"

    def _may_be_shown(self, user: str) -> bool:
        """A user name may itself be a key: then it is not shown."""
        if not _USER.fullmatch(user) or self.words.shape_of(user) or self.words.passes("segment", user):
            return False
        return not self.words.passes("long", user) or "@" in user

    def _address(self, _form: Form, value: str, _tail: str) -> str:
        user, colon, password = value.partition(":")
        if not password:
            strange = self.words.passes("opaque", user) or self.words.shape_of(user)
            return self.hide("token", user) + colon if strange else value
        if self.words.says_nothing(password):
            return value
        if not self._may_be_shown(unquote(user)) and user:
            return self.hide("token", user) + colon + self.hide("password", password)
        return user + colon + self.hide("password", password)

    def _user(self, _form: Form, value: str, _tail: str) -> str:
        return self._address(_form, value, _tail)

    def _cookie(self, _form: Form, value: str, _tail: str) -> str:
        pairs, semicolon, last = value.rpartition(";")
        if semicolon and "=" not in last and self._cookies(last) == last:
            return self._cookies(pairs) + semicolon + LOOK + last
        return self._cookies(value)

    def _cookies(self, value: str) -> str:
        return _PAIR.sub(self._cookie_pair, value)

    def _cookie_pair(self, found: re.Match[str]) -> str:
        name, sep, value = found.groups()
        if sep is None:
            strange = self.words.shape_of(name) or self.words.passes("long", name)
            return self.hide("cookie", name) if strange else name
        if self.words.shape_of(name):
            return self.hide("cookie", found[0])
        plain = name.lower() in self.words.attributes and "=" not in value and not self.words.passes("opaque", value)
        if plain or self.words.says_nothing(value):
            return found[0]
        return name + sep + self.hide("cookie", value)

    def _digest(self, _form: Form, value: str, _tail: str) -> str:
        return self._parameters(value)

    def _parameters(self, value: str) -> str:
        names = {found[1].lower() for found in _PARAMETER.finditer(value)}
        if names & {"realm"} and not names & {"response", "mac", "signature", "oauth_signature", "credential"}:
            return value  # a challenge, not an answer to one
        return _PARAMETER.sub(self._parameter, value)

    def _parameter(self, found: re.Match[str]) -> str:
        name, sep, value = found.groups()
        if self.words.shape_of(name) or self.words.passes("long", name):
            return self.hide("token", found[0])
        secret = name.lower() in self.words.digest or self.words.shape_of(value)
        return name + sep + self.hide("token", value) if secret and not self.words.says_nothing(value) else found[0]

    def _near(self, form: Form, value: str, _tail: str) -> str:
        core = value.rstrip(".,:!?")
        if _PATH.match(core) and self.words.shape_of(core) is None:
            return value
        made = self.words.passes("long", core) or self.words.shape_of(core)
        if made and not self.words.says_nothing(core, prose=True):
            return self.hide(form.kind, core) + value[len(core) :]
        return value

    def _path(self, form: Form, value: str, _tail: str) -> str:
        if re.search(r"\.[A-Za-z][A-Za-z0-9]{0,5}$", value) and self.words.shape_of(value) is None:
            return value
        made = self.words.passes("long", value) or self.words.shape_of(value)
        return self.hide(form.kind, value) if made else value

    def _segment(self, form: Form, value: str, tail: str) -> str:
        hidden = self.words.shape_of(value) or (not tail and self.words.passes("segment", value))
        return self.hide(form.kind, value) if hidden else value


def _written(value: str) -> Sequence[str]:
    """The value; where its escapes (RFC 3986, section 2.1; or twice) are letters beyond ASCII, what stands between."""
    if "%" not in value:
        return (value,)
    try:
        plain = unquote(unquote(value, errors="strict"), errors="strict")
    except UnicodeDecodeError:
        return (value,)
    return _BEYOND_ASCII.split(plain) if not plain.isascii() and plain.isprintable() else (value,)


def _is_lower_word(value: str) -> bool:
    return value.isalpha() and value.islower()


def _decoded(value: str) -> str | None:
    """user:password from Base64 (RFC 7617), null when it is something else."""
    text = unquote(value).strip()
    try:
        plain = base64.b64decode(
            text + "=" * (-len(text) % 4), altchars=b"-_" if set(text) & {"-", "_"} else None, validate=True
        )
        shown = plain.decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return shown if ":" in shown and shown.isprintable() else None
