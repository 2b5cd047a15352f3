"""One form for every client address, and the client behind proxies that are trusted."""

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from string import ascii_letters, punctuation, whitespace

import polars as pl

CLIENT, FORWARDED = "source.address", "network.forwarded_ip"
Networks = tuple[IPv4Network | IPv6Network, ...]

_PLAIN = "."  # beside digits: nothing is to be done about a text of these alone
_ODD = [char for char in (*ascii_letters, *punctuation, *whitespace) if char not in _PLAIN]
# An IPv6 address as RFC 5952 writes it, or nearly: no capitals, no leading zeros, no zeros in a row, no port.
_SIX = r"^[0-9a-f:]{2,39}$"
_SIX_ODD = r"(?:^|:)0[0-9a-f]|(?:^|:)0:0(?::|$)|^::ffff:|^(?:[0-9a-f]*:){8}"
_PORT4, _PORT6 = r"^([0-9]{1,3}(?:\.[0-9]{1,3}){3}):[0-9]{1,5}$", r"^\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?$"
_FOR = re.compile(r'(?i)(?:^|[;, ])for="?([^";,\s]+)')
_AROUND = re.compile(r"(?i)^(?:[a-z][a-z0-9+.-]*://|ipv[46]:|[A-Za-z0-9.-]*/(?=[0-9A-Fa-f\[]))")
_ZONE_ID = re.compile(r"%(?:25)?[0-9A-Za-z._~-]+(?=\]|$)")
_BRACKETS = re.compile(r"^\[([0-9A-Fa-f:.]+)\](?:[:#][0-9]{1,5})?$")
# Behind an IPv4 address and its port, SonicWall writes an interface and a name: 192.0.2.7:51234:X1:pc, 192.0.2.7::X0
_PORT = re.compile(
    r"^(?:([0-9.]+):(?=[0-9]{1,5}$|[0-9]{0,5}:[!-~]*$)|(?:([0-9A-Fa-f:.]+)#|((?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}):)(?=[0-9]{1,5}$))"
)
_NAME = re.compile(r"^([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z][A-Za-z0-9-]*|localhost):[0-9]{1,5}$")
# What stands where nobody is named: RFC 7239 section 6, CLF, and how programming languages write nothing.
_NOBODY = {"", "-", "unknown", "null", "(null)", "none", "nil", "<nil>", "undefined", "@"}
_LONGEST = 4096  # characters of a list that are looked at


def networks(texts: Sequence[str]) -> Networks:
    """Addresses and networks in CIDR notation.

    Errors: ValueError, which says what is wrong with which
    """
    return tuple(ip_network(text, strict=False) for text in texts)


def with_addresses(events: pl.DataFrame, want: AbstractSet[str], trusted: Networks = ()) -> pl.DataFrame:
    """Give the wanted address columns their one form.

    In:    EVENTS columns
    Out:   source.address  without port, brackets and zone id, IPv6 as RFC 5952 writes it, an IPv4 address mapped into
           IPv6 as IPv4; of a list the left-most; names, hashes and networks as they stand; null where nobody is named.
           network.forwarded_ip  the left-most of the list that names somebody: what the request claims.
           Where the peer is trusted, or not known, and there is a list, source.address is the client of `behind`
    Law:   the same again changes nothing
    Source: RFC 7239 sections 4 to 6, RFC 5952 section 4; nginx real_ip_recursive
    """
    found = {name: events[name] for name in (CLIENT, FORWARDED) if name in want and name in events.columns}
    if not found:
        return events
    if CLIENT in found:
        found[CLIENT] = _each(found[CLIENT], lambda text: _client(text, trusted))
    if FORWARDED in found:
        if trusted and CLIENT in found:
            found[CLIENT] = _resolved(found[CLIENT], found[FORWARDED], trusted)
        found[FORWARDED] = _each(found[FORWARDED], claimed)
    return events.with_columns(found[name].alias(name) for name in found)


def is_trusted(address: str | None, trusted: Networks) -> bool:
    if address is None:
        return False
    try:
        number = ip_address(address)
    except ValueError:
        return False
    return any(number in network for network in trusted)


def hops(text: str) -> list[str | None]:
    """The addresses of a forwarded list in the order in which the request passed them; null: nobody is named."""
    short = text[:_LONGEST]
    if named := _FOR.findall(short):
        return [normal(part) for part in named]
    if short.startswith("[") and '"' in short:
        short = short.strip("[] ")  # a list in JSON
    return [normal(part) for part in short.split(",")]


def claimed(text: str) -> str | None:
    """Who a forwarded list says that the request comes from."""
    return next((hop for hop in hops(text) if hop is not None), None)


def behind(text: str, trusted: Networks) -> str | None:
    """The client by a forwarded list whose last entries trusted proxies wrote: the right-most that is not trusted.

    Law: an entry that is no address ends the search, for who wrote it is not known; the one right of it counts then
    """
    client = None
    for hop in reversed(hops(text)):
        if hop is None or not _is_number(hop):
            break
        client = hop
        if not is_trusted(hop, trusted):
            break
    return client


def normal(text: str) -> str | None:
    """One address as it is told everywhere; None where the text stands for nobody."""
    bare = text.strip(" \t\r\n+\"'")
    if bare.lower() in _NOBODY or bare.lower().startswith("unix:"):
        return None
    plain = _ZONE_ID.sub("", _AROUND.sub("", bare.replace("%5B", "[").replace("%5D", "]")))
    if number := _number(plain):
        return number
    found = _BRACKETS.match(plain) or _PORT.match(plain)
    if found and (number := _number(next(group for group in found.groups() if group))):
        return number
    name = _NAME.match(bare)
    return name[1] if name else bare


def _number(text: str) -> str | None:
    try:
        number = ip_address(text)
    except ValueError:
        return None
    if isinstance(number, IPv6Address) and number.ipv4_mapped:
        return str(number.ipv4_mapped)
    return str(number)


def _is_number(text: str) -> bool:
    return _number(text) is not None


def _client(text: str, trusted: Networks) -> str | None:
    if "," not in text and "=" not in text and '["' not in text:
        return normal(text)
    return (behind(text, trusted) if trusted else None) or claimed(text)


def _each(column: pl.Series, change: Callable[[str], str | None]) -> pl.Series:
    """Every text of a column changed; the usual ones are not touched, and equal ones are changed once."""
    odd = column.str.contains_any(_ODD).fill_null(value=False)
    if column.str.len_bytes().min() == 0:
        odd |= (column == "").fill_null(value=False)
    if not odd.any():
        return column
    rows = odd.arg_true()
    some = column.gather(rows)
    some = some.str.replace(_PORT4, "$1").str.replace(_PORT6, "$1")
    left = (some.str.contains_any(_ODD) | (some == "")) & ~(some.str.contains(_SIX) & ~some.str.contains(_SIX_ODD))
    once = some.filter(left).unique()
    if len(once):
        changed = pl.Series([change(text) for text in once], dtype=pl.String)
        some = some.to_frame("t").join(
            pl.DataFrame({"t": once, "new": changed, "there": True}), on="t", how="left", maintain_order="left"
        ).select(pl.when("there").then("new").otherwise("t")).to_series()  # fmt: skip
    return some if len(rows) == len(column) else column.scatter(rows, some)


def _resolved(peer: pl.Series, forwarded: pl.Series, trusted: Networks) -> pl.Series:
    """The peer, or the client behind it where the peer is trusted or not known."""
    once = peer.drop_nulls().unique()
    proxies = once.filter(pl.Series([is_trusted(text, trusted) for text in once], dtype=pl.Boolean))
    asked = (peer.is_null() | peer.is_in(proxies.implode())) & forwarded.is_not_null()
    if not asked.any():
        return peer
    lists = forwarded.filter(asked)
    known = {text: behind(text, trusted) for text in lists.unique()}
    clients = lists.replace_strict(list(known), list(known.values()), return_dtype=pl.String())
    rows = asked.arg_true()
    return peer.scatter(rows, clients.zip_with(clients.is_not_null(), peer.gather(rows)))
