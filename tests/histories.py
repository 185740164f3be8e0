"""A small recorded history in the schema replay/1, to be changed by tests and written to a file."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

REPO = "acme/shop"
LOG = "##[error]RAILWAY_TOKEN is invalid or expired: Not Authorized"
FIRST, FIX, SECOND, THIRD = (f"{number:x}" * 40 for number in (10, 11, 12, 13))


def storm(**changes: object) -> dict[str, Any]:
    """Give four pushes of a morning: lint is red, then a token is rejected."""
    return {
        "schema": "replay/1",
        "incident": "a-morning",
        "repo": REPO,
        "period": ["2026-04-27T08:00:00Z", "2026-04-27T10:40:00Z"],
        "ci": {
            "pipeline_workflow": "Pipeline",
            "failed_job": "Deploy to staging",
            "failed_step": "Validate secrets",
            "skipped_jobs": ["Smoke tests", "Deploy to production"],
            "log_line": LOG,
        },
        "root_causes": [
            _cause("token", "an expired token", "human", began_at="2026-04-27T09:30:00Z"),
            _cause("lint", "58 lint violations", "agent", ended_at="2026-04-27T09:00:00Z"),
            _cause("blink", "no fault: a single tick", "nobody"),
        ],
        "pushes": [
            _push(FIRST, "2026-04-27T08:00:00Z", "feature"),
            _push(FIX, "2026-04-27T09:00:00Z", "fix lint"),
            _push(SECOND, "2026-04-27T09:30:00Z", "another feature"),
            _push(THIRD, "2026-04-27T10:00:00Z", "investigation \u001b[31m@everyone"),
        ],
        "runs": [
            _run(30_000_000_001, SECOND, "2026-04-27T09:34:00.1234567Z", [2]),
            _run(30_000_000_002, THIRD, None, [4]),
            _run(30_000_000_003, None, "2026-04-27T10:20:00Z", []),
        ],
        "issues": [
            _issue(1, "lint", "agent_first_branch_at", "2026-04-27T08:20:00Z"),
            _issue(2, "token", "filed_at", "2026-04-27T10:00:00Z"),
            {
                **_issue(3, "blink", "filed_at", "2026-04-27T08:30:33Z"),
                "check": "deploy_http_down",
                "failure_logged_at": "2026-04-27T08:30:32Z",
            },
            _issue(4, "token", "filed_at", "2026-04-27T10:30:00Z"),
        ],
        "other_signals": [
            {
                "workflow": "token-health.yml",
                "run_id": 30_000_000_009,
                "at": "2026-04-27T10:10:00Z",
                "names_the_cause": True,
            },
            {"workflow": "token-health.yml", "at": None, "names_the_cause": True},
        ],
        **changes,
    }


def written(home: Path, history: Mapping[str, object], name: str = "history.json") -> Path:
    """Write *history* to a file."""
    file = home / name
    file.write_text(json.dumps(history))
    return file


def _cause(cause: str, label: str, owner: str, **times: str) -> dict[str, object]:
    return {"id": cause, "label": label, "owner": owner, **times}


def _push(sha: str, at: str, subject: str) -> dict[str, object]:
    return {"sha": sha, "committed_at": at, "subject": subject}


def _run(number: int, sha: str | None, at: str | None, issues: Sequence[int]) -> dict[str, object]:
    return {
        "run_id": number,
        "head_sha": sha,
        "observed_at": at,
        "conclusion": "failure",
        "issues": [*issues],
    }


def _issue(number: int, cause: str, known: str, at: str) -> dict[str, Any]:
    return {
        "number": number,
        "title": None,
        "check": None,
        "root_cause": cause,
        "failure_logged_at": None,
        "filed_at": None,
        "filed_at_minute": None,
        "agent_first_branch_at": None,
        "prs": [],
        known: at,
    }
