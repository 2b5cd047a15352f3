"""Headless Chromium that keeps a record of what a page asks for and complains of."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page, sync_playwright

BROWSER = shutil.which("chromium")
WHY_NOT = "" if BROWSER else "chromium is not installed (Debian: apt install chromium)"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
_USABLE = "() => !document.querySelector('#events-data') || !!document.documentElement.dataset.page"


class Record(NamedTuple):
    requests: list[str]  # every URL asked for but the page itself
    complaints: list[str]  # every warning or error of the console, every fault, dialog and new window


_RECORDS: WeakKeyDictionary[Page, Record] = WeakKeyDictionary()


@contextmanager
def browser(profile: Path) -> Iterator[BrowserContext]:
    """Chromium with a fresh profile and no network; its driver comes with Playwright, no browser of its own does."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=BROWSER, headless=True, args=FLAGS, viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(60_000)
        try:
            yield context
        finally:
            context.close()


def new_tab(context: BrowserContext) -> Page:
    """A tab with no patience for dialogs that records what its page does."""
    tab = context.new_page()
    kept = _RECORDS[tab] = Record([], [])

    def asked(request: Any) -> None:
        page = request.is_navigation_request() and request.frame == tab.main_frame
        if not page and not request.url.startswith(("data:", "blob:")):
            kept.requests.append(request.url)

    def said(message: Any) -> None:
        if message.type in ("warning", "error", "assert"):
            kept.complaints.append(f"{message.type}: {message.text}")

    def dialog(opened: Any) -> None:
        kept.complaints.append(f"dialog: {opened.type} {opened.message}")
        opened.dismiss()

    tab.on("request", asked)
    tab.on("console", said)
    tab.on("pageerror", lambda fault: kept.complaints.append(f"fault: {fault.name}: {fault.message}"))
    tab.on("dialog", dialog)
    tab.on("popup", lambda window: kept.complaints.append(f"window: {window.url}"))
    tab.on("crash", lambda _: kept.complaints.append("crash"))
    return tab


def show(tab: Page, page: Path | str, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
    """Load a page (a file, or an address) at a size and wait until it can be used; older records are thrown away."""
    tab.set_viewport_size({"width": width, "height": height})
    tab.emulate_media(color_scheme="dark" if dark else "light", media="null")
    if tab.url != "about:blank":
        tab.goto("about:blank")  # an address that differs in its fragment alone would load nothing
    for kept in _RECORDS[tab]:
        kept.clear()
    tab.goto(page.as_uri() if isinstance(page, Path) else page)
    tab.wait_for_function(_USABLE)


def record(tab: Page) -> Record:
    """What the page did since it was loaded."""
    tab.evaluate("() => new Promise(requestAnimationFrame)")  # what it did is told before its answer
    return Record(*(list(kept) for kept in _RECORDS[tab]))


def faults(tab: Page) -> Any:
    """What axe-core finds serious or critical on the page as it is."""
    tab.evaluate(files("axe_core_python").joinpath("axe.min.js").read_text("utf-8"))
    return tab.evaluate(
        "() => axe.run(document, { resultTypes: ['violations'] }).then((told) => told.violations"
        ".filter((fault) => ['serious', 'critical'].includes(fault.impact))"
        ".map((fault) => `${fault.id}: ${fault.nodes[0].html.slice(0, 200)}`))"
    )
