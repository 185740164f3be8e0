"""Whose a cause is, as far as its key tells: the provider that is down or that refused."""

from enum import StrEnum

from pipeline_health.core.model.incident import Cause


class Provider(StrEnum):
    """A provider on which the whole pipeline of a project depends."""

    RAILWAY = "railway"
    GITHUB = "github"


def provider_of(cause: Cause) -> Provider | None:
    """Give the provider that the key of *cause* names, as `RAILWAY_TOKEN` does, if any."""
    key = cause.key.casefold()
    return next((provider for provider in Provider if provider in key), None)
