"""The browser itself: Debian's Chromium, or whichever is on the path."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

# The first has no window to draw, and takes a third less of a processor for the same pages.
_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_WITHOUT = (
    "IsolateOrigins",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "RenderDocument",  # one page after another in the same frame: a fifth less of a processor
    "site-per-process",
    "Translate",
)
_ARGUMENTS = (
    "--no-sandbox",
    # A page is drawn in one piece: in the usual small ones it takes a fifth more of a processor.
    "--default-tile-height=2048",
    "--default-tile-width=2048",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    # The last list of features counts: this one is Playwright's and ours. All that is opened here is our own.
    f"--disable-features={','.join(_WITHOUT)}",
    "--disable-site-isolation-trials",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--in-process-gpu",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
)


def program() -> Path:
    """Where the browser is. Without one the tests are skipped, and in CI, where they must run, they fail."""
    found = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
    if found is None:
        words = "There is no Chromium on this machine: apt install chromium (as root)."
        if os.environ.get("CI") == "true":
            pytest.fail(words, pytrace=False)
        pytest.skip(words)
    return Path(found)


@contextmanager
def opened(path: Path) -> Iterator[Browser]:
    """A browser that is closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()
