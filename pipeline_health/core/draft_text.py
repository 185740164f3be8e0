"""Writes a draft as a commented `pipeline-health.toml`, whatever the names in it are made of.

Each key is explained once, at the first project, in the order of docs/configuration.md.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from pipeline_health.core.inert import visible
from pipeline_health.core.model.parent import LEAST_PROJECTS
from pipeline_health.core.model.portfolio import Draft, ProjectDraft, Skipped, Stage
from pipeline_health.core.toml import quoted
from pipeline_health.frozen import dataclass

_COLUMN: Final = 46
_LONGEST_LINE: Final = 200
_MOST_NAMES: Final = 50
_DEPLOYS: Final = ("deploy", "release", "promot", "production")

_HEAD: Final = """\
# pipeline-health: what is watched. Every key, its type and its default: docs/configuration.md
# Written by `pipeline-health init` from what the tokens could see. A key behind a # shows its
# default, or a suggestion; take the # away to set it. Durations: "90s", "5m", "2h", "7d".
# Next: pipeline-health doctor; pipeline-health run-once --dry-run
"""

_TABLES: Final = """
# More tables, all of them optional; the defaults suit a portfolio that Archon looks after.
# [projects.gate] and [projects.audit], below a project: the promotion check, and shared secrets
# [routing]: labels that say whose an issue is; [limits]: how much may be filed in an hour
# [remedies]: what is tried before anyone is asked; [notify]: how often people are reminded"""


@dataclass(frozen=True, slots=True)
class _Line:
    """One key; a *shown* one is a comment: a default, or when it was *seen* a suggestion."""

    key: str
    value: str
    says: str
    shown: bool = False
    seen: bool = False


def as_toml(drafted: Draft) -> str:
    """Give the text of the file."""
    lines = [
        _HEAD,
        *_general(),
        *chain.from_iterable(
            ("", *_project(project, teach=at == 0)) for at, project in enumerate(drafted.projects)
        ),
        *_together(drafted.projects),
        _TABLES,
        *_left_out(drafted),
    ]
    return "\n".join(lines) + "\n"


def told(text: str) -> str:
    """Give *text* as one line of a comment: short, and nothing in it that cannot be seen."""
    line = " ".join(visible(text).split())
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"


def skipped_lines(skipped: Sequence[Skipped]) -> Iterator[str]:
    """Say what was left out, and why, a line each."""
    return (told(f"{one.what}: {one.why}") for one in skipped)


def _general() -> Iterator[str]:
    yield _written(_Line("sla", '"30m"', "from a failure to its issue, at most", shown=True))
    yield _written(_Line("poll_interval", '"5m"', "how often `serve` looks", shown=True))


def _project(project: ProjectDraft, *, teach: bool) -> Iterator[str]:
    yield "[[projects]]"
    for line in _lines(project):
        if teach or line.seen or not line.shown:
            yield _written(line, teach=teach)


def _lines(project: ProjectDraft) -> Iterator[_Line]:
    """Give the keys of a project in the order of the models, found, suggested or by default."""
    yield _Line("name", quoted(project.name), "yours to choose; unique, no /")
    yield _Line("repo", quoted(project.repo.name), _about_repo(project))
    yield _Line("branch", quoted(project.repo.branch), "default: the repository's own", shown=True)
    yield from _railway_lines(project)
    yield from _url_lines("staging_url", project.staging, on_railway=project.railway is not None)
    yield from _url_lines(
        "production_url", project.production, on_railway=project.railway is not None
    )
    yield _Line("health_path", '"/"', 'what is asked of both; "/healthz"', shown=True)
    yield _Line(
        "evidence", '"auto"', "full, first-error, link, auto: what issues quote", shown=True
    )
    yield _Line(
        "github_environment",
        quoted(_environment(project)),
        "deployments on GitHub that count as staging",
        shown=True,
    )
    yield from _workflow_lines(project)
    yield _Line("required_secrets", "[]", "names that both environments must hold", shown=True)


def _together(projects: Sequence[ProjectDraft]) -> Iterator[str]:
    """Suggest where what breaks many *projects* at once is one issue, where they are so many."""
    if len(projects) < LEAST_PROJECTS:
        return
    owner = projects[0].repo.name.partition("/")[0]
    says = "private; one issue for what breaks many at once"
    yield "\n# [limits]"
    yield _written(_Line("ops_repo", quoted(f"{owner}/operations"), says, shown=True))


def _about_repo(project: ProjectDraft) -> str:
    if not project.repo.issues:
        return "CAREFUL: its issues are switched off; switch them on, or set limits.ops_repo"
    if not project.repo.may_push:
        return "CAREFUL: the token may not push here; GitHub would drop the labels of issues"
    return "owner/name on GitHub"


def _railway_lines(project: ProjectDraft) -> Iterator[_Line]:
    railway, staging, production = project.railway, project.staging, project.production
    named = "" if railway is None else f"Railway's id of {told(railway.name)}"
    value = quoted("its id" if railway is None else railway.id)
    none = "a Railway project; none was found"
    yield _Line("railway_project", value, named or none, shown=railway is None)
    yield _environment_line("staging", staging)
    yield _environment_line("production", production)
    services = ", ".join(map(quoted, project.services))
    says = "watched; default: every service of staging"
    yield _Line("services", f"[{services}]", says, shown=not project.services)


def _environment_line(name: str, stage: Stage | None) -> _Line:
    called = name if stage is None else stage.environment
    says = "name or id on Railway" if stage is not None else "name or id on Railway; none was found"
    return _Line(f"{name}_environment", quoted(called), says, shown=called == name)


def _url_lines(key: str, stage: Stage | None, *, on_railway: bool) -> Iterator[_Line]:
    """Give the one URL that Railway tells, or those to choose from; none is guessed."""
    urls = () if stage is None else stage.urls
    if len(urls) == 1:
        yield _Line(key, quoted(urls[0]), "Railway's domain; asked in every cycle")
    for url in urls if len(urls) > 1 else ():
        yield _Line(key, quoted(url), "one of several: keep one", shown=True, seen=True)
    if not urls:
        says = "asked in every cycle" + ("; Railway tells of no domain" if on_railway else "")
        yield _Line(key, _EXAMPLES[key], says, shown=True)


def _environment(project: ProjectDraft) -> str:
    place = "staging" if project.staging is None else project.staging.environment
    return place if project.railway is None else f"{project.railway.name} / {place}"


def _workflow_lines(project: ProjectDraft) -> Iterator[_Line]:
    habits = project.habits
    deploys = [name for name in (*habits.otherwise, *habits.on_push) if _deploys(name)]
    checks = [name for name in habits.on_push if not _deploys(name)]
    yield _Line(
        "ci_workflows",
        f"[{', '.join(map(quoted, checks))}]",
        "required; seen on push" if checks else "required; default: learned from the last pushes",
        shown=True,
        seen=bool(checks),
    )
    yield _Line(
        "deploy_workflow",
        quoted(deploys[0]) if deploys else _EXAMPLES["deploy_workflow"],
        "may be one; judged as a deploy" if deploys else "one that deploys; judged as a deploy",
        shown=True,
        seen=bool(deploys),
    )
    for key in ("staging_job", "production_job"):
        yield _Line(key, _EXAMPLES[key], "its job for this environment", shown=True)


_EXAMPLES: Final = {
    "staging_url": '"https://staging.example"',
    "production_url": '"https://www.example"',
    "deploy_workflow": '"Deploy"',
    "staging_job": '"Deploy to staging"',
    "production_job": '"Deploy to production"',
}


def _deploys(workflow: str) -> bool:
    return any(word in workflow.lower() for word in _DEPLOYS)


def _written(line: _Line, *, teach: bool = True) -> str:
    text = f"{'# ' if line.shown else ''}{line.key} = {line.value}"
    if not teach and not line.says.startswith(_ALWAYS_SAID):
        return text
    return f"{text.ljust(_COLUMN)}  # {line.says}"


_ALWAYS_SAID: Final = ("CAREFUL", "Railway's id", "one of several", "may be one", "required; seen")
"""How those words begin that tell of one project, and not of a key."""


def _left_out(drafted: Draft) -> Iterator[str]:
    if drafted.skipped:
        yield "\n# Left out, and why:"
        yield from (f"#   {line}" for line in skipped_lines(drafted.skipped))
    if drafted.elsewhere:
        names = drafted.elsewhere[:_MOST_NAMES]
        more = len(drafted.elsewhere) - len(names)
        yield "\n# Railway builds nothing from these; a [[projects]] watches one all the same:"
        yield from (f"#   {name}" for name in names)
        if more:
            yield f"#   and {more} more"
