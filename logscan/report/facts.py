"""What the lines of a finding hold, in sentences with numbers."""

from collections.abc import Sequence

from logscan.model.finding import ClockOffset, Facts, Finding, Spread
from logscan.report.show import duration, moment, number, visible

_SHOWN = 3  # values of a claim
_TEXT = 80  # characters of one
_QUARTER = 900  # seconds; clocks of time zones differ by whole ones of these
_ZONE_SLACK = 30
_CLAIMS = {
    "alg": "algorithm", "kid": "key id", "iss": "issuer", "aud": "audience", "azp": "authorized party",
    "client_id": "client id", "region": "region", "service": "service", "date": "day of the scope",
}  # fmt: skip


def facts_told(finding: Finding) -> tuple[str, ...]:
    """A sentence for each thing that the lines tell, without its full stop; empty when they tell nothing.

    Law: printable characters only, whatever the log holds
    """
    facts, mark = finding.facts, after_mark(finding)
    told = () if facts is None else (*_expiry(facts), *_skew(facts), *_claims(facts), *_joined(facts))
    return (f"it began {mark}", *told) if mark else told


def after_mark(finding: Finding) -> str:
    """`12 s after nginx reloaded`, and when that was; empty when it began after no marked moment."""
    if finding.after_mark is None or finding.onset_before is None:
        return ""
    when, label = finding.after_mark
    return f"{duration((finding.onset_before - when).total_seconds())} after {visible(label, _TEXT)} ({moment(when)})"


def offset_told(offset: ClockOffset) -> str:
    """`app.log runs 3.2 s behind access.log`, without its full stop."""
    way = "ahead of" if offset.seconds > 0 else "behind"
    zones = round(offset.seconds / _QUARTER)
    zone = " (as of another time zone)" if zones and abs(offset.seconds - zones * _QUARTER) <= _ZONE_SLACK else ""
    one, other = (name.rpartition("/")[2] for name in (offset.one, offset.other))
    if one == other:
        one, other = offset.one, offset.other
    said = f"{visible(other)} runs {duration(abs(offset.seconds))} {way} {visible(one)}{zone}"
    return f"{said}: {number(offset.pairs)} pairs of lines say so, by {offset.by}"


def _expiry(facts: Facts) -> list[str]:
    found = []
    if facts.expired_s:
        found.append(f"What was presented was {_range(facts.expired_s)} past expiry ({_of(facts.expired_s)})")
    if facts.valid:
        found.append(f"{_failures(facts.valid)} with something that had not run out yet")
    if facts.lifetime_s:
        found.append(f"What was presented is valid for {duration(facts.lifetime_s)} in all (median)")
    if facts.expires:
        found.append(f"The last of what was presented runs out at {moment(facts.expires)} UTC")
    return found


def _skew(facts: Facts) -> list[str]:
    skew = facts.skew_s
    if skew is None:
        return []
    if skew.low > 0 or skew.high < 0:
        way = "ahead of" if skew.low > 0 else "behind"
        sizes = Spread(skew.count, *sorted((abs(skew.low), abs(skew.median), abs(skew.high))))
        return [f"The clock of who made the token or signature is {_range(sizes)} {way} the server's ({_of(skew)})"]
    low, high = duration(abs(skew.low)), duration(skew.high)
    return [f"The clocks of those who made them are from {low} behind to {high} ahead of the server's ({_of(skew)})"]


def _claims(facts: Facts) -> list[str]:
    found = []
    for name, words in _CLAIMS.items():
        for prefix, form in (("", "{}: {}"), ("wants_", "The server wants {} {}")):
            values = facts.claims.get(prefix + name)
            if values:
                said = form.format(words, _values(values))
                found.append(said[0].upper() + said[1:])
    people = facts.claims.get("sub")
    if people:
        found.append(f"Subjects (as fingerprints): {_values(people)}")
    return found


def _joined(facts: Facts) -> list[str]:
    found = [
        f"{_failures(count)} whose reason stands in another line, joined by {by}" for by, count in facts.joined.items()
    ]
    if facts.doubted:
        found.append(f"{_failures(facts.doubted)} near which other lines give different reasons: none was taken")
    if facts.assumed:
        found.append(
            f"{_failures(facts.assumed)} without a time: that of the line that tells why, or of one nearby, is assumed"
        )
    return found


def _range(spread: Spread) -> str:
    low, high = duration(spread.low), duration(spread.high)
    return low if low == high else f"{low} to {high}"


def _of(spread: Spread) -> str:
    return f"{_failures(spread.count)}, median {duration(spread.median)}"


def _failures(count: int) -> str:
    return "1 failure" if count == 1 else f"{number(count)} failures"


def _values(values: Sequence[tuple[str, int]]) -> str:
    shown = [f"{visible(text, _TEXT)} ({number(count)})" for text, count in values[:_SHOWN]]
    return ", ".join(shown) + (f" and {number(len(values) - _SHOWN)} more" if len(values) > _SHOWN else "")
