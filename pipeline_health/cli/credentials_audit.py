"""`credentials-audit`: staging and production share no secret, and none is in the repository."""

from collections.abc import Iterator, Mapping, Sequence

import click

from pipeline_health.cli import completing
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.tables import tell
from pipeline_health.core.as_json import JsonValue, as_line, written
from pipeline_health.core.audit import blocking
from pipeline_health.core.model.audit import Audit, Committed, Compared, Sharing
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, NotAsked, Part, Seen

_APART = (
    "To do: make a second one at its provider, and set it in one of the two environments in "
    "Railway. If both may really have it, name it in shared_ok of [projects.audit]."
)
_COMPARABLE = (
    "To do: set what is missing in Railway, and set what is sealed anew without sealing it; or "
    "take it out of required_secrets, or set strict = false in [projects.audit]."
)
_ROTATE = (
    "To do: replace every secret in it at its provider first, then git rm --cached the file, and "
    "add .env and .env.local to .gitignore. It stays in the history."
)


@click.command("credentials-audit", short_help="Check that staging and production share no secret.")
@click.argument("projects", nargs=-1, metavar="[PROJECT …]", shell_complete=completing.projects)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def credentials_audit(options: Options, projects: tuple[str, ...], *, as_json: bool) -> Exit:
    """Compare the secrets of staging and production now, and look for committed .env files.

    It shows names and places, never a value, and writes nothing anywhere. Each line begins with
    the project; «To do» says how to mend what stands above it.

    A value counts as secret by the name of its variable (KEY, SECRET, TOKEN, PASSWORD …), or when
    it is a URL with a password. A sealed one cannot be read, and so not be compared. What staging
    and production may share belongs in shared_ok of [projects.audit].

    Production needs a token that sees it: an account or workspace token, or a project token of
    production in RAILWAY_TOKEN_<NAME>_PRODUCTION.

    \b
    Exit codes:
      0    nothing was found
      1    something was found: a shared secret, a committed .env, .env.local not ignored
      2    usage, configuration or secrets are wrong; nothing was asked
      3    could not tell: something could not be read, and nothing was found in the rest

    \b
    Examples:
      pipeline-health credentials-audit            all projects
      pipeline-health credentials-audit shop       one of them
      pipeline-health credentials-audit --json | jq '.projects[].shared'
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import auditing, bootstrap  # noqa: PLC0415 - `--help` needs none of it

    settings = bootstrap.load(options.config, log_format=options.log_format)
    audits = auditing.audit_credentials(settings, only=projects)
    if as_json:
        told = [_as_json(policy, audit) for policy, audit in audits]
        click.echo(as_line({"projects": told}))
    else:
        for policy, audit in audits:
            for line in lines_of(policy, audit):
                tell(f"{policy.name}: {line}")
    return exit_of(audits)


def exit_of(audits: Sequence[tuple[ProjectPolicy, Audit]]) -> Exit:
    """Give the exit code: what was found counts before what could not be read."""
    if any(_found(policy, audit) for policy, audit in audits):
        return Exit.FOUND
    return Exit.BLIND if any(_is_partial(audit) for _, audit in audits) else Exit.DONE


def _found(policy: ProjectPolicy, audit: Audit) -> bool:
    compared, committed = _compared(audit), _committed(audit)
    return bool(
        compared.sharings
        or compared.missing
        or blocking(compared, policy.audit)
        or committed.paths
        or not committed.ignores_local
    )


def _is_partial(audit: Audit) -> bool:
    parts: tuple[Part[Compared] | Part[Committed], ...] = (audit.variables, audit.files)
    return any(isinstance(part, Blind) for part in parts) or not (
        _compared(audit).whole and _committed(audit).whole
    )


def _compared(audit: Audit) -> Compared:
    return audit.variables.value if isinstance(audit.variables, Seen) else Compared()


def _committed(audit: Audit) -> Committed:
    return audit.files.value if isinstance(audit.files, Seen) else Committed()


def lines_of(policy: ProjectPolicy, audit: Audit) -> Iterator[str]:
    """Give what a person wants to read of one audit."""
    yield from _variable_lines(policy, audit)
    yield from _file_lines(audit)
    if not _found(policy, audit):
        yield _sum(audit)


def _sum(audit: Audit) -> str:
    """Say in one sentence that nothing was found, and in how much of what there is."""
    count = len(_compared(audit).clean)
    secrets = f"{count} {'secret' if count == 1 else 'secrets'} compared, none shared"
    if _is_partial(audit):
        return f"could not tell: not all could be read; nothing was found in the rest ({secrets})"
    if not isinstance(audit.variables, Seen):
        return "nothing was found, but no variables were compared"
    return f"nothing was found ({secrets})" if count else "nothing was found (no secret to compare)"


def _variable_lines(policy: ProjectPolicy, audit: Audit) -> Iterator[str]:
    yield from _unseen("variables", audit.variables)
    compared = _compared(audit)
    for sharing in compared.sharings:
        yield f"shared: {sharing.subject} (the same {_WAYS[sharing.by]}): {_places(sharing)}"
    for lacking in compared.missing:
        yield f"missing: {lacking.name} {lacking.why}; it is in required_secrets"
    stops = blocking(compared, policy.audit)
    for one in compared.unverifiable:
        counts = ", which keeps the promotion check from passing" if one in stops else ""
        yield f"not verifiable: {one.name} {one.why}{counts}"
    if compared.missing or stops:
        yield _COMPARABLE
    if compared.sharings:
        yield _APART


_WAYS = {
    "value": "secret",
    "password": "password in a URL",
    "database": "database",
    "supabase": "Supabase project",
}


def _places(sharing: Sharing) -> str:
    places = (("staging", sharing.staging), ("production", sharing.production))
    return "; ".join(f"{', '.join(named)} in {where}" for where, named in places if named)


def _file_lines(audit: Audit) -> Iterator[str]:
    yield from _unseen("files", audit.files)
    committed = _committed(audit)
    for path in committed.paths:
        yield f"committed: {path}"
    if committed.paths:
        yield _ROTATE
    if not committed.whole:
        yield "partial: GitHub lists only a part of this large tree; there may be more"
    if not committed.ignores_local:
        yield "not ignored: .gitignore does not keep .env.local out; add a line .env.local"


def _unseen(what: str, part: Part[Compared] | Part[Committed]) -> Iterator[str]:
    if isinstance(part, Blind):
        yield f"blind: {what}: {part.why}"
    if isinstance(part, NotAsked):
        yield f"not configured: {what}: {part.why}"


def _as_json(policy: ProjectPolicy, audit: Audit) -> Mapping[str, JsonValue]:
    compared, committed = _compared(audit), _committed(audit)
    parts = {"variables": audit.variables, "files": audit.files}
    return {
        "name": policy.name,
        "repo": policy.repo,
        "at": written(audit.at),
        "found": _found(policy, audit),
        "shared": [
            {
                "subject": sharing.subject,
                "by": sharing.by,
                "staging": list(sharing.staging),
                "production": list(sharing.production),
            }
            for sharing in compared.sharings
        ],
        "missing": [{"name": one.name, "why": one.why} for one in compared.missing],
        "unverifiable": [{"name": one.name, "why": one.why} for one in compared.unverifiable],
        "clean": list(compared.clean),
        "committed": list(committed.paths),
        "ignores_local": committed.ignores_local,
        "blind": [
            {"source": source, "why": part.why}
            for source, part in parts.items()
            if isinstance(part, Blind)
        ],
        "not_configured": [
            {"source": source, "why": part.why}
            for source, part in parts.items()
            if isinstance(part, NotAsked)
        ],
    }
