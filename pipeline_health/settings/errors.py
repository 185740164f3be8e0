"""What is wrong with the configuration, all of it at once."""

from collections.abc import Sequence

from pipeline_health.frozen import dataclass
from pipeline_health.ports import PipelineHealthError


class ConfigurationError(PipelineHealthError):
    """The configuration or the secrets are wrong; nothing was asked of anybody yet.

    The message has one line a problem: where, which key, what is wrong and what was expected. It
    never holds the value of a secret. *problems* are the lines as values, where they were found so.
    """

    def __init__(self, message: str, *, problems: Sequence["Problem"] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. *where* is a file, or «environment»; *key* may be empty."""

    where: str
    key: str
    says: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.key, self.says) if part)


def configuration_error(problems: Sequence[Problem]) -> ConfigurationError:
    """Make the one error that lists *problems*."""
    return ConfigurationError("\n".join(map(str, problems)), problems=problems)
