"""Commands that do for every project of a portfolio incident what the steps do for one."""

from collections.abc import Iterable, Iterator

from pipeline_health.core.inert import inline
from pipeline_health.core.issue_text.wording import GITHUB, link, secret_of
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.questions import DeployTrace

_REPOS, _RERUNS = 2_000, 5_000


def stored_once(parent: Parent, specimen: Case) -> Iterator[str]:
    """Say where one secret of all repositories may be, which those of the repositories hide."""
    secret, repos = _secret_of(parent, specimen), _repos_of(parent)
    owners = {repo.partition("/")[0] for repo in repos}
    if secret is not None and len(owners) == 1:
        (owner,) = owners
        page = link("its secrets", f"{GITHUB}/organizations/{owner}/settings/secrets/actions")
        yield (
            f"Where {inline(owner)} is an organization, see first whether {inline(secret)} is one "
            f"of {page}. Then it is replaced there, once, and stored in no repository."
        )


def stored_for(parent: Parent, specimen: Case) -> Iterator[str]:
    """Give the command that stores a secret in every repository, where that is what mends it."""
    secret, listed = _secret_of(parent, specimen), " ".join(_repos_of(parent))
    if secret is not None and len(listed) <= _REPOS:
        yield (
            "To store it in every repository (it asks for the value each time; never one value for "
            f"staging and production):\n\n```sh\nfor repo in {listed}; do\n"
            f'  gh secret set {secret} --repo "$repo"\ndone\n```'
        )


def _secret_of(parent: Parent, specimen: Case) -> str | None:
    """Give the secret that is stored in many repositories, None where that mends nothing."""
    in_railway = isinstance(specimen.incident.newest.trace, DeployTrace)
    alone = in_railway or specimen.incident.cause.ours or len(_repos_of(parent)) == 1
    return None if alone or parent.cause is None else secret_of(parent.cause)


def _repos_of(parent: Parent) -> tuple[RepoName, ...]:
    return tuple(dict.fromkeys(member.repo for member in parent.going_on))


def run_again(parent: Parent) -> Iterator[str]:
    """Give the commands that run again what failed in every project, as many as there is room."""
    commands = tuple(member.rerun for member in parent.going_on if member.rerun)
    shown = tuple(fitting(commands, _RERUNS))
    if len(shown) > 1:
        some = f"the first {len(shown)} of them; the others in the same way"
        which = "all of them" if len(shown) == len(commands) else some
        listed = "\n".join(shown)
        yield f"To run again what failed in {which}:\n\n```sh\n{listed}\n```"


def fitting(lines: Iterable[str], room: int) -> Iterator[str]:
    """Give *lines* as long as there is *room* for them."""
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return
        yield line
