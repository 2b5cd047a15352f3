"""What sets failing requests apart, in sentences with numbers."""

from logscan.model.contrast import Contrast, Trait
from logscan.model.finding import Finding
from logscan.report.show import number, percent, visible

_TEXT = 100  # characters of a value
_NOUNS = {
    "credential": "the credential",
    "user": "the user",
    "client": "the client",
    "program": "the program",
    "agent": "the agent",
    "method": "the method",
    "protocol": "HTTP",
    "upstream": "the upstream",
    "site": "the host",
    "route": "the route",
    "hour": "the hours",
}


def contrast_told(finding: Finding) -> tuple[str, ...]:
    """A sentence for each trait, without its full stop; one that nothing was found, where enough was looked at.

    Law: printable characters only, whatever the log holds
    """
    contrast = finding.contrast
    if contrast is None or not contrast.tested:
        return ()
    if not contrast.traits:
        values = f"{number(contrast.tested)} {'value' if contrast.tested == 1 else 'values'}"
        return (f"nothing sets failing requests apart: {values} looked at, against {compared(contrast)}",)
    return tuple(trait_told(trait) for trait in contrast.traits)


def compared(contrast: Contrast) -> str:
    """`412 successes on the same routes in that time`."""
    sample = f" of {number(contrast.total)}" if contrast.let_in < contrast.total and not contrast.same_routes else ""
    where = " on the same routes" if contrast.same_routes else ""
    when = " in that time" if contrast.during else ""
    return f"{number(contrast.let_in)}{sample} successes{where}{when}"


def trait_told(trait: Trait) -> str:
    """`the agent sdk/2.0: 97 % of failing requests, 2 % of succeeding ones; odds ratio 1,600 (400 to 6,400)`."""
    failing, good = (percent(held / of) if of else "none" for held, of in (trait.failing, trait.let_in))
    of = f"{'none' if not trait.let_in[0] else good} of {number(trait.let_in[1])} succeeding ones"
    known = trait.let_in[0] > 0 and trait.failing[0] < trait.failing[1]
    odds = f"odds ratio {rounded(trait.odds)} ({rounded(trait.low)} to {rounded(trait.high)})"
    odds = odds if known else f"odds ratio at least {rounded(trait.low)}"
    tied = f"; not to be told from {', '.join(map(named, trait.tied))}" if trait.tied else ""
    return f"{named((trait.field, trait.value))}: {failing} of failing requests, {of}; {odds}{tied}"


def named(what: tuple[str, str | None]) -> str:
    """`the agent sdk/2.0`; `no agent` where they name none."""
    field, value = what
    noun = _NOUNS.get(field, field)
    return f"{noun} {visible(value, _TEXT)}" if value is not None else f"no {noun.removeprefix('the ')}"


def rounded(value: float) -> str:
    """Three figures of what is exact to fewer."""
    return number(float(f"{value:.3g}"))
