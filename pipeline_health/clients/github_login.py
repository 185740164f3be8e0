"""Under which login we act: asked once, remembered, and told again by every look."""

from datetime import datetime

from pipeline_health.clients.github import GitHub
from pipeline_health.core.model.ids import Login, as_login
from pipeline_health.ports import Memory

TOPIC = "github-login"


class OwnLogin:
    """Knows our login as GitHub spells it; *identity* is the account that the operator names."""

    def __init__(self, github: GitHub, memory: Memory, *, identity: Login | None = None) -> None:
        self._github = github
        self._memory = memory
        self._identity = identity

    def __call__(self) -> str:
        """Give the login; asks GitHub when it is not remembered, and raises ClientError then."""
        known = self.known()
        if known:
            return known
        seen = self._github.who_am_i()
        self.learn(seen.value, now=seen.at)
        return seen.value

    def known(self) -> str | None:
        """Give the login that is remembered, if any is."""
        return self._memory.recall(TOPIC, self._github.api)

    def learn(self, login: str, *, now: datetime) -> None:
        """Remember another login: the token is a new one."""
        self._memory.remember(TOPIC, self._github.api, login, now=now)

    def author(self) -> str:
        """Give whose issues are to be listed: ours, or those of *identity* when we are another."""
        own = self()
        return own if self._identity in (None, as_login(own)) else str(self._identity)

    def all(self) -> frozenset[Login]:
        """Give every login that is ours, comparable."""
        own = as_login(self())
        return frozenset({own} if self._identity is None else {own, self._identity})
