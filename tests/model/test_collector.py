"""The collector is as it was before, whatever happens."""

import gc

import pytest

from logscan.model.collector import without_collector


def _fail_within() -> None:
    with without_collector():
        assert not gc.isenabled()
        raise RuntimeError


@pytest.mark.parametrize("enabled", [True, False])
def test_it_is_off_within_and_as_before_behind(*, enabled: bool) -> None:
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(RuntimeError):
            _fail_within()
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
