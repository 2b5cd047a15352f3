"""Definitions are read once, and nothing is written outside of the tests' own folders."""

from tests.system.tool import own_place

__all__ = ["own_place"]
