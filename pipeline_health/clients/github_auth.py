"""Who we are to GitHub: a token as it is, or one that a GitHub App gets anew every hour."""

from collections.abc import Callable

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.http import REQUEST, USER_AGENT
from pipeline_health.secret import Secret


def static_token(secret: Secret) -> Callable[[], str]:
    """Give a provider of one token that does not change."""
    return secret.reveal


def app_token(
    app_id: str, installation_id: int, *, private_key: Secret, api: str
) -> Callable[[], str]:
    """Give a provider of installation tokens of a GitHub App.

    The token is got at the first call, and anew shortly before it expires. The call raises
    ClientError when GitHub gives none, or when *private_key* is no PEM key.
    """
    return _InstallationToken(app_id, installation_id, private_key=private_key, api=api)


class _InstallationToken:
    """Keeps PyGithub's own renewal (20 s before the end of the hour) behind a call."""

    def __init__(self, app_id: str, installation_id: int, *, private_key: Secret, api: str) -> None:
        self._app_id = app_id
        self._installation_id = installation_id
        self._private_key = private_key
        self._api = api
        self._current: Callable[[], object] | None = None

    def __call__(self) -> str:
        try:
            if self._current is None:
                self._current = self._provider()
            token = self._current()
        except Exception as exc:  # PyGithub, PyJWT and cryptography share no base
            msg = self._complaint(type(exc).__name__)
            raise ClientError(msg, retryable=isinstance(exc, OSError)) from exc
        if not isinstance(token, str) or not token:
            msg = self._complaint("an answer without one")
            raise ClientError(msg)
        return token

    def _complaint(self, found: str) -> str:
        return (
            f"no token for installation {self._installation_id} of GitHub App {self._app_id} "
            f"({found}): check the app's id, its installation and its private key"
        )

    def _provider(self) -> Callable[[], object]:
        # Imported here, because it takes a quarter of a second and most commands need none of it.
        from github import Auth, Github  # noqa: PLC0415

        auth = Auth.AppAuth(self._app_id, self._private_key.reveal()).get_installation_auth(
            self._installation_id
        )
        # Github hands its own way of sending to the auth; nothing is sent before a token is needed.
        Github(
            auth=auth,
            base_url=self._api,
            timeout=int(REQUEST.total_seconds()),
            user_agent=USER_AGENT,
            retry=None,
        )
        return lambda: auth.token
