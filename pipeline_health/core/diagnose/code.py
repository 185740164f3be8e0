"""The last part of the table: the code itself is broken."""

from pipeline_health.core.diagnose.signature import NPM, START, Signature, exactly, words
from pipeline_health.core.model.incident import CauseClass

ROWS = (
    Signature(
        name="a Python test fails",
        of=CauseClass.CODE,
        line=exactly(
            START + r"(?:FAILED|ERROR) \S+\.py(?:::| - |$)",
            r"^=+ .*\b\d+ (?:failed|errors?)\b.* in [\d.]+s",
            r"^FAILED \((?:failures|errors)=\d+",
        ),
    ),
    Signature(
        name="a JavaScript test fails",
        of=CauseClass.CODE,
        line=exactly(r"^\s*Tests:?\s+\d+ failed\b", r"^\s*FAIL\s+\S+\.[cm]?[jt]sx?\b"),
    ),
    Signature(
        name="a browser test fails",
        of=CauseClass.CODE,
        line=exactly(r"^\s*\d+\) \[[\w -]+\] \u203a \S+"),
    ),
    Signature(name="a Go test fails", of=CauseClass.CODE, line=exactly(r"^\s*--- FAIL: ")),
    Signature(
        name="a Rust test fails", of=CauseClass.CODE, line=exactly(r"^test result: FAILED\. ")
    ),
    Signature(
        name="TypeScript's types do not fit",
        of=CauseClass.CODE,
        line=exactly(r"\berror TS\d{4,5}: ", r"^Type error: "),
    ),
    Signature(
        name="Python's types do not fit",
        of=CauseClass.CODE,
        line=exactly(
            r"^Found \d+ errors? in \d+ files? \(checked \d+ ", r"^[1-9]\d* errors?, \d+ warnings?"
        ),
    ),
    Signature(
        name="eslint objects",
        of=CauseClass.CODE,
        line=exactly(r"✖ \d+ problems? \([1-9]\d* errors?"),
    ),
    Signature(
        name="ruff objects",
        of=CauseClass.CODE,
        line=exactly(r"^Found [1-9]\d* errors?(?:\.| \()"),
    ),
    Signature(
        name="the code is not formatted",
        of=CauseClass.CODE,
        line=words(
            r"^would reformat:? ", r"^\d+ files? would be reformatted", r"\bCode style issues found"
        ),
    ),
    Signature(
        name="Rust does not compile",
        of=CauseClass.CODE,
        line=exactly(START + r"error\[E\d{4}\]: ", START + r"error: could not compile `"),
    ),
    Signature(
        name="Go does not compile",
        of=CauseClass.CODE,
        line=exactly(START + r"\.?/?[\w./-]+\.go:\d+:\d+: "),
    ),
    Signature(
        name="the bundle cannot be built",
        of=CauseClass.CODE,
        line=exactly(
            START + r"error during build:",
            r"\bModule not found: (?:Error: )?Can't resolve ",
            r"^Failed to compile\.?$",
            r"^Build failed because of webpack errors",
        ),
    ),
    Signature(
        name="a module is not there, or not valid",
        of=CauseClass.CODE,
        line=exactly(
            r"^(?:E\s+)?(?:ModuleNotFoundError|ImportError|SyntaxError|IndentationError): ",
            r"^Error: Cannot find module '",
            r"\bERR_MODULE_NOT_FOUND\b",
        ),
    ),
    Signature(
        name="a step of the image fails",
        of=CauseClass.CODE,
        line=exactly(r"\bfailed to solve: process \"", r"^ERROR: process \"/bin/"),
        vague=True,
    ),
    Signature(
        name="a script of the project fails",
        of=CauseClass.CODE,
        line=words(
            NPM + r"(?:code ELIFECYCLE|Lifecycle script `)", r"^\s*ELIFECYCLE\s+Command failed"
        ),
        vague=True,
    ),
    Signature(
        name="the program ends with an error",
        of=CauseClass.CODE,
        line=exactly(r"^Traceback \(most recent call last\):", r"^Uncaught \w*Error\b"),
        vague=True,
    ),
    Signature(
        name="the image does not build",
        of=CauseClass.CODE,
        step=exactly(r"^BUILD_IMAGE$"),
    ),
)
