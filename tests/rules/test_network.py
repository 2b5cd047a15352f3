import polars as pl

from logscan.rules.network import inside


def test_what_lies_in_a_network() -> None:
    texts = ["192.0.2.7", "198.51.100.1", "::ffff:192.0.2.9", "2001:db8::1", "api.example.com", "", None]
    addresses = pl.Series(texts, dtype=pl.String())
    assert inside(addresses, "192.0.2.0/24").to_list() == [True, False, True, False, False, False, None]
    assert inside(addresses, "2001:db8::/32").to_list() == [False, False, False, True, False, False, None]
