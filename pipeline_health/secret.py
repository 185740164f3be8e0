"""A value that is never shown: not by print, repr, format, a traceback's locals, or pickle."""

from typing import NoReturn

from pipeline_health.frozen import dataclass


class Secret:
    """Holds a secret text; only `clients/` and the redaction call `reveal`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the text itself."""
        return self._text

    def is_told_by(self, attempt: str) -> bool:
        """Tell whether *attempt* is the text, in a time that says nothing of how near it was."""
        from hashlib import sha256  # noqa: PLC0415 - for the page alone
        from hmac import compare_digest  # noqa: PLC0415 - as above

        # Digests, because texts of two lengths would be told apart at once.
        ours, theirs = (
            sha256(text.encode("utf-8", "surrogateescape")).digest()
            for text in (self._text, attempt)
        )
        return compare_digest(ours, theirs)

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format("***", spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> NoReturn:
        msg = "a secret is not to be serialised"
        raise TypeError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSecret:
    """A secret and the name of the variable that holds it, for people to find it by."""

    name: str
    secret: Secret
