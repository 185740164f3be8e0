"""What docs/replay.md says of a recording is what is written."""

import re
import types
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from builders import NOW
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.readings import Unrecognised
from pipeline_health.core.model.recording import (
    DeploymentTold,
    JobTold,
    Pushed,
    RecordedProject,
    RecordTold,
    RunTold,
    StatusTold,
    SuiteTold,
    UrlTold,
)
from pipeline_health.core.model.shown import LONGEST_LOG, Heading, LookedAt, Shown, SourceTold
from pipeline_health.core.model.sight import Source
from pipeline_health.core.model.urls import Place
from pipeline_health.core.retold_sight import LONGEST_PAUSE
from pipeline_health.history.file import LARGEST
from pipeline_health.history.lines import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_FACTS,
    SCHEMA,
    Line,
    written,
)
from pipeline_health.history.tail import MOST_LINES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "replay.md").read_text()
TABLES: dict[str, type] = {
    "The heading": Heading,
    "A look": LookedAt,
    "A project": Shown,
    "`described`": RecordedProject,
    "`pushes`": Pushed,
    "`runs`": RunTold,
    "`jobs`": JobTold,
    "`suites`": SuiteTold,
    "`statuses`": StatusTold,
    "`records`": RecordTold,
    "`deployments`": DeploymentTold,
    "`urls`": UrlTold,
    "`sources`": SourceTold,
}
OF_OTHERS = {"cause", "bound"}
"""Keys of a fact that only recordings of another form have."""
DEFAULTS = {(): "empty", None: "none", "": '`""`', "main": '`"main"`', False: "`false`"}


def rows(heading: str) -> list[list[str]]:
    """Give the cells of the table below a heading."""
    found = re.search(rf"^### {re.escape(heading)}$(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/replay.md has no section {heading}"
    lines = [line for line in found[1].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def kind(annotation: Any) -> str:
    """Say what a key holds, in the words of the page."""
    while hasattr(annotation, "__supertype__"):
        annotation = annotation.__supertype__
    if get_origin(annotation) is tuple:
        return f"list of {kind(get_args(annotation)[0])}s"
    if get_origin(annotation) in (Union, types.UnionType):
        held = [one for one in get_args(annotation) if one not in (types.NoneType, Unrecognised)]
        return kind(held[0])
    words = {datetime: "time", bool: "true or false", int: "whole number", str: "text"}
    if is_dataclass(annotation):
        return "object"
    return "text" if issubclass(annotation, Enum) else words[annotation]


def default(model: type, field: Field[Any]) -> str:
    """Say what a key is when it is left out."""
    if field.default is MISSING:
        return "required"
    return "those of the look before" if model is LookedAt else DEFAULTS[field.default]


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_is_told_with_its_type_and_default(heading: str) -> None:
    """In the order in which it is written, and nothing more."""
    model = TABLES[heading]
    hints = get_type_hints(model)
    written_ones = [field for field in fields(model) if field.name not in OF_OTHERS]

    told = rows(heading)

    assert [cells[:3] for cells in told] == [
        [f"`{field.name}`", kind(hints[field.name]), default(model, field)]
        for field in written_ones
    ]
    assert all(cells[3] for cells in told)


def test_every_line_begins_as_the_page_says() -> None:
    """So that a reader can tell them apart at once."""
    lines: tuple[Line, ...] = (
        Heading(schema=SCHEMA, version="1", began_at=NOW),
        Shown(project=ProjectName("shop"), at=NOW),
        LookedAt(looked_at=NOW),
    )

    told = re.findall(r'`(\{"\w+":)`', PAGE)

    assert [written(line).decode().partition(":")[0] + ":" for line in lines] == told


def test_its_numbers_and_words_are_ours() -> None:
    """Bounds, and the values that are ours and not a provider's."""
    minutes = LONGEST_PAUSE.total_seconds() / 60
    for words in (
        SCHEMA,
        f"{LARGEST // 1024 // 1024} MiB",
        f"{LONGEST_TEXT:,} characters of any text",
        f"the last {LONGEST_LOG:,} of a log",
        f"{MOST_FACTS} facts of a kind",
        f"more than {minutes:g} minutes apart",
        *(f"`{source.value}`" for source in Source),
        *(f"`{place.value}`" for place in Place),
    ):
        assert words in PAGE, words
    assert (LONGEST_LINE, "a million bytes a line" in PAGE) == (1_000_000, True)
    assert (MOST_LINES, "every fortieth or so" in PAGE) == (40, True)


def test_the_page_is_found() -> None:
    """From the first page."""
    assert "docs/replay.md" in (ROOT / "README.md").read_text()
