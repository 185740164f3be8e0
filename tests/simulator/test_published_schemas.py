"""The two subsets say nothing that the published schemas do not say."""

import gzip
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_client_schema,
    build_schema,
    is_required_argument,
)

from pipeline_health.simulator.github_graphql import github_executor
from pipeline_health.simulator.railway_graphql import railway_executor

CONTRACTS = Path(__file__).resolve().parents[2].parent / "shared" / "contracts"


@cache
def published(host: str) -> GraphQLSchema:
    """Load what the provider published; both schemas have defects, so nothing is validated."""
    if host == "github":
        packed = CONTRACTS / "github.schema.graphql.gz"
        return build_schema(gzip.decompress(packed.read_bytes()).decode(), assume_valid=True)
    found = json.loads(gzip.decompress((CONTRACTS / "railway.schema.json.gz").read_bytes()))
    return build_client_schema(found.get("data", found), assume_valid=True)


def differences(ours: GraphQLSchema, theirs: GraphQLSchema) -> Iterator[str]:
    """Name everything of *ours* that *theirs* does not have in the same shape."""
    for name, type_ in ours.type_map.items():
        if name.startswith("__"):
            continue
        other = theirs.type_map.get(name)
        if other is None or type(other) is not type(type_):
            yield f"type {name}"
        else:
            yield from differences_in(name, type_, other)


def differences_in(name: str, ours: GraphQLNamedType, theirs: GraphQLNamedType) -> Iterator[str]:
    """Name what differs inside one type."""
    match ours, theirs:
        case GraphQLEnumType(), GraphQLEnumType():
            yield from (f"{name}.{value}" for value in set(ours.values) - set(theirs.values))
        case GraphQLUnionType(), GraphQLUnionType():
            known = {member.name for member in theirs.types}
            yield from (f"{name} = {one.name}" for one in ours.types if one.name not in known)
        case GraphQLInputObjectType(), GraphQLInputObjectType():
            for field, ours_field in ours.fields.items():
                if field not in theirs.fields:
                    yield f"{name}.{field}"
                elif str(ours_field.type) != str(theirs.fields[field].type):
                    yield f"{name}.{field}: {theirs.fields[field].type}"
        case (
            (GraphQLObjectType() | GraphQLInterfaceType()),
            (GraphQLObjectType() | GraphQLInterfaceType()),
        ):
            yield from differences_in_fields(name, ours, theirs)


def differences_in_fields(
    name: str,
    ours: GraphQLObjectType | GraphQLInterfaceType,
    theirs: GraphQLObjectType | GraphQLInterfaceType,
) -> Iterator[str]:
    """Name the fields, arguments and interfaces that differ."""
    known = {interface.name for interface in theirs.interfaces}
    yield from (f"{name} implements {i.name}" for i in ours.interfaces if i.name not in known)
    for field_name, field in ours.fields.items():
        other = theirs.fields.get(field_name)
        if other is None or str(other.type) != str(field.type):
            yield f"{name}.{field_name}: {field.type}"
            continue
        for argument, ours_argument in field.args.items():
            if argument not in other.args or str(other.args[argument].type) != str(
                ours_argument.type
            ):
                yield f"{name}.{field_name}({argument}:)"
        for argument, theirs_argument in other.args.items():
            if is_required_argument(theirs_argument) and argument not in field.args:
                yield f"{name}.{field_name} lacks {argument}"


@pytest.mark.parametrize(
    ("host", "ours"),
    [("github", github_executor().schema), ("railway", railway_executor().schema)],
    ids=["github", "railway"],
)
def test_a_subset_agrees_with_the_published_schema(host: str, ours: GraphQLSchema) -> None:
    """Each type, field, argument and value of a subset is published, with the same type."""
    if not CONTRACTS.is_dir():
        if os.environ.get("CI") == "true":  # noqa: TID251 - only a developer may go without
            pytest.fail(f"the published schemas are not at {CONTRACTS}")
        pytest.skip(f"the published schemas are not at {CONTRACTS}")
    assert [] == list(differences(ours, published(host)))


def test_a_made_up_field_is_a_difference() -> None:
    """The comparison sees a field, an argument, a type and a value that nobody published."""
    theirs = build_schema("type Query { a(x: Int): E } enum E { ONE }")
    ours = build_schema("type Query { a(y: Int): E b: T } type T { c: Int } enum E { ONE TWO }")
    found = {"Query.a(y:)", "Query.b: T", "type T", "E.TWO"}
    assert found <= set(differences(ours, theirs))
