"""Takes the pictures of docs/page.md anew: `make pictures`. The gallery is the same every time.

What changes with the fonts of a host is no reason to commit them; what the page looks like is.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from exhibition import Exhibition
from gallery_looks import filled
from pipeline_health.core.model.address import Address
from pipeline_health.page.server import PageServer, taken
from theatre import ARGUMENTS, CHROMIUM, Theatre

DOCS = Path(__file__).parents[1] / "docs"
COLOURS = 256
SHOTS = (
    ("light", "/", "light", 1180, 1480),
    ("dark", "/", "dark", 1180, 1480),
    ("phone", "/", "light", 360, 1480),
)


def pictures(browser: Browser, ledger: Path) -> Iterator[tuple[str, bytes]]:
    """Give each picture by its name, as a PNG of few colours."""
    at = taken(Address(host="127.0.0.1", port=0))
    exhibition = Exhibition(ledger)
    with PageServer(exhibition.app, at):
        theatre = Theatre(browser, exhibition, f"http://127.0.0.1:{at.getsockname()[1]}")
        for name, path, scheme, width, height in SHOTS:
            with theatre.screen(scheme=scheme, width=width, height=height) as screen:
                screen.goto(path)
                yield f"page-{name}.png", small(screen.page.screenshot())


def small(shot: bytes) -> bytes:
    """Give a picture with as few colours as it needs."""
    written = BytesIO()
    image = Image.open(BytesIO(shot)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


def main() -> None:
    """Write them."""
    with TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=list(ARGUMENTS),
            env={"HOME": home, "PATH": "/usr/bin:/bin"},
        )
        for name, picture in pictures(browser, filled(Path(home) / "ledger.db")):
            (DOCS / name).write_bytes(picture)
        browser.close()


if __name__ == "__main__":
    main()
