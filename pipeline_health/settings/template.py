"""The secrets file as it is made for the first time: every variable, explained."""

import re
from collections.abc import Mapping
from typing import Final

from pipeline_health.secret import Secret
from pipeline_health.settings.reader import SHORTEST

TEMPLATE: Final = """\
# pipeline-health: secrets, one NAME=value a line; take the # away where you set one.
# This file must stay yours alone (mode 0600). The environment wins over it, name by name.
# What each right is for: docs/security.md. When it is done: pipeline-health doctor

# -- GitHub: a token, or an App instead ------------------------------------------------------
# Classic: the scope repo. Fine-grained: Contents, Actions, Commit statuses, Deployments,
# Pull requests: read; Issues: write (Actions: write with [remedies] rerun = true).
# https://github.com/settings/tokens
#GITHUB_TOKEN=

# A GitHub App, installed where the repositories are, with the same rights and Checks: read.
# https://github.com/settings/apps
#GITHUB_APP_ID=
#GITHUB_APP_INSTALLATION_ID=
# Its private key: the path of a file of mode 0600, or the text itself with \\n for line ends.
#GITHUB_APP_PRIVATE_KEY_FILE=
#GITHUB_APP_PRIVATE_KEY=

# -- Railway ---------------------------------------------------------------------------------
# A workspace's or an account's token: sees all projects, staging and production.
# https://railway.com/account/tokens (RAILWAY_API_TOKEN is the same under Railway's own name)
#RAILWAY_TOKEN=
#RAILWAY_API_TOKEN=
# Or one project's: its Settings, Tokens; such a token sees one environment. <NAME> is the name
# of the project in the configuration, in capitals, with _ for whatever is no letter or digit.
#RAILWAY_TOKEN_<NAME>=
#RAILWAY_TOKEN_<NAME>_PRODUCTION=

# -- Telling people; all of it optional ------------------------------------------------------
# A topic of ntfy.sh: whoever knows it reads along, so take 16 characters that nobody guesses.
# https://ntfy.sh
#NTFY_TOPIC=
# Addresses of Apprise, separated by blanks; needs the extra: pip install pipeline-health[notify]
#NOTIFY_URLS=
# A check that expects us every few minutes, and says so when we are silent.
# https://healthchecks.io
#HEALTHCHECK_URL=
# Who may read the page of `serve`: at least 8 characters.
#WEB_PASSWORD=
"""
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
