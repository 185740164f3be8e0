"""What the providers themselves change: names, features, rights, and how late their lists are."""

from datetime import timedelta
from random import Random

from properties.town import Town

LAGS = (timedelta(seconds=4), timedelta(seconds=40), timedelta(minutes=3), timedelta(minutes=10))


def rename(town: Town, dice: Random) -> str:
    """Let an owner rename a repository, or give it its old name back."""
    repo = dice.choice(town.places)
    new = repo.name.removesuffix("-two") if repo.name.endswith("-two") else f"{repo.name}-two"
    repo.rename(f"acme/{new}")
    return f"a repository is called {new} now"


def turn_issues_off(town: Town, dice: Random) -> str:
    """Let an owner disable issues."""
    repo = dice.choice(town.places)
    repo.has_issues = False
    return f"{repo.name} has no issues any more"


def turn_issues_on(town: Town, dice: Random) -> str:
    """Let an owner enable issues again."""
    off = [repo for repo in town.places if not repo.has_issues]
    for repo in off:
        repo.has_issues = True
    return f"{', '.join(repo.name for repo in off)} has issues again" if off else ""


def drop_labels(town: Town, dice: Random) -> str:
    """Let our account lose push access, so that labels vanish unsaid."""
    repo = dice.choice(town.places)
    repo.drops_labels = True
    return f"{repo.name} drops our labels"


def keep_labels(town: Town, dice: Random) -> str:
    """Let our account have push access again."""
    dropping = [repo for repo in town.places if repo.drops_labels]
    for repo in dropping:
        repo.drops_labels = False
    return f"{', '.join(repo.name for repo in dropping)} keeps our labels" if dropping else ""


def let_lists_lag(town: Town, dice: Random) -> str:
    """Let lists of issues show what is new late."""
    town.world.list_lag = dice.choice(LAGS)
    return f"lists of issues lag by {town.world.list_lag}"


def let_runs_lag(town: Town, dice: Random) -> str:
    """Let lists of runs show what is new late."""
    town.world.runs_lag = dice.choice(LAGS)
    return f"lists of runs lag by {town.world.runs_lag}"


def let_lists_be_fresh(town: Town, dice: Random) -> str:
    """Let every list show everything."""
    lagged = town.world.list_lag or town.world.runs_lag
    town.world.list_lag = town.world.runs_lag = timedelta(0)
    return "lists are fresh" if lagged else ""
