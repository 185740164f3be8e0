"""The first part of the table: what only a person can mend, or wait for."""

from pipeline_health.core.diagnose.keys import NAME_SHAPE
from pipeline_health.core.diagnose.signature import NPM, START, Signature, exactly, words
from pipeline_health.core.model.incident import CauseClass

_ACTIONS = "GitHub Actions"

CREDENTIAL = (
    Signature(
        name="a named secret is rejected",
        of=CauseClass.CREDENTIAL,
        line=exactly(
            NAME_SHAPE + r"[^.;]{0,40}\b(?:invalid|expired|revoked|rejected|unauthori[sz]ed)\b",
            r"\b(?:[Ii]nvalid|[Ee]xpired|[Rr]evoked)\s+" + NAME_SHAPE,
        ),
        outside_tests=True,
    ),
    Signature(
        name="a named secret is not set",
        of=CauseClass.CREDENTIAL,
        line=exactly(
            NAME_SHAPE
            + r"[^.;]{0,40}\b(?:not set|not configured|unset|missing|must be set|is required"
            + r"|not defined)\b",
            r"(?:[Mm]issing|[Nn]ot found|KeyError|[Ss]et the)\b[^.;]{0,40}" + NAME_SHAPE,
        ),
        outside_tests=True,
    ),
    Signature(
        name="an action was given no credential",
        of=CauseClass.CREDENTIAL,
        line=words(
            START + r"(?:Error: )?Input required and not supplied: \S*"
            r"(?:token|key|secret|password)"
        ),
    ),
    Signature(
        name="the registry refuses the login",
        of=CauseClass.CREDENTIAL,
        line=words(
            r"\bdenied: (?:permission_denied|requested access)",
            r"\bunauthorized: (?:authentication|incorrect username)",
        ),
        outside_tests=True,
    ),
    Signature(
        name="npm is not logged in",
        of=CauseClass.CREDENTIAL,
        line=words(NPM + r"code (?:E401|ENEEDAUTH)\b"),
        provider="npm",
    ),
    Signature(
        name="AWS refuses the credential",
        of=CauseClass.CREDENTIAL,
        line=words(
            r"\((?:InvalidClientTokenId|ExpiredToken|UnrecognizedClientException)\)",
            r"\bUnable to locate credentials\b",
            r"\bCredentials could not be loaded, please check your action inputs\b",
        ),
        outside_tests=True,
        provider="AWS",
    ),
    Signature(
        name="Google Cloud refuses the credential",
        of=CauseClass.CREDENTIAL,
        line=words(
            r"google-github-actions/auth failed with",
            r"does not have any valid credentials",
            r"\binvalid_grant\b",
        ),
        outside_tests=True,
        provider="Google Cloud",
    ),
    Signature(
        name="GitHub gives the token no access",
        of=CauseClass.CREDENTIAL,
        line=words(
            r"\bResource not accessible by (?:integration|personal access token)\b",
            r"remote: Permission to \S+ denied to ",
            r"remote: Invalid username or token",
        ),
        outside_tests=True,
        provider="GitHub",
    ),
    Signature(
        name="the provider refuses the credential",
        of=CauseClass.CREDENTIAL,
        line=words(
            r"\bbad credentials\b",
            r"\bnot authorized\b",
            r"\btoken is (?:invalid|expired)\b",
            r"\binvalid or expired token\b",
            r"\bauthentication (?:required|failed)\b",
            # Railway's command line, of a token that it refuses (railwayapp/cli no. 324, 617).
            r"\bunauthorized\. please (?:log ?in with|run) `?railway login\b",
        ),
        outside_tests=True,
    ),
    Signature(
        name="refused in a step that deploys or logs in",
        of=CauseClass.CREDENTIAL,
        line=words(r"\b(?:401|403)\b.{0,20}\b(?:unauthori[sz]ed|forbidden)\b"),
        step=words(r"\b(?:deploy\w*|log ?in|publish\w*|push|release\w*|validat\w*)\b"),
        outside_tests=True,
    ),
)

QUOTA = (
    Signature(
        name="Actions may not spend more",
        of=CauseClass.QUOTA,
        line=words(
            START + r"The job was not started because (?:recent account payments have failed"
            r"|an Actions budget is preventing)"
        ),
        provider=_ACTIONS,
    ),
    Signature(
        name="the storage for artifacts is full",
        of=CauseClass.QUOTA,
        line=words(r"\bArtifact storage quota has been hit\b"),
        provider=_ACTIONS,
    ),
    Signature(
        name="the LFS budget is used up",
        of=CauseClass.QUOTA,
        line=words(r"repository exceeded its LFS budget", r"repository is over its data quota"),
        provider="GitHub",
    ),
    Signature(
        name="the trial has ended",
        of=CauseClass.QUOTA,
        line=words(r"Your trial has expired\. Please select a plan to continue using Railway"),
        outside_tests=True,
    ),
    Signature(
        name="the plan allows no more",
        of=CauseClass.QUOTA,
        line=words(r"\bplan resource provision limit exceeded\b"),
        outside_tests=True,
        provider="Railway",
    ),
)

PLATFORM = (
    Signature(
        name="the runner was lost",
        of=CauseClass.PLATFORM,
        line=words(
            START + r"The (?:self-)?hosted runner\b.{0,80}\b(?:lost communication with the server"
            r"|encountered an error while running your job)",
            START + r"The runner has received a shutdown signal\.",
        ),
        provider=_ACTIONS,
    ),
    Signature(
        name="no runner took the job",
        of=CauseClass.PLATFORM,
        line=words(
            START + r"The job was not acquired by Runner of type hosted",
            START + r"This request was automatically failed because there were no enabled runners",
        ),
        provider=_ACTIONS,
    ),
    Signature(
        name="the runner's disk is full",
        of=CauseClass.PLATFORM,
        line=words(
            START + r"(?:System\.IO\.IOException: )?No space left on device : '/home/runner"
        ),
        provider=_ACTIONS,
    ),
    Signature(
        name="no space is left on the device",
        of=CauseClass.PLATFORM,
        line=words(r"\bno space left on device\b"),
        outside_tests=True,
    ),
    Signature(
        name="npm cannot fetch packages",
        of=CauseClass.PLATFORM,
        line=words(
            NPM + r"(?:code|errno|network)\b.*\b(?:ECONNRESET|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN"
            r"|ENOTFOUND|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT)\b",
            NPM + r"(?:code E)?5\d\d\b",
            START + r"ERR_PNPM_(?:META_FETCH_FAIL|FETCH_5\d\d)\b",
            START + r"error .*https://registry\.(?:yarnpkg|npmjs)\S+ (?:ESOCKETTIMEDOUT|ETIMEDOUT"
            r"|ECONNRESET)",
        ),
        provider="npm",
    ),
    Signature(
        name="packages cannot be fetched over the network",
        of=CauseClass.PLATFORM,
        line=words(
            r"(?:ReadTimeout|ConnectTimeout|NewConnection|Connection)Error.*"
            r"(?:pythonhosted|pypi)\.org",
            r"\bproxy\.golang\.org\b.*(?:i/o timeout|no such host|connection reset)",
            START + r"E: Failed to fetch \S+\s+(?:Connection|Could not connect|Temporary failure)",
        ),
    ),
    Signature(
        name="a package registry answers with a server error",
        of=CauseClass.PLATFORM,
        line=words(
            START + r"ERROR: HTTP error 5\d\d while getting https://\S*(?:pypi|pythonhosted)",
            r"\breceived unexpected HTTP status: 5\d\d\b",
            r"\bunexpected status (?:from \w+ request to |code )(?:https?://|\[manifests )"
            r".*: 5\d\d\b",
            START + r"E: Failed to fetch \S+\s+5\d\d\b",
        ),
    ),
    Signature(
        name="the pull rate limit is reached",
        of=CauseClass.PLATFORM,
        line=words(r"\btoomanyrequests: You have reached your (?:unauthenticated )?pull rate"),
        provider="Docker Hub",
    ),
    Signature(
        name="GitHub's own services fail",
        of=CauseClass.PLATFORM,
        line=words(
            r"unable to access 'https://github\.com/.*(?:error: 5\d\d|Could not resolve host"
            r"|Failed to connect|timed out)",
            r"\bFailed to download (?:action|archive) 'https://(?:api|codeload)\.github\.com",
            r"\bHTTP 5\d\d\b.*\bapi\.github\.com\b",
            r"\bNo server is currently available to service your request\b",
            r"\bFailed to (?:Create|Finalize)Artifact: .*(?:ECONNRESET|ETIMEDOUT|5\d\d)",
            r"\bAPI rate limit exceeded for\b",
        ),
        provider="GitHub",
    ),
    Signature(
        name="Railway's own services fail",
        of=CauseClass.PLATFORM,
        line=words(
            r"\bbackboard\.railway\.(?:com|app)\b.*(?:timed out|error sending request|\b5\d\d\b)",
            r"\berror sending request for url \(https://backboard\.railway\.",
            r"\bFailed to upload code with status code 5\d\d\b",
            START + r"Problem processing request\b",
        ),
        provider="Railway",
    ),
    Signature(
        name="Railway could not take the code",
        of=CauseClass.PLATFORM,
        step=exactly(r"^SNAPSHOT_CODE$"),
        provider="Railway",
    ),
    Signature(
        name="Railway could not move what was built",
        of=CauseClass.PLATFORM,
        step=exactly(
            r"^(?:PUBLISH_IMAGE|MIGRATE_VOLUMES|CONFIGURE_NETWORK|DRAIN_INSTANCES"
            r"|WAIT_FOR_DEPENDENCIES)$"
        ),
        provider="Railway",
    ),
)

ROWS = (*CREDENTIAL, *QUOTA, *PLATFORM)
