"""As whom Railway is asked: the same token is right under one header and wrong under the other."""

from collections.abc import Mapping
from enum import StrEnum

from pipeline_health.frozen import dataclass
from pipeline_health.secret import Secret


class HeaderForm(StrEnum):
    """Which header carries a token; it shows only by trying, the wrong one reads like a bad token.

    BEARER is for account and workspace tokens, PROJECT for tokens of one environment.
    """

    BEARER = "bearer"
    PROJECT = "project"

    @property
    def other(self) -> "HeaderForm":
        """The form that is left to try."""
        return HeaderForm.PROJECT if self is HeaderForm.BEARER else HeaderForm.BEARER


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A token under one header."""

    secret: Secret
    form: HeaderForm

    def headers(self) -> Mapping[str, str]:
        """Give the header that proves who asks."""
        if self.form is HeaderForm.BEARER:
            return {"Authorization": f"Bearer {self.secret.reveal()}"}
        return {"Project-Access-Token": self.secret.reveal()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The one environment of one project that a project token belongs to."""

    project_id: str
    project: str
    environment_id: str
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEnvironment:
    """An environment by name; *accessible* is False where its contents are kept from the token."""

    id: str
    name: str
    accessible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundProject:
    """A project and its lasting environments; *whole* is False when there are more of them."""

    id: str
    name: str
    environments: tuple[FoundEnvironment, ...]
    whole: bool
