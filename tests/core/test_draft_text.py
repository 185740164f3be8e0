"""The text of a first configuration: it teaches, it loads, and no name breaks out of it."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline_health.core.draft_text import as_toml, skipped_lines, told
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.portfolio import (
    Draft,
    Habits,
    OnGitHub,
    OnRailway,
    ProjectDraft,
    Skipped,
    Stage,
)
from pipeline_health.settings.configuration import Configuration, ProjectTable
from pipeline_health.settings.toml_file import configuration_of
from tables import keys_of

KEPT = (Path(__file__).parents[1] / "first_configuration.toml").read_text()
HOSTILE = ('"', "'''", "\\", "a\nb", "\x00", "\x1b[31m", "\u202e", "]\n[x]", "é😀", "\ud800", "#")
REPO = OnGitHub(name=RepoName("acme/shop"), branch="main")
SHOP = ProjectDraft(
    name="shop",
    repo=REPO,
    railway=OnRailway(id="p1", name="shop", places=()),
    staging=Stage(environment="staging", urls=("https://a.example",)),
    production=Stage(environment="live", urls=("https://b.example", "https://c.example")),
    habits=Habits(on_push=("CI", "Lint"), otherwise=("Nightly", "Deploy it")),
)
BARE = ProjectDraft(name="till", repo=replace(REPO, name=RepoName("acme/till")))


def read(text: str) -> Configuration:
    """Read *text* as our commands do."""
    return configuration_of(text.encode(), Path("x.toml"))


def keys(text: str) -> list[str]:
    """Give the keys of *text* in their order, those of comments too, each once in a row."""
    found = re.findall(r"^(?:# )?(\w+) = ", text, re.MULTILINE)
    return list(dict.fromkeys(found))


def test_what_was_found_is_set_and_the_rest_is_as_by_default() -> None:
    """A suggestion is a comment; only what is certain counts."""
    text = as_toml(Draft(projects=(SHOP, BARE)))
    shop, till = tomllib.loads(text)["projects"]

    assert len(read(text).projects) == 2
    assert shop == {
        "name": "shop",
        "repo": "acme/shop",
        "railway_project": "p1",
        "staging_url": "https://a.example",
        "production_environment": "live",
    }
    assert till == {"name": "till", "repo": "acme/till"}


def test_the_first_project_explains_every_key_in_the_order_of_the_models() -> None:
    """One short line a key; the next projects say what was found."""
    text = as_toml(Draft(projects=(SHOP, BARE)))
    first, second = text.split("[[projects]]")[1:]
    own = [key for key in keys_of(ProjectTable) if key not in ("gate", "audit")]

    assert [line for line in text.splitlines() if "=" in line and "  # " not in line] == [
        'name = "till"',
        'repo = "acme/till"',
    ]
    assert keys(first) == own
    assert keys(second) == ["name", "repo"]
    assert keys(text.split("[[projects]]")[0]) == ["sla", "poll_interval"]


def test_a_portfolio_is_told_of_the_repository_for_what_spans_it() -> None:
    """A suggestion, where as many are watched as may be one story; it loads when it is taken."""
    many = tuple(replace(BARE, name=name) for name in ("shop", "film", "bank"))
    text = as_toml(Draft(projects=many))

    assert None is read(text).limits.ops_repo
    taken = text.replace("# [limits]\n# ops_repo", "[limits]\nops_repo")
    assert "acme/operations" == read(taken).limits.ops_repo
    assert "ops_repo =" not in as_toml(Draft(projects=many[:2]))


@pytest.mark.parametrize("project", [SHOP, BARE], ids=["found", "bare"])
def test_every_suggestion_can_be_taken(project: ProjectDraft) -> None:
    """With the # away it loads; of several URLs one is kept."""
    text = as_toml(Draft(projects=(project,)))
    chosen = text.replace('# production_url = "https://c.example"', "#")

    taken = re.sub(r"^# (?=\w+ = )", "", chosen, flags=re.MULTILINE)

    assert len(read(taken).projects) == 1
    (told,) = tomllib.loads(taken)["projects"]
    assert {*keys_of(ProjectTable)} - {*told} == {"gate", "audit"}


def test_workflows_are_suggested_by_what_began_them() -> None:
    """What sounds like a deploy is none of CI."""
    text = as_toml(Draft(projects=(BARE, SHOP)))

    assert '\n# ci_workflows = ["CI", "Lint"]' in text
    assert '\n# deploy_workflow = "Deploy it"' in text
    assert "Nightly" not in text


@pytest.mark.parametrize(
    ("repo", "says"),
    [
        (replace(REPO, issues=False), "CAREFUL: its issues are switched off"),
        (replace(REPO, may_push=False), "CAREFUL: the token may not push here"),
    ],
)
def test_what_would_keep_an_issue_from_being_filed_is_said(repo: OnGitHub, says: str) -> None:
    """Beside the repository, of every project."""
    text = as_toml(Draft(projects=(BARE, replace(SHOP, repo=repo))))

    assert re.search(rf'^repo = "acme/shop" +# {says}', text, re.MULTILINE)


def test_what_was_left_out_is_told_at_the_end() -> None:
    """With the reason; and repositories that are not on Railway, fifty at most."""
    names = tuple(RepoName(f"acme/r{at}") for at in range(52))
    skipped = (Skipped(what="odd\nname = 1", why="x" * 300),)

    text = as_toml(Draft(projects=(SHOP,), skipped=skipped, elsewhere=names))

    end = text.partition("# Left out")[2].splitlines()
    assert end[1] == f"#   {told('odd name = 1: ' + 'x' * 300)}"
    assert (end[4], end[-2:]) == ("#   acme/r0", ["#   acme/r49", "#   and 2 more"])
    assert len(end[1]) < 220
    assert list(skipped_lines(skipped)) == [end[1].removeprefix("#   ")]
    assert "more" not in as_toml(Draft(projects=(SHOP,), elsewhere=names[:1]))[-30:]
    read(text)


def test_the_words_are_those_that_were_agreed() -> None:
    """Every comment of a whole file; to change one, change it in the kept text too."""
    two = replace(
        SHOP,
        name="two",
        repo=replace(REPO, issues=False),
        staging=Stage(environment="pre"),
        production=None,
        services=("web", "worker"),
        habits=Habits(on_push=("Release",)),
    )
    drafts = (
        Draft(projects=(SHOP, two), skipped=(Skipped(what="till", why="it is archived"),)),
        Draft(projects=(BARE, SHOP), elsewhere=(RepoName("acme/lib"),)),
        Draft(projects=(two,)),
    )

    assert "\n####\n".join(map(as_toml, drafts)) == KEPT


def test_a_comment_is_one_line_of_bounded_length() -> None:
    """Whatever a provider said."""
    assert told("a\n\x1b[31mb  c") == "a b c"
    assert told("x" * 200) == "x" * 200
    assert told("x" * 201) == "x" * 200 + "…"


@pytest.mark.parametrize(
    ("workflow", "deploys"),
    [
        ("Deploy", True),
        ("release it", True),
        ("Promotion", True),
        ("To PRODUCTION", True),
        ("Production", True),
        ("CI", False),
    ],
)
def test_a_workflow_that_sounds_like_a_deploy_is_suggested_as_one(
    workflow: str,
    deploys: bool,  # noqa: FBT001 - a table
) -> None:
    """And never as CI."""
    text = as_toml(Draft(projects=(replace(SHOP, habits=Habits(on_push=(workflow,))),)))

    assert (f'# deploy_workflow = "{workflow}"' in text) is deploys
    assert (f'# ci_workflows = ["{workflow}"]' in text) is not deploys


@pytest.mark.parametrize("name", HOSTILE[:-2] + HOSTILE[-1:])
def test_no_name_of_a_provider_breaks_out(name: str) -> None:
    """Neither out of a string nor out of a comment."""
    hostile = replace(
        SHOP,
        railway=OnRailway(id=f"id{name}", name=name, places=()),
        staging=Stage(environment="staging", urls=("https://a.example",)),
        habits=Habits(on_push=(name, f"deploy {name}")),
    )
    text = as_toml(
        Draft(projects=(hostile, BARE), skipped=(Skipped(what=name, why=name),), elsewhere=())
    )
    [shop, till] = tomllib.loads(text)["projects"]

    assert (shop["railway_project"], till["name"]) == (f"id{name}", "till")
    assert sorted(shop) == [
        "name",
        "production_environment",
        "railway_project",
        "repo",
        "staging_url",
    ]
    assert all(line.isprintable() for line in text.splitlines())
