"""What people do with issues: ours, and their own that look like ours."""

from random import Random

from properties.moves_agent import ours
from properties.town import Town


def write_below_an_issue(town: Town, dice: Random) -> str:
    """Let somebody append to the text of an issue of ours."""
    standing = ours(town, state="open")
    if not standing:
        return ""
    repo, issue = dice.choice(standing)
    repo.edit_issue(issue.number, body=f"{issue.body}\nI looked: it is the cart.")
    return f"somebody writes below {repo.name}#{issue.number}"


def rewrite_an_issue(town: Town, dice: Random) -> str:
    """Let somebody rewrite the middle of an issue of ours, and its title."""
    standing = ours(town, state="open")
    if not standing:
        return ""
    repo, issue = dice.choice(standing)
    first, _, rest = issue.body.partition("\n")
    repo.edit_issue(issue.number, body=f"{first}\nEdited.\n{rest[len(rest) // 2 :]}")
    return f"somebody rewrites {repo.name}#{issue.number}"


def take_a_label_off(town: Town, dice: Random) -> str:
    """Let somebody remove a label of ours."""
    labelled = [(repo, issue) for repo, issue in ours(town, state="open") if issue.labels]
    if not labelled:
        return ""
    repo, issue = dice.choice(labelled)
    gone = dice.choice(issue.labels)
    repo.label_issue(issue.number, [label for label in issue.labels if label != gone])
    return f"somebody takes {gone} off {repo.name}#{issue.number}"


def close_as_completed(town: Town, dice: Random) -> str:
    """Let a person close an issue of ours as done."""
    return _closed(town, dice, reason="completed")


def close_as_not_planned(town: Town, dice: Random) -> str:
    """Let a person mute an issue of ours."""
    return _closed(town, dice, reason="not_planned")


def _closed(town: Town, dice: Random, *, reason: str) -> str:
    standing = ours(town, state="open")
    if not standing:
        return ""
    repo, issue = dice.choice(standing)
    repo.close_issue(issue.number, user="dev", reason=reason)
    return f"dev closes {repo.name}#{issue.number} as {reason}"


def open_again(town: Town, dice: Random) -> str:
    """Let a person open a closed issue of ours again."""
    closed = ours(town, state="closed")
    if not closed:
        return ""
    repo, issue = dice.choice(closed[-3:])
    repo.reopen_issue(issue.number)
    if repo is town.ops:
        town.wanted_open.add(issue.number)
    return f"dev opens {repo.name}#{issue.number} again"


def comment(town: Town, dice: Random) -> str:
    """Let somebody comment, perhaps with a key of ours."""
    found = [*ours(town, state="open"), *ours(town, state="closed")]
    if not found:
        return ""
    repo, issue = dice.choice(found)
    quoted = issue.comments[-1].body if issue.comments and dice.random() < 0.3 else "me too"
    repo.comment(issue.number, quoted, user=dice.choice(("dev", "mallory")))
    return f"somebody comments on {repo.name}#{issue.number}"


def delete_an_issue(town: Town, dice: Random) -> str:
    """Let the owner delete an issue of ours for ever."""
    found = [*ours(town, state="open"), *ours(town, state="closed")]
    if not found:
        return ""
    repo, issue = dice.choice(found)
    town.delete(repo, issue)
    return f"the owner deletes {repo.name}#{issue.number}"


def file_an_issue(town: Town, dice: Random) -> str:
    """Let somebody file an issue of their own, with a title and labels like ours."""
    repo = dice.choice(town.places)
    title = dice.choice(("Main CI red: CI (shop)", "It is broken", "Staging deploy failed: web"))
    user = dice.choice(("dev", "mallory", "archon"))
    made = repo.open_issue(title, "no marker", labels=["pipeline-health", "bug"], user=user)
    return f"{user} files {repo.name}#{made.number}: {title}"


def copy_our_marker(town: Town, dice: Random) -> str:
    """Let a stranger file an issue with the whole text of one of ours."""
    standing = [*ours(town, state="open"), *ours(town, state="closed")]
    if not standing:
        return ""
    repo, issue = dice.choice(standing)
    made = repo.open_issue(issue.title, issue.body, labels=issue.labels, user="mallory")
    return f"mallory copies {repo.name}#{issue.number} as #{made.number}"
