"""A verdict as people and as machines read it, and the files in which it is left."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline_health.cli.tables import table
from pipeline_health.core import verdict_text
from pipeline_health.core.as_json import JsonValue, written
from pipeline_health.core.inert import inert
from pipeline_health.core.model.verdict import Criterion, Verdict
from pipeline_health.ports import PipelineHealthError
from pipeline_health.settings import ConfigurationError
from pipeline_health.settings.actions import Actions

HEADINGS = ("CRITERION", "STATE", "WHAT WAS SEEN")


class LeavingError(PipelineHealthError):
    """A verdict could not be written where it was to be left."""


def verdict_as_json(verdict: Verdict) -> Mapping[str, JsonValue]:
    """Give the object that `promotion-check --json` prints and `--output` writes."""
    return {
        "verdict": verdict.answer,
        "reason": verdict.reason,
        "next": verdict.next,
        "project": verdict.project,
        "repo": verdict.repo,
        "commit": verdict.commit,
        "superseded_by": verdict.superseded_by,
        "rollback": verdict.rollback,
        "config_hash": verdict.config_hash,
        "checked_at": written(verdict.checked_at),
        "expires_at": None if verdict.expires_at is None else written(verdict.expires_at),
        "url": verdict.url,
        "deployments": [one.deployment for one in verdict.served],
        "served": [
            {"service": one.service, "deployment": one.deployment, "commit": one.commit}
            for one in verdict.served
        ],
        "waived": list(verdict.waived),
        "criteria": [_criterion(one) for one in verdict.criteria],
    }


def _criterion(criterion: Criterion) -> Mapping[str, JsonValue]:
    return {
        "name": criterion.name,
        "state": criterion.state,
        "says": verdict_text.said(criterion),
        "next": criterion.next,
        "at": written(criterion.at),
        "url": criterion.url,
        "tail": inert(criterion.tail),
    }


def lines_of(verdict: Verdict, *, screen: int | None = None) -> Iterator[str]:
    """Give the verdict as text: the answer and what to do next, then how each criterion stands.

    On a *screen* of so many columns the table is folded; other text is left to whoever shows it.
    """
    yield verdict_text.first_line(verdict)
    yield ""
    rows = [(one.name, one.state, verdict_text.said(one)) for one in verdict.criteria]
    yield from table(HEADINGS, rows, screen=screen)
    yield ""
    yield from _steps(verdict)
    yield _footer(verdict)
    for one in verdict.criteria:
        if one.tail:
            yield ""
            yield f"The end of the output of {one.name} (untrusted):"
            yield from (f"  {line}" for line in inert(one.tail).splitlines())


def _steps(verdict: Verdict) -> Iterator[str]:
    """Give what the first line had no room for: what else is to be done, and where to look."""
    found = verdict_text.deciding(verdict)
    for one in found:
        todo, page = verdict_text.todo(verdict, one), verdict_text.page(one)
        where = f" ({page})" if page else ""
        yield f"{one.name}: {todo}{where}" if todo else f"{one.name}: see {page}"
    if found:
        yield ""


def _footer(verdict: Verdict) -> str:
    until = "" if verdict.expires_at is None else f", good until {written(verdict.expires_at)}"
    return (
        f"Commit {verdict.commit} of {verdict.repo}, seen at {written(verdict.checked_at)}{until};"
        f" configuration {verdict.config_hash[:12]}."
    )


# -- files -----------------------------------------------------------------------------------


def require_place(path: Path | None) -> None:
    """Raise ConfigurationError for a file that could not be written later.

    A verdict of an earlier check goes: whoever reads the file after this one must not find a yes
    that nobody has given it.
    """
    if path is None:
        return
    folder, is_taken = path.absolute().parent, path.exists() and not path.is_file()
    if is_taken or not folder.is_dir() or not os.access(folder, os.W_OK):
        msg = f"--output {path} cannot be written; expected a file in a folder that is there"
        raise ConfigurationError(msg)
    path.unlink(missing_ok=True)


def leave(verdict: Verdict, path: Path) -> None:
    """Write the verdict to *path* as JSON, whole or not at all."""
    text = json.dumps(verdict_as_json(verdict), ensure_ascii=False, indent=2) + "\n"
    try:
        with tempfile.TemporaryDirectory(
            dir=path.absolute().parent, prefix=f".{path.name}."
        ) as folder:
            temporary = Path(folder) / path.name
            temporary.write_text(text, encoding="utf-8")
            temporary.chmod(0o644)
            temporary.replace(path)
    except OSError as exc:
        msg = f"the verdict could not be written to {path}: {exc.strerror}"
        raise LeavingError(msg) from exc


def leave_in_actions(verdict: Verdict, actions: Actions) -> None:
    """Append the verdict to the summary of the step, and what later steps key on to its outputs."""
    outputs = {
        "verdict": verdict.answer,
        "commit": verdict.commit,
        "superseded_by": verdict.superseded_by or "",
    }
    text = "".join(f"{name}={value}\n" for name, value in outputs.items())
    for path, added in ((actions.output, text), (actions.summary, verdict_text.summary(verdict))):
        if path is None:
            continue
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(added)
        except OSError as exc:
            msg = f"the verdict could not be added to {path}: {exc.strerror}"
            raise LeavingError(msg) from exc
