"""GitHub's REST routes for the files of a commit."""

import base64
import hashlib

from pipeline_health.simulator.executor import Value
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.rest import Asked, RefusedError, Reply


def get_tree(asked: Asked, ref: str) -> Reply:
    """Give the tree of a commit: all of it when it is asked to be recursive, else its top."""
    sha = _commit_of(asked.repo, ref)
    files = asked.repo.files_at(sha)
    folders = {path.rsplit("/", depth)[0] for path in files for depth in _depths(path)}
    entries = [_entry(asked, path, text) for path, text in sorted(files.items())]
    entries += [_folder(asked, path) for path in sorted(folders)]
    if "recursive" not in asked.query:
        entries = [entry for entry in entries if "/" not in entry["path"]]
    most = asked.world.tree_limit
    return Reply(
        payload={
            "sha": sha,
            "url": f"{asked.url}/git/trees/{sha}",
            "tree": entries[:most],
            "truncated": len(entries) > most,
        }
    )


def get_contents(asked: Asked, path: str) -> Reply:
    """Give one file at a commit, its text in base64 with a line break after every 60 characters."""
    ref = asked.query.get("ref", "HEAD")
    text = asked.repo.files_at(_commit_of(asked.repo, ref)).get(path)
    if text is None:
        raise RefusedError(404, "Not Found")
    encoded = base64.b64encode(text.encode()).decode()
    lines = (encoded[at : at + 60] for at in range(0, len(encoded), 60))
    return Reply(
        payload={
            "type": "file",
            "encoding": "base64",
            "size": len(text.encode()),
            "name": path.rpartition("/")[2],
            "path": path,
            "content": "".join(f"{line}\n" for line in lines),
            "sha": _object_id(text),
            "url": f"{asked.url}/contents/{path}?ref={ref}",
        }
    )


def _commit_of(repo: Repo, ref: str) -> str:
    sha = repo.find_commit(ref)
    if sha is None:
        raise RefusedError(404, "Not Found")
    return sha


def _depths(path: str) -> range:
    return range(1, path.count("/") + 1)


def _entry(asked: Asked, path: str, text: str) -> Value:
    blob = _object_id(text)
    return {
        "path": path,
        "mode": "100644",
        "type": "blob",
        "size": len(text.encode()),
        "sha": blob,
        "url": f"{asked.url}/git/blobs/{blob}",
    }


def _folder(asked: Asked, path: str) -> Value:
    tree = _object_id(f"tree of {path}")
    url = f"{asked.url}/git/trees/{tree}"
    return {"path": path, "mode": "040000", "type": "tree", "sha": tree, "url": url}


def _object_id(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
