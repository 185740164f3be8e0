"""What docs/configuration.md says of keys, secrets and variables is what the code reads."""

import ast
import re
import tomllib
import types
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Union, get_args, get_origin

import pytest

from pipeline_health.settings import parse_duration
from pipeline_health.settings.configuration import PRODUCTION, Configuration
from pipeline_health.settings.fields import E2E_OWN, OUR_SECRETS
from pipeline_health.settings.toml_file import configuration_of
from tables import KeyOfTable, keys_of, tables_in

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "configuration.md").read_text()
TOP = "The top of the file"
HEADINGS = {
    "": TOP,
    "projects": "`[[projects]]`",
    "projects.gate": "`[projects.gate]`",
    "projects.gate.smoke": "`smoke = [{ … }]`",
    "projects.gate.smoke.json": "`json = { … }` of a smoke check",
    "projects.gate.smoke.header": "`header = { … }` of a smoke check",
    "projects.gate.version": "`version = { … }`",
    "projects.audit": "`[projects.audit]`",
    "projects.audit.supabase": "`supabase = { … }`",
}
"""How the section of a table is called; one that is not here is called as TOML writes it."""
UNLESS_CHOSEN = {"production_environment": PRODUCTION}
"""What holds for a key that is None where nobody chose, so that one can tell."""
READ_BY_PREFIX = {"SERVER_URL": "GITHUB_SERVER_URL"}
"""Names that the code puts together, as they are set."""


def section(heading: str) -> str:
    """Give the text below a heading, up to the next one."""
    found = re.search(rf"^##+ {re.escape(heading)}$(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/configuration.md has no section {heading}"
    return found[1]


def rows(heading: str) -> list[list[str]]:
    """Give the cells of the table below a heading."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def tables(table: type = Configuration, path: str = "") -> Iterator[tuple[str, type]]:
    """Give every table of the file with the path that leads to it."""
    yield path, table
    for name, key in keys_of(table).items():
        for inner in tables_in(key.hint):
            yield from tables(inner, f"{path}.{name}".lstrip("."))


def kind(annotation: object) -> str:
    """Say what a key holds, in the words of the page."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind(arguments[0])
    if origin is tuple:
        return f"list of {kind(arguments[0])}s"
    if origin in (Union, types.UnionType):
        kinds = list(dict.fromkeys(kind(one) for one in arguments if one is not types.NoneType))
        return "text, number, true or false" if len(kinds) > 1 else kinds[0]
    return simple_kind(annotation)


def simple_kind(annotation: object) -> str:
    """Say what a key holds that is no list and no choice of types."""
    if get_origin(annotation) is Literal:
        return "text"
    while hasattr(annotation, "__supertype__"):
        annotation = annotation.__supertype__
    assert isinstance(annotation, type), annotation
    if is_dataclass(annotation):
        return "table"
    words: Mapping[type, str] = {
        Enum: "text",
        timedelta: "duration",
        bool: "true or false",
        int: "whole number",
        float: "number",
        str: "text",
    }
    return next(word for type_, word in words.items() if issubclass(annotation, type_))


def default(key: KeyOfTable) -> object:
    """Give what a key is when it is left out, as the page would write it."""
    if key.is_required:
        return "required"
    match UNLESS_CHOSEN.get(key.field.name, key.default):
        case None:
            return "none"
        case tuple() as many:
            return list(many)
        case other:
            return "below" if is_dataclass(other) else other


def written(cell: str, key: KeyOfTable) -> object:
    """Read the default that the page says."""
    if cell in ("none", "required", "below"):
        return cell
    value = tomllib.loads(f"x = {cell.strip('` ') if '``' not in cell else cell.strip()[2:-2]}")
    return parse_duration(value["x"]) if kind(key.hint) == "duration" else value["x"]


@pytest.mark.parametrize(("path", "table"), [pytest.param(*one, id=one[0]) for one in tables()])
def test_every_key_is_told_with_its_type_and_default(path: str, table: type) -> None:
    """In the order of the table, and nothing more."""
    told = rows(HEADINGS.get(path, f"`[{path}]`"))
    keys = keys_of(table)

    assert [cells[0] for cells in told] == [f"`{name}`" for name in keys]
    for (_, type_, cell, says), (name, key) in zip(told, keys.items(), strict=True):
        assert (name, type_) == (name, kind(key.hint))
        assert (name, written(cell, key)) == (name, default(key))
        assert says


def test_the_whole_file_loads_and_has_every_key() -> None:
    """None of them at its default: an example that shows what already holds shows nothing."""
    text = re.findall(r"^```toml\n(.*?)^```", section("A whole file"), re.MULTILINE | re.DOTALL)[0]

    told = configuration_of(text.encode(), Path("x.toml"))

    missing = set(dict(tables()).values()) - {type(one) for one in every_table(told)}
    assert missing == set()
    for table in dict.fromkeys(dict(tables()).values()):
        ours = [one for one in every_table(told) if isinstance(one, table)]
        set_here = {
            name
            for one in ours
            for name, key in keys_of(table).items()
            if key.is_required or getattr(one, key.field.name) != key.default
        }
        assert (table.__name__, {*keys_of(table)} - set_here) == (table.__name__, set())


def every_table(table: object) -> Iterator[object]:
    """Give *table* and every table in it."""
    yield table
    for key in keys_of(type(table)).values():
        value = getattr(table, key.field.name)
        for inner in value if isinstance(value, tuple) else (value,):
            if is_dataclass(inner):
                yield from every_table(inner)


def test_every_toml_of_the_page_loads() -> None:
    """Also the smallest one."""
    found = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

    assert len(found) > 1
    for text in found:
        configuration_of(text.encode(), Path("x.toml"))


@cache
def variables_in_code() -> frozenset[str]:
    """Give every variable that the code reads of its environment or of the secrets file.

    What settings/ names in capitals, and what anything else takes out of an environment.
    """
    found: set[str] = set()
    for file in (ROOT / "pipeline_health").rglob("*.py"):
        text = file.read_text()
        if "environment" not in text and file.parent.name != "settings":
            continue  # most files, and parsing takes its time
        tree = ast.parse(text)
        if file.parent.name == "settings" and file.name != "__init__.py":
            found |= {name for node in ast.walk(tree) for name in names_in(node)}
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="environment"), attr="get"),
                    args=[ast.Constant(value=str(name)), *_],
                ):
                    found.add(name)
    return frozenset(READ_BY_PREFIX.get(name, name) for name in found)


def names_in(node: ast.AST) -> Iterator[str]:
    """Give *node* when it is a text that could be the name of a variable."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from re.findall(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$", node.value)


def told_variables(heading: str) -> set[str]:
    """Give the variables of a table of the page."""
    return {cells[0].strip("`") for cells in rows(heading)}


def test_every_variable_is_told() -> None:
    """Those that the code reads, and nothing more."""
    secrets, environment = told_variables("Secrets"), told_variables("Environment")
    own = {"RAILWAY_TOKEN_<NAME>", "RAILWAY_TOKEN_<NAME>_PRODUCTION"}
    given = set(E2E_OWN) - {"PATH", "HOME"}  # by us, to the tests of a project

    read = variables_in_code() | {"PATH", "HOME", "GITHUB_REPOSITORY"} | own

    assert (secrets | environment) == read - given
    assert secrets & environment == set()
    assert OUR_SECRETS <= secrets
    assert all(f"`{name}`" in PAGE for name in given)


def test_the_page_is_found() -> None:
    """From the first page."""
    assert "docs/configuration.md" in (ROOT / "README.md").read_text()
