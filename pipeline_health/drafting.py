"""The composition root of `init`: from tokens, and nothing else, to a first configuration."""

import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from pipeline_health import settings as configured
from pipeline_health import telemetry
from pipeline_health.bootstrap import SystemClock
from pipeline_health.clients.ending import Ending
from pipeline_health.clients.errors import ClientError, NothingThereError, RefusedError
from pipeline_health.clients.github_listing import Repositories
from pipeline_health.clients.github_wire import Wire
from pipeline_health.clients.http import Http, Transport
from pipeline_health.clients.railway import Railway
from pipeline_health.core import draft as drafts
from pipeline_health.core import draft_text
from pipeline_health.core.model.portfolio import (
    Draft,
    Habits,
    OnGitHub,
    OnRailway,
    ProjectDraft,
    Skipped,
)
from pipeline_health.frozen import dataclass
from pipeline_health.ledger import DryRunLedger, SqlLedger
from pipeline_health.ports import Clock, PipelineHealthError
from pipeline_health.secret import NamedSecret, Secret
from pipeline_health.settings import ConfigurationError, GitHubApp, GitHubCredential, first
from pipeline_health.settings.first import Beginnings
from pipeline_health.settings.new_file import STDOUT, write_new
from pipeline_health.settings.template import template_with
from pipeline_health.settings.toml_file import configuration_of
from pipeline_health.sources.railway.listing import OwnToken, Portfolio, RailwayPortfolio
from pipeline_health.stopping import ended_by_signals
from pipeline_health.telemetry import LogFormat, Redaction
from pipeline_health.wiring import github_account, github_token

LONGEST = timedelta(minutes=5)
"""How long the portfolio may take to be read, and as long once more what runs in it."""

NOTHING = "nothing was found that could be watched"
NO_PROJECT = "Railway shows no project"
_OWN, _PRODUCTION = "RAILWAY_TOKEN_", "_PRODUCTION"


class DraftingError(PipelineHealthError):
    """What is there could not be told, so that nothing is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """Looks at what the tokens see, and writes it down; it changes nothing at either provider."""

    tokens: Sequence[NamedSecret]
    variable: str
    railway: RailwayPortfolio
    github: Repositories
    held: Sequence[Secret]
    redact: Redaction
    begin: Callable[[], None]

    def draft(self) -> Draft:
        """Draft a project for everything that was seen for sure; at least one, or DraftingError."""
        self.begin()
        drafted = self._on_railway() if self.tokens else self._on_github()
        if not drafted.projects:
            raise _nothing(NOTHING, drafted.skipped)
        return drafted

    def text(self, drafted: Draft, path: Path) -> str:
        """Give the text for *path*; what it says was read as our own commands will read it."""
        self.begin()  # anew: in between, somebody may have thought about what to take
        projects = tuple(replace(it, habits=self._habits(it)) for it in drafted.projects)
        text = draft_text.as_toml(replace(drafted, projects=projects))
        configuration_of(text.encode(), path)
        if any(secret.reveal() in text for secret in self.held):
            msg = "a name at one of the providers holds a token of ours; nothing was written"
            raise DraftingError(msg)
        return text

    def _on_railway(self) -> Draft:
        seen = self.railway.read([_own(token, self.tokens) for token in self.tokens])
        if not seen.projects:
            raise _nothing(NO_PROJECT, seen.skipped)
        shown, unlisted = self._shown(seen)
        drafted = drafts.draft(seen.projects, shown)
        return replace(drafted, skipped=(*seen.skipped, *unlisted, *drafted.skipped))

    def _on_github(self) -> Draft:
        try:
            drafted = drafts.draft_of_repositories(self.github.all())
        except ClientError as exc:
            raise self._blind(exc) from exc
        why = "no RAILWAY_TOKEN is set, so that what is deployed there is not known"
        return replace(drafted, skipped=(Skipped(what="Railway", why=why), *drafted.skipped))

    def _shown(self, seen: Portfolio) -> tuple[Mapping[str, OnGitHub], tuple[Skipped, ...]]:
        """Give what GitHub shows, listed or asked for by name, and whether it would not list."""
        unlisted: tuple[Skipped, ...] = ()
        listed: tuple[OnGitHub, ...] = ()
        try:
            listed = self.github.all()
        except (RefusedError, NothingThereError) as exc:  # some tokens see, and list none
            unlisted = (Skipped(what="GitHub's list of repositories", why=self.redact(str(exc))),)
        except ClientError as exc:
            raise self._blind(exc) from exc
        shown = {repo.name.lower(): repo for repo in listed}
        return {**shown, **self._asked_for(seen.projects, shown)}, unlisted

    def _asked_for(
        self, projects: Sequence[OnRailway], known: Mapping[str, OnGitHub]
    ) -> Mapping[str, OnGitHub]:
        """Ask for the repositories that were not in the list, by the names that Railway has."""
        named = {it.lower(): it for one in projects for it in drafts.repositories(one)}
        try:
            asked = {low: self.github.one(it) for low, it in named.items() if low not in known}
        except ClientError as exc:
            raise self._blind(exc) from exc
        return {low: repo for low, repo in asked.items() if repo is not None}

    def _habits(self, project: ProjectDraft) -> Habits:
        """Give the workflows for the suggestions; without an answer there are none."""
        try:
            return self.github.habits(project.repo)
        except ClientError:
            return Habits()

    def _blind(self, exc: ClientError) -> DraftingError:
        msg = f"GitHub could not be read with {self.variable}: {self.redact(str(exc))}"
        return DraftingError(msg, retryable=exc.retryable)


def chosen(drafted: Draft, names: Sequence[str]) -> Draft:
    """Give the draft with the projects of these *names*, all when there is none.

    Raises ConfigurationError for a name that was not found.
    """
    unknown = sorted(set(names) - {project.name for project in drafted.projects})
    if unknown:
        known = ", ".join(project.name for project in drafted.projects)
        msg = f"no project {', '.join(unknown)} was found; there are: {known}"
        raise ConfigurationError(msg)
    return drafts.narrowed(drafted, lambda it: it.name in names) if names else drafted


def begin(config: Path | None, *, log_format: LogFormat | None) -> Beginnings:
    """Read the tokens that this process has; nothing leaves it unredacted from here on."""
    environment = configured.process_environment()
    begun = first.begin(config=config, environment=environment, home=Path.home())
    telemetry.configure(
        format=log_format,
        stream=sys.stderr,
        journal_stream=environment.get("JOURNAL_STREAM"),
        redaction=Redaction(begun.secrets()),
        color=False,
    )
    return begun


def make_secrets_file(path: Path, tokens: Mapping[str, Secret]) -> None:
    """Make the secrets file at *path* from the template, with *tokens* in it."""
    write_new(path, template_with(tokens))


def require_free(path: Path) -> None:
    """Raise ConfigurationError when something is at *path*: a configuration is never replaced."""
    if path != STDOUT and os.path.lexists(path):
        msg = (
            f"{path}: is there already and stays as it is; to see what init would write now: "
            "pipeline-health init --output -"
        )
        raise ConfigurationError(msg)


@contextmanager
def prepared(
    begun: Beginnings,
    github: GitHubCredential,
    *,
    clock: Clock | None = None,
    transport: Transport | None = None,
) -> Iterator[Drafting]:
    """Connect everything; the ledger only tells for how long a provider wants to be left alone."""
    timekeeper = SystemClock() if clock is None else clock
    ending = Ending(timekeeper)
    with ExitStack() as opened:
        opened.enter_context(ended_by_signals(ending, gently=False))
        memory = DryRunLedger(opened.enter_context(SqlLedger.read_only(begun.ledger_path)))
        http = Http(
            clock=timekeeper,
            jitter=random.random,
            ending=Ending(timekeeper, within=ending),
            transport=transport,
        )
        opened.callback(http.close)
        connected = partial(Wire, http, api=begun.github_api, clock=timekeeper, memory=memory)
        redact = Redaction(begun.secrets())
        yield Drafting(
            tokens=begun.railway,
            variable=github.variable,
            railway=RailwayPortfolio(
                Railway(http, api=begun.railway_api, clock=timekeeper, memory=memory),
                redact=redact,
            ),
            github=Repositories(
                wire=connected(
                    token=github_token(github, http, api=begun.github_api, clock=timekeeper),
                    account=github_account(github),
                ),
                is_app=isinstance(github, GitHubApp),
            ),
            held=begun.secrets(),
            redact=redact,
            begin=partial(http.ending.end_within, LONGEST),
        )


def _own(token: NamedSecret, tokens: Sequence[NamedSecret]) -> OwnToken:
    """Say which project the name of a variable is about; its last word may be part of the name."""
    if not token.name.startswith(_OWN):
        return OwnToken(token=token)
    stem = token.name.removesuffix(_PRODUCTION)
    names = {other.name for other in tokens}
    is_second = stem in names or any(not name.startswith(_OWN) for name in names)
    return OwnToken(token=token, word=(stem if is_second else token.name).removeprefix(_OWN))


def _nothing(says: str, skipped: Sequence[Skipped]) -> DraftingError:
    lines = [f"{says}; nothing was written", *draft_text.skipped_lines(skipped)]
    return DraftingError("\n".join(lines))
