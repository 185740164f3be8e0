"""What the Railway source finds out about a deployment that failed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipeline_health.core.model.questions import Evidence
from pipeline_health.core.model.readings import Reading, Seen
from pipeline_health.simulator import World
from railway_watch import PLANTED, PLANTED_LINES, Watch, policy_of, product, token, watching, why

LATER = timedelta(minutes=11)
BUILD = "resolving\nERROR: Could not resolve './Cart.vue'\nbye"
DEPLOY = "listening\npanic: no database\n"


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watch an empty world."""
    with watching(World()) as watch:
        yield watch


def found(reading: Reading[Evidence]) -> Evidence:
    """Give the evidence, or fail with why there is none."""
    assert isinstance(reading, Seen), reading
    return reading.value


def test_a_failed_build_shows_its_log(watch: Watch) -> None:
    """The end of the build log is the evidence, and its first error stands out."""
    web = product(watch.world).environment("staging").service("web")
    failed = web.deploy("FAILED", log=BUILD, deploy_log=DEPLOY)

    evidence = found(watch.evidence(failed))

    assert (BUILD, "ERROR: Could not resolve './Cart.vue'") == (
        evidence.tail,
        evidence.first_error,
    )
    assert (True, False, ()) == (evidence.complete, evidence.runtime, evidence.steps)
    assert ["Events", "BuildLog", "DeployLog"] == watch.asked()


def test_a_failed_step_is_named_with_its_error(watch: Watch) -> None:
    """Railway's own word on the step comes before anything that a log says."""
    web = product(watch.world).environment("staging").service("web")
    events = [("SNAPSHOT_CODE", None), ("BUILD_IMAGE", "exit 1"), ("BUILD_IMAGE", "again")]
    failed = web.deploy("FAILED", log=BUILD, events=events)

    evidence = found(watch.evidence(failed))

    assert (("BUILD_IMAGE",), "exit 1") == (evidence.steps, evidence.first_error)


def test_a_step_after_the_build_shows_what_the_product_said(watch: Watch) -> None:
    """A build that went well says nothing of a healthcheck that failed."""
    web = product(watch.world).environment("staging").service("web")
    failed = web.deploy("FAILED", log=BUILD, deploy_log=DEPLOY, events=[("HEALTHCHECK", "503")])

    evidence = found(watch.evidence(failed))

    assert (DEPLOY.strip(), True) == (evidence.tail, evidence.runtime)


def test_a_crash_shows_what_the_product_said(watch: Watch) -> None:
    """What ran before it failed is judged by its own log, not by the build's."""
    shop = product(watch.world)
    crashed = shop.environment("staging").service("web").deploy("CRASHED", log=BUILD)
    crashed.deploy_log = DEPLOY
    source = watch.source()
    source.look([policy_of(shop)], now=watch.world.now())
    evidence = found(watch.evidence(crashed, source))

    assert ("panic: no database", True) == (evidence.first_error, evidence.runtime)


def test_a_deployment_that_was_never_built_has_no_build_log(watch: Watch) -> None:
    """Railway's error for a missing build means that there is no log, and nothing worse."""
    web = product(watch.world).environment("staging").service("web")
    skipped = web.deploy("SKIPPED", skipped_reason="CI check suite failed", deploy_log="failed: ci")

    evidence = found(watch.evidence(skipped))

    assert ("failed: ci", True, True) == (evidence.tail, evidence.runtime, evidence.complete)


def test_no_log_yet_is_not_the_end(watch: Watch) -> None:
    """A failure without any log is asked about again, until none will come any more."""
    web = product(watch.world).environment("staging").service("web")
    failed = web.deploy("FAILED")

    early = found(watch.evidence(failed))
    watch.world.advance(LATER)
    late = found(watch.evidence(failed))

    assert (False, "", None) == (early.complete, early.tail, early.first_error)
    assert late.complete


def test_complete_evidence_is_read_once(watch: Watch) -> None:
    """What will not change is remembered; a later crash of the deployment is another matter."""
    web = product(watch.world).environment("staging").service("web")
    failed = web.deploy(
        "FAILED", log=BUILD, deploy_log=DEPLOY, events=[("PRE_DEPLOY_COMMAND", "x")]
    )

    first = watch.evidence(failed)
    watch.asked()

    assert first == watch.evidence(failed)
    assert [] == watch.asked()
    failed.changed_at += LATER
    watch.evidence(failed)
    assert 3 == len(watch.asked())


@pytest.mark.parametrize("spoiled", ["", "[]", "{}", '{"at": 3}', "[" * 9999], ids=len)
def test_a_memory_that_cannot_be_read_is_no_evidence(watch: Watch, spoiled: str) -> None:
    """What another version wrote is fetched again."""
    web = product(watch.world).environment("staging").service("web")
    failed = web.deploy("FAILED", log=BUILD)
    watch.memory.facts["evidence", f"{failed.id}@{failed.changed_at.isoformat()}"] = spoiled

    assert BUILD == found(watch.evidence(failed)).tail


@pytest.mark.parametrize("document", ["Events", "BuildLog", "DeployLog"])
def test_a_part_that_fails_does_not_spoil_the_others(watch: Watch, document: str) -> None:
    """Each part is asked for by itself; what is missing is asked for again in the next cycle."""
    web = product(watch.world).environment("staging").service("web")
    failed = web.deploy("FAILED", log=BUILD, deploy_log=BUILD, events=[("BUILD_IMAGE", "exit 1")])
    watch.world.faults.add(host="railway", mode="html", match=document, times=3)

    evidence = found(watch.evidence(failed))
    again = found(watch.evidence(failed))

    assert (BUILD, False, True) == (evidence.tail, evidence.complete, again.complete)


@pytest.mark.parametrize("all_of_it", [False, True], ids=["a-part-fails", "all-is-refused"])
def test_what_is_not_whole_is_read_again_after_as_long_again(
    watch: Watch, *, all_of_it: bool
) -> None:
    """A log that fails for good costs a few requests an hour, and not in every cycle."""
    web = watch.world.railway("shop").environment("staging").service("web")
    failed = web.deploy("FAILED", log=BUILD)
    if all_of_it:
        web.deployments.remove(failed)
    match = "query BuildLog"
    watch.world.faults.add(host="railway", mode="graphql_error", match=match, times=999)
    asked = []
    for minutes in (15, 5, 9, 1, 25, 600, 59, 1):
        watch.world.advance(timedelta(minutes=minutes))
        watch.asked()
        told = watch.evidence(failed)
        asked.append(bool(watch.asked()))
        if all_of_it:
            assert "Railway said: Not Authorized" in why(told)
        else:
            assert not found(told).complete

    assert [True, False, False, True, False, True, False, True] == asked


def test_evidence_that_cannot_be_read_is_blind(watch: Watch) -> None:
    """When nothing could be read, that is no evidence of anything."""
    web = product(watch.world).environment("staging").service("web")
    failed = web.deploy("FAILED", log=BUILD)
    watch.world.faults.add(host="railway", mode="html", times=9)

    assert f"could not read deployment {failed.id}: Railway answered 502" == why(
        watch.evidence(failed)
    )


def test_a_project_token_reads_evidence_too(watch: Watch) -> None:
    """The header that is refused is exchanged for the other one."""
    shop = product(watch.world)
    failed = shop.environment("staging").service("web").deploy("FAILED", log=BUILD)
    place = f"{shop.id}:{shop.environment('staging').id}"
    watch.world.railway_tokens["rw-project-token"] = f"project:{place}"
    watch.tokens = lambda _: token("rw-project-token")

    assert BUILD == found(watch.evidence(failed)).tail
    assert "project" == watch.memory.facts["railway-header", "RAILWAY_TOKEN"]


def test_a_bad_token_gives_no_evidence(watch: Watch) -> None:
    """A token that is refused is named; so is one that is not there."""
    web = product(watch.world).environment("staging").service("web")
    failed = web.deploy("FAILED", log=BUILD)

    watch.tokens = lambda _: token("rw-bad-token")
    assert "Railway refused RAILWAY_TOKEN (Not Authorized)" == why(watch.evidence(failed))
    watch.tokens = lambda _: None
    assert "there is no Railway token for shop" in why(watch.evidence(failed))


def test_what_the_token_may_not_see_is_blind(watch: Watch) -> None:
    """A good token that is refused one deployment is not called a bad one."""
    web = product(watch.world).environment("staging").service("web")
    failed = web.deploy("FAILED", log=BUILD)
    web.deployments.remove(failed)

    assert "Railway said: Not Authorized" in why(watch.evidence(failed))


def test_secrets_are_removed_before_anything_else(watch: Watch) -> None:
    """No part of the evidence, remembered or given, holds a secret, also not one across lines."""
    web = product(watch.world).environment("staging").service("web")
    failed = web.deploy(
        "FAILED",
        log=f"error: {PLANTED}\n{PLANTED_LINES}",
        deploy_log=PLANTED,
        events=[("BUILD_IMAGE", f"bad {PLANTED}")],
    )

    evidence = found(watch.evidence(failed))

    assert ("error: ***\n***", "bad ***") == (evidence.tail, evidence.first_error)
    assert PLANTED not in repr(watch.memory.facts)


def test_a_long_log_is_cut(watch: Watch) -> None:
    """Only the last lines are kept, and no line is longer than a screen can bear."""
    web = product(watch.world).environment("staging").service("web")
    log = "\n".join(f"line {at}" for at in range(500)) + "\n" + "x" * 5000
    failed = web.deploy("FAILED", log=log)

    lines = found(watch.evidence(failed)).tail.split("\n")

    assert (120, "line 381", 2000) == (len(lines), lines[0], len(lines[-1]))
