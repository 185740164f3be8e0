"""More lines as tools write them: one for each other way of saying what a row knows."""

from collections.abc import Mapping

from signatures import DEPLOY, INSTALL, TEST

Row = tuple[str, str]
"""The name of a row, and the step in which its lines are."""

_BUILD = "build / Build"

CREDENTIAL: Mapping[Row, Mapping[str, tuple[str, ...]]] = {
    ("a named secret is rejected", DEPLOY): {
        "STRIPE_SECRET_KEY": ("STRIPE_SECRET_KEY was revoked",),
    },
    ("a named secret is not set", DEPLOY): {
        "SENTRY_AUTH_TOKEN": (
            "Error: missing SENTRY_AUTH_TOKEN",
            "django.core.exceptions.ImproperlyConfigured: Set the SENTRY_AUTH_TOKEN",
        ),
    },
    ("AWS refuses the credential", DEPLOY): {
        "AWS": (
            "Unable to locate credentials. You can configure credentials by running",
            (
                "##[error]Credentials could not be loaded, please check your action inputs: Could "
                "not load credentials from any providers"
            ),
        ),
    },
    ("Google Cloud refuses the credential", DEPLOY): {
        "Google Cloud": (
            (
                "ERROR: (gcloud.run.deploy) Your current active account [x] does not have any "
                "valid credentials"
            ),
            "invalid_grant: Token has been expired or revoked.",
        ),
    },
    ("GitHub gives the token no access", DEPLOY): {
        "GitHub": ("remote: Invalid username or token. Password authentication is not supported",),
    },
    ("the provider refuses the credential", DEPLOY): {
        "credential": (
            "FATAL: your token is expired",
            "error: invalid or expired token",
            "fatal: authentication required",
        ),
    },
}
"""By the row, and by the key that the cause has then."""

PROVIDERS: Mapping[Row, Mapping[str, tuple[str, ...]]] = {
    ("the LFS budget is used up", _BUILD): {
        "GitHub": ("batch response: This repository is over its data quota.",),
    },
    ("no runner took the job", "test"): {
        "GitHub Actions": (
            (
                "##[error]This request was automatically failed because there were no enabled "
                "runners online to process the request for more than 1 days."
            ),
        ),
    },
    ("npm cannot fetch packages", INSTALL): {
        "npm": (
            "ERR_PNPM_META_FETCH_FAIL  GET https://registry.npmjs.org/vite: request failed",
            (
                "error An unexpected error occurred: https://registry.yarnpkg.com/vite/-/vite.tgz "
                "ESOCKETTIMEDOUT"
            ),
        ),
    },
    ("packages cannot be fetched over the network", INSTALL): {
        "GitHub Actions": (
            'Get "https://proxy.golang.org/go.uber.org/zap/@v/list": dial tcp: i/o timeout',
            (
                "E: Failed to fetch http://archive.ubuntu.com/ubuntu/dists/noble/InRelease  Could "
                "not connect to archive.ubuntu.com:80"
            ),
        ),
    },
    ("a package registry answers with a server error", INSTALL): {
        "PyPI": ("ERROR: HTTP error 503 while getting https://files.pythonhosted.org/vite.whl",),
        "GitHub Actions": (
            "received unexpected HTTP status: 502 Bad Gateway",
            "E: Failed to fetch http://archive.ubuntu.com/ubuntu/pool/main/c/curl.deb  503 Service",
        ),
    },
    ("GitHub's own services fail", _BUILD): {
        "GitHub": (
            "HTTP 502: Server Error (https://api.github.com/graphql)",
            "No server is currently available to service your request. Sorry about that.",
            "##[error]Failed to CreateArtifact: Unable to make request: ECONNRESET",
            "API rate limit exceeded for installation ID 4711.",
        ),
    },
    ("Railway's own services fail", DEPLOY): {
        "Railway": (
            "POST https://backboard.railway.com/graphql/v2 timed out",
            "error sending request for url (https://backboard.railway.com/graphql/v2)",
            "Failed to upload code with status code 502 Bad Gateway",
        ),
    },
}
"""By the row, and by who fails."""

OF_CI: Mapping[Row, tuple[str, ...]] = {
    ("the workflow file is not valid", _BUILD): (
        "Invalid workflow file: .github/workflows/ci.yml#L12",
        "The workflow is not valid. .github/workflows/ci.yml (Line: 12, Col: 3): Unexpected value",
    ),
    ("a variable is not set", _BUILD): (
        "Error: Missing required environment variables",
        "\u274c Invalid environment variables: { DATABASE_URL: [ 'Required' ] }",
        "django.core.exceptions.ImproperlyConfigured: Set the DATABASE_URL environment variable",
        "error: REDIS_URL is unset",
    ),
    ("the start command is not there", _BUILD): (
        "No start command could be found",
        'exec: "gunicorn": executable file not found in $PATH: unknown',
    ),
    ("there is no plan to build it", _BUILD): (
        "failed to read dockerfile: open Dockerfile: no such file or directory",
        "Could not find root directory: apps/web",
    ),
    ("the migration is refused", _BUILD): (
        "ERROR [alembic.util.messages] Multiple head revisions are present for given argument",
        "django.db.migrations.exceptions.InconsistentMigrationHistory: Migration shop.0002",
    ),
    ("the memory does not suffice", _BUILD): ("##[error]Process completed with exit code 137.",),
    ("the health check is not answered", _BUILD): ("Healthcheck failed!",),
    ("yarn's lock file does not fit", INSTALL): (
        "\u27a4 YN0028: \u2502 The lockfile would have been modified by this install",
    ),
    ("Python's lock file does not fit", INSTALL): (
        "Pipfile.lock (5b2c) out of date, but installation uses --deploy",
    ),
    ("the lock file does not fit", INSTALL): (
        "error: lockfile had changes, but lockfile is frozen",
        "cart.go:4:2: missing go.sum entry for module providing package go.uber.org/zap",
        "go: updates to go.mod needed; to update it: go mod tidy",
    ),
    ("no versions of npm packages fit together", INSTALL): (
        "ERR_PNPM_NO_MATCHING_VERSION  No matching version found for vite@99",
    ),
    ("no versions of Python packages fit together", INSTALL): (
        "ERROR: No matching distribution found for django==99",
        "\u00d7 No solution found when resolving dependencies:",
    ),
    ("a package is not the one that was locked", INSTALL): (
        "npm error code EINTEGRITY",
        "verifying go.uber.org/zap@v1.27.0: checksum mismatch",
    ),
    ("a known vulnerability stops it", INSTALL): ("error: 2 vulnerabilities found!",),
}
"""The key of the cause is `CI`, and the name of the row."""

CODE: Mapping[Row, tuple[str, ...]] = {
    ("a Python test fails", TEST): ("FAILED (failures=1)",),
    ("TypeScript's types do not fit", _BUILD): (
        "Type error: Property 'total' does not exist on type 'Cart'.",
    ),
    ("Python's types do not fit", _BUILD): ("3 errors, 1 warning, 0 informations",),
    ("the code is not formatted", _BUILD): (
        "3 files would be reformatted, 12 files would be left unchanged.",
        "Code style issues found in the above file(s). Forgot to run Prettier?",
    ),
    ("Rust does not compile", _BUILD): (
        'error: could not compile `shop` (bin "shop") due to 1 previous error',
    ),
    ("the bundle cannot be built", _BUILD): (
        "Failed to compile.",
        "Build failed because of webpack errors",
    ),
    ("a module is not there, or not valid", _BUILD): (
        "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'vite' imported from /app/main.js",
    ),
    ("a step of the image fails", _BUILD): (
        'ERROR: process "/bin/sh -c npm run build" did not complete successfully: exit code: 1',
    ),
    ("a script of the project fails", _BUILD): ("\u2009ELIFECYCLE\u2009 Command failed",),
    ("the program ends with an error", _BUILD): ("Uncaught TypeError: cart is not a function",),
}
"""The key of the cause is `CI`."""

REFUSES = {
    "Railway": (("railway up: Not Authorized",), ("RAILWAY",)),
    "npm": (
        (
            "npm publish: Not Authorized",
            "https://registry.yarnpkg.com/vite: Not Authorized",
            "pnpm publish: Not Authorized",
        ),
        ("NPM", "NODE"),
    ),
    "Docker Hub": (("registry-1.docker.io: Not Authorized",), ("DOCKER",)),
    "container registry": (
        ("docker push: Not Authorized", "unauthorized: authentication required"),
        ("DOCKER", "REGISTRY", "GHCR", "CR", "GITHUB"),
    ),
    "PyPI": (
        ("https://upload.pypi.org/legacy/: Not Authorized", "pythonhosted.org: Not Authorized"),
        ("PYPI", "TWINE"),
    ),
    "AWS": (
        ("aws s3 cp: Not Authorized", "Not Authorized: The security token included is not valid"),
        ("AWS",),
    ),
    "Google Cloud": (
        ("google.auth: Not Authorized", "shop@acme.iam.gserviceaccount.com: Not Authorized"),
        ("GOOGLE", "GCP", "GCLOUD"),
    ),
    "database": (
        ("postgres: Not Authorized", 'authentication failed for user "shop"'),
        ("DATABASE", "DB", "POSTGRES", "PG"),
    ),
    "GitHub": (
        ("https://github.com/acme/shop: Not Authorized", "gh: Not Authorized"),
        ("GITHUB", "GH", "PAT"),
    ),
}
"""Who refuses, the lines that tell it, and a word of the names of the secrets that it gives."""

QUOTABLE = frozenset(
    {
        "a named secret is rejected",
        "a named secret is not set",
        "the registry refuses the login",
        "AWS refuses the credential",
        "Google Cloud refuses the credential",
        "GitHub gives the token no access",
        "the provider refuses the credential",
        "refused in a step that deploys or logs in",
        "the trial has ended",
        "the plan allows no more",
        "no space is left on the device",
        "a variable is not set",
        "the start command is not there",
        "the migration is refused",
    }
)
"""Rows whose words a test may expect, so that they prove nothing in a test."""

VAGUE = (
    "1/1 replicas never became healthy!",
    'ERROR: failed to solve: process "/bin/sh -c npm test" did not complete successfully',
    "npm ERR! code ELIFECYCLE",
    "Traceback (most recent call last):",
)
"""Lines that say that something failed, and hardly what."""
