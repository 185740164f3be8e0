"""The document about live tests says what the configuration understands."""

import re
from pathlib import Path

from pipeline_health.core.inert import CHARACTERS, LINES
from pipeline_health.e2e.command import GRACE
from pipeline_health.settings import load
from pipeline_health.settings.configuration import SmokeCheck
from tables import keys_of

TEXT = (Path(__file__).parents[2] / "docs/live-tests.md").read_text()


def test_its_example_is_a_configuration(tmp_path: Path) -> None:
    """It can be copied as it is."""
    (example,) = re.findall("```toml\n(.*?)```", TEXT, re.DOTALL)
    config = tmp_path / "example.toml"
    config.write_text(example)

    settings = load(config=config, environment={"GITHUB_TOKEN": "planted-github"}, home=tmp_path)

    assert len(settings.policy.projects[0].gate.smoke) == 4


def test_every_key_of_a_check_is_explained() -> None:
    """One row each; the path is what the table is about."""
    keys = {*keys_of(SmokeCheck)}

    assert set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)) == keys - {"path"}


def test_its_numbers_are_ours() -> None:
    """What is kept of the output, and how long a command may tidy up."""
    assert f"{LINES} lines, {CHARACTERS:,} characters" in TEXT
    assert f"{GRACE.total_seconds():g} seconds later" in TEXT
