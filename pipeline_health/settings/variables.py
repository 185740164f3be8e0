"""Names and their values: the environment of the process, and below it the secrets file."""

import io
from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from pipeline_health.frozen import dataclass
from pipeline_health.settings.errors import ConfigurationError
from pipeline_health.settings.private_file import read_private


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """What is set. The environment wins, name by name; an empty value is as good as none."""

    environment: Mapping[str, str]
    file: Mapping[str, str]
    path: Path
    exists: bool

    def text(self, name: str) -> str | None:
        """Give the value of *name*, None when it is not set."""
        return self.environment.get(name, "").strip() or self.file.get(name, "").strip() or None

    def where(self, name: str) -> str:
        """Say where *name* is set, or where it was looked for last."""
        return "environment" if self.environment.get(name, "").strip() else str(self.path)

    def names(self) -> tuple[str, ...]:
        """Give the names of everything that is set, sorted."""
        return tuple(sorted(name for name in {*self.environment, *self.file} if self.text(name)))

    @property
    def places(self) -> str:
        """Say where a value can be set."""
        missing = "" if self.exists else " (which does not exist yet)"
        return f"the environment or {self.path}{missing}"


def read_variables(environment: Mapping[str, str], *, path: Path, owner: int | None) -> Variables:
    """Read the secrets file at *path*, if there is one; nothing is put into our environment."""
    text = read_private(path, owner=owner)
    file = {} if text is None else _assignments(text, path)
    return Variables(environment=environment, file=file, path=path, exists=text is not None)


def _assignments(text: str, path: Path) -> Mapping[str, str]:
    # The parser alone: `dotenv_values` skips what it cannot read, and `$` in a password is no name.
    bindings = list(parse_stream(io.StringIO(text, newline="")))
    wrong = [str(_line(binding)) for binding in bindings if _is_wrong(binding)]
    if wrong:
        msg = f"{path}: cannot be read at line {', '.join(wrong)}; expected NAME=value"
        raise ConfigurationError(msg)
    return {it.key: it.value for it in bindings if it.key is not None and it.value is not None}


def _is_wrong(binding: Binding) -> bool:
    return binding.error or (binding.key is not None and binding.value is None)


def _line(binding: Binding) -> int:
    """Give the line on which *binding* begins; the parser counts blank lines before it as its."""
    written = binding.original.string
    blank = written[: len(written) - len(written.lstrip())]
    return binding.original.line + len(blank.splitlines())
