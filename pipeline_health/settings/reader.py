"""Takes the credentials out of the variables, and notes everything that is wrong with them."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from pipeline_health.core.model.ids import ProjectName
from pipeline_health.secret import NamedSecret, Secret
from pipeline_health.settings.configuration import ProjectTable
from pipeline_health.settings.credentials import (
    GitHubApp,
    GitHubCredential,
    GitHubToken,
    OptionalSecrets,
    RailwayCredentials,
)
from pipeline_health.settings.errors import ConfigurationError, Problem
from pipeline_health.settings.private_file import read_private
from pipeline_health.settings.railway_names import production_variable, railway_variable
from pipeline_health.settings.sources import expanded
from pipeline_health.settings.urls import url_problem
from pipeline_health.settings.variables import Variables

OwnerOf: TypeAlias = Callable[[Path], int | None]

SHORTEST: Final = 8
_LONGEST_NUMBER: Final = 18
_PEM: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n.+\n-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL
)
_SHARED: Final = ("RAILWAY_TOKEN", "RAILWAY_API_TOKEN")
_OWN: Final = re.compile("RAILWAY_TOKEN_[A-Z0-9_]+")
_APP_NUMBERS: Final = ("GITHUB_APP_ID", "GITHUB_APP_INSTALLATION_ID")
_APP_KEY: Final = "GITHUB_APP_PRIVATE_KEY"
_APP_KEY_FILE: Final = "GITHUB_APP_PRIVATE_KEY_FILE"
_APP_ADVICE: Final = f"{', '.join(_APP_NUMBERS)} and {_APP_KEY} or {_APP_KEY_FILE}"

# What ntfy takes for a topic.
_TOPIC: Final = re.compile(r"[-_A-Za-z0-9]{1,64}")
_A_TOPIC: Final = "1 to 64 letters, digits, - and _"
_ITS_URL: Final = "https://ntfy.example/topic"
_SLASHES_OF_A_HOST: Final = 2


class CredentialsReader:
    """Reads what is needed, name by name; what is wrong is in `problems` and reads as absent.

    *owner_of* gives the user id that a file must belong to, None to skip that check.
    """

    def __init__(self, variables: Variables, *, home: Path, owner_of: OwnerOf) -> None:
        self.problems: list[Problem] = []
        self._variables = variables
        self._home = home
        self._owner_of = owner_of
        self._ours: list[Secret] = []

    def github(self) -> GitHubCredential | None:
        """Read the token or the app, whichever is set; exactly one must be."""
        app = [it for it in (*_APP_NUMBERS, _APP_KEY, _APP_KEY_FILE) if self._is_set(it)]
        if not self._is_set("GITHUB_TOKEN"):
            return self._app(app)
        if app:
            self._refuse("GITHUB_TOKEN", f"is set, and so is {app[0]}; set one of them")
            return None
        token = self._token("GITHUB_TOKEN")
        return GitHubToken(token=token) if token else None

    def railway(self, projects: Sequence[ProjectTable]) -> RailwayCredentials:
        """Read the shared token and each project's own; a project on Railway must have one."""
        shared_name = next(filter(self._is_set, _SHARED), _SHARED[0])
        found = RailwayCredentials(
            shared=self._shared(shared_name),
            shared_name=shared_name,
            staging=self._own_tokens(projects, railway_variable),
            production=self._own_tokens(projects, production_variable),
        )
        for project in projects:
            if project.railway_project and not self._has_railway(project.name):
                self._refuse(
                    railway_variable(project.name),
                    f"is not set, but project {project.name} has a railway_project; expected it, "
                    f"or RAILWAY_TOKEN for all projects, in {self._variables.places}",
                )
        return found

    def railway_before_projects(self) -> tuple[NamedSecret, ...]:
        """Read every Railway token that is set: that for all projects first, then single ones'."""
        shared = next(filter(self._is_set, _SHARED), _SHARED[0])
        tokens = {shared: self._shared(shared)}
        own = filter(_OWN.fullmatch, self._variables.names())
        tokens |= {name: self._token(name) for name in own}
        return tuple(NamedSecret(name=name, secret=it) for name, it in tokens.items() if it)

    def optional(self) -> OptionalSecrets:
        """Read what may be left out."""
        urls = self._token("NOTIFY_URLS", spaces=True)
        return OptionalSecrets(
            ntfy_topic=self._topic("NTFY_TOPIC"),
            notify_urls=tuple(Secret(url) for url in urls.reveal().split()) if urls else (),
            healthcheck_url=self._url("HEALTHCHECK_URL"),
            web_password=self._token("WEB_PASSWORD", spaces=True),
        )

    def passed_to_tests(self, projects: Sequence[ProjectTable]) -> Mapping[str, Secret]:
        """Read what the projects' own tests get of our environment.

        Nothing in it may hold a secret that was read before.
        """
        found: dict[str, Secret] = {}
        for name in sorted({name for project in projects for name in project.gate.e2e_env}):
            text = self._variables.text(name)
            if text is None:
                continue
            if any(secret.reveal() in text for secret in self._ours):
                self._refuse(name, "holds a secret of our own, which e2e_env may not pass on")
                continue
            found[name] = Secret(text)
        return found

    def address(self, name: str, *, default: str) -> str:
        """Read the URL of an API from the environment, where alone it may be set."""
        url = self._variables.environment.get(name, "").strip() or default
        if problem := url_problem(url):
            self.problems.append(Problem("environment", name, problem))
        return url.rstrip("/")

    @property
    def knows_github(self) -> bool:
        """Whether anything is set that GitHub could be asked with."""
        return any(map(self._is_set, ("GITHUB_TOKEN", *_APP_NUMBERS, _APP_KEY, _APP_KEY_FILE)))

    @property
    def path(self) -> Path:
        """Where the secrets file is, or is to be."""
        return self._variables.path

    @property
    def has_file(self) -> bool:
        """Whether there is a secrets file."""
        return self._variables.exists

    def _app(self, given: Sequence[str]) -> GitHubApp | None:
        if not given:
            places = self._variables.places
            self._refuse("GITHUB_TOKEN", f"is not set; expected it, or {_APP_ADVICE}, in {places}")
            return None
        app_id, installation_id = (self._number(name) for name in _APP_NUMBERS)
        private_key = self._private_key()
        if not (app_id and installation_id and private_key):
            return None
        return GitHubApp(app_id=app_id, installation_id=installation_id, private_key=private_key)

    def _number(self, name: str) -> int | None:
        text = self._variables.text(name)
        if text is None:
            self._refuse(name, f"is not set; a GitHub App needs {_APP_ADVICE}")
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER and int(text)):
            self._refuse(name, "is no id; expected a whole number above 0")
            return None
        return int(text)

    def _private_key(self) -> Secret | None:
        inline, path = self._variables.text(_APP_KEY), self._variables.text(_APP_KEY_FILE)
        if (inline is None) == (path is None):
            self._refuse(_APP_KEY, f"expected exactly one of {_APP_KEY} and {_APP_KEY_FILE}")
            return None
        if path is None:
            return self._pem(_APP_KEY, (inline or "").replace("\\n", "\n"))
        file = expanded(path, home=self._home)
        try:
            text = read_private(file, owner=self._owner_of(file))
        except ConfigurationError as exc:
            self._refuse(_APP_KEY_FILE, str(exc))
            return None
        if text is None:
            self._refuse(_APP_KEY_FILE, f"{file} does not exist; expected the file of the key")
            return None
        return self._pem(_APP_KEY_FILE, text.strip())

    def _pem(self, name: str, text: str) -> Secret | None:
        if not _PEM.fullmatch(text):
            self._refuse(name, "is no private key; expected PEM, from -----BEGIN to the last -----")
            return None
        return self._kept(text)

    def _shared(self, name: str) -> Secret | None:
        first, second = (self._variables.text(it) for it in _SHARED)
        if first and second and first != second:
            self._refuse(_SHARED[0], f"is set, and so is {_SHARED[1]}; set one of them")
            return None
        return self._token(name)

    def _own_tokens(
        self, projects: Sequence[ProjectTable], variable: Callable[[str], str]
    ) -> Mapping[ProjectName, Secret]:
        tokens = {project.name: self._token(variable(project.name)) for project in projects}
        return {name: token for name, token in tokens.items() if token}

    def _has_railway(self, project: ProjectName) -> bool:
        return any(self._is_set(name) for name in (*_SHARED, railway_variable(project)))

    def _url(self, name: str) -> Secret | None:
        secret = self._token(name)
        if secret and (problem := url_problem(secret.reveal(), query=True)):
            self._refuse(name, problem)
            return None
        return secret

    def _topic(self, name: str) -> Secret | None:
        """Read a topic of ntfy; it may be short, because it is half a name, half a secret."""
        text = self._variables.text(name)
        if text is None:
            return None
        if "/" not in text and not _TOPIC.fullmatch(text):
            self._refuse(name, f"is no topic; expected {_A_TOPIC}, or the URL of one: {_ITS_URL}")
            return None
        if "/" in text and (problem := url_problem(text) or _topic_problem(text)):
            self._refuse(name, problem)
            return None
        return Secret(text)

    def _token(self, name: str, *, spaces: bool = False) -> Secret | None:
        text = self._variables.text(name)
        if text is None:
            return None
        if len(text) < SHORTEST:
            self._refuse(name, f"is too short for a secret; expected {SHORTEST} characters or more")
            return None
        if not spaces and not (text.isascii() and text.isprintable() and " " not in text):
            self._refuse(name, "has spaces or odd characters in it; expected one plain word")
            return None
        return self._kept(text)

    def _kept(self, text: str) -> Secret:
        secret = Secret(text)
        self._ours.append(secret)
        return secret

    def _is_set(self, name: str) -> bool:
        return self._variables.text(name) is not None

    def _refuse(self, name: str, says: str) -> None:
        self.problems.append(Problem(self._variables.where(name), name, says))


def _topic_problem(url: str) -> str | None:
    """Say why *url* is not the URL of a topic of ntfy."""
    if _TOPIC.fullmatch(url.rpartition("/")[2]) and url.count("/") > _SLASHES_OF_A_HOST:
        return None
    return f"names no topic; expected its URL, such as {_ITS_URL}"
