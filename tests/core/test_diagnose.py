"""How a cause is named: approvals, flakes, whose secret it is, and which line is believed."""

from dataclasses import replace

import pytest

from incident_builders import CI, PROJECT, T0, WEB, deployment, run
from pipeline_health.core.diagnose import APPROVAL, diagnose
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.incident import CauseClass, Owner
from pipeline_health.core.model.questions import Evidence

FINDING = Finding(
    symptom=CI, project=PROJECT, since=T0, commit=None, trace=run(), says="Workflow CI failed."
)
DEPLOY = "Deploy to staging / railway up"
FAILS = "FAILED tests/test_cart.py::test_total - assert 3 == 4"


def evidence(tail: str, *, step: str = DEPLOY, complete: bool = True) -> Evidence:
    """Give the evidence of a failing step."""
    return Evidence(at=T0, complete=complete, jobs=("deploy",), steps=(step,), tail=tail)


def key_of(*lines: str, step: str = DEPLOY) -> str:
    """Give the key of the cause that *lines* tell."""
    cause = diagnose(FINDING, evidence("\n".join(lines), step=step))
    assert (CauseClass.CREDENTIAL, Owner.HUMAN) == (cause.of, cause.owner)
    return cause.key


def test_what_waits_for_approval_needs_no_log() -> None:
    """The provider says so itself, and whatever a log tells is not why it stands still."""
    waits = replace(FINDING, approval=True, says=f"Service web: {APPROVAL}.")

    cause = diagnose(waits, evidence(FAILS))

    assert (CauseClass.APPROVAL, Owner.HUMAN, "CI") == (cause.of, cause.owner, cause.key)
    assert cause.why == "Service web: it waits for somebody's approval."


def test_a_run_that_waits_for_approval_says_so_in_its_evidence() -> None:
    """The run of a deployment is judged by its jobs, and this one has none."""
    seen = Evidence(at=T0, complete=True, approval=True)

    assert diagnose(FINDING, seen).of is CauseClass.APPROVAL


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        pytest.param(FAILS, CauseClass.FLAKY, id="a test that fails now and then"),
        pytest.param("boom", CauseClass.FLAKY, id="nothing that is known"),
        pytest.param("npm error code ERESOLVE", CauseClass.DEPENDENCY, id="packages"),
        pytest.param("Not Authorized", CauseClass.CREDENTIAL, id="a token that ran out"),
    ],
)
def test_a_job_that_passed_at_the_same_commit_is_flaky(log: str, expected: CauseClass) -> None:
    """Unless the log names what may change without a commit: a token, a registry, a package."""
    seen = replace(evidence(log), passed_before=("deploy",))

    cause = diagnose(FINDING, seen)

    assert expected is cause.of
    if expected is CauseClass.FLAKY:
        assert (cause.key, cause.owner) == ("CI: deploy", Owner.AGENT)
        assert cause.why == (
            "Its attempts say so: the same job passed in another attempt at the same commit."
        )


def test_one_flaky_job_beside_a_broken_one_is_not_the_cause() -> None:
    """Every failing job must have passed before."""
    seen = replace(evidence(FAILS), jobs=("lint", "test"), passed_before=("test",))

    assert diagnose(FINDING, seen).of is CauseClass.CODE


@pytest.mark.parametrize(
    "seen", [None, evidence("", complete=False)], ids=["never read", "no log yet"]
)
def test_without_a_log_the_cause_is_unknown_and_says_why(seen: Evidence | None) -> None:
    """No evidence is a reason of its own, and it may change."""
    cause = diagnose(FINDING, seen)

    assert (CauseClass.UNKNOWN, Owner.AGENT) == (cause.of, cause.owner)
    assert (cause.key, cause.why) == ("main-ci-red:CI", "There is no log to judge by yet.")


def test_a_log_that_nothing_matches_says_so() -> None:
    """An agent reads it then, and nothing is made up."""
    assert diagnose(FINDING, evidence("boom")).why == "No known signature matches the evidence."


def test_where_nothing_was_left_the_finding_itself_says_why() -> None:
    """What Railway skipped has no log at all, and the reason is known all the same."""
    seen = Evidence(at=T0, complete=True, tail="\n")

    assert diagnose(FINDING, seen).why == "Workflow CI failed."


def test_the_secret_on_the_failing_line_is_blamed_before_others() -> None:
    """A log names many secrets that are well."""
    assert "RAILWAY_TOKEN" == key_of(
        "  NPM_TOKEN: ***",
        "using NPM_TOKEN for the build",
        "NPM_TOKEN was read, RAILWAY_TOKEN is invalid or expired",
    )


@pytest.mark.parametrize(
    ("others", "line", "key"),
    [
        pytest.param(("  RAILWAY_TOKEN: ***",), "Not Authorized", "RAILWAY_TOKEN", id="only one"),
        pytest.param(
            ("  RAILWAY_TOKEN: ***", "  NPM_TOKEN: ***"),
            "Railway: Not Authorized",
            "RAILWAY_TOKEN",
            id="the one of the provider",
        ),
        pytest.param(
            ("  NPM_TOKEN: ***", "  STRIPE_SECRET_KEY: ***", "railway up"),
            "Not Authorized",
            "Railway",
            id="several, and a provider named somewhere",
        ),
        pytest.param(
            ("  AUTH_SECRET: ***", "  STRIPE_SECRET_KEY: ***"),
            "Not Authorized",
            "credential",
            id="several, and no provider",
        ),
        pytest.param(
            ("  STRIPE_SECRET_KEY: ***",),
            "gh: Bad credentials (HTTP 401)",
            "GitHub",
            id="one of somebody else",
        ),
        pytest.param((), "npm error code E401", "npm", id="none at all"),
    ],
)
def test_a_wrong_secret_is_never_blamed(others: tuple[str, ...], line: str, key: str) -> None:
    """Where it could be several, the provider is named instead."""
    assert key == key_of(*others, line)


def test_the_first_error_counts_as_evidence() -> None:
    """The line that names the secret may lie before the tail that was kept."""
    seen = Evidence(
        at=T0, complete=True, first_error="STRIPE_SECRET_KEY is not set", tail="exit code 1"
    )

    assert diagnose(FINDING, seen).key == "STRIPE_SECRET_KEY"


def test_a_first_error_without_a_name_takes_it_from_the_log() -> None:
    """What was cut off is read together with what was kept."""
    seen = Evidence(at=T0, complete=True, first_error="Not Authorized", tail="  RAILWAY_TOKEN: ***")

    assert diagnose(FINDING, seen).key == "RAILWAY_TOKEN"


def test_the_error_is_believed_before_the_lines_around_it() -> None:
    """A log mentions a refused token in passing; what the runner marks is what stopped it."""
    seen = evidence("Not Authorized\n##[error]src/cart.ts(1,5): error TS2322: no", step="build")

    assert diagnose(FINDING, seen).of is CauseClass.CODE


def test_of_several_jobs_each_is_judged_by_its_own_step() -> None:
    """A failing test beside a failing deployment neither hides the token nor speaks of one."""
    steps = ("test / Run tests", DEPLOY)

    def seen(of_tests: str, of_deploy: str) -> Evidence:
        tail = f"--- {steps[0]} ---\n{of_tests}\n--- {steps[1]} ---\n{of_deploy}"
        return Evidence(at=T0, complete=True, jobs=("test", "deploy"), steps=steps, tail=tail)

    assert diagnose(FINDING, seen(FAILS, "Not Authorized")).of is CauseClass.CREDENTIAL
    assert diagnose(FINDING, seen("Not Authorized", "boom")).of is CauseClass.UNKNOWN


def test_a_refusal_counts_in_a_step_that_deploys_only() -> None:
    """A 403 of a page is no word on a credential."""
    line = "HTTP 403 Forbidden"

    assert diagnose(FINDING, evidence(line)).of is CauseClass.CREDENTIAL
    assert diagnose(FINDING, evidence(line, step="crawl / Fetch")).of is CauseClass.UNKNOWN


def test_a_job_called_test_may_fail_before_it_tests() -> None:
    """What installs packages in it is not a test that quotes words."""
    seen = evidence("no space left on device", step="test / Install packages")

    assert diagnose(FINDING, seen).of is CauseClass.PLATFORM


@pytest.mark.parametrize(
    ("step", "error", "expected"),
    [
        pytest.param("HEALTHCHECK", "Healthcheck failed", CauseClass.CONFIG, id="health check"),
        pytest.param("SNAPSHOT_CODE", "timed out", CauseClass.PLATFORM, id="snapshot"),
        pytest.param("BUILD_IMAGE", "exit code 1", CauseClass.CODE, id="build"),
        pytest.param("BUILD_IMAGE", "no space left on device", CauseClass.PLATFORM, id="disk"),
        pytest.param("SOMETHING_NEW", "exit code 1", CauseClass.UNKNOWN, id="another step"),
    ],
)
def test_a_deployment_without_logs_is_judged_by_its_step(
    step: str, error: str, expected: CauseClass
) -> None:
    """Railway fails with both logs empty; its step and the step's error are what there is."""
    failed = replace(FINDING, symptom=WEB, trace=deployment())
    seen = Evidence(at=T0, complete=True, steps=(step,), first_error=error)

    cause = diagnose(failed, seen)

    assert expected is cause.of
    if expected is CauseClass.PLATFORM:
        assert cause.key.startswith("Railway: ")


def test_of_a_running_product_only_the_end_is_read() -> None:
    """That a user could not log in an hour ago is no word on a secret of the pipeline."""
    log = "authentication failed for bob\n" + "GET / 200\n" * 50 + "KeyError: 'DATABASE_URL'"
    seen = Evidence(
        at=T0, complete=True, first_error="authentication failed for bob", tail=log, runtime=True
    )

    assert diagnose(FINDING, seen).of is CauseClass.CONFIG
    assert diagnose(FINDING, replace(seen, runtime=False)).of is CauseClass.CREDENTIAL
