"""A replay tells nothing that the recording does not: what a world would do by itself is left."""

from dataclasses import replace
from pathlib import Path

from builders import MINUTE, NOW, sha
from pipeline_health import replaying
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import CheckStatus
from pipeline_health.core.model.recording import (
    DeploymentTold,
    Fact,
    Pushed,
    RecordedProject,
    Recording,
    RunTold,
    Stretch,
    UrlTold,
    Watched,
)
from pipeline_health.core.model.urls import Place
from pipeline_health.simulator import World
from pipeline_health.simulator.playing import Player

SHOP, FILM = RepoName("acme/shop"), RepoName("acme/film")
HOME = 'production_url = "https://shop.example"'


def history(*facts: Fact, watched: tuple[Watched, ...] = (), minutes: int = 300) -> Recording:
    """Give a recording of two products; each has its first commit."""
    firsts = [Pushed(at=NOW, repo=repo, sha=sha(1)) for repo in (SHOP, FILM)]
    return Recording(
        name="hours",
        began_at=NOW,
        ended_at=NOW + minutes * MINUTE,
        projects=(
            RecordedProject(name="shop", repo=SHOP, railway_project="r-1", lines=(HOME,)),
            RecordedProject(name="film", repo=FILM),
        ),
        facts=tuple(sorted((*firsts, *facts), key=lambda fact: fact.at)),
        watched=watched,
    )


def under_way(repo: RepoName) -> RunTold:
    """Give a run that was under way when it was last seen."""
    return RunTold(
        at=NOW,
        repo=repo,
        run_id=30_000_000_000,
        workflow="CI",
        event="push",
        sha=sha(1),
        status=CheckStatus.IN_PROGRESS,
        conclusion=None,
        created_at=NOW,
    )


def deployment(minutes: int, status: RailwayStatus, **told: object) -> DeploymentTold:
    """Give a deployment of web, as it stood from that minute on."""
    known = DeploymentTold(
        at=NOW + minutes * MINUTE,
        project="r-1",
        environment="staging",
        service="web",
        id="d-1",
        status=status,
        created_at=NOW,
        built_from=SHOP,
    )
    return replace(known, **told)  # type: ignore[arg-type]


def titles(recording: Recording, config: Path | None = None) -> list[str]:
    """Give what a replay files."""
    found = replaying.replay(replaying.prepare(recording, config), every=10 * MINUTE)
    assert all(tick.failed is None for tick in found.ticks)
    return [issue.title for issue in found.issues]


def test_a_run_of_a_project_that_nobody_looks_at_does_not_hang() -> None:
    """It is watched again when somebody looked again."""
    facts = under_way(FILM)
    first = Stretch(began_at=NOW, ended_at=NOW + 10 * MINUTE)
    again = Stretch(began_at=NOW + 200 * MINUTE, ended_at=NOW + 300 * MINUTE)

    assert ["CI stuck: CI (film)"] == titles(history(facts))
    assert [] == titles(history(facts, watched=(Watched(repo=FILM, stretches=(first,)),)))
    alone = Stretch(began_at=NOW + 203 * MINUTE, ended_at=NOW + 204 * MINUTE)
    once = Watched(repo=FILM, stretches=(first, alone))
    assert ["CI stuck: CI (film)"] == titles(history(facts, watched=(once,)))
    back = Watched(repo=RepoName("ACME/Film"), stretches=(first, again))
    assert ["CI stuck: CI (film)"] == titles(history(facts, watched=(back,)))


def test_a_url_is_silent_however_its_repository_is_written(tmp_path: Path) -> None:
    """The operator wrote the name as it was once spelt."""
    config = tmp_path / "c.toml"
    config.write_text(
        f'[[projects]]\nname = "x"\nrepo = "ACME/Shop"\n{HOME}\n\n'
        f'[[projects]]\nname = "y"\nrepo = "{FILM}"\n'
    )
    silent = UrlTold(at=NOW, repo=SHOP, place=Place.PRODUCTION, answers=False)

    assert ["Deploy down: https://shop.example (x)"] == titles(history(silent), config)


def test_what_a_deployment_is_of_may_be_known_later() -> None:
    """Railway names the commit once it has it; the repository may be another one then."""
    world = World(NOW)
    began = deployment(1, RailwayStatus.INITIALIZING)
    failed = deployment(
        5, RailwayStatus.FAILED, commit=sha(1), built_from=FILM, cron=True, log="boom"
    )
    Player(world, history(began, failed)).until(NOW + 10 * MINUTE)

    service = world.railway("r-1").environment("staging").services["web"]
    (kept,) = service.deployments
    assert (sha(1), "acme/film", "FAILED", failed.at) == (
        kept.commit,
        kept.repo,
        kept.status,
        kept.changed_at,
    )
    assert (world.repo(FILM), "boom") == (service.repo, kept.build_log)
    assert service.cron is not None


def test_an_older_deployment_is_what_it_was_told_to_be() -> None:
    """Nothing takes over from it that does not say so, and it changes no service."""
    world = World(NOW)
    crashed = deployment(1, RailwayStatus.CRASHED, stopped=True, cron=True)
    newer = {"id": "d-2", "created_at": NOW + 2 * MINUTE, "commit": sha(1)}
    serves = deployment(3, RailwayStatus.SUCCESS, **newer)
    Player(world, history(crashed, serves, replace(crashed, at=NOW + 9 * MINUTE))).until(
        NOW + 10 * MINUTE
    )

    service = world.railway("r-1").environment("staging").services["web"]
    assert ["SUCCESS", "CRASHED"] == [one.status for one in service.newest_first]
    assert service.cron is None


def test_two_products_of_one_repository_have_each_its_own_url(tmp_path: Path) -> None:
    """One is silent; of a third one nobody knows more than that not all of them are."""
    world = World(NOW)
    told = UrlTold(at=NOW, repo=SHOP, place=Place.PRODUCTION, answers=False, url="https://a.test")
    other = replace(told, answers=True, url="https://b.test")
    player = Player(world, history(told, other))
    player.until(NOW)

    urls = ("https://a.test", "https://b.test", "https://c.test", None)
    assert [False, True, True, True] == [
        player.answers(RepoName("ACME/shop"), Place.PRODUCTION, url) for url in urls
    ]


def test_a_railway_project_has_the_name_that_was_recorded() -> None:
    """By it GitHub's deployments are known to be of its environments."""
    world = World(NOW)
    Player(world, replace(history(), railway_names=(("r-1", "shop"),)))

    assert ("r-1", "shop") == (world.railway("r-1").id, world.railway("r-1").name)
