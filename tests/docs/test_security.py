"""What docs/security.md claims of rights, files and tests is what the code does."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from graphql import (
    FieldNode,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    get_named_type,
    is_composite_type,
    parse,
    visit,
)

from entries import ENTRIES, told
from pipeline_health.clients import (
    commit_documents,
    documents,
    listing_documents,
    railway_variable_documents,
    survey_documents,
)
from pipeline_health.settings import fields
from pipeline_health.simulator.github_schema import GITHUB_SDL
from pipeline_health.simulator.railway_schema import RAILWAY_SDL

ROOT = Path(__file__).parents[2]
SECURITY = (ROOT / "docs" / "security.md").read_text()
GITHUB, RAILWAY = re.findall(
    r"^## What (?:GitHub|Railway) is asked.*?(?=^## )", SECURITY, re.MULTILINE | re.DOTALL
)
SCHEMAS = {"github": build_schema(GITHUB_SDL), "railway": build_schema(RAILWAY_SDL)}
PLACES = (
    (r"^/repos/acme/shop", "/repos/{repo}"),
    (r"\b[0-9a-f]{40}\b", "{sha}"),
    (r"/\d+(?=/|$)", "/{id}"),
    (r"(?<=/contents/).+", "{path}"),
    (r"(?<=/labels/).+", "{name}"),
)


@cache
def asked() -> frozenset[tuple[str, str]]:
    """Give method and path of every REST request that an entry of our clients sends."""
    found = set()
    for entry in ENTRIES:
        for request in told(entry)[0]:
            path = request.path
            for pattern, place in PLACES:
                path = re.sub(pattern, place, path)
            if request.document is None and not path.startswith("/_blob/"):  # the store of logs
                found.add((request.method, path))
    return frozenset(found)


@cache
def sent() -> frozenset[tuple[str, str]]:
    """Give every GraphQL document, those that are built as the entries have them built."""
    built = {
        (request.host, request.document)
        for entry in ENTRIES
        for request in told(entry)[0]
        if request.document
    }
    fixed = {
        (name.partition("_")[0].lower(), text)
        for module in (
            documents,
            commit_documents,
            listing_documents,
            railway_variable_documents,
            survey_documents,
        )
        for name, text in vars(module).items()
        if isinstance(text, str) and not name.startswith("_") and "query " in text
    }
    return frozenset(built | fixed)


class _Fields(Visitor):
    """Collects what a document asks for that has a right of its own, or is a thing by itself."""

    def __init__(self, schema: GraphQLSchema) -> None:
        super().__init__()
        self.info = TypeInfo(schema)
        self.found: set[str] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Note one field, but for the wrapping of a list."""
        parent, kind = self.info.get_parent_type(), self.info.get_type()
        assert parent is not None
        assert kind is not None
        is_thing = is_composite_type(get_named_type(kind)) or parent.name == "Query"
        if is_thing and not parent.name.endswith(("Connection", "Edge")):
            self.found.add(f"{parent.name}.{node.name.value}")


def fields_of(host: str) -> set[str]:
    """Give the fields that our documents ask of *host*."""
    collected = _Fields(SCHEMAS[host])
    for whose, document in sent():
        if whose == host:
            visit(parse(document), TypeInfoVisitor(collected.info, collected))
    return collected.found


def paths_in_code() -> Iterator[str]:
    """Give every path that is written down in our clients, with empty places."""
    for file in (ROOT / "pipeline_health" / "clients").glob("*.py"):
        for path in re.findall(r'f"(?:\{self\._api\})?(/(?:repos|app)/[^"]+)"', file.read_text()):
            yield re.sub(r"\{[^}]*\}", "{}", path)


def rows(section: str) -> list[list[str]]:
    """Give the cells of the first table of *section*."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_request_to_github_has_its_permission() -> None:
    """The table names each, and none that is not sent."""
    named = set(re.findall(r"`(GET|POST|PATCH|PUT|DELETE) (/(?:repos|user)/[^`]+)`", GITHUB))

    assert asked() == named
    assert fields_of("github") == set(re.findall(r"`([A-Z]\w+\.\w+)`", GITHUB))


def test_every_path_in_the_code_is_sent_by_an_entry() -> None:
    """A new request cannot be forgotten here: its path is in the source of a client."""
    sent_ones = {re.sub(r"\{[^}]*\}", "{}", path) for _, path in asked()}
    own = "/app/installations/{}/access_tokens"
    written = set(paths_in_code())

    assert own in written
    assert written - {own} <= sent_ones
    assert f"`POST {own.replace('{}', '{id}')}`" in GITHUB


def test_a_permission_to_write_is_asked_for_where_something_is_written() -> None:
    """And only there."""
    for permission, level, what, _ in rows(GITHUB):
        writes = re.search(r"`(?:POST|PATCH|PUT|DELETE) ", what) is not None
        assert (level == "write") is writes, permission


def test_what_railway_is_asked_is_named_and_changes_nothing() -> None:
    """Each field has its token; no document is a mutation, of either provider."""
    kinds = {
        definition.operation.value
        for _, document in sent()
        for definition in parse(document).definitions
        if isinstance(definition, OperationDefinitionNode)
    }

    assert fields_of("railway") == set(re.findall(r"`([A-Z]\w+\.\w+)`", RAILWAY))
    assert kinds == {"query"}


def test_the_workflow_gives_the_check_what_the_page_says() -> None:
    """No more, and no less."""
    workflow = yaml.safe_load((ROOT / "deploy" / "github" / "promote.yml").read_text())
    given = workflow["jobs"]["check"]["permissions"]
    told_here = re.search(r"Its token needs (.+?): read", GITHUB, re.DOTALL)

    assert told_here is not None
    words = re.split(r",\s+|\s+and\s+", " ".join(told_here[1].split()))
    spelled = {word.lower().replace("commit ", "").replace(" ", "-") for word in words}
    assert spelled == set(given)
    assert [name for name, level in given.items() if level == "write"] == ["statuses"]


def test_every_file_and_test_that_is_named_exists() -> None:
    """A proof that was renamed or dropped would be claimed and not given."""
    files = set(re.findall(r"`((?:tests|docs|deploy|pipeline_health)/[\w./-]+\.\w+)`", SECURITY))
    core = {f"pipeline_health/{name}" for name in re.findall(r"`(core/[\w./]+)`", SECURITY)}
    tests = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", file.read_text(), re.MULTILINE)
    }

    threats = rows(SECURITY.partition("## Who could attack")[2].partition("\n## ")[0])
    assert [] == [who for who, _, done, _ in threats if not re.search(r"`tests/[\w/]+\.py`", done)]
    assert [] == [name for name in sorted(files | core) if not (ROOT / name).exists()]
    assert set(re.findall(r"`(test_\w+)`", SECURITY)) <= tests


def test_every_table_and_secret_is_named() -> None:
    """What is stored, and what is to be replaced."""
    folder = ROOT / "pipeline_health" / "ledger" / "migrations"
    sql = "".join(file.read_text() for file in sorted(folder.glob("*.sql")))
    gone = set(re.findall(r"ALTER TABLE (\w+) RENAME TO", sql))
    stored = SECURITY.partition("## What is stored where")[2].partition("\n## ")[0]
    replaced = SECURITY.partition("## To replace a secret")[2].partition("\n## ")[0]

    assert set(re.findall(r"CREATE TABLE (\w+)", sql)) - gone <= set(re.findall(r"`(\w+)`", stored))
    assert fields.OUR_SECRETS <= set(re.findall(r"`([A-Z_]+)`", replaced))


def test_the_page_is_found() -> None:
    """From the first page, and from the house's."""
    assert "docs/security.md" in (ROOT / "README.md").read_text()
    assert "security.md" in (ROOT / "docs" / "architecture.md").read_text()
