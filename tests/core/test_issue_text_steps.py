"""Who is told to do what: an agent, a person with keys, a person after an agent gave up."""

from dataclasses import replace

import pytest

from incident_builders import (
    CI,
    MINUTE,
    PIPELINE,
    REJECTED,
    STATUS,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    deployment,
    incident,
    proof,
    run,
)
from pipeline_health.core.issue_text.steps import who_and_how
from pipeline_health.core.model.incident import Cause, CauseClass, Incident, Owner

PERSON = replace(UNKNOWN, owner=Owner.HUMAN)


def test_the_task_of_an_agent() -> None:
    """An agent is told to make it pass by one pull request, and when to change nothing."""
    task = who_and_how(replace(incident(), attempts=2))

    assert task.startswith(
        "**An agent**, in the repository. Severity: HIGH. Nothing that is merged is proved to work,"
    )
    assert (
        "1. Find out why job `test` of workflow `CI` failed: the evidence is at the end of this "
        "issue, the whole log at [run 101](https://github.com/acme/shop/actions/runs/101) "
        "(`gh run view 101 --log-failed --repo acme/shop`). 2 earlier fixes did not work: read "
        "what was tried before you try again.\n2. Make it pass, on a branch." in task
    )
    assert 'description says "Fixes" and this issue\'s number' in task
    assert "Out of scope: secrets, alarms and the checks themselves." in task
    assert "a secret, a quota or the platform: change nothing, say so in a comment" in task
    assert "earlier fix" not in who_and_how(incident())


def test_the_task_of_an_agent_for_a_deployment() -> None:
    """A deployment that failed is told by its consequence, and read where it can be read."""
    task = who_and_how(incident(ailment(WEB, trace=deployment())))

    assert "Severity: HIGH. Nothing new reaches staging," in task
    assert (
        "1. Find out why the deployment of service `web` failed: the evidence is at the end of "
        "this issue, the whole log at [deployment `d-1`]"
        "(https://railway.com/project/p1/service/s1?id=d-1).\n" in task
    )


def test_the_steps_for_a_rejected_railway_token() -> None:
    """A person reads which secret, where it is made, where it is set, and what to run again."""
    told = incident(
        ailment(CI, trace=run(101)),
        ailment(PIPELINE, trace=run(102), failed_at=T0 + MINUTE),
        replace(ailment(STATUS, trace=run(103)), healed=proof(STATUS)),
        cause=REJECTED,
    )
    steps = who_and_how(told)

    assert steps.startswith("**A person** who may replace the secret `RAILWAY_TOKEN`. Severity:")
    assert "[railway.com/account/tokens](https://railway.com/account/tokens)" in steps
    assert "`gh secret set RAILWAY_TOKEN --repo acme/shop`. It asks for the value." in steps
    assert "Never paste the value into this issue." in steps
    assert (
        "3. Run again what failed: `gh run rerun 101 --failed --repo acme/shop`, "
        "`gh run rerun 102 --failed --repo acme/shop`.\n" in steps
    )
    assert steps.endswith(
        "**Not for an agent.** No agent should try to rotate the secret, or to edit code, "
        "workflows or checks around it: no commit can fix this, and every attempt is one more "
        "failed run."
    )


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        pytest.param(
            replace(REJECTED, key="NPM_TOKEN"),
            "1. Find out at the provider why the secret `NPM_TOKEN` was refused (expired, revoked, "
            "never set, or lacking a permission), and make a new value there.\n"
            "2. Store it as the secret of the GitHub repository: "
            "`gh secret set NPM_TOKEN --repo acme/shop`. It asks for the value.",
            id="secret",
        ),
        pytest.param(
            replace(REJECTED, key="npm"),
            "1. Find out at the provider why the credential for `npm` was refused (expired, "
            "revoked, never set, or lacking a permission), and make a new value there.\n"
            "2. Store it as the secret of the GitHub repository: "
            "`gh secret set NAME --repo acme/shop`, NAME being the secret that the failing step "
            "reads. It asks for the value.",
            id="provider",
        ),
        pytest.param(
            replace(REJECTED, key="GITHUB_TOKEN"),
            "1. `GITHUB_TOKEN` is made by Actions for every run and cannot be set: check "
            "`permissions:` in the workflow, and Settings → Actions → General → Workflow "
            "permissions of the repository.\n2. Run again what failed:",
            id="token of Actions",
        ),
    ],
)
def test_the_steps_for_other_credentials(cause: Cause, expected: str) -> None:
    """Every credential has the steps that can be taken for it, and no others."""
    assert expected in who_and_how(incident(cause=cause))


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        pytest.param(REJECTED, "2. Set `RAILWAY_TOKEN` in Railway, in the variables", id="secret"),
        pytest.param(
            replace(REJECTED, key="container registry"),
            "2. Set the new value in Railway, in the variables",
            id="provider",
        ),
    ],
)
def test_the_steps_for_a_credential_of_a_railway_build(cause: Cause, expected: str) -> None:
    """What Railway itself was refused is set in Railway, and not redeployed with old variables."""
    told = incident(ailment(WEB, trace=deployment()), cause=cause)
    steps = who_and_how(told)

    assert expected in steps
    assert "Do not press Redeploy on the failed deployment" in steps
    assert "3. See that what failed runs again, and succeeds." in steps


@pytest.mark.parametrize(
    ("told", "who", "second"),
    [
        pytest.param(
            replace(incident(cause=PERSON), escalated="3 fixes by the agent did not work."),
            "**A person.** 3 fixes by the agent did not work. The agent will not try again. Sever",
            "2. Fix it, or revert the commit that broke it. If it was not the code, run it again: "
            "`gh run rerun 101 --failed --repo acme/shop`.\n3. If it may stay broken, close",
            id="attempts used up",
        ),
        pytest.param(
            incident(ailment(WEB, trace=deployment()), cause=PERSON),
            "**A person.** No agent is working on it. Severity:",
            "2. Fix it, or revert the commit that broke it.\n3. If it may stay broken, close",
            id="nothing to run again",
        ),
    ],
)
def test_the_steps_for_a_person(told: Incident, who: str, second: str) -> None:
    """A person reads why it is theirs now, what to do, and how to be left alone."""
    steps = who_and_how(told)

    assert steps.startswith(who)
    assert "1. See why " in steps
    assert second in steps


def of_class(of: CauseClass, key: str = "GitHub Actions: Actions may not spend more") -> Cause:
    """Give a cause of a class that only a person can do something about."""
    return Cause(of=of, key=key, owner=of.owner, why="The log says so.")


RERUN = "run again what failed: `gh run rerun 101 --failed --repo acme/shop`."


def test_the_steps_for_a_limit_of_github() -> None:
    """A person reads where the bill is, and that no commit raises a limit."""
    steps = who_and_how(incident(cause=of_class(CauseClass.QUOTA)))

    assert steps.startswith("**A person** who may see the billing of GitHub Actions. Severity:")
    assert "[github.com/settings/billing](https://github.com/settings/billing)" in steps
    assert "(https://github.com/organizations/acme/settings/billing) of an organization" in steps
    assert f"2. When there is room again, {RERUN}" in steps
    assert steps.endswith("every attempt is one more failed run.")


def test_the_steps_for_a_limit_of_railway() -> None:
    """There is nothing to run again at GitHub: the commit is deployed again."""
    told = incident(
        ailment(WEB, trace=deployment()),
        cause=of_class(CauseClass.QUOTA, "Railway: the trial has ended"),
    )

    steps = who_and_how(told)

    assert "[railway.com/workspace/usage](https://railway.com/workspace/usage)" in steps
    assert "2. When there is room again, deploy the same commit again: in Railway" in steps


@pytest.mark.parametrize(
    ("key", "who"),
    [
        pytest.param("GitHub Actions: the runner was lost", "GitHub Actions", id="known"),
        pytest.param("", "the provider", id="lost with the ledger"),
    ],
)
def test_the_steps_for_a_provider_in_trouble(key: str, who: str) -> None:
    """A person looks at two status pages, waits, and tries again; there is nothing to mend."""
    steps = who_and_how(incident(cause=of_class(CauseClass.PLATFORM, key)))

    assert steps.startswith("**A person**, who only has to wait and to try again. Severity:")
    assert (
        f"1. See whether {who} reports trouble: [githubstatus.com](https://www.githubstatus.com), "
        "[status.railway.com](https://status.railway.com)." in steps
    )
    assert f"2. Wait until that is over, or at once if there is none, {RERUN}" in steps
    assert "There is nothing to change in the code" in steps


@pytest.mark.parametrize(
    ("told", "where"),
    [
        pytest.param(
            incident(ailment(WEB, trace=deployment()), cause=of_class(CauseClass.APPROVAL, "web")),
            "2. Open [deployment `d-1`](https://railway.com/project/p1/service/s1?id=d-1) in "
            "Railway, and approve or reject it there.",
            id="Railway",
        ),
        pytest.param(
            incident(cause=of_class(CauseClass.APPROVAL, "CI")),
            "2. Open [run 101](https://github.com/acme/shop/actions/runs/101) on GitHub, and "
            "approve or reject what waits there.",
            id="GitHub",
        ),
    ],
)
def test_the_steps_for_an_approval(told: Incident, where: str) -> None:
    """A person reads what waits, and where it is let go."""
    steps = who_and_how(told)

    assert steps.startswith("**A person** who may approve it. Nothing failed: it waits. Severity:")
    assert where in steps


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(CauseClass.CONFIG, "2. Mend the setting where the repository", id="config"),
        pytest.param(CauseClass.CONFIG, "Never write a secret into the repository.", id="secret"),
        pytest.param(
            CauseClass.DEPENDENCY, "2. Make the packages fit, on a branch:", id="packages"
        ),
        pytest.param(CauseClass.FLAKY, "2. Make it deterministic, on a branch:", id="flaky"),
        pytest.param(CauseClass.FLAKY, "Do not delete it, skip it, or repeat it", id="not deleted"),
        pytest.param(CauseClass.CODE, "2. Make it pass, on a branch.", id="code"),
    ],
)
def test_an_agent_is_told_what_its_class_asks_for(of: CauseClass, expected: str) -> None:
    """A lock file is renewed, a flaky test is made deterministic, a secret is never written."""
    assert expected in who_and_how(incident(cause=of_class(of, "CI")))


def test_a_token_of_actions_may_lack_a_permission() -> None:
    """GitHub's refusal is often about the token that nobody can set."""
    steps = who_and_how(incident(cause=replace(REJECTED, key="GitHub")))

    assert "If it is the one that Actions makes: `GITHUB_TOKEN` is made by Actions" in steps
