"""`init`: from nothing to a first look, and never over what is there."""

import os
import pty
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desk import Desk
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.settings import load

Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop(desk: Desk) -> Desk:
    """Give a desk without a configuration, whose product has domains and a production."""
    desk.configuration.unlink()
    desk.web.domains.append("shop-staging.example")
    production = desk.world.railway("shop").environment("production")
    live = production.service("web", desk.repo)
    live.domains += ["shop.example", "shop.up.railway.app"]
    desk.repo.run("Deploy it", "success", event="workflow_run")
    return desk


@pytest.fixture
def told(shop: Desk, capsys: pytest.CaptureFixture[str]) -> Told:
    """Give a way to run `init` that gives the code and what was told."""

    def ask(*arguments: str) -> tuple[int, str, str]:
        code = run(["init", *arguments])
        out, err = capsys.readouterr()
        assert "-good-token" not in out + err
        return code, out, err

    return ask


def secrets_of(desk: Desk) -> Path:
    """Give where the secrets are."""
    return desk.configuration.with_name("secrets.env")


def mode(path: Path) -> int:
    """Give who may do what with *path*."""
    return stat.S_IMODE(path.stat().st_mode)


def names_in(folder: Path) -> set[str]:
    """Give the names of what is in *folder*."""
    return {path.name for path in folder.iterdir()}


def uncommented(desk: Desk) -> list[str]:
    """Give the lines of the configuration that count, without what is said beside them."""
    lines = [
        line.partition("  #")[0].strip() for line in desk.configuration.read_text().split("\n")
    ]
    return [line for line in lines if line and not line.startswith("#")]


def test_from_tokens_to_a_dry_run(
    shop: Desk, told: Told, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two commands: what init writes is what run-once reads, and nothing is filed."""
    shop.world.railway("nothing")
    shop.world.repo("acme/lib").push("first")

    code, out, err = told()

    assert code == Exit.DONE
    assert f"Wrote {shop.configuration}: shop." in out
    assert "pipeline-health doctor " in out
    assert "pipeline-health run-once --dry-run " in out
    assert "left out: nothing: no environment is called staging; there are: none" in err
    assert uncommented(shop) == [
        "[[projects]]",
        'name = "shop"',
        'repo = "acme/shop"',
        f'railway_project = "{shop.world.railway("shop").id}"',
        'staging_url = "https://shop-staging.example"',
    ]
    text = shop.configuration.read_text()
    assert '\n# production_url = "https://shop.example" ' in text
    assert '\n# production_url = "https://shop.up.railway.app" ' in text
    assert '\n# ci_workflows = ["CI"] ' in text
    assert '\n# deploy_workflow = "Deploy it" ' in text
    assert text.endswith("all the same:\n#   acme/lib\n")
    assert (mode(shop.configuration), names_in(shop.configuration.parent)) == (
        0o600,
        {"pipeline-health.toml", "secrets.env"},
    )
    shop.configuration.write_text(text.replace('\nstaging_url = "', '\n# staging_url = "'))
    assert run(["run-once", "--dry-run"]) == Exit.DONE
    assert "Looked at 1 project; nothing that was seen is broken." in capsys.readouterr().out
    assert shop.world.writes("github") == []


def test_without_a_token_the_template_is_made_and_the_next_step_said(
    shop: Desk, told: Told
) -> None:
    """For its owner alone; nobody is asked anything, and a second time nothing is touched."""
    secrets = secrets_of(shop)
    secrets.unlink()
    shop.configuration.parent.rmdir()
    shop.configuration.parent.parent.rmdir()

    code, out, err = told()

    assert (code, f"made {secrets}, which only you can read\n") == (Exit.DONE, err)
    assert f"put your tokens in {secrets}, then run again: pipeline-health init" in out
    assert (mode(secrets), mode(secrets.parent)) == (0o600, 0o700)
    assert not shop.configuration.exists()
    text = secrets.read_text()
    assert told() == (Exit.DONE, out, "")
    assert secrets.read_text() == text
    secrets.write_text(
        text.replace("#GITHUB_TOKEN=", "GITHUB_TOKEN=gh-good-token").replace(
            "#RAILWAY_TOKEN=", "RAILWAY_TOKEN=rw-good-token"
        )
    )
    assert told()[0] == Exit.DONE
    assert 'name = "shop"' in uncommented(shop)


def test_what_is_there_is_never_replaced(shop: Desk, told: Told) -> None:
    """Not a file, not a link; nothing is asked, and how to compare is said."""
    other = shop.home / "other.toml"
    for make in (Path.touch, lambda path: path.symlink_to("nowhere")):
        make(shop.configuration)
        code, out, err = told()
        assert (code, out) == (Exit.WRONG, "")
        assert "is there already and stays as it is" in err
        assert "pipeline-health init --output -" in err
        assert shop.configuration.is_symlink() or shop.configuration.read_bytes() == b""
        assert shop.world.requests == []
        shop.configuration.unlink()
    assert told("--output", str(other))[0] == Exit.DONE
    assert told("--output", str(other))[0] == Exit.WRONG
    assert not shop.configuration.exists()


def test_it_is_printed_or_written_elsewhere(
    shop: Desk, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a configuration too; the next commands say where it is."""
    shop.configuration.touch()
    secrets_of(shop).unlink()
    for name, token in (("GITHUB_TOKEN", "gh-good-token"), ("RAILWAY_TOKEN", "rw-good-token")):
        monkeypatch.setenv(name, token)
    before = names_in(shop.home)
    code, out, _ = told("--output", "-")
    assert (code, names_in(shop.home)) == (Exit.DONE, before)
    assert not secrets_of(shop).exists()
    assert out.startswith("# pipeline-health: what is watched.")

    place = shop.home / "new folder" / "x.toml"
    code, out2, _ = told("--output", str(place), "--project", "shop")
    assert (code, place.read_text()) == (Exit.DONE, out)
    assert f"pipeline-health --config '{place}' doctor " in out2
    code, _, err = told("--output", "-", "--project", "shop", "--project", "till")
    assert (code, "no project till was found; there are: shop" in err) == (Exit.WRONG, True)


@pytest.mark.parametrize(
    ("scope", "variable", "name"),
    [
        ("account", "RAILWAY_TOKEN", "shop"),
        ("workspace", "RAILWAY_API_TOKEN", "shop"),
        ("project:{project}:{staging}", "RAILWAY_TOKEN", "shop"),
        ("project:{project}:{staging}", "RAILWAY_TOKEN_MY_SHOP", "my_shop"),
        ("account", "RAILWAY_TOKEN_SHOP", "shop"),
        ("project:{project}:{staging}", "RAILWAY_TOKEN_PRODUCTION", "production"),
    ],
)
def test_each_kind_of_token_shows_what_it_can(
    shop: Desk, told: Told, scope: str, variable: str, name: str
) -> None:
    """An account, a workspace, or one environment of a project, under whichever variable."""
    project = shop.world.railway("shop")
    staging = project.environment("staging")
    shop.world.railway_tokens["rw-other-token"] = scope.format(
        project=project.id, staging=staging.id
    )
    shop.world.railway("elsewhere").workspace = "another workspace"
    secrets_of(shop).write_text(f"GITHUB_TOKEN=gh-good-token\n{variable}=rw-other-token\n")

    code, _, err = told()

    assert (code, f'name = "{name}"' in uncommented(shop)) == (Exit.DONE, True)
    assert ("elsewhere" in err) is (scope == "account" and variable == "RAILWAY_TOKEN")
    settings = load(config=None, environment=shop.environment, home=shop.home)
    assert settings.credentials.railway.for_project(ProjectName(name)) is not None


def test_a_token_that_is_called_like_none_of_its_projects_is_told(shop: Desk, told: Told) -> None:
    """Which of them is meant is not guessed."""
    shop.world.railway("till")
    secrets_of(shop).write_text("GITHUB_TOKEN=gh-good-token\nRAILWAY_TOKEN_X=rw-good-token\n")

    code, _, err = told()

    assert (code, shop.configuration.exists()) == (Exit.BLIND, False)
    assert "RAILWAY_TOKEN_X: sees 2 projects, and none of them is called like it" in err


def test_two_tokens_of_one_project_are_one_project(shop: Desk, told: Told) -> None:
    """Each sees its environment; the name is the one in the variables."""
    project = shop.world.railway("shop")
    for word in ("staging", "production"):
        place = project.environment(word)
        shop.world.railway_tokens[f"rw-{word}"] = f"project:{project.id}:{place.id}"
    secrets_of(shop).write_text(
        "GITHUB_TOKEN=gh-good-token\nRAILWAY_TOKEN_TILL=rw-staging\n"
        "RAILWAY_TOKEN_TILL_PRODUCTION=rw-production\n"
    )

    assert told("--yes")[0] == Exit.DONE

    text = shop.configuration.read_text()
    assert uncommented(shop)[:2] == ["[[projects]]", 'name = "till"']
    assert '# production_url = "https://shop.example"' in text


def test_a_blind_railway_is_said_and_nothing_is_written(shop: Desk, told: Told) -> None:
    """A refused token, or a service that is down: no file pretends that there is nothing."""
    shop.world.railway_tokens.clear()
    code, out, err = told()
    assert (code, out) == (Exit.BLIND, "")
    assert "Railway shows no project; nothing was written" in err
    assert "RAILWAY_TOKEN: could not be used: Railway said: Not Authorized" in err
    assert not shop.configuration.exists()


def test_a_part_that_cannot_be_read_is_left_out(shop: Desk, told: Told) -> None:
    """The rest is written, and the code says that it is not all."""
    till = shop.world.railway("till").environment("staging")
    till.restricted = True
    secrets_of(shop).write_text(
        "GITHUB_TOKEN=gh-good-token\nRAILWAY_TOKEN=rw-good-token\nRAILWAY_TOKEN_X=rw-dead-token\n"
    )

    code, _, err = told()

    assert code == Exit.BLIND
    assert "left out: RAILWAY_TOKEN_X: could not be used" in err
    assert "till: its environment staging could not be read: the token is not let into it" in err
    assert 'name = "shop"' in uncommented(shop)


def test_a_github_that_shows_nothing_gets_no_configuration(shop: Desk, told: Told) -> None:
    """A token without repositories, one that is refused, and a GitHub that is down."""
    shop.world.shut_out.add("health-bot")
    code, out, err = told()
    assert (code, out) == (Exit.BLIND, "")
    assert "nothing was found that could be watched; nothing was written" in err
    assert "shop: GitHub does not show acme/shop to this token" in err
    shop.world.shut_out.clear()
    shop.world.faults.add(host="github", mode="status", match="/user/repos", times=3)
    assert "GitHub could not be read with GITHUB_TOKEN: " in told()[2]
    shop.world.github_tokens.clear()
    assert "GitHub could not be read with GITHUB_TOKEN: " in told()[2]
    assert not shop.configuration.exists()


def test_a_token_that_may_not_list_is_asked_by_name(shop: Desk, told: Told) -> None:
    """Such as that of an Actions run; what it cannot read by name either is blind."""
    shop.world.github_tokens["gh-good-token"] = "github-actions[bot]"
    shop.world.faults.add(host="github", mode="status", status=403, match="GET /repos/acme/shop?")
    assert "GitHub could not be read with GITHUB_TOKEN: " in told()[2]
    assert not shop.configuration.exists()

    code, _, err = told()

    assert (code, 'repo = "acme/shop"' in uncommented(shop)) == (Exit.DONE, True)
    assert "left out: GitHub's list of repositories: " in err


def test_a_github_without_such_a_list_is_asked_by_name(shop: Desk, told: Told) -> None:
    """Not every server that speaks its language has one."""
    shop.world.faults.add(host="github", mode="status", status=404, match="/user/repos")
    code, _, err = told()

    assert (code, 'repo = "acme/shop"' in uncommented(shop)) == (Exit.DONE, True)
    assert "left out: GitHub's list of repositories: " in err


def test_without_railway_the_repositories_are_drafted(shop: Desk, told: Told) -> None:
    """And it is said that nothing of Railway is known; when GitHub is blind too, nothing is."""
    secrets_of(shop).write_text("GITHUB_TOKEN=gh-good-token\n")
    shop.world.faults.add(host="github", mode="status", status=403)
    assert told()[0] == Exit.BLIND
    shop.world.faults.add(host="github", mode="status", status=403, match="/actions/runs")

    code, _, err = told()

    assert (code, "left out: Railway: no RAILWAY_TOKEN is set" in err) == (Exit.DONE, True)
    assert uncommented(shop) == ["[[projects]]", 'name = "shop"', 'repo = "acme/shop"']
    assert re.search(r"^# ci_workflows = \[\] ", shop.configuration.read_text(), re.MULTILINE)


def test_hostile_names_are_only_names(shop: Desk, told: Told) -> None:
    """Of projects, environments, services, domains and workflows."""
    bad = 'x"\n[[projects]]\nname = "evil"\x1b[31m\u202e'
    project = shop.world.railway(bad)
    place = project.environment(f"staging {bad}")
    place.service(bad, shop.repo).domains.append(f"evil.example/{bad}")
    place.service("ui", shop.world.repo("acme/ui"))
    shop.world.repo("acme/ui").push("first")
    shop.repo.run(bad, "success")

    code, out, err = told()

    assert code == Exit.DONE
    assert [line for line in uncommented(shop) if "evil" in line] == [
        f'name = "x-projects-name-evil-31m-{repo}"' for repo in ("shop", "ui")
    ]
    assert all(line.isprintable() for line in (out + err).splitlines())


def test_a_name_that_is_a_token_is_not_written(shop: Desk, told: Told) -> None:
    """Somebody may have put it into the wrong field."""
    shop.repo.run("gh-good-token", "success")

    code, out, err = told()

    assert (code, out) == (Exit.BLIND, "")
    assert "holds a token of ours; nothing was written" in err
    assert not shop.configuration.exists()


def test_secrets_that_are_wrong_are_exit_2(shop: Desk, told: Told) -> None:
    """Before anybody is asked."""
    secrets_of(shop).write_text("GITHUB_TOKEN=short\nRAILWAY_TOKEN_X=two words here\n")

    code, _, err = told()

    assert code == Exit.WRONG
    assert "GITHUB_TOKEN: is too short for a secret" in err
    assert "RAILWAY_TOKEN_X: has spaces" in err
    assert shop.world.requests == []


def test_a_place_that_cannot_be_written_is_exit_2(shop: Desk, told: Told) -> None:
    """And nothing is left there."""
    (shop.home / "file").touch()

    code, _, err = told("--output", str(shop.home / "file" / "x.toml"))

    assert (code, "could not be written" in err) == (Exit.WRONG, True)


def test_on_a_terminal_it_asks_and_shows_no_token(shop: Desk) -> None:
    """Tokens are typed unseen, a wrong answer is asked again, and what is picked is written."""
    secrets_of(shop).unlink()
    till = shop.world.repo("acme/till")
    till.push("first")
    shop.world.railway("till").environment("staging").service("api", till)
    typed = "tiny\ngh-good-token\nrw-good-token\nnone\n7\n2\n"

    shown, code = _on_a_terminal(shop, typed)

    assert code == Exit.DONE
    assert "-good-token" not in shown
    assert "too short for a token: at least 8 characters" in shown
    assert "asking Railway and GitHub" in shown
    assert "the list goes from 1 to 2" in shown
    assert "numbers of the list, such as 1 3, or all" in shown
    assert uncommented(shop)[:2] == ["[[projects]]", 'name = "till"']
    assert mode(secrets_of(shop)) == 0o600
    kept = [line for line in secrets_of(shop).read_text().split("\n") if line[:1] not in ("#", "")]
    assert kept == ["GITHUB_TOKEN=gh-good-token", "RAILWAY_TOKEN=rw-good-token"]


def _on_a_terminal(desk: Desk, typed: str) -> tuple[str, int]:
    """Run `init` as at a terminal, where *typed* comes line by line as it is asked for."""
    inherited = {
        name: value
        for name, value in os.environ.items()  # noqa: TID251 - a test starts a process
        if name == "PATH" or name.startswith("COVERAGE")
    }
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline_health", "init"],
        env={**inherited, **desk.environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown, answers = b"", iter(typed.splitlines(keepends=True))
    while True:
        try:
            got = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not got:
            break
        shown += got
        if shown.endswith((b"): ", b"]: ")):
            os.write(ours, next(answers).encode())
    os.close(ours)
    return shown.decode(), process.wait(timeout=30)
