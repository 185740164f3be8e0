"""The page on a screen: whatever it does that it should not do is noted, and fails the test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from exhibition import Exhibition

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--hide-scrollbars",
)
_NOT_THERE = "Failed to load resource: the server responded with a status of 404"


@dataclass
class Screen:
    """One page on a screen, and all that it should not have done."""

    page: Page
    url: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        """Note what was asked of whom."""
        self.asked.append(request.url)

    def hear(self, said: ConsoleMessage) -> None:
        """Note what the browser says of the page; that an incident is not there is the point."""
        if not (said.text.startswith(_NOT_THERE) and said.location["url"] == self.page.url):
            self.complaints.append(said.text)

    def goto(self, path: str = "/") -> None:
        """Open a page, with all that it loads."""
        self.page.goto(self.url + path, wait_until="load")

    @property
    def foreign(self) -> list[str]:
        """What was asked of anybody but us."""
        return [url for url in self.asked if not url.startswith(f"{self.url}/")]

    def evaluate(self, script: str) -> object:
        """Ask the page."""
        return self.page.evaluate(script)


@dataclass
class Theatre:
    """Shows the page of *exhibition*, whatever a test makes of it, to *browser*."""

    browser: Browser
    exhibition: Exhibition
    url: str

    @contextmanager
    def screen(
        self,
        *,
        width: int = 1180,
        height: int = 900,
        scheme: str = "light",
        scripts: bool = True,
        password: str | None = None,
        prepared: Callable[[BrowserContext], None] = lambda _: None,
    ) -> Iterator[Screen]:
        """Give a screen of some size; at its end the page must have kept to the rules."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
            locale="en-GB",
            timezone_id="UTC",
            reduced_motion="reduce",
            http_credentials=None if password is None else {"username": "me", "password": password},
        )
        prepared(context)
        screen = Screen(page=context.new_page(), url=self.url)
        screen.page.on("request", screen.note)
        screen.page.on("console", screen.hear)
        screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
        try:
            yield screen
            assert screen.foreign == []
            assert screen.complaints == []
        finally:
            context.close()
