"""Real lines of real tools, one or more for each row of the table of signatures."""

from dataclasses import dataclass

INSTALL = "build / npm ci"
DEPLOY = "Deploy to staging / railway up"
TEST = "test / Run tests"
RAILWAY = ("BUILD_IMAGE",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A line that *name* recognises in a step, and the key that the cause then has.

    The subject is workflow `CI`. Without a line the step alone, or that there was no job, tells.
    """

    name: str
    key: str
    line: str = ""
    step: str = "build / Build"
    jobless: bool = False


def _secret(name: str, key: str, line: str, step: str = DEPLOY) -> Example:
    return Example(name=name, key=key, line=line, step=step)


CREDENTIAL = (
    _secret(
        "a named secret is rejected",
        "RAILWAY_TOKEN",
        "##[error]RAILWAY_TOKEN is invalid or expired: Not Authorized",
        "Deploy to staging / Validate Railway secrets",
    ),
    _secret(
        "a named secret is rejected",
        "RAILWAY_TOKEN",
        "Invalid RAILWAY_TOKEN. Please check that it is valid and has access to the resource "
        "you're trying to use.",
    ),
    _secret(
        "a named secret is not set",
        "RAILWAY_TOKEN",
        "Error: RAILWAY_TOKEN secret is not set. Add it under Settings, Secrets.",
    ),
    _secret("a named secret is not set", "STRIPE_SECRET_KEY", "KeyError: 'STRIPE_SECRET_KEY'"),
    _secret(
        "an action was given no credential",
        "credential",
        "##[error]Input required and not supplied: token",
        "release / Create release",
    ),
    _secret(
        "the registry refuses the login",
        "container registry",
        "Error: denied: permission_denied: The token provided does not match expected scopes.",
        "publish / Log in to the registry",
    ),
    _secret(
        "the registry refuses the login",
        "container registry",
        "Error response from daemon: Get https://ghcr.io/v2/: unauthorized: incorrect username or "
        "password",
        "publish / Log in to the registry",
    ),
    _secret("npm is not logged in", "npm", "npm error code ENEEDAUTH", "publish / npm publish"),
    _secret("npm is not logged in", "npm", "npm ERR! code E401", INSTALL),
    _secret(
        "AWS refuses the credential",
        "AWS",
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: "
        "The security token included in the request is invalid.",
    ),
    _secret(
        "Google Cloud refuses the credential",
        "Google Cloud",
        "##[error]google-github-actions/auth failed with: failed to generate Google Cloud "
        "federated token for //iam.googleapis.com/projects/1/locations/global",
        "deploy / Authenticate",
    ),
    _secret(
        "GitHub gives the token no access",
        "GitHub",
        "##[error]Resource not accessible by integration",
        "release / Create release",
    ),
    _secret(
        "GitHub gives the token no access",
        "GitHub",
        "remote: Permission to acme/shop.git denied to github-actions[bot].",
        "release / Push the tag",
    ),
    _secret(
        "the provider refuses the credential",
        "GitHub",
        "gh: Bad credentials (HTTP 401)",
        "release / Create release",
    ),
    _secret("the provider refuses the credential", "credential", "Not Authorized"),
    _secret(
        "the provider refuses the credential",
        "Railway",
        "Error: Unauthorized. Please login with `railway login`",
    ),
    _secret(
        "the provider refuses the credential",
        "database",
        'psycopg.OperationalError: FATAL:  password authentication failed for user "postgres"',
        "migrate / alembic upgrade head",
    ),
    _secret(
        "refused in a step that deploys or logs in",
        "Railway",
        "curl: (22) HTTP 403 Forbidden from backboard.railway",
    ),
)

QUOTA = (
    Example(
        name="Actions may not spend more",
        key="GitHub Actions: Actions may not spend more",
        line="##[error]The job was not started because recent account payments have failed or your "
        "spending limit needs to be increased. Please check the 'Billing & plans' section in your "
        "settings",
        step="test",
    ),
    Example(
        name="Actions may not spend more",
        key="GitHub Actions: Actions may not spend more",
        line="The job was not started because an Actions budget is preventing further use.",
        step="test",
    ),
    Example(
        name="the storage for artifacts is full",
        key="GitHub Actions: the storage for artifacts is full",
        line="##[error]Failed to CreateArtifact: Artifact storage quota has been hit. Unable to "
        "upload any new artifacts.",
        step="build / Upload the bundle",
    ),
    Example(
        name="the LFS budget is used up",
        key="GitHub: the LFS budget is used up",
        line="batch response: This repository exceeded its LFS budget. The account responsible for "
        "the budget should increase it to restore access.",
        step="build / Checkout",
    ),
    Example(
        name="the trial has ended",
        key="Railway: the trial has ended",
        line="Your trial has expired. Please select a plan to continue using Railway.",
        step=DEPLOY,
    ),
    Example(
        name="the plan allows no more",
        key="Railway: the plan allows no more",
        line="Free plan resource provision limit exceeded. Please upgrade to provision more "
        "resources!",
        step=DEPLOY,
    ),
)


def _platform(name: str, provider: str, line: str, step: str = INSTALL) -> Example:
    return Example(name=name, key=f"{provider}: {name}", line=line, step=step)


_NPM = "npm cannot fetch packages"
_NETWORK = "packages cannot be fetched over the network"
_REGISTRY = "a package registry answers with a server error"
_GITHUB = "GitHub's own services fail"
_RAILWAY = "Railway's own services fail"

PLATFORM = (
    _platform(
        "the runner was lost",
        "GitHub Actions",
        "##[error]The hosted runner lost communication with the server. Anything in your workflow "
        "that terminates the runner process, starves it for CPU/Memory, or blocks its network "
        "access can cause this error.",
        TEST,
    ),
    _platform(
        "the runner was lost",
        "GitHub Actions",
        "##[error]The runner has received a shutdown signal. This can happen when the runner "
        "service is stopped, or a manually started runner is canceled.",
        TEST,
    ),
    _platform(
        "no runner took the job",
        "GitHub Actions",
        "The job was not acquired by Runner of type hosted even after multiple attempts",
        "test",
    ),
    _platform(
        "the runner's disk is full",
        "GitHub Actions",
        "##[error]No space left on device : '/home/runner/runners/2.317.0/_diag/Worker_2.log'",
        TEST,
    ),
    _platform(
        "no space is left on the device",
        "GitHub Actions",
        "write /var/lib/buildkit/overlay/snapshots/7/fs/app.js: no space left on device",
    ),
    _platform(_NPM, "npm", "npm error code ECONNRESET", TEST),
    _platform(
        _NPM,
        "npm",
        "npm ERR! network request to https://registry.npmjs.org/vite failed, reason: connect "
        "ETIMEDOUT 104.16.1.35:443",
    ),
    _platform(_NPM, "npm", "npm error network request failed, reason: getaddrinfo EAI_AGAIN"),
    _platform(
        _NPM, "npm", "npm error 503 Service Unavailable - GET https://registry.npmjs.org/vite"
    ),
    _platform(
        _NETWORK,
        "PyPI",
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool("
        "host='files.pythonhosted.org', port=443): Read timed out.",
        "build / Install",
    ),
    _platform(
        _REGISTRY,
        "Docker Hub",
        "ERROR: failed to do request: unexpected status from HEAD request to "
        "https://registry-1.docker.io/v2/library/node/manifests/20: 503 Service Unavailable",
        "build / docker build",
    ),
    _platform(
        "the pull rate limit is reached",
        "Docker Hub",
        "toomanyrequests: You have reached your unauthenticated pull rate limit. "
        "https://www.docker.com/increase-rate-limit",
        "build / docker build",
    ),
    _platform(
        _GITHUB,
        "GitHub",
        "fatal: unable to access 'https://github.com/acme/shop/': The requested URL returned "
        "error: 503",
        "build / Checkout",
    ),
    _platform(
        _GITHUB,
        "GitHub",
        "##[error]Failed to download archive 'https://api.github.com/repos/actions/cache/tarball/"
        "0c45773b' after 2 attempts.",
        "build / Set up job",
    ),
    _platform(
        _RAILWAY,
        "Railway",
        "error sending request for url (https://backboard.railway.com/graphql/v2): operation "
        "timed out",
        DEPLOY,
    ),
    _platform(_RAILWAY, "Railway", "Problem processing request", DEPLOY),
    _platform("Railway could not take the code", "Railway", "", "SNAPSHOT_CODE"),
    _platform("Railway could not move what was built", "Railway", "", "PUBLISH_IMAGE"),
)


def _of_ci(name: str, line: str, step: str = "build / Build") -> Example:
    return Example(name=name, key=f"CI: {name}", line=line, step=step)


CONFIG = (
    _of_ci(
        "the workflow file is not valid",
        "##[error]Unable to resolve action `actions/checkout@v99`, unable to find version `v99`",
        "build / Set up job",
    ),
    _of_ci(
        "the workflow file is not valid",
        "##[error]This request has been automatically failed because it uses a deprecated version "
        "of `actions/upload-artifact: v3`.",
        "build / Set up job",
    ),
    _of_ci("a variable is not set", "error: Environment variable not found: DATABASE_URL."),
    _of_ci("a variable is not set", "KeyError: 'DATABASE_URL'", "CREATE_CONTAINER"),
    _of_ci(
        "a variable is not set",
        "pydantic_core._pydantic_core.ValidationError: 2 validation errors for Settings",
    ),
    _of_ci(
        "the start command is not there",
        "The executable `gunicorn` could not be found.",
        "CREATE_CONTAINER",
    ),
    _of_ci("the start command is not there", 'npm error Missing script: "start"', "HEALTHCHECK"),
    _of_ci(
        "a command is not installed",
        "/home/runner/work/_temp/5fc1.sh: line 1: poetry: command not found",
    ),
    _of_ci("a command is not installed", "sh: 1: next: not found"),
    _of_ci(
        "there is no plan to build it",
        "\u2716 Railpack could not determine how to build the app.",
        "BUILD_IMAGE",
    ),
    _of_ci(
        "there is no plan to build it",
        "Nixpacks was unable to generate a build plan for this app.",
        "BUILD_IMAGE",
    ),
    _of_ci(
        "the migration is refused",
        "FAILED: Can't locate revision identified by '3f1c2a9b7d10'",
        "PRE_DEPLOY_COMMAND",
    ),
    _of_ci("the migration is refused", "Error: P3009", "PRE_DEPLOY_COMMAND"),
    _of_ci(
        "the migration is refused",
        "CommandError: Conflicting migrations detected; multiple leaf nodes in the migration "
        "graph: (0004_a, 0004_b in shop).",
    ),
    _of_ci(
        "the memory does not suffice",
        "FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript "
        "heap out of memory",
    ),
    _of_ci("the health check is not answered", "1/1 replicas never became healthy!", ""),
    _of_ci("the health check failed", "", "HEALTHCHECK"),
    _of_ci("the container does not start", "", "CREATE_CONTAINER"),
    _of_ci("the command before the deployment failed", "", "PRE_DEPLOY_COMMAND"),
    Example(
        name="GitHub made no job of it, so the workflow file is not valid, or may not be run",
        key="CI: GitHub made no job of it, so the workflow file is not valid, or may not be run",
        step="",
        jobless=True,
    ),
)

DEPENDENCY = (
    _of_ci(
        "npm's lock file does not fit",
        "npm error `npm ci` can only install packages when your package.json and "
        "package-lock.json or npm-shrinkwrap.json are in sync.",
        INSTALL,
    ),
    _of_ci(
        "pnpm's lock file does not fit",
        '\u2009ERR_PNPM_OUTDATED_LOCKFILE\u2009 Cannot install with "frozen-lockfile" because '
        "pnpm-lock.yaml is not up to date with package.json",
        "test / Install",
    ),
    _of_ci(
        "yarn's lock file does not fit",
        "error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.",
    ),
    _of_ci(
        "Python's lock file does not fit",
        "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry "
        "lock` to fix the lock file.",
    ),
    _of_ci(
        "Python's lock file does not fit",
        "error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.",
    ),
    _of_ci(
        "the lock file does not fit",
        "error: the lock file /app/Cargo.lock needs to be updated but --locked was passed to "
        "prevent this",
    ),
    _of_ci("no versions of npm packages fit together", "npm error code ERESOLVE", INSTALL),
    _of_ci(
        "no versions of Python packages fit together",
        "ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/"
        "dependency-resolution/",
        "build / Install",
    ),
    _of_ci(
        "no versions of Python packages fit together",
        "error: resolution-too-deep",
        "dependency-scan / python-audit",
    ),
    _of_ci(
        "a package is not the one that was locked",
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have "
        "updated the package versions, please update the hashes.",
    ),
    _of_ci("a known vulnerability stops it", "# npm audit report", "audit / npm audit"),
    _of_ci(
        "a known vulnerability stops it",
        "Found 2 known vulnerabilities in 1 package",
        "audit / pip-audit",
    ),
)


def _code(name: str, line: str, step: str = TEST) -> Example:
    return Example(name=name, key="CI", line=line, step=step)


CODE = (
    _code("a Python test fails", "FAILED tests/test_cart.py::test_total - assert 3 == 4"),
    _code("a Python test fails", "=================== 1 failed, 11 passed in 3.20s =========="),
    _code("a JavaScript test fails", "Tests:       1 failed, 41 passed, 42 total"),
    _code("a JavaScript test fails", " FAIL  src/cart.test.ts > total"),
    _code("a browser test fails", "  1) [chromium] \u203a e2e/login.spec.ts:3:1 \u203a login"),
    _code("a Go test fails", "--- FAIL: TestTotal (0.00s)"),
    _code("a Rust test fails", "test result: FAILED. 3 passed; 1 failed; 0 ignored"),
    _code(
        "TypeScript's types do not fit",
        "##[error]src/cart.ts(12,5): error TS2322: Type 'string' is not assignable to type "
        "'number'.",
    ),
    _code(
        "Python's types do not fit", "Found 3 errors in 2 files (checked 40 source files)", "lint"
    ),
    _code("eslint objects", "\u2716 3 problems (2 errors, 1 warning)", "lint / eslint"),
    _code("ruff objects", "Found 2 errors.", "lint / ruff"),
    _code("the code is not formatted", "Would reformat: shop/cart.py", "lint / ruff format"),
    _code("Rust does not compile", "error[E0425]: cannot find value `total` in this scope"),
    _code("Go does not compile", "./cart.go:12:2: undefined: total"),
    _code("the bundle cannot be built", "error during build:", "build / Build"),
    _code(
        "the bundle cannot be built",
        "Module not found: Error: Can't resolve './Cart' in '/app/src'",
    ),
    _code("a module is not there, or not valid", "ModuleNotFoundError: No module named 'cart'"),
    _code("a module is not there, or not valid", "Error: Cannot find module 'express'"),
    _code(
        "a step of the image fails",
        'ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete successfully: '
        "exit code: 1",
        "build / docker build",
    ),
    _code("a script of the project fails", "npm ERR! code ELIFECYCLE", "build / Build"),
    _code("the program ends with an error", "Traceback (most recent call last):", "build / Build"),
    _code("the image does not build", "", "BUILD_IMAGE"),
)

EXAMPLES = {
    "credential": CREDENTIAL,
    "quota": QUOTA,
    "platform": PLATFORM,
    "config": CONFIG,
    "dependency": DEPENDENCY,
    "code": CODE,
}

GREEN = (
    "npm warn deprecated glob@7.2.3: Glob versions prior to v9 are no longer supported",
    "3 high severity vulnerabilities",
    "warn - SENTRY_AUTH_TOKEN is not set, source maps are not uploaded",
    "##[warning]RAILWAY_TOKEN is missing, the preview is skipped",
    "WARNING: Retrying after connection broken by 'ReadTimeoutError(pypi.org): Read timed out.'",
    "npm http fetch GET 503 https://registry.npmjs.org/vite attempt 1 failed with 503",
    "  RAILWAY_TOKEN: ***",
    "error code INVALID_TOKEN: the session expired",
    "KeyError: 'CACHE_KEY' was not found, building it anew; PRIMARY_KEY is required",
    "health check: unexpected status code: 502, trying again",
    "Login Succeeded",
    "found 0 vulnerabilities",
    "Tests:       42 passed, 42 total",
    "===================== 12 passed in 3.20s =====================",
    "test result: ok. 3 passed; 0 failed; 0 ignored",
    "\u2716 1 problem (0 errors, 1 warning)",
    "0 errors, 2 warnings",
    "All checks passed!",
    "12 files left unchanged",
    "Success: no issues found in 40 source files",
    "Healthcheck succeeded!",
    "INFO  [alembic.runtime.migration] Running upgrade 3f1c -> 7d10, add failed_at",
    "added 312 packages, and audited 313 packages in 8s",
)
"""Lines of logs in which nothing is wrong."""

QUOTED = (
    "AssertionError: token is invalid",
    "denied: requested access to the resource is denied",
    "E   AssertionError: assert 'ENOSPC: no space left on device' == ''",
    "E   AssertionError: assert 'npm error code ECONNRESET' in output",
    "expect(received).toBe('The hosted runner lost communication with the server.')",
    "- Not Authorized",
    "expected 200, got 401 Unauthorized at /api/health",
    "E   AssertionError: assert 'npm ERR! code ECONNRESET' in out",
    "E   RuntimeError: RAILWAY_TOKEN is not set",
    "+ Your trial has expired. Please select a plan to continue using Railway.",
    "E   KeyError: 'DATABASE_URL'",
)
"""Lines of unit tests that expect such words, and of what they compare."""
