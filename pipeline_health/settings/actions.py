"""What GitHub Actions tells a step that runs in it.

Source: docs.github.com, «Default environment variables», 2026-11.
"""

from collections.abc import Mapping
from pathlib import Path

from pipeline_health.frozen import dataclass

_LONGEST = 19
"""The digits of GitHub's longest number: it keeps them in 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """The run that we are a step of, and the files in which a step says what it has to say."""

    run_id: int | None = None
    run_url: str | None = None
    summary: Path | None = None
    output: Path | None = None


def actions_of(environment: Mapping[str, str]) -> Actions:
    """Give what is known of the run around us; nothing at all outside GitHub Actions.

    The number of the run counts wherever it is set: leaving a run out of CI can only block.
    """
    run_id = _number(environment.get("GITHUB_RUN_ID", ""))
    if environment.get("GITHUB_ACTIONS") != "true":
        return Actions(run_id=run_id)
    return Actions(
        run_id=run_id,
        run_url=_page(environment, run_id),
        summary=_path(environment.get("GITHUB_STEP_SUMMARY")),
        output=_path(environment.get("GITHUB_OUTPUT")),
    )


def _number(text: str) -> int | None:
    """Give *text* as the number of a run; int() raises for more digits than it likes."""
    fits = text.isascii() and text.isdigit() and len(text) <= _LONGEST
    return int(text) if fits else None


def _page(environment: Mapping[str, str], run_id: int | None) -> str | None:
    server, repo = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY"))
    if run_id is None or not server.startswith("https://") or "/" not in repo:
        return None
    return f"{server}/{repo}/actions/runs/{run_id}"


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
