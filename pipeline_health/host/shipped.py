"""The units of systemd that this version ships: in the package, or beside it in a work tree."""

from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path

_INSTALLED, _WORK_TREE = "units", "systemd"


def shipped_units(scope: str, *, package: Path | None = None) -> Mapping[str, str]:
    """Give the text of each unit and drop-in for *scope* (`user`, `system`), by its path.

    It is empty where they are not known: neither in the package nor beside it.
    """
    if package is not None:
        return _under(package, scope)
    with as_file(files("pipeline_health")) as found:
        return _under(found, scope)


def _under(package: Path, scope: str) -> Mapping[str, str]:
    places = (package / _INSTALLED / scope, package.parent / _WORK_TREE / scope)
    folder = next((place for place in places if place.is_dir()), None)
    if folder is None:
        return {}
    return {
        str(file.relative_to(folder)): file.read_text(errors="replace")
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
