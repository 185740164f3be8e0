"""The secrets file as it is made for the first time: every variable, explained."""

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from pipeline_health.secret import Secret
from pipeline_health.settings.reader import SHORTEST

TEMPLATE: Final = (files("pipeline_health.settings") / "secrets.env.template").read_text("utf-8")
"""Every variable that is read from the file, each on a line of its own behind a `#`."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.~+/=:-]+")


def token_problem(text: str) -> str | None:
    """Say why *text* cannot be a token, None when it can; never repeats it."""
    if len(text) < SHORTEST:
        return f"too short for a token: at least {SHORTEST} characters"
    if not _PLAIN.fullmatch(text):
        return "no token has such characters; it is one word of letters and digits"
    return None


def template_with(tokens: Mapping[str, Secret]) -> str:
    """Give the text of the file in which *tokens* are set; they must have no `token_problem`."""
    text = TEMPLATE
    for name, secret in tokens.items():
        text = text.replace(f"\n#{name}=\n", f"\n{name}={secret.reveal()}\n")
    return text
