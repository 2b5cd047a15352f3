from tests.browser import chromium


def test_the_reason_for_skipping_says_what_to_install() -> None:
    assert not chromium.WHY_NOT or "apt install" in chromium.WHY_NOT
    assert bool(chromium.WHY_NOT) != bool(chromium.BROWSER)
