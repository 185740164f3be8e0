"""`report --html`: the page as files, whole or not at all, and nothing else's place is taken."""

import os
import re
from pathlib import Path

import pytest

from exhibition import Exhibition
from pipeline_health.page.files import OURS, ForeignDirectoryError, write_report
from visitor import Page


def content(directory: Path) -> dict[str, bytes]:
    """Give every file below a directory."""
    return {
        str(file.relative_to(directory)): file.read_bytes()
        for file in directory.rglob("*")
        if file.is_file()
    }


def test_the_same_pages_lie_in_a_directory(exhibition: Exhibition, tmp_path: Path) -> None:
    """What they say is what is served; every link leads to one of them, and no script is needed."""
    number = write_report(exhibition.reader, tmp_path / "deep" / "out")

    files = content(tmp_path / "deep" / "out")
    assert number == len(files) - 1
    assert set(files) - {OURS} == set(files.pop(OURS).decode().split())
    served, kept = exhibition.visitor(), Page(files["index.html"].decode())
    own = re.compile(" Reload to see newer.| metrics healthz|This is old.*? how things are. ")
    assert own.sub("", served.get("/").page.words) == kept.words
    assert files["feed.json"] == served.get("/feed.json").body
    assert len([name for name in files if name.startswith("incidents/")]) == 15
    for name, page in files.items():
        if name.endswith(".html"):
            inside = Page(page.decode())
            assert not inside.all("script")
            for link in [*inside.links, *[it["href"] or "" for it in inside.all("link")]]:
                if not link.startswith(("#", "https://")):
                    assert os.path.normpath(os.path.join(os.path.dirname(name), link)) in files  # noqa: PTH118, PTH120 - as a browser does


def test_a_newer_report_takes_the_place_of_an_older_one(
    exhibition: Exhibition, empty: Exhibition, tmp_path: Path
) -> None:
    """Nothing of the older is left, also where a link leads to it; its mode stays."""
    place, link = tmp_path / "out", tmp_path / "link"
    place.mkdir(mode=0o750)
    link.symlink_to(place)
    write_report(exhibition.reader, link)
    write_report(empty.reader, link)

    assert "No incident" not in content(place)
    assert not [name for name in content(place) if name.startswith("incidents/")]
    assert (place.stat().st_mode & 0o777, link.is_symlink()) == (0o750, True)
    assert sorted(tmp_path.iterdir()) == [link, place]


def test_what_is_not_ours_is_left_as_it_is(empty: Exhibition, tmp_path: Path) -> None:
    """A directory with anything else in it is refused; so is one of ours with something added."""
    place = tmp_path / "out"
    place.mkdir()
    (place / "thesis.tex").write_text("ten years")
    with pytest.raises(ForeignDirectoryError, match=r"did not write \(thesis.tex\)"):
        write_report(empty.reader, place)
    (place / "thesis.tex").unlink()
    write_report(empty.reader, place)
    for name in "abcd":
        (place / "incidents" / name).write_text("mine")
    before = content(place)
    with pytest.raises(ForeignDirectoryError, match=r"incidents/a, incidents/b, incidents/c …"):
        write_report(empty.reader, place)

    assert content(place) == before
    assert list(tmp_path.iterdir()) == [place]
    for name in "abcd":
        (place / "incidents" / name).unlink()
    for name in ("photos", "incidents"):
        (place / "incidents").rename(tmp_path / "incidents")
        (place / name).symlink_to(tmp_path)
        with pytest.raises(ForeignDirectoryError, match=rf"did not write \({name}"):
            write_report(empty.reader, place)
        (place / name).unlink()
        (tmp_path / "incidents").rename(place / "incidents")
    (place / "attic").mkdir()
    with pytest.raises(ForeignDirectoryError, match=r"did not write \(attic\)"):
        write_report(empty.reader, place)
    with pytest.raises(ForeignDirectoryError, match="is no directory"):
        write_report(empty.reader, place / "index.html")


def test_half_a_report_never_takes_the_place_of_a_whole_one(
    empty: Exhibition, tmp_path: Path
) -> None:
    """What goes wrong while it is drawn leaves the older one as it was."""
    place = tmp_path / "out"
    write_report(empty.reader, place)
    before = content(place)

    def broken(text: str) -> str:
        raise OSError(text)

    empty.redact = broken
    with pytest.raises(OSError, match="Nobody looked"):
        write_report(empty.reader, place)
    assert content(place) == before
    assert list(tmp_path.iterdir()) == [place]
