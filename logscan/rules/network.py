"""Addresses in networks, for `cidr` conditions."""

import ipaddress

import polars as pl


def inside(addresses: pl.Series, network: str) -> pl.Series:
    """Which addresses lie in a network in CIDR notation; an IPv4 address mapped into IPv6 counts as IPv4.

    Law: each distinct address is read once; what is no address is not inside; null of null
    """
    net = ipaddress.ip_network(network)
    distinct = addresses.unique().drop_nulls()
    among = pl.Series([_in_network(text, net) for text in distinct], dtype=pl.Boolean())
    return addresses.is_in(distinct.filter(among).implode())


def _in_network(text: str, net: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) and net.version == 4 else None
    return (mapped or address) in net
