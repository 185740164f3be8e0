"""The second part of the table: settings and dependencies, which the repository holds."""

from pipeline_health.core.diagnose.signature import NPM, START, Signature, exactly, words
from pipeline_health.core.model.incident import CauseClass

CONFIG = (
    Signature(
        name="the workflow file is not valid",
        of=CauseClass.CONFIG,
        line=words(
            START + r"Invalid workflow file\b",
            START + r"The workflow is not valid\.",
            START + r"Unable to resolve action ",
            START + r"This request has been automatically failed because it uses a deprecated",
        ),
    ),
    Signature(
        name="a variable is not set",
        of=CauseClass.CONFIG,
        line=exactly(
            r"\bEnvironment variable not found: [A-Z]",
            r"\b[Mm]issing (?:required )?env(?:ironment)? variables?\b",
            r"\b[Ii]nvalid environment variables\b",
            r"^KeyError: '[A-Z][A-Z0-9_]+'$",
            r"\bImproperlyConfigured: Set the [A-Z0-9_]+ environment variable\b",
            r"\bvalidation errors? for \w*Settings\b",
            r"\b[A-Z][A-Z0-9_]*_(?:URL|HOST|PORT|NAME|ID)\b[^.;]{0,20}\b(?:not set|unset|required"
            r"|missing)\b",
        ),
        outside_tests=True,
    ),
    Signature(
        name="the start command is not there",
        of=CauseClass.CONFIG,
        line=words(
            r"\bthe executable `?[\w./-]+`? could not be found\b",
            r"\bno start command (?:was|could be) found\b",
            NPM + r"Missing script:",
            r'\bexec: "[^"]+": executable file not found in \$PATH',
        ),
        outside_tests=True,
    ),
    Signature(
        name="a command is not installed",
        of=CauseClass.CONFIG,
        line=exactly(
            r"\bline \d+: [\w./-]+: command not found$",
            r"^(?:/bin/)?(?:ba)?sh: (?:line )?\d+: [\w./-]+: (?:command )?not found$",
        ),
    ),
    Signature(
        name="there is no plan to build it",
        of=CauseClass.CONFIG,
        line=words(
            r"\bRailpack could not determine how to build the app\b",
            r"\bNixpacks was unable to generate a build plan\b",
            r"\bfailed to read dockerfile: open \S+: no such file or directory",
            r"^Could not find root directory: ",
        ),
    ),
    Signature(
        name="the migration is refused",
        of=CauseClass.CONFIG,
        line=words(
            r"\bCan't locate revision identified by '",
            r"\bMultiple head revisions are present\b",
            r"\bP30(?:05|09|18)\b",
            r"\bConflicting migrations detected\b",
            r"\bInconsistentMigrationHistory\b",
        ),
        outside_tests=True,
    ),
    Signature(
        name="the memory does not suffice",
        of=CauseClass.CONFIG,
        line=words(r"\bJavaScript heap out of memory\b", r"\bexit code:? 137\b"),
    ),
    Signature(
        name="the health check is not answered",
        of=CauseClass.CONFIG,
        line=words(r"\breplicas never became healthy\b", r"^Healthcheck fail(?:ed|ure)\b"),
        vague=True,
    ),
    Signature(
        name="the health check failed",
        of=CauseClass.CONFIG,
        step=exactly(r"^HEALTHCHECK$"),
    ),
    Signature(
        name="the container does not start",
        of=CauseClass.CONFIG,
        step=exactly(r"^CREATE_CONTAINER$"),
    ),
    Signature(
        name="the command before the deployment failed",
        of=CauseClass.CONFIG,
        step=exactly(r"^PRE_DEPLOY_COMMAND$"),
    ),
    Signature(
        name="GitHub made no job of it, so the workflow file is not valid, or may not be run",
        of=CauseClass.CONFIG,
        jobless=True,
    ),
)

DEPENDENCY = (
    Signature(
        name="npm's lock file does not fit",
        of=CauseClass.DEPENDENCY,
        line=words(
            r"`npm ci` can only install packages when your package\.json and package-lock\.json"
        ),
    ),
    Signature(
        name="pnpm's lock file does not fit",
        of=CauseClass.DEPENDENCY,
        line=words(r"\bERR_PNPM_(?:OUTDATED_LOCKFILE|LOCKFILE_CONFIG_MISMATCH|NO_LOCKFILE)\b"),
    ),
    Signature(
        name="yarn's lock file does not fit",
        of=CauseClass.DEPENDENCY,
        line=words(
            START + r"error Your lockfile needs to be updated, but yarn was run with",
            r"\bYN0028\b",
        ),
    ),
    Signature(
        name="Python's lock file does not fit",
        of=CauseClass.DEPENDENCY,
        line=words(
            r"pyproject\.toml changed significantly since poetry\.lock was last generated",
            r"lockfile at `uv\.lock` needs to be updated",
            r"Pipfile\.lock \(\w+\) out of date",
        ),
    ),
    Signature(
        name="the lock file does not fit",
        of=CauseClass.DEPENDENCY,
        line=words(
            r"\block file \S+ needs to be updated but --locked was passed",
            START + r"error: lockfile had changes, but lockfile is frozen",
            r"\bmissing go\.sum entry for\b",
            r"\bupdates to go\.mod needed\b",
        ),
    ),
    Signature(
        name="no versions of npm packages fit together",
        of=CauseClass.DEPENDENCY,
        line=words(NPM + r"code (?:ERESOLVE|ETARGET)\b", r"\bERR_PNPM_NO_MATCHING_VERSION\b"),
    ),
    Signature(
        name="no versions of Python packages fit together",
        of=CauseClass.DEPENDENCY,
        line=words(
            r"\bResolutionImpossible\b",
            r"\bresolution-too-deep\b",
            START + r"ERROR: No matching distribution found for ",
            r"\bNo solution found when resolving dependencies\b",
        ),
    ),
    Signature(
        name="a package is not the one that was locked",
        of=CauseClass.DEPENDENCY,
        line=words(
            r"\bTHESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE\b",
            NPM + r"code EINTEGRITY\b",
            r"^verifying \S+: checksum mismatch$",
        ),
    ),
    Signature(
        name="a known vulnerability stops it",
        of=CauseClass.DEPENDENCY,
        line=words(
            r"^# npm audit report$",
            r"^Found \d+ known vulnerabilit(?:y|ies) in \d+ packages?\b",
            START + r"error: \d+ vulnerabilit(?:y|ies) found!",
        ),
    ),
)

ROWS = (*CONFIG, *DEPENDENCY)
