"""Who owns the files of an installation, and who else may read or write them."""

import os
import stat
from pathlib import Path

from pipeline_health.core.model.checkup import FileFacts
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A file to look at, and *what* it is; systemd sets the mode of one that was handed over."""

    path: Path
    what: str
    handed_over: bool = False


def file_facts(watched: Watched) -> FileFacts:
    """Tell mode and owner of a file; its content is not read."""
    try:
        found = watched.path.stat()
    except OSError:  # whoever needs it says so
        return FileFacts(path=str(watched.path), what=watched.what, mode=None)
    return FileFacts(
        path=str(watched.path),
        what=watched.what,
        mode=stat.S_IMODE(found.st_mode),
        ours=found.st_uid == os.geteuid() or _is_roots_configuration(found, watched),
        handed_over=watched.handed_over,
    )


def _is_roots_configuration(found: os.stat_result, watched: Watched) -> bool:
    """Tell whether root wrote down what we do, as in the system form; we only read it."""
    return watched.what == "configuration" and found.st_uid == 0
