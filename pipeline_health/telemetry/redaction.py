"""The one redaction: what we hold and what looks like a secret is replaced before a text leaves."""

from collections.abc import Iterable, Mapping, MutableMapping

from pipeline_health.core.inert import visible
from pipeline_health.secret import Secret
from pipeline_health.telemetry import formats
from pipeline_health.telemetry.planted import PlantedValues


class Redaction:
    """Replaces every loaded value, in any usual spelling, and every well-known token by `***`.

    Doing it twice changes nothing more.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._planted = PlantedValues(secret.reveal() for secret in secrets)

    def __call__(self, text: str) -> str:
        """Give *text* as it may be shown.

        Where signs that cannot be seen hide a secret, they go with it: whoever takes them out later
        would show it.
        """
        shown = self._masked(text)
        bare = visible(shown)
        unhidden = self._masked(bare)
        return shown if unhidden == bare else unhidden

    def _masked(self, text: str) -> str:
        before = None
        # A replacement can bring together what was apart. Each one makes the text shorter or takes
        # letters or digits away, so that this ends.
        while before != text:
            before = text
            text = formats.masked(self._planted.masked(text))
        return text

    def event(
        self,
        logger: object,  # noqa: ARG002 - structlog calls every processor with these three
        method: str,  # noqa: ARG002
        event: MutableMapping[str, object],
    ) -> MutableMapping[str, object]:
        """Redact every text of a log event, however deep; a structlog processor."""
        return {self(key): self._shown(fact) for key, fact in event.items()}

    def _shown(self, fact: object) -> object:
        match fact:
            case None | bool() | int() | float():
                return fact
            case str():
                return self(fact)
            case Mapping():
                return {self(str(key)): self._shown(inner) for key, inner in fact.items()}
            case list() | tuple() | set() | frozenset():
                return [self._shown(inner) for inner in fact]
            case _:
                return self(str(fact))
