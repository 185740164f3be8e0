"""Each row of the table of signatures has a real example, and so has what it must not match."""

import pytest

from incident_builders import CI, PROJECT, T0, run
from pipeline_health.core.diagnose import SIGNATURES, diagnose
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.incident import CauseClass, Owner
from pipeline_health.core.model.questions import Evidence

FINDING = Finding(
    symptom=CI, project=PROJECT, since=T0, commit=None, trace=run(), says="Workflow CI failed."
)


def evidence(
    tail: str, *, step: str = "Deploy to staging / Validate secrets", complete: bool = True
) -> Evidence:
    """Give the evidence of a failing step."""
    return Evidence(at=T0, complete=complete, jobs=(), steps=(step,), tail=tail)


ROWS = [
    pytest.param(
        "a named secret is rejected",
        evidence("##[error]RAILWAY_TOKEN is invalid or expired: Not Authorized"),
        "RAILWAY_TOKEN",
        id="reli, April 2026: 81 issues for this one line",
    ),
    pytest.param(
        "a named secret is rejected",
        evidence("Invalid RAILWAY_TOKEN. Please check that it is valid and has access"),
        "RAILWAY_TOKEN",
        id="railway up with a dead token",
    ),
    pytest.param(
        "a named secret is not set",
        evidence("Error: RAILWAY_TOKEN secret is not set. Add it under Settings, Secrets."),
        "RAILWAY_TOKEN",
        id="filmduel 110: the token was never set",
    ),
    pytest.param(
        "the registry refuses the login",
        evidence(
            "Error: denied: permission_denied: The token provided does not match expected scopes.",
            step="publish / Log in to the registry",
        ),
        "container registry",
        id="ghcr refuses a push",
    ),
    pytest.param(
        "the provider refuses the credential",
        evidence("gh: Bad credentials (HTTP 401)", step="release / Create release"),
        "GitHub",
        id="gh with a dead token",
    ),
    pytest.param(
        "the provider refuses the credential",
        evidence("Not Authorized", step="Deploy to staging / railway up"),
        "credential",
        id="nothing names the provider",
    ),
    pytest.param(
        "refused in a step that deploys or logs in",
        evidence("curl: (22) HTTP 403 Forbidden from backboard.railway", step="Deploy / deploy"),
        "Railway",
        id="a deploy step is refused",
    ),
]


@pytest.mark.parametrize(("name", "seen", "key"), ROWS)
def test_a_credential_is_recognised_and_goes_to_a_person(
    name: str, seen: Evidence, key: str
) -> None:
    """What only a new credential can mend is never given to an agent."""
    cause = diagnose(FINDING, seen)

    assert (CauseClass.CREDENTIAL, Owner.HUMAN, key) == (cause.of, cause.owner, cause.key)
    assert cause.why == f"The log says so: {name}."


def test_every_signature_has_an_example() -> None:
    """A row that nothing was ever seen to match is a guess."""
    unnamed = {signature.name for signature in SIGNATURES} - {row.values[0] for row in ROWS}

    assert {"the registry of packages could not be reached"} == unnamed  # below


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(
            evidence("expected 200, got 401 Unauthorized at /api/health", step="e2e / smoke tests"),
            id="reli 979: a smoke test that met an auth gate",
        ),
        pytest.param(
            evidence("AssertionError: token is invalid", step="test / Run tests"),
            id="a unit test about tokens",
        ),
        pytest.param(
            evidence("denied: requested access to the resource", step="test / Run tests"),
            id="a unit test about a registry",
        ),
        pytest.param(
            evidence("npm ERR! 403 Forbidden - GET left-pad", step="build / npm ci"),
            id="a refused download while building",
        ),
        pytest.param(evidence("error: boom"), id="a plain error"),
    ],
)
def test_words_about_credentials_are_not_yet_a_credential(seen: Evidence) -> None:
    """A test that expects a refusal is the agent's to mend."""
    cause = diagnose(FINDING, seen)

    assert (CauseClass.UNKNOWN, Owner.AGENT) == (cause.of, cause.owner)


@pytest.mark.parametrize(
    "seen", [None, evidence("", complete=False)], ids=["never read", "no log yet"]
)
def test_without_a_log_the_cause_is_unknown_and_says_why(seen: Evidence | None) -> None:
    """No evidence is a reason of its own, and it may change."""
    assert diagnose(FINDING, seen).why == "There is no log to judge by yet."


def test_the_first_error_counts_as_evidence() -> None:
    """The line that names the secret may lie before the tail that was kept."""
    seen = Evidence(
        at=T0, complete=True, first_error="STRIPE_SECRET_KEY is not set", tail="exit code 1"
    )

    assert diagnose(FINDING, seen).key == "STRIPE_SECRET_KEY"


def test_packages_that_could_not_be_fetched_are_the_fault_of_a_platform() -> None:
    """No commit mends a registry that does not answer; a test that prints the word is none."""
    seen = evidence("npm ERR! code ECONNRESET", step="build / npm ci")

    cause = diagnose(FINDING, seen)

    assert (CauseClass.PLATFORM, Owner.HUMAN, "npm") == (cause.of, cause.owner, cause.key)
    assert diagnose(FINDING, evidence("ECONNRESET in my test")).of is CauseClass.UNKNOWN
