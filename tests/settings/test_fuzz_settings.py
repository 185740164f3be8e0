"""Whatever stands in the files, it is understood or refused in words; nothing else happens."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from hostile import hostile
from pipeline_health.settings import ConfigurationError, Settings, load, parse_duration
from pipeline_health.settings.urls import url_problem

PLANTED = "planted-github"
WHOLE = """\
poll_interval = "5m"
sla = "30m"
[[projects]]
name = "shop"
repo = "acme/shop"
branch = "main"
railway_project = "p-1"
staging_url = "https://staging.example"
services = ["web"]
health_path = "/healthz"
evidence = "auto"
deploy_workflow = "Deploy"
staging_job = "Deploy to staging"
[projects.gate]
smoke = [{ path = "/", status = [200], json = { key = "a.b", value = 1 }, within = "2s" }]
version = { path = "/version", json = "commit" }
e2e = ["npm", "test"]
e2e_env = ["E2E_USER"]
waive = ["railway"]
[projects.audit]
supabase = { staging = ["a"], production = ["b"] }
[routing]
agent = ["bug"]
agent_logins = ["archon[bot]"]
identity = ""
[limits]
attempts = 3
ops_repo = ""
[remedies]
rerun = true
"""
JUNK = (
    *("1", "-1", "0", "1.5", "nan", "inf", "true", '""', '"x"', '"\\u0000"', "[]", "[[]]", "{}"),
    *("[1]", '["a", 1]', "{ a = 1 }", "1979-05-27", "07:32:00", "9" * 400, '"' + "a" * 9_999 + '"'),
    *('"../.."', '"5m"', '"https://user:pw@host"', '"http://[::1"', '"archon:in-progress"', "'''"),
    *("[[{}]]", '"\\ud7ff"', "0x_", "0o777", '"\\r\\n"', '[""]', '{ "" = "" }', "[projects]"),
)


def loaded(content: bytes, secrets: bytes | None = None) -> Settings | str:
    """Load a home with these two files, and give the settings or the refusal."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        config, private = home / "config.toml", home / ".config/archon-cron/secrets.env"
        config.write_bytes(content)
        private.parent.mkdir(parents=True)
        if secrets is not None:
            private.touch(mode=0o600)
            private.write_bytes(secrets)
        known = {"RAILWAY_TOKEN": "planted-railway"} | (
            {"GITHUB_TOKEN": PLANTED} if secrets is None else {}
        )
        try:
            return load(config=config, environment=known, home=home)
        except ConfigurationError as exc:
            return str(exc)


def spoiled(seed: int) -> str:
    """Give the whole configuration with a few of its lines changed, lost, doubled or moved."""
    random = Random(seed)  # noqa: S311 - nothing secret
    lines = WHOLE.splitlines()
    for _ in range(random.choice((1, 2, 4))):
        at = random.randrange(len(lines))
        key = lines[at].partition(" = ")[0]
        lines[at : at + 1] = random.choice(
            ([f"{key} = {random.choice(JUNK)}"], [], [lines[at]] * 2, [f"{key}x = 1", lines[at]])
        )
        if random.random() < 0.1:
            random.shuffle(lines)
    return "\n".join(lines)


def test_the_whole_is_understood() -> None:
    """What is spoiled below is well before."""
    assert isinstance(loaded(WHOLE.encode()), Settings)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 9**9))
def test_any_configuration_is_understood_or_refused(seed: int) -> None:
    """A key of another type, twice, in another table, or unknown is named; no other error comes."""
    told = loaded(spoiled(seed).encode())

    assert isinstance(told, Settings) or ("config.toml: " in told and "pydantic" not in told)


@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=60) | hostile.map(str.encode) | st.just(b"a=" + b"[" * 99_999))
def test_any_bytes_are_no_configuration(content: bytes) -> None:
    """Neither is what only looks like TOML."""
    assert isinstance(loaded(content), str)


@settings(max_examples=60, deadline=None)
@given(
    content=st.binary(max_size=60)
    | st.lists(st.sampled_from(("export ", "GITHUB_TOKEN", "=", "'", '"', "\\", "\n", "\r", "#",
        "$", "{", " ", "planted-value", "A", "\ufeff", "\x00", "\u2028", "é")), max_size=15)
    .map("".join).map(str.encode)
)  # fmt: skip
def test_any_secrets_file_is_understood_or_refused(content: bytes) -> None:
    """What is wrong is named by its line, and the value is never repeated."""
    told = loaded(WHOLE.encode(), content)

    assert isinstance(told, Settings) or ("secrets.env" in told and "planted" not in told)


@settings(max_examples=100)
@given(text=st.text(max_size=20) | hostile)
def test_any_word_is_a_duration_or_none_and_a_url_or_a_problem(text: str) -> None:
    """Nothing else comes of it, and a refusal does not repeat what it refuses."""
    duration = parse_duration(text)

    assert duration is None or duration.total_seconds() > 0
    assert url_problem(f"ftp://{text}") is not None
    assert isinstance(url_problem(text), str | None)
