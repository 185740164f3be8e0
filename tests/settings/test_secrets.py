"""Where secrets are taken from, and what is refused before anybody is asked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline_health.secret import Secret
from pipeline_health.settings import GitHubApp, GitHubToken, Settings, process_environment

Loads = Callable[..., Settings]
Refusals = Callable[..., list[str]]
SecretsFile = Callable[..., Path]

PEM = "-----BEGIN PRIVATE KEY-----\nplantedplanted\n-----END PRIVATE KEY-----"
APP = {
    "GITHUB_APP_ID": "123",
    "GITHUB_APP_INSTALLATION_ID": "456",
    "GITHUB_APP_PRIVATE_KEY": PEM,
}


def test_the_environment_alone_is_enough(loads: Loads) -> None:
    """The same command runs in CI, where there is no file."""
    settings = loads(GITHUB_TOKEN="planted-github")

    assert GitHubToken(token=Secret("planted-github")) == settings.credentials.github


def test_the_file_alone_is_enough(loads: Loads, secrets_file: SecretsFile) -> None:
    """Quotes, `export`, comments and Windows line ends are understood, and `$` is a character."""
    secrets_file("# ours\r\n\r\nexport GITHUB_TOKEN='planted-$HOME'\r\nEMPTY=\r\n")

    assert (Secret("planted-$HOME"),) == loads(HOME="x").secrets()


def test_the_environment_wins_name_by_name(loads: Loads, secrets_file: SecretsFile) -> None:
    """One token can be replaced for one run; an empty variable replaces nothing."""
    secrets_file("GITHUB_TOKEN=planted-file\nWEB_PASSWORD=planted password\n")

    settings = loads(GITHUB_TOKEN="planted-environment", WEB_PASSWORD=" ")

    assert (Secret("planted-environment"), Secret("planted password")) == settings.secrets()


def test_the_named_file_wins_over_the_one_at_home(
    loads: Loads, secrets_file: SecretsFile, home: Path
) -> None:
    """`$ARCHON_CRON_SECRETS` may begin with `~/`, which no shell expands in a unit file."""
    secrets_file("GITHUB_TOKEN=planted-home\n")
    named = home / "named.env"
    named.write_text("GITHUB_TOKEN=planted-named\n")
    named.chmod(0o600)

    assert (Secret("planted-named"),) == loads(ARCHON_CRON_SECRETS="~/named.env").secrets()


def test_what_systemd_hands_over_wins_over_any_other_file(
    loads: Loads, secrets_file: SecretsFile, tmp_path: Path
) -> None:
    """It is read whatever its mode; without it the usual file is."""
    secrets_file("GITHUB_TOKEN=planted-home\n")
    directory = tmp_path / "credentials"
    directory.mkdir()
    without = loads(CREDENTIALS_DIRECTORY=str(directory)).secrets()
    (directory / "secrets.env").write_text("GITHUB_TOKEN=planted-systemd\n")
    (directory / "secrets.env").chmod(0o444)

    assert (Secret("planted-home"),) == without
    assert (Secret("planted-systemd"),) == loads(CREDENTIALS_DIRECTORY=str(directory)).secrets()


def test_a_file_open_to_others_is_refused(refusals: Refusals, secrets_file: SecretsFile) -> None:
    """Even when the environment holds everything: the file has leaked."""
    path = secrets_file("GITHUB_TOKEN=planted-file\n", mode=0o644)

    assert [f"{path}: is open to others (mode 0644); run: chmod 600 {path}"] == refusals()


def test_a_line_that_is_no_assignment_is_named_by_number_alone(
    refusals: Refusals, secrets_file: SecretsFile
) -> None:
    """A token that was pasted without a name is not repeated."""
    path = secrets_file("A=1\n\n\nplanted-token\nB='planted\nC=2\n")

    assert [f"{path}: cannot be read at line 4, 5; expected NAME=value"] == refusals()


def test_no_github_credential_is_an_error_that_names_the_variables(
    refusals: Refusals, home: Path
) -> None:
    """It also says where they could be set."""
    lines = refusals(HOME="x")

    path = home / ".config/archon-cron/secrets.env"
    says = (
        f"{path}: GITHUB_TOKEN: is not set; expected it, or GITHUB_APP_ID, "
        "GITHUB_APP_INSTALLATION_ID and GITHUB_APP_PRIVATE_KEY or GITHUB_APP_PRIVATE_KEY_FILE, in "
        f"the environment or {path} (which does not exist yet)"
    )
    assert [says] == lines


def test_an_app_is_a_credential(loads: Loads) -> None:
    """Its key may be written on one line, as environments often force it to be."""
    one_line = {**APP, "GITHUB_APP_PRIVATE_KEY": PEM.replace("\n", "\\n")}

    expected = GitHubApp(app_id=123, installation_id=456, private_key=Secret(PEM))
    assert expected == loads(**one_line).credentials.github
    assert (Secret(PEM),) == loads(**APP).secrets()


def test_the_key_of_an_app_may_be_a_file(loads: Loads, home: Path) -> None:
    """The file is read like the secrets file."""
    path = home / "app.pem"
    path.write_text(PEM + "\n")
    path.chmod(0o600)
    environment = {**APP, "GITHUB_APP_PRIVATE_KEY": "", "GITHUB_APP_PRIVATE_KEY_FILE": "~/app.pem"}

    assert (Secret(PEM),) == loads(**environment).secrets()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"GITHUB_APP_ID": ""}, "GITHUB_APP_ID: is not set; a GitHub App needs GITHUB_APP_ID, "),
        ({"GITHUB_APP_ID": "Iv1.planted"}, "GITHUB_APP_ID: is no id; expected a whole number"),
        ({"GITHUB_APP_ID": "0"}, "GITHUB_APP_ID: is no id"),
        ({"GITHUB_APP_ID": "9" * 19}, "GITHUB_APP_ID: is no id"),
        ({"GITHUB_APP_PRIVATE_KEY": ""}, "GITHUB_APP_PRIVATE_KEY: expected exactly one of"),
        ({"GITHUB_APP_PRIVATE_KEY_FILE": "x"}, "GITHUB_APP_PRIVATE_KEY: expected exactly one of"),
        ({"GITHUB_APP_PRIVATE_KEY": "planted"}, "GITHUB_APP_PRIVATE_KEY: is no private key"),
        ({"GITHUB_TOKEN": "planted-github"}, "GITHUB_TOKEN: is set, and so is GITHUB_APP_ID; set"),
    ],
    ids=["no id", "client id", "zero", "huge", "no key", "two keys", "no PEM", "token too"],
)
def test_an_app_that_is_not_whole_is_refused(
    refusals: Refusals, changes: dict[str, str], says: str
) -> None:
    """The message names the variable and never shows what it holds."""
    lines = refusals(**{**APP, **changes})

    assert 1 == len(lines)
    assert says in lines[0]
    assert "planted" not in lines[0]


@pytest.mark.parametrize(
    ("mode", "says"), [(0o640, "run: chmod 600 "), (None, "app.pem does not exist")]
)
def test_the_file_of_a_key_is_as_private_as_the_secrets(
    refusals: Refusals, tmp_path: Path, mode: int | None, says: str
) -> None:
    """A key that others can read is refused, and one that is not there is named."""
    path = tmp_path / "app.pem"
    if mode is not None:
        path.write_text(PEM)
        path.chmod(mode)

    environment = {**APP, "GITHUB_APP_PRIVATE_KEY": "", "GITHUB_APP_PRIVATE_KEY_FILE": str(path)}
    lines = refusals(**environment)

    assert lines[0].startswith("environment: GITHUB_APP_PRIVATE_KEY_FILE: ")
    assert says in lines[0]


@pytest.mark.parametrize(
    "name", ["GITHUB_TOKEN", "RAILWAY_TOKEN", "RAILWAY_TOKEN_SHOP", "WEB_PASSWORD", "NOTIFY_URLS"]
)
def test_a_short_value_is_refused_by_name(refusals: Refusals, name: str) -> None:
    """Redaction could not tell it from a word."""
    lines = refusals(**{"GITHUB_TOKEN": "planted-github", name: "planted"})

    assert [
        f"environment: {name}: is too short for a secret; expected 8 characters or more"
    ] == lines


@pytest.mark.parametrize("token", ["planted token", "planted\ntoken", "plantéd-token"])
def test_a_token_is_one_plain_word(refusals: Refusals, token: str) -> None:
    """Anything else could not be sent in a header; most often two were pasted."""
    assert [
        "environment: GITHUB_TOKEN: has spaces or odd characters in it; expected one plain word"
    ] == (refusals(GITHUB_TOKEN=token))


def test_what_may_be_left_out_is_read_too(loads: Loads) -> None:
    """A topic may be short; several Apprise URLs are told apart by the space between them."""
    settings = loads(
        GITHUB_TOKEN="planted-github",
        NTFY_TOPIC="short",
        NOTIFY_URLS="slack://planted-1 mailto://planted-2",
        HEALTHCHECK_URL="https://ping.example/planted?state=up",
    )

    assert Secret("short") == settings.optional.ntfy_topic
    assert (
        Secret("planted-github"),
        Secret("short"),
        Secret("https://ping.example/planted?state=up"),
        Secret("slack://planted-1"),
        Secret("mailto://planted-2"),
    ) == settings.secrets()


def test_a_heartbeat_is_sent_by_https_only(refusals: Refusals) -> None:
    """The URL is a secret and is not repeated."""
    lines = refusals(GITHUB_TOKEN="planted-github", HEALTHCHECK_URL="http://ping.example/planted")

    says = "is not https; expected https://… (http:// is for this machine only)"
    assert [f"environment: HEALTHCHECK_URL: {says}"] == lines


def test_apis_are_asked_by_https_only(refusals: Refusals, secrets_file: SecretsFile) -> None:
    """Both addresses are judged, and the secrets file cannot set them."""
    secrets_file("GITHUB_TOKEN=planted-github\n")

    lines = refusals(GITHUB_API_URL="http://api.example", RAILWAY_API_URL="nowhere")

    assert [
        "environment: GITHUB_API_URL: is not https",
        "environment: RAILWAY_API_URL: is no URL",
    ] == [line.split(";")[0] for line in lines]


def test_addresses_and_the_ledger_have_defaults(loads: Loads, home: Path) -> None:
    """The public APIs, and a file in the state directory of whoever runs it."""
    settings = loads()

    assert "https://api.github.com" == settings.github_api
    assert "https://backboard.railway.com/graphql/v2" == settings.railway_api
    assert home / ".local/state/archon-cron/pipeline-health.db" == settings.ledger_path


def test_the_ledger_can_be_elsewhere(loads: Loads) -> None:
    """`$PIPELINE_HEALTH_LEDGER` is a path."""
    settings = loads(GITHUB_TOKEN="planted-github", PIPELINE_HEALTH_LEDGER="/var/lib/health.db")

    assert Path("/var/lib/health.db") == settings.ledger_path


def test_the_environment_of_the_process_is_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done to it reaches no child process."""
    monkeypatch.setenv("PLANTED_NAME", "planted")

    first = dict(process_environment())
    first["PLANTED_NAME"] = "changed"

    assert "planted" == process_environment()["PLANTED_NAME"]


@pytest.mark.parametrize(
    "topic",
    ["t", "a-b_C9", "x" * 64, "https://ntfy.example/topic", "http://127.0.0.1:8080/a/topic"],
)
def test_a_topic_is_a_name_or_an_address(loads: Loads, topic: str) -> None:
    """A name is one on ntfy.sh."""
    settings = loads(GITHUB_TOKEN="planted-github", NTFY_TOPIC=topic)

    assert Secret(topic) == settings.optional.ntfy_topic


@pytest.mark.parametrize(
    ("topic", "says"),
    [
        ("two words", "is no topic"),
        ("x" * 65, "is no topic"),
        ("https://ntfy.example", "names no topic"),
        ("https://ntfy.example/", "names no topic"),
        ("https://ntfy.example/two words", "is no URL"),
        ("https://ntfy.example/topic?auth=x", "holds a query"),
        ("https://user:word@ntfy.example/topic", "holds a user name"),
        ("http://ntfy.example/topic", "is not https"),
        ("ntfy.sh/topic", "is no URL"),
    ],
)
def test_what_is_no_topic_is_refused_without_showing_it(
    refusals: Refusals, topic: str, says: str
) -> None:
    """Nothing would arrive there."""
    (line,) = refusals(GITHUB_TOKEN="planted-github", NTFY_TOPIC=topic)

    assert line.startswith(f"environment: NTFY_TOPIC: {says}")
    assert topic not in line.removesuffix("https://ntfy.example/topic")
