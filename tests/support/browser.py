"""A headless Chromium that opens pages from disk, and what it asks for and complains about."""

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (390, 1300, 1920)
SERIOUS = ("serious", "critical")


@contextmanager
def chromium():
    """The browser; skips the test where there is none. CHROMIUM names another one."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} is on the path (CHROMIUM names another)")
    # Its sandbox does not start for root, as whom containers run.
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"] * (os.geteuid() == 0))
        yield browser
        browser.close()


@dataclass
class Heard:
    """What a page asked for and what its console said."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def from_elsewhere(self) -> list[str]:
        """Requests that leave the disk."""
        return [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]


@contextmanager
def opened(browser, path, anchor="", width=1300, **options):
    """(page, what is heard of it) of a file; `options` are those of playwright's contexts."""
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page, heard = context.new_page(), Heard()
    page.on("request", lambda request: heard.requests.append(request.url))
    page.on("console", lambda message: message.type in ("error", "warning") and heard.complaints.append(message.text))
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    page.goto(f"{Path(path).as_uri()}{anchor}")
    yield page, heard
    context.close()


def barriers(page):
    """What axe finds serious: `rule: the first element`."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in SERIOUS]
