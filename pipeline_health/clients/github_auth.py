"""Who we are to GitHub: a token as it is, or one that a GitHub App gets anew every hour."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock

from pipeline_health.clients.errors import ClientError, RateLimitedError, UnexpectedShapeError
from pipeline_health.clients.github_refusals import refuse
from pipeline_health.clients.github_wire import API_VERSION
from pipeline_health.clients.http import Answer, Http
from pipeline_health.clients.json import Json
from pipeline_health.ports import Clock
from pipeline_health.secret import Secret

# docs.github.com, "Generating a JWT for a GitHub App", 2026-11: issued a minute ago, because clocks
# differ, and good for ten minutes at most.
_AGO = timedelta(minutes=1)
_GOOD_FOR = timedelta(minutes=9)

_LONGEST = timedelta(hours=1)
"""What an installation token lasts at most, whatever an answer with a wrong Date makes of it."""

_MARGIN = timedelta(minutes=1)
"""How long before its end a token is not used any more: it must last for the request, too."""


def static_token(secret: Secret) -> Callable[[], str]:
    """Give a provider of one token that does not change."""
    return secret.reveal


class InstallationToken:
    """Gives installation tokens of a GitHub App: got at the first call, and anew before the end.

    Threads that ask side by side get the same one.
    A call raises ClientError when GitHub gives none, or when *private_key* is no PEM key.
    """

    def __init__(
        self,
        app_id: str,
        installation_id: int,
        *,
        private_key: Secret,
        http: Http,
        api: str,
        clock: Clock,
    ) -> None:
        self._app_id = app_id
        self._installation_id = installation_id
        self._private_key = private_key
        self._http = http
        self._api = api.rstrip("/")
        self._clock = clock
        self._lock = Lock()
        self._token = ""
        self._until: datetime | None = None
        self.permissions: Mapping[str, str] = {}
        """What the App may do here, as GitHub granted it with the newest token."""

    def __call__(self) -> str:
        """Give a token that is good for at least as long as one request may take."""
        with self._lock:
            return self._good()

    def _good(self) -> str:
        if self._until is None or self._clock.now() >= self._until:
            try:
                self._renew()
            except RateLimitedError:  # whoever asks remembers it
                raise
            except ClientError as exc:
                msg = (
                    f"no token for installation {self._installation_id} of GitHub App "
                    f"{self._app_id} ({exc}): check the app's id, its installation, its private "
                    "key and this host's clock"
                )
                raise ClientError(msg, retryable=exc.retryable) from exc
        return self._token

    def _renew(self) -> None:
        answer = self._http.read(
            "POST",
            f"{self._api}/app/installations/{self._installation_id}/access_tokens",
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._assertion()}",
                "X-GitHub-Api-Version": API_VERSION,
            },
            check=self._check,
        )
        granted = Json(answer.json("GitHub"), "token")
        token = granted.text("token")
        if not token:
            msg = "GitHub's answer has no token in it"
            raise UnexpectedShapeError(msg)
        # How long it lasts is GitHub's to say; when that is over, our own clock tells.
        lasting = min(granted.time("expires_at") - answer.at, _LONGEST)
        permissions = granted.at("permissions")
        names = [] if permissions.missing else permissions.keys()
        self.permissions = {name: permissions.text(name) for name in names}
        self._token, self._until = token, self._clock.now() + lasting - _MARGIN

    def _check(self, answer: Answer) -> None:
        refuse(answer, now=self._clock.now())

    def _assertion(self) -> str:
        """Sign who we are, with the App's own key."""
        # Imported here, because it takes a while and a static token needs none of it.
        import jwt  # noqa: PLC0415
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415

        now = self._clock.now()
        claims = {
            "iat": int((now - _AGO).timestamp()),
            "exp": int((now + _GOOD_FOR).timestamp()),
            "iss": self._app_id,
        }
        try:
            return jwt.encode(claims, self._private_key.reveal(), algorithm="RS256")
        except (jwt.PyJWTError, UnsupportedAlgorithm, AttributeError, TypeError, ValueError) as exc:
            msg = f"the private key cannot sign: {type(exc).__name__}"
            raise ClientError(msg) from exc
