"""What docs/doctor.md tells of the checks is what they are."""

import re
from pathlib import Path

from pipeline_health.cli.exits import Exit
from pipeline_health.core import checkup

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "doctor.md").read_text()
TABLE = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("## The checks")[2].partition("\n## ")[0].splitlines()
    if line.startswith("| ")
][1:]


def words_of_the_checks() -> str:
    """Give every text in the source of the checks and the host, pieces of one text joined."""
    files = [
        *(ROOT / "pipeline_health" / "core" / "checkup").glob("*.py"),
        *(ROOT / "pipeline_health" / "host").glob("*.py"),
    ]
    source = "\n".join(file.read_text() for file in files)
    return re.sub(r'"\s*\n\s*f?"', "", source)


def test_every_check_has_its_row_in_its_order() -> None:
    """And no row is of a check that is gone."""
    assert [check.name for check in checkup.ALL] == [row[0].strip("`") for row in TABLE if row[0]]


def test_what_a_row_quotes_is_what_the_check_says() -> None:
    """Word by word, so that a person finds it."""
    said = words_of_the_checks()
    quoted = [phrase for row in TABLE for phrase in re.findall(r"`([^`]+)`", row[2])]

    assert len(quoted) > len(checkup.ALL)
    assert [phrase for phrase in quoted if phrase not in said] == []


def test_the_exit_codes_are_the_ones_of_the_command() -> None:
    """The page, the help, and the code."""
    codes = re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE)
    assert codes == [str(int(one)) for one in (Exit.DONE, Exit.FOUND, Exit.WRONG, Exit.BLIND)]


def test_the_page_is_short_and_found() -> None:
    """Someone in trouble reads it."""
    assert len(PAGE.splitlines()) <= 100
    assert "docs/doctor.md" in (ROOT / "README.md").read_text()
