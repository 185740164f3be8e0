"""The page as files: the same in a directory, for a web server, an archive or a file manager.

The directory is put in its place whole. What is in it that we did not write is never removed.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from pipeline_health.core.as_json import as_line
from pipeline_health.core.feed import feed_of
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.page.pages import STATIC, Place, incident_page, index, parent_page, slot_of
from pipeline_health.page.reading import Reader, View
from pipeline_health.ports import PipelineHealthError

OURS: Final = ".pipeline-health-report"
"""The file that lists all others which we wrote: by it we know the directory again."""

_INSIDE: Final = "incidents"
_FIRST: Final = Place(suffix=".html", live=False)
_INNER: Final = Place(root="../", suffix=".html", live=False)
_COPIED: Final = ("style.css", "well.svg", "broken.svg", "unsure.svg")


class ForeignDirectoryError(PipelineHealthError):
    """A directory has something in it that is not ours, and is left as it is."""


def write_report(reader: Reader, directory: Path) -> int:
    """Write the page into *directory*, and give how many files that were.

    Raises ForeignDirectoryError where something else is in it, LedgerError where nothing can be
    read, and OSError; then the directory is as it was.
    """
    place = Path(os.path.realpath(directory))
    require_ours(place)
    pages = dict(_pages(reader))
    place.parent.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        _write(made, pages)
        made.chmod(place.stat().st_mode & 0o7777 if place.exists() else 0o755 & ~_umask())
        require_ours(place)
        _put(made, place)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return len(pages)


def require_ours(place: Path) -> None:
    """Raise ForeignDirectoryError unless *place* is free, empty, or holds what we wrote alone."""
    if not place.exists():
        return
    if not place.is_dir():
        msg = f"{place} is no directory; name one that is empty, or that is not there yet"
        raise ForeignDirectoryError(msg)
    there = {str(each.relative_to(place)) for each in place.rglob("*")}
    listed = place / OURS
    known = listed.read_text(errors="replace").splitlines() if listed.is_file() else ()
    ours = {*known, OURS, _INSIDE} if known else set()
    ours -= {name for name in ours if (place / name).is_symlink()}
    if foreign := sorted(there - ours):
        named = ", ".join(foreign[:3]) + (" …" if len(foreign) > 3 else "")  # noqa: PLR2004
        msg = (
            f"{place} holds what `report` did not write ({named}), and would be replaced as a "
            "whole; name a directory that is empty, or that is not there yet"
        )
        raise ForeignDirectoryError(msg)


def _pages(reader: Reader) -> Iterator[tuple[str, bytes]]:
    view, trails = reader.everything()
    yield "index.html", index(view, _FIRST).encode()
    told = as_line(feed_of(view.board, redact=view.redact))
    yield "feed.json", f"{told}\n".encode()
    for name in _COPIED:
        yield name, (STATIC / name).read_bytes()
    for name, page in _inner(view, trails):
        yield f"{_INSIDE}/{name}.html", page.encode()


def _inner(
    view: View, trails: Mapping[Fingerprint, tuple[TrailLine, ...]]
) -> Iterator[tuple[str, str]]:
    """Give the page of each incident; of two turns of one, the newer has it, as for `why`."""
    for shown in view.board.every:
        of = shown.incident.fingerprint
        own = replace(view, trail=trails[of])
        yield slot_of(of), incident_page(own, shown, _INNER)
    for parent in view.board.facts.parents:
        own = replace(view, trail=trails[parent.fingerprint])
        yield slot_of(parent.fingerprint), parent_page(own, parent, _INNER)


def _write(into: Path, pages: Mapping[str, bytes]) -> None:
    (into / _INSIDE).mkdir()
    for name, content in pages.items():
        (into / name).write_bytes(content)
    (into / OURS).write_text("".join(f"{name}\n" for name in pages))


def _put(made: Path, place: Path) -> None:
    """Put *made* into *place*; what was there goes only after that."""
    if not place.exists():
        made.rename(place)
        return
    before = Path(mkdtemp(prefix=f".{place.name}.before.", dir=place.parent))
    old = before / "old"
    place.rename(old)
    try:
        made.rename(place)
    except OSError:
        old.rename(place)
        raise
    finally:
        shutil.rmtree(before, ignore_errors=True)


def _umask() -> int:
    """Give the mask by which new files are made; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
