"""`report --html`: the page as files, by hand."""

from pathlib import Path

from pipeline_health.cli.exits import Exit
from shelf import Shelf, a_look


def test_the_command_says_where_to_begin(shelf: Shelf, tmp_path: Path) -> None:
    """And refuses in a sentence what it would not touch."""
    shelf.keep(looks=[a_look(shelf.ago(2))])
    place = tmp_path / "out"

    told = shelf.tell("report", "--html", str(place))
    assert told == f"Wrote 6 files to {place}; begin with {place / 'index.html'}\n"
    assert "1 undecided" in (place / "index.html").read_text()
    refused = shelf.tell("report", "--html", str(tmp_path), code=Exit.WRONG)
    assert "holds what `report` did not write" in refused
    (tmp_path / "closed").touch()
    wrong = shelf.tell("report", "--html", str(tmp_path / "closed" / "x"), code=Exit.WRONG)
    assert "cannot write to" in wrong
