"""Headless Chromium that keeps a record of what a page asks for and complains of."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
WHY_NOT = (
    ""
    if BROWSER and DRIVER
    else "chromium and chromedriver are not installed (Debian: apt install chromium chromium-driver)"
)


class Record(NamedTuple):
    requests: list[str]  # every URL asked for but the page itself
    complaints: list[str]  # every console message of level WARNING or worse, every dialog, every new window


@contextmanager
def browser(profile: Path, *flags: str) -> Iterator[Any]:
    """A driver with a fresh profile, no network and no patience for dialogs."""
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = BROWSER
    for flag in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
        "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}", *flags,
    ):  # fmt: skip
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options, Service(DRIVER))
    driver.set_page_load_timeout(60)
    try:
        yield driver
    finally:
        driver.quit()


def show(driver: Any, page: Path, *, width: int = 1280, height: int = 900, dark: bool = False, media: str = "") -> None:
    """Load a page at a size of the viewport and wait until it can be used; older records are thrown away."""
    command = driver.execute_cdp_cmd
    command(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    command("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})
    driver.get_log("browser"), driver.get_log("performance")
    driver.get(page.as_uri())
    drawn = "return !document.querySelector('#events-data') || !!document.documentElement.dataset.page"
    for _ in range(200):
        if driver.execute_script(drawn):
            break
        driver.execute_async_script("setTimeout(arguments[0], 50)")


def record(driver: Any) -> Record:
    """What the page did since it was loaded."""
    complaints = [
        f"{e['level']}: {e['message']}" for e in driver.get_log("browser") if e["level"] in ("WARNING", "SEVERE")
    ]
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    asked = [e["params"] for e in events if e["method"] == "Network.requestWillBeSent"]
    urls = [
        p["request"]["url"] for p in asked if p.get("type") != "Document" or p["request"]["url"] != p["documentURL"]
    ]
    complaints += [e["method"] for e in events if e["method"] in ("Page.javascriptDialogOpening", "Page.windowOpen")]
    return Record([url for url in urls if not url.startswith("data:")], complaints)


def picture(driver: Any, target: Path, *, whole: bool = True) -> None:
    """A screenshot of the whole page."""
    import base64

    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": whole})
    target.write_bytes(base64.b64decode(shot["data"]))
