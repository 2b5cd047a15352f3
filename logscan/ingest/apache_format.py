"""The LogFormat and CustomLog directives of an Apache configuration.

Source: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html, and how its words and formats are read
(ap_getword_conf: a backslash before a backslash or the quote is dropped; parse_log_misc_string: \\n \\t \\r \\\\).
"""

import re
from collections.abc import Sequence

from logscan.ingest.apache_time import Stamp, merged_times, stamp
from logscan.ingest.template import Piece
from logscan.ingest.variables import Fill, Part, load_variables
from logscan.ingest.written import Conf, Configured, Directive
from logscan.model.errors import Faults, FormatError, LogscanError, Where

HEAD = {
    "reference": "https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats",
    "logsource": {"product": "apache", "category": "webserver"},
}
_DIRECTIVE = re.compile(
    r"(?im)^[ \t]*(LogFormat|CustomLog|GlobalLog|TransferLog|ErrorLogFormat|Include(?:Optional)?)(?=[ \t])(.*)$"
)
_NAMED = re.compile(r"(?im)^\s*(?:LogFormat|CustomLog|GlobalLog|TransferLog|ErrorLogFormat)\b")
# %[modifiers]{argument}directive; modifiers: < > and a list of statuses, ! before it
_PERCENT = re.compile(
    r"%(?P<modifiers>(?:[<>]|!?[0-9]{3}(?:,[0-9]{3})*)*)(?:\{(?P<argument>[^}]*)\}(?P<again>[<>]?))?(?P<letter>\^[A-Za-z]{2}|[A-Za-z%])"
)
_CONTROL = {"t": "\t", "r": "\r", "n": "\n", "\\": "\\"}


def read_apache(text: str, path: str) -> Conf:
    """The log formats of a configuration, of directives, or a format alone.

    Errors: Faults with every fault, when there is any or no format
    """
    faults: list[LogscanError] = []
    if not _NAMED.search(text):
        if not _PERCENT.search(text):
            hint = "give the file that holds `LogFormat`, or a format such as '%h %l %u %t \"%r\" %>s %b'"
            raise Faults([FormatError("holds no LogFormat", where=Where(path), hint=hint)])
        bare = text.strip()
        made = [_configured("own", bare, Directive("", [], Where(path, 1), bare), (), faults)]
        notes: list[str] = []
    else:
        found = _directives(text, path, faults)
        made, notes = _formats(found, faults), _notes(found)
    formats = [each for each in made if each is not None]
    if not formats and not faults:
        hint = "give the file that holds `LogFormat`"
        faults.append(FormatError("holds no LogFormat", where=Where(path), hint=hint))
    if faults:
        raise Faults(faults)
    return Conf(formats, notes)


def _directives(text: str, path: str, faults: list[LogscanError]) -> list[Directive]:
    # a line that ends in a backslash goes on; line numbers stay true
    whole = re.sub(r"\\\r?\n", "\ue000", text)
    found = []
    for each in _DIRECTIVE.finditer(whole):
        begins = each.start(1)
        where = Where(path, whole.count("\n", 0, begins) + whole.count("\ue000", 0, begins) + 1)
        said = each.group().replace("\ue000", "\\\n").strip()
        words = _words(each[2].replace("\ue000", ""))
        if words is None and each[1].lower() != "include":
            hint = 'close it in the same line; a quote inside is written \\"'
            faults.append(FormatError("a quote is not closed", where=where, hint=hint))
            continue
        found.append(Directive(each[1].lower(), words or [], where, said))
    return found


def _words(text: str) -> list[str] | None:
    """None: a quote is not closed."""
    words, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        quote = text[at] if text[at] in "'\"" else ""
        at += len(quote)
        out: list[str] = []
        while at < len(text) and not (text[at] == quote if quote else text[at].isspace()):
            if text[at] == "\\" and text[at + 1 : at + 2] in {"\\", quote or "\\"}:
                at += 1
            out.append(text[at])
            at += 1
        if quote and at >= len(text):
            return None
        at += len(quote)
        words.append("".join(out))
    return words


def _formats(found: Sequence[Directive], faults: list[LogscanError]) -> list[Configured | None]:
    logs = [each for each in found if each.name in {"customlog", "globallog"} and len(each.words) > 1]
    named = {each.words[1]: each for each in found if each.name == "logformat" and len(each.words) > 1}
    made: list[Configured | None] = []
    for each in found:
        if each.name == "errorlogformat":
            hint = "the usual layouts of error logs are read already; write a format by hand: logscan formats new"
            faults.append(FormatError("ErrorLogFormat cannot be turned into a format", where=each.where, hint=hint))
        elif each.name == "logformat" and not each.words:
            faults.append(
                FormatError("the LogFormat has no text", where=each.where, hint='write LogFormat "%h ..." name')
            )
        elif each.name == "logformat" and not (len(each.words) == 1 and "%" not in each.words[0]):
            name = each.words[1] if len(each.words) > 1 else "transfer"
            used = tuple(f"{log.said} ({log.where})" for log in logs if log.words[1] == name)
            used += tuple(
                f"{log.said} ({log.where})" for log in found if log.name == "transferlog" and name == "transfer"
            )
            made.append(_configured(name, each.words[0], each, used, faults))
    for number, log in enumerate(log for log in logs if log.words[1] not in named and "%" in log.words[1]):
        name = "custom" if number == 0 else f"custom-{number + 1}"
        made.append(_configured(name, log.words[1], log, (), faults))
    return made


def _configured(
    name: str, text: str, log: Directive, uses: tuple[str, ...], faults: list[LogscanError]
) -> Configured | None:
    try:
        return Configured(f"apache-{name}", tuple(pieces_of(text, log.where)), "apache", log.where, log.said, uses)
    except FormatError as fault:
        faults.append(fault)
    return None


def pieces_of(text: str, where: Where) -> list[Piece]:
    """The text of a log format, cut at its directives.

    Errors: FormatError at a `%` that is no directive, or a time that cannot be read
    """
    found: list[Piece | Stamp] = []
    at = 0
    for percent in re.finditer("%|\\\\", text):
        if percent.start() < at:
            continue
        found.append(text[at : percent.start()])
        if percent.group() == "\\":
            after = text[percent.end() : percent.end() + 1]
            known = _CONTROL.get(after)
            found.append("\\" if known is None else known)
            at = percent.end() + (known is not None)
            continue
        each = _PERCENT.match(text, percent.start())
        if each is None:
            what = f"`{text[percent.start() : percent.start() + 12]}` is no directive"
            raise FormatError(what, where=where, hint="write `%%` for a percent sign")
        found += _pieces(each, where)
        at = each.end()
    return _with_whole_addresses(merged_times([*found, text[at:]], where))


def _pieces(each: re.Match[str], where: Where) -> list[Piece | Stamp]:
    letter, argument = each["letter"], each["argument"]
    if letter == "%":
        return ["%"]
    if letter == "t":
        return stamp(argument or "", each.group(), where)
    tables = load_variables()
    key = letter if argument is None else f"{{{argument}}}{letter}"
    known = tables.apache.get(key) or next(
        (p for k, p in tables.apache.items() if k.lower() == key.lower() and letter in "io"), None
    )
    if known is None:
        return [Part(each.group(), tables.shapes["text"])]
    fills = known.fills
    if letter == "s":  # the last status is what the client got; the first is asked only where that is not logged
        fills = tuple(Fill(f.column, 0 if ">" in each["modifiers"] else 1) for f in fills)
    return [Part(each.group(), known.shape, fills)]


def _with_whole_addresses(pieces: Sequence[Piece]) -> list[Piece]:
    """`%U%q` is one address, and read as one."""
    out: list[Piece] = []
    for piece in pieces:
        last = out[-1] if out else None
        if isinstance(piece, Part) and isinstance(last, Part) and (last.said[-1], piece.said[-1]) == ("U", "q"):
            out[-1] = Part(last.said + piece.said, load_variables().shapes["path"], last.fills)
        elif piece != "":
            out.append(piece)
    return out


def _notes(found: Sequence[Directive]) -> list[str]:
    named = {each.words[1] for each in found if each.name == "logformat" and len(each.words) > 1}
    notes = [
        f"{each.where}: {each.said} is not followed; name that file too"
        for each in found
        if each.name.startswith("include")
    ]
    for each in found:
        name = each.words[1] if each.name in {"customlog", "globallog"} and len(each.words) > 1 else ""
        if name and "%" not in name and name not in named:
            notes.append(f"{each.where}: {each.name} names `{name}`, whose LogFormat is not here")
    return notes
