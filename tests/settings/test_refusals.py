"""What is wrong in the configuration file is said with the file, the key and what was expected."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline_health.settings import ConfigurationError, load

Refusals = Callable[..., list[str]]

PROJECT = '[[projects]]\nname = "shop"\nrepo = "acme/shop"\n'
OTHER = PROJECT.replace("shop", "till")


def _one(key: str, value: str) -> str:
    return f"{PROJECT}{key} = {value}\n"


def _in(table: str, key: str, value: str) -> str:
    return f"{PROJECT}[{table}]\n{key} = {value}\n"


def _smoke(more: str) -> str:
    return _in("projects.gate", "smoke", f'[{{ path = "/", {more} }}]')


def _top(key: str, value: str) -> str:
    return f"{key} = {value}\n{PROJECT}"


REFUSED = [
    (_top("poll_intervall", '"5m"'), "poll_intervall: no such key; did you mean poll_interval?"),
    (_one("sla", '"5m"'), "projects[shop].sla: no such key here; it belongs to the top of the"),
    (_top("attempts", "3"), "attempts: no such key here; it belongs to [limits]"),
    (_in("notify", '"odd key"', "3"), 'notify."odd key": no such key; expected one of remind'),
    (
        _one("gate.version", '{ path = "/", json = "a", pth = "b" }'),
        "version.pth: no such key; did you mean path?",
    ),
    (_one("gate.version", '{ path = "/" }'), "gate.version.json: is missing"),
    ("projects = []", "projects: is empty; expected at least one"),
    ('sla = "30m"', "projects: is missing"),
    ("projects = 3", "projects: is of the wrong type; expected a list in brackets"),
    ("projects = [3]", "projects[#1]: is of the wrong type; expected a table"),
    ('[[projects]]\nname = "a b"', "projects[#1].repo: is missing"),
    ('[[projects]]\nname = "a/b"\nrepo = "a/b"', "projects[#1].name: is no project name"),
    (PROJECT.replace("shop", " shop", 1), "projects[#1].name: has spaces around it"),
    (PROJECT.replace('"shop"', '""'), "name: is empty; expected a text"),
    (PROJECT.replace('"shop"', "7"), "projects[#1].name: is of the wrong type; expected a text"),
    (PROJECT + PROJECT, "projects: two have the same name"),
    (PROJECT + OTHER.replace("till", "SHOP", 1), '"shop" and "SHOP" both have their token in R'),
    (PROJECT + OTHER.replace("till", "shop production", 1), "in RAILWAY_TOKEN_SHOP_PRODUCTION"),
    (PROJECT.replace("acme/shop", "shop"), "projects[shop].repo: is no repository; expected own"),
    (PROJECT.replace("acme/shop", "acme/.."), "repo: is no repository"),
    (PROJECT.replace("acme/shop", "acme/shop.git"), "repo: is no repository"),
    *(
        (PROJECT.replace("acme/shop", odd), "projects[shop].repo: is no repository; expected owne")
        for odd in (
            *("../..", "acme/.", "./shop", "acme/shop/issues", "acme//shop", "/acme/shop", "acme/"),
            *("acme/shop?x=1", "acme/shop#1", "acme/%2e%2e", "acme/shop ", "acme\\nx/shop"),
            *("https://github.com/acme/shop", "git@github.com:acme/shop", "@acme/shop"),
            *("\u0430cme/shop", "acme/sh\u200bop", "acme/s\u00e9", "-acme/shop", "a" * 101 + "/b"),
        )
    ),
    (_one("branch", '"refs/heads/main"'), "branch: is a full reference; expected the branch's"),
    (_one("branch", '"a..b"'), "branch: is no branch name"),
    (_one("branch", '"a//b"'), "branch: is no branch name"),
    (_one("branch", '"a b"'), "branch: is no branch name"),
    (_one("branch", '"-x"'), "branch: is no branch name"),
    (_one("branch", '"x.lock"'), "branch: is no branch name"),
    (_one("services", '[""]'), "projects[shop].services[#1]: is empty"),
    (_one("services", '"web"'), "services: is of the wrong type; expected a list"),
    (_one("staging_url", '"http://shop.example"'), "staging_url: is not https"),
    (_one("staging_url", '"https://u:p@shop.example"'), "staging_url: holds a user name"),
    (_one("staging_url", '"https://shop.example?a=1"'), "staging_url: holds a query"),
    (_one("production_url", '"https://"'), "production_url: is no URL"),
    (_one("production_url", '"https://a:b"'), "production_url: is no URL"),
    (_one("production_url", '"ftp://a"'), "production_url: is not https"),
    (_one("production_environment", '"staging"'), "production_environment: is the staging en"),
    (_one("health_path", '"healthz"'), "health_path: is no path"),
    (_one("evidence", '"some"'), "evidence: is none of the known values; expected 'auto', 'full'"),
    (_one("staging_job", '"Deploy"'), "staging_job: needs deploy_workflow"),
    (_one("production_job", '"Deploy"'), "production_job: needs deploy_workflow"),
    (_one("required_secrets", '["a-b"]'), "required_secrets[#1]: is no name of a variable"),
    (_in("projects.gate", "waive", '["smoke"]'), "gate.waive[#1]: is none of the known values"),
    (_in("projects.gate", "timeout", '"0s"'), "gate.timeout: is no duration"),
    (_in("projects.gate", "e2e_env", "[1]"), "gate.e2e_env[#1]: is of the wrong type"),
    (
        _in("projects.gate", "e2e", '["a"]\ne2e_check = "b"'),
        "projects[shop].gate.e2e_check: excludes e2e; expected one of the two",
    ),
    (
        _in("projects.gate", "smoke", '[{ path = "/", status = [99] }]'),
        "projects[shop].gate.smoke[#1].status[#1]: is too small; expected at least 100",
    ),
    (
        _in("projects.gate", "smoke", '[{ path = "/", status = [600] }]'),
        "status[#1]: is too large; expected at most 599",
    ),
    (
        _in("projects.gate", "smoke", '[{ path = "/", contains = "" }]'),
        "smoke[#1].contains: is empty; expected a text",
    ),
    (
        _smoke('json = { key = "a..b", value = 1 }'),
        "smoke[#1].json.key: is no path of keys; expected keys joined by dots",
    ),
    (_smoke('json = { key = "a" }'), "smoke[#1].json.value: is missing"),
    (
        _smoke('json = { key = "a", value = [1] }'),
        "smoke[#1].json.value: is of the wrong type; expected a text, a number, true or false",
    ),
    (_smoke('json = { key = "a", value = nan }'), "json.value: is no value that JSON has"),
    (
        _smoke('json = { key = "a", value = 2026-03-02 }'),
        "smoke[#1].json.value: is of the wrong type; expected a text, a number, true or false",
    ),
    (_smoke('json = "ok"'), "smoke[#1].json: is of the wrong type; expected a table"),
    (_smoke('json = { kye = "a", key = "a", value = 1 }'), "json.kye: no such key; did you mean k"),
    (_smoke('header = { name = "a b" }'), "smoke[#1].header.name: is no name of a header"),
    (_smoke('header = { name = "a", contains = "" }'), "header.contains: is empty; expected a te"),
    (_smoke('header = { value = "a", name = "a" }'), "header.value: no such key here"),
    (_smoke("within = 2"), "smoke[#1].within: is no duration"),
    (_in("projects.gate", "e2e_env", '["PATH"]'), "gate.e2e_env[#1]: is set for every run of e2e"),
    (_in("projects.gate", "e2e_env", '["BASE_URL"]'), "e2e_env[#1]: is set for every run of e2e"),
    (
        _in("projects.gate", "e2e_env", '["A", "GITHUB_TOKEN"]'),
        "e2e_env[#2]: is a secret of our own, which no test may get; expected one of the",
    ),
    (_in("projects.gate", "e2e_env", '["RAILWAY_TOKEN_SHOP"]'), "e2e_env[#1]: is a secret of our"),
    (
        _one("gate.version", '{ path = "/", json = ".commit" }'),
        "gate.version.json: is no path of keys",
    ),
    (
        _in("projects.audit", "supabase", '{ staging = ["a"], production = ["a"] }'),
        "projects[shop].audit.supabase.production: has a reference that staging has too",
    ),
    (_in("projects.audit", "strict", "1"), "audit.strict: is of the wrong type; expected true or"),
    (_in("routing", "human", '["Bug"]'), 'routing.human: has "Bug", by which the agent takes'),
    (_in("routing", "base", '["archon:queued"]'), 'routing.base: has "archon:queued"'),
    (_in("routing", "agent", '["archon:in-progress"]'), "which only the pickup sets"),
    (_in("routing", "agent", "[]"), "routing.agent: is empty; expected at least one"),
    (_in("routing", "base", f'["{"x" * 51}"]'), "routing.base[#1]: is too long for a label"),
    (_in("routing", "identity", '"a b"'), "routing.identity: is no login"),
    (_in("routing", "signature", '"a\\nb"'), "routing.signature: has spaces around it or control"),
    (_in("limits", "attempts", "0"), "limits.attempts: is too small; expected more than 0"),
    (_in("limits", "attempts", "true"), "limits.attempts: is of the wrong type; expected a whole"),
    (_in("limits", "retention", '"29d"'), "limits.retention: is less than what is looked back on"),
    (_in("limits", "reopen_within", '"91d"'), "limits.retention: is shorter than reopen_within"),
    (_in("limits", "cycle_deadline", '"4s"'), "limits.cycle_deadline: is too short to look at"),
    (_in("limits", "ops_repo", '"ops"'), "limits.ops_repo: is no repository; expected owner/name"),
    (_top("sla", '"30 minutes"'), 'sla: is no duration; expected a number and a unit, such as "'),
    (_top("sla", "30"), "sla: is no duration"),
    (_top("sla", '"3651d"'), "sla: is no duration"),
    (_top("poll_interval", '"6m"'), "poll_interval: three looks do not fit into half of sla"),
    (_top("sla", '"20m"'), "poll_interval: three looks do not fit into half of sla"),
    (f"sla = \n{PROJECT}", "is no TOML: Invalid value (at line 1, column 7)"),
]


@pytest.mark.parametrize(("text", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_what_is_wrong_is_named_with_file_key_and_expectation(
    refusals: Refusals, toml: Path, text: str, says: str
) -> None:
    """One line names the file, the key by its whole path, what is wrong and what was expected."""
    lines = refusals(text)

    assert 1 == len(lines)
    assert lines[0].startswith(f"{toml}: ")
    assert says in lines[0]


def test_everything_that_is_wrong_is_said_at_once(refusals: Refusals) -> None:
    """Nobody has to run the agent once for every mistake."""
    lines = refusals(
        'pol = 1\nsla = "x"\n[[projects]]\nname = "a"\nrepo = "b"\n[limits]\nattempts=0'
    )

    assert 4 == len(lines)


def test_a_wrong_value_is_not_repeated(refusals: Refusals) -> None:
    """A token in the wrong place does not get into a log by way of the refusal."""
    token = "ghp_" + "a" * 36

    lines = refusals(
        f'token = "{token}"\nsla = "{token}"\n{PROJECT}branch = "{token} x"\nevidence = "{token}"\n'
    )

    assert 4 == len(lines)
    assert [] == [line for line in lines if token in line]


def test_a_missing_file_says_where_it_was_looked_for_and_how_to_begin(
    refusals: Refusals, toml: Path
) -> None:
    """The first start ends with an example to copy."""
    toml.unlink()

    lines = refusals()

    assert lines[0].startswith(f"{toml}: there is no such file; make it with")
    assert lines[1] == "The smallest one:"
    assert ["  [[projects]]", '  name = "shop"', '  repo = "acme/shop"'] == lines[2:5]


def test_a_directory_is_no_configuration(refusals: Refusals, toml: Path) -> None:
    """What is no file, or has no end, is refused at once and unread."""
    toml.unlink()
    toml.mkdir()
    directory = refusals()
    toml.rmdir()
    os.mkfifo(toml)
    pipe = refusals()
    toml.unlink()
    toml.symlink_to("/dev/zero")
    device = refusals()

    assert [[f"{toml}: is no regular file; expected a TOML file"]] * 3 == [directory, pipe, device]


def test_what_cannot_be_opened_is_refused_with_the_reason(refusals: Refusals, toml: Path) -> None:
    """A link that leads to itself is named as such by the system."""
    toml.unlink()
    toml.symlink_to(toml)

    assert refusals()[0].startswith(f"{toml}: could not be read (Too many levels of")


def test_a_very_large_file_is_refused_unread(refusals: Refusals, toml: Path) -> None:
    """A gigabyte with holes costs nothing to make, and all memory to read."""
    os.truncate(toml, 1 << 30)

    assert [f"{toml}: is too large; expected at most 1024 KiB"] == refusals()


def test_a_file_that_is_no_text_is_refused_with_the_line(refusals: Refusals, toml: Path) -> None:
    """Latin-1 in a comment is found by its line."""
    toml.write_bytes(b"\n# caf\xe9\n")

    assert [f"{toml}: is not UTF-8 text (line 2)"] == refusals()


def test_the_file_that_was_asked_for_wins(home: Path, tmp_path: Path) -> None:
    """`--config` is before `$PIPELINE_HEALTH_CONFIG`, and that is before the home directory."""
    asked, named = tmp_path / "asked.toml", tmp_path / "named.toml"
    environment = {"GITHUB_TOKEN": "planted-github", "PIPELINE_HEALTH_CONFIG": str(named)}

    with pytest.raises(ConfigurationError, match=r"asked\.toml: there is no such file"):
        load(config=asked, environment=environment, home=home)
    with pytest.raises(ConfigurationError, match=r"named\.toml: there is no such file"):
        load(config=None, environment=environment, home=home)
