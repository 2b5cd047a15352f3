"""The log_format directives of an nginx configuration.

Source: https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format, and how nginx reads words
(ngx_conf_read_token): a backslash before a quote or a backslash is dropped, \\t \\r \\n are control characters.
"""

import re
from collections.abc import Sequence

from logscan.ingest.template import Piece
from logscan.ingest.variables import Part, load_variables
from logscan.ingest.written import Conf, Configured, Directive
from logscan.model.errors import Faults, FormatError, LogscanError, Where

HEAD = {
    "reference": "https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format",
    "logsource": {"product": "nginx", "category": "webserver"},
}
_DIRECTIVE = re.compile(r"(?m)(?:^|[;{}])[ \t]*(log_format|access_log|include)(?=[\s'\"])")
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z0-9_]*)\}|([A-Za-z0-9_]+))")
_ESCAPES = ("default", "json", "none")
_CONTROL = {"t": "\t", "r": "\r", "n": "\n"}


def read_nginx(text: str, path: str) -> Conf:
    """The log formats of a configuration, or of one `log_format` directive, or of a format alone.

    Errors: Faults with every fault, when there is any or no format
    """
    faults: list[LogscanError] = []
    if not re.search(r"log_format\b", text):
        if not _VARIABLE.search(text):
            hint = "give the file that holds `log_format`, or the output of `nginx -T`"
            raise Faults([FormatError("holds no log_format", where=Where(path), hint=hint)])
        text = "log_format own " + (text if text.lstrip()[:1] in {"'", '"'} else _quoted(text))
    found = _directives(text, path, faults)
    uses = [each for each in found if each.name == "access_log"]
    formats = [
        made for each in found if each.name == "log_format" and (made := _format(each, uses, faults)) is not None
    ]
    if not formats and not faults:
        hint = "give the file that holds `log_format`, or the output of `nginx -T`"
        faults.append(FormatError("holds no log_format", where=Where(path), hint=hint))
    faults += _twins(formats)
    if faults:
        raise Faults(faults)
    return Conf(formats, _notes(found, formats))


def _quoted(text: str) -> str:
    return "'" + text.strip().rstrip(";").replace("'", r"\'") + "'"


def _directives(text: str, path: str, faults: list[LogscanError]) -> list[Directive]:
    found, at = [], 0
    while (begins := _DIRECTIVE.search(text, at)) is not None:
        start, at = begins.start(1), begins.end()
        line = text.count("\n", 0, start) + 1
        if "#" in text[text.rfind("\n", 0, start) + 1 : start]:
            continue
        where = Where(path, line)
        try:
            words, end = _words(text, at)
        except FormatError as fault:
            if begins[1] == "log_format":
                faults.append(FormatError(fault.what, where=where, hint=fault.hint))
            continue
        found.append(Directive(begins[1], words, where, text[start:end].strip()))
        at = max(end - 1, at)
    return found


def _words(text: str, at: int) -> tuple[list[str], int]:
    """The words up to the semicolon, and where it ends; the end of the text will do for it."""
    words: list[str] = []
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
        elif char == ";":
            return words, at + 1
        elif char == "#":
            at = (text.find("\n", at) + 1) or len(text)
        elif char in "{}":
            raise FormatError(f"a `{char}` stands where `;` is missing", where=Where(""), hint="end it with `;`")
        else:
            word, at = _word(text, at)
            words.append(word)
    return words, at


def _word(text: str, at: int) -> tuple[str, int]:
    quote = text[at] if text[at] in "'\"" else ""
    at += len(quote)
    out: list[str] = []
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            after = text[at + 1]
            out.append(after if after in "'\"\\" else _CONTROL.get(after, char + after))
            at += 2
            continue
        if char == quote:
            return "".join(out), at + 1
        if not quote and (char.isspace() or char == ";"):
            return "".join(out), at
        out.append(char)
        at += 1
    if quote:
        raise FormatError(f"a quote {quote} is not closed", where=Where(""), hint="close it before the `;`")
    return "".join(out), at


def _format(found: Directive, uses: Sequence[Directive], faults: list[LogscanError]) -> Configured | None:
    name, *rest = [*found.words, ""][:1] + found.words[1:]
    escape = "default"
    if rest and rest[0].startswith("escape="):
        escape = rest.pop(0).removeprefix("escape=")
        if escape not in _ESCAPES:
            faults.append(
                FormatError(f"unknown escape `{escape}`", where=found.where, hint="use default, json or none")
            )
            return None
    text = "".join(rest)
    if not name or not text:
        hint = "write log_format NAME '$remote_addr ...';"
        faults.append(FormatError("the log_format has no name or no text", where=found.where, hint=hint))
        return None
    used = tuple(f"{use.said} ({use.where})" for use in uses if use.words[1:2] == [name])
    return Configured(f"nginx-{name}", tuple(pieces_of(text)), escape, found.where, found.said, used)


def pieces_of(text: str) -> list[Piece]:
    """The text of a log format, cut at its variables."""
    known, unknown = load_variables().nginx, load_variables().shapes["text"]
    found: list[Piece] = []
    at = 0
    for variable in _VARIABLE.finditer(text):
        name = variable[1] or variable[2]
        found += [text[at : variable.start()]]
        part = known.get(name) or Part(name, unknown)
        found.append(Part(f"${name}", part.shape, part.fills))
        at = variable.end()
    return _with_whole_addresses([*found, text[at:]])


def _with_whole_addresses(pieces: list[Piece]) -> list[Piece]:
    """`$uri$is_args$args` is one address, and read as one."""
    bare = [piece for piece in pieces if piece != ""]
    out: list[Piece] = []
    for piece in bare:
        said = [each.said if isinstance(each, Part) else each for each in (*out[-2:], piece)]
        if said[-1:] in (["$args"], ["$query_string"]) and said[-2:-1] == ["$is_args"] and len(out) > 1:
            first = out[-2]
            if isinstance(first, Part) and said[0] in {"$uri", "$document_uri"}:
                shapes = load_variables().shapes
                out[-2:] = [Part("".join(said), shapes["path"], first.fills)]
                continue
        out.append(piece)
    return out


def _twins(formats: Sequence[Configured]) -> list[LogscanError]:
    first: dict[str, Configured] = {}
    faults: list[LogscanError] = []
    for each in formats:
        if each.name in first and first[each.name].pieces != each.pieces:
            hint = f"the other is {first[each.name].where}; nginx refuses that too"
            name = each.name.removeprefix("nginx-")
            faults.append(FormatError(f"`{name}` stands twice", where=each.where, hint=hint))
        first.setdefault(each.name, each)
    return faults


def _notes(found: Sequence[Directive], formats: Sequence[Configured]) -> list[str]:
    names = {each.name.removeprefix("nginx-") for each in formats}
    notes = [
        f"{each.where}: include {' '.join(each.words)} is not followed; name that file too, or give `nginx -T`"
        for each in found
        if each.name == "include" and not any(word.endswith("mime.types") for word in each.words)
    ]
    for each in found:
        name = each.words[1] if each.name == "access_log" and len(each.words) > 1 else ""
        if name and name not in {*names, "combined"} and "=" not in name:
            notes.append(f"{each.where}: access_log names `{name}`, whose log_format is not here")
    return notes
