"""What GitHub's REST service tells of the files of a commit."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline_health.simulator import Answer, World
from pipeline_health.simulator.github_world import Repo

Ask = Callable[..., Answer]
SHOP = "/repos/acme/shop"


def read(rest: Ask, target: str) -> Any:
    """Ask for something that must be there."""
    answer = rest("GET", target)
    assert answer.status == 200
    return json.loads(answer.body)


def test_a_tree_lists_files_and_folders(rest: Ask, shop: Repo) -> None:
    """All of them only when asked to; what was removed is gone."""
    shop.push("files", files={"a": "1", "b/c": "2", "b/d/e": "3", "gone": ""})
    head = shop.push("fewer", removes=["gone"])
    whole = read(rest, f"{SHOP}/git/trees/{head}?recursive=1")
    types = {entry["path"]: entry["type"] for entry in whole["tree"]}
    assert types == {"a": "blob", "b/c": "blob", "b/d/e": "blob", "b": "tree", "b/d": "tree"}
    assert whole["truncated"] is False
    top = read(rest, f"{SHOP}/git/trees/main")
    assert {entry["path"] for entry in top["tree"]} == {"a", "b"}


def test_a_large_tree_is_cut_and_says_so(world: World, rest: Ask, shop: Repo) -> None:
    """Nothing tells how much is missing."""
    world.tree_limit = 1
    shop.push("files", files={"a": "1", "b": "2"})
    found = read(rest, f"{SHOP}/git/trees/main?recursive=1")
    assert ([entry["path"] for entry in found["tree"]], found["truncated"]) == (["a"], True)


def test_a_file_comes_in_base64_with_line_breaks(rest: Ask, shop: Repo) -> None:
    """At a commit, or at the head."""
    text = "x" * 100
    first = shop.push("files", files={"b/c": text})
    shop.push("later", files={"b/c": "other"})
    found = read(rest, f"{SHOP}/contents/b/c?ref={first}")
    assert "\n" in found["content"]
    assert base64.b64decode(found["content"]).decode() == text
    assert base64.b64decode(read(rest, f"{SHOP}/contents/b/c")["content"]) == b"other"


@pytest.mark.parametrize("target", ["/contents/nothing", "/git/trees/nothing"])
def test_what_is_not_there_is_a_404(rest: Ask, shop: Repo, target: str) -> None:
    """A file, a commit."""
    assert rest("GET", f"{SHOP}{target}").status == 404
