"""Client addresses: one form for each, and who stands behind trusted proxies."""

import time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.address import behind, claimed, hops, is_trusted, networks, normal, with_addresses

BOTH = {"source.address", "network.forwarded_ip"}
TRUSTED = networks(["198.51.100.0/24", "2001:db8:99::/48", "127.0.0.1"])


def addresses(
    client: list[str | None], forwarded: list[str | None], trusted: tuple[str, ...] = ()
) -> list[list[str | None]]:
    frame = pl.DataFrame(
        {"source.address": client, "network.forwarded_ip": forwarded},
        schema={"source.address": pl.String(), "network.forwarded_ip": pl.String()},
    )
    read = with_addresses(frame, BOTH, networks(trusted))
    return [read["source.address"].to_list(), read["network.forwarded_ip"].to_list()]


WAYS = [
    ("192.0.2.7", "192.0.2.7"),
    ("192.0.2.7:5123", "192.0.2.7"),
    ("192.0.2.7#5123", "192.0.2.7"),
    ("2001:db8::1", "2001:db8::1"),
    ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
    ("2001:db8:0:0::1", "2001:db8::1"),
    ("2001:0db8::0001", "2001:db8::1"),
    ("[2001:db8::1]", "2001:db8::1"),
    ("[2001:db8::1]:443", "2001:db8::1"),
    ("2001:db8:1:2:3:4:5:6:443", "2001:db8:1:2:3:4:5:6"),
    ("2001:db8::1:443", "2001:db8::1:443"),  # the same text is an address of its own
    ("2001:db8::17", "2001:db8::17"),
    ("fe80::1%eth0", "fe80::1"),
    ("[fe80::1%25eth0]:8080", "fe80::1"),
    ("::ffff:192.0.2.7", "192.0.2.7"),
    ("::FFFF:C000:207", "192.0.2.7"),
    ("[::ffff:192.0.2.7]:443", "192.0.2.7"),
    ("0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7"),
    ("::1", "::1"),
    ("/192.0.2.7:5123", "192.0.2.7"),
    ("client.example.com/192.0.2.7:5123", "192.0.2.7"),
    ("ipv4:192.0.2.7:5123", "192.0.2.7"),
    ("ipv6:%5B2001:db8::1%5D:443", "2001:db8::1"),
    ("tcp://192.0.2.7:443", "192.0.2.7"),
    ('"192.0.2.7"', "192.0.2.7"),
    (" 192.0.2.7 ", "192.0.2.7"),
    ("192.0.2.0/24", "192.0.2.0/24"),
    ("2001:db8::/32", "2001:db8::/32"),
    ("192.0.2.0", "192.0.2.0"),
    ("192.0.2.x", "192.0.2.x"),
    ("a1b2c3d4e5f6a7b8", "a1b2c3d4e5f6a7b8"),
    ("_hidden", "_hidden"),
    ("client.example.com", "client.example.com"),
    ("client.example.com:5123", "client.example.com"),
    ("localhost:80", "localhost"),
    ("localhost", "localhost"),
    ("999.1.2.3", "999.1.2.3"),
    ("ab:cd", "ab:cd"),
    ("-", None),
    ("unknown", None),
    ("unix:", None),
    ("unix:/run/app.sock", None),
    ("(null)", None),
    ("", None),
    ("@", None),
    ("192.0.2.7, 198.51.100.9", "192.0.2.7"),
    ("unknown, 192.0.2.7:80", "192.0.2.7"),
    ("-, -", None),
    ('for=192.0.2.7;proto=https;by=198.51.100.1, for="[2001:db8::1]:443"', "192.0.2.7"),
    ('For="[2001:db8::1]:443"', "2001:db8::1"),
    (None, None),
]


def test_every_address_has_one_form() -> None:
    texts, want = [text for text, _ in WAYS], [form for _, form in WAYS]
    assert addresses(texts, texts) == [want, want]
    for text, form in WAYS:
        assert addresses([text], [None]) == [[form], [None]], text


def test_the_same_again_changes_nothing() -> None:
    once = addresses([text for text, _ in WAYS], [text for text, _ in WAYS])
    assert addresses(once[0], once[1]) == once


@given(
    st.lists(st.one_of(st.none(), st.text(max_size=40), st.text("0123456789abcdef.:[]%,#/ -", max_size=40)), max_size=8)
)
def test_any_text_is_read_as_if_it_stood_alone_and_stays_the_same_after(texts: list[str | None]) -> None:
    got = addresses(texts, texts, ("198.51.100.0/24",))
    assert got == [[addresses([text], [text], ("198.51.100.0/24",))[at][0] for text in texts] for at in (0, 1)]
    assert addresses(got[0], [None] * len(texts)) == [got[0], [None] * len(texts)]


@pytest.mark.parametrize(
    ("text", "client"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("203.0.113.5, 192.0.2.7", "192.0.2.7"),
        ("203.0.113.5, 192.0.2.7, 198.51.100.8", "192.0.2.7"),
        ("203.0.113.5, 192.0.2.7:4711, 198.51.100.8:80, 127.0.0.1", "192.0.2.7"),
        ("198.51.100.7, 198.51.100.8", "198.51.100.7"),
        ("203.0.113.5, unknown, 198.51.100.8", "198.51.100.8"),
        ("203.0.113.5, name.example.com, 198.51.100.8", "198.51.100.8"),
        ("203.0.113.5, unknown", None),
        ("", None),
        ('for=203.0.113.5, for="[2001:db8:99::1]"', "203.0.113.5"),
        ("for=203.0.113.5;by=192.0.2.1, for=192.0.2.9", "192.0.2.9"),
    ],
)
def test_the_client_is_the_right_most_that_is_not_trusted(text: str, client: str | None) -> None:
    assert behind(text, TRUSTED) == client


def test_only_a_trusted_or_unknown_peer_is_believed() -> None:
    peers = ["198.51.100.1", "192.0.2.66", None, "198.51.100.1:5123", "198.51.100.1", "client.example.com"]
    lists = ["203.0.113.5, 192.0.2.7"] * 4 + [None, "203.0.113.5"]
    told = ["192.0.2.7", "192.0.2.66", "192.0.2.7", "192.0.2.7", "198.51.100.1", "client.example.com"]
    claims = ["203.0.113.5"] * 4 + [None, "203.0.113.5"]
    assert addresses(peers, lists, ("198.51.100.0/24",)) == [told, claims]
    assert addresses(peers, lists)[0] == [
        "198.51.100.1",
        "192.0.2.66",
        None,
        "198.51.100.1",
        "198.51.100.1",
        "client.example.com",
    ]


def test_a_list_in_the_client_s_place_is_read_the_same_way() -> None:
    assert addresses(["203.0.113.5, 192.0.2.7, 198.51.100.8"], [None], ("198.51.100.0/24",))[0] == ["192.0.2.7"]


def test_a_list_in_json_is_read_as_a_list() -> None:
    assert hops('["192.0.2.7","198.51.100.4"]') == ["192.0.2.7", "198.51.100.4"]
    assert hops("[2001:db8::1]:443, 192.0.2.7") == ["2001:db8::1", "192.0.2.7"]
    read = with_addresses(
        pl.DataFrame({"source.address": ['["192.0.2.7","198.51.100.4"]', '["192.0.2.8"]']}), {"source.address"}
    )
    assert read["source.address"].to_list() == ["192.0.2.7", "192.0.2.8"]


def test_names_and_hashes_are_never_trusted() -> None:
    assert [is_trusted(text, TRUSTED) for text in ("198.51.100.1", "localhost", None, "192.0.2.1")] == [
        True,
        False,
        False,
        False,
    ]


def test_who_is_named_in_a_list_is_told() -> None:
    assert hops("192.0.2.7, unknown,203.0.113.1:80") == ["192.0.2.7", None, "203.0.113.1"]
    assert (claimed("unknown"), normal("unknown")) == (None, None)


def test_columns_that_are_not_wanted_are_left_alone() -> None:
    frame = pl.DataFrame({"source.address": ["[2001:db8::1]:443"]})
    assert with_addresses(frame, {"message"}).equals(frame)


def test_networks_may_be_single_addresses_and_faults_are_told() -> None:
    assert [str(network) for network in networks(["198.51.100.9/24", "2001:db8::1"])] == [
        "198.51.100.0/24",
        "2001:db8::1/128",
    ]
    with pytest.raises(ValueError, match="x"):
        networks(["x"])


def test_plain_addresses_cost_nearly_nothing() -> None:
    plain = pl.DataFrame({"source.address": [f"192.0.2.{n % 250}" for n in range(200_000)]})
    taken = []
    for _ in range(4):
        start = time.process_time()
        with_addresses(plain, {"source.address"})
        taken.append(time.process_time() - start)
    assert min(taken) < 0.02
