"""The pages as HTML: templates, and the way every text takes into them.

A text is redacted and made visible first, and escaped by Jinja after that, whatever it is; what is
no text is one of our own drawings.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from re import fullmatch
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline_health.core import issue_text
from pipeline_health.core.feed import evidence_as_json, evidence_mode, suspects_of
from pipeline_health.core.issue_text.wording import duration, moment
from pipeline_health.core.model.board import Board, Shown
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.policy import EvidenceMode, ProjectPolicy
from pipeline_health.core.model.report import Glow, Station
from pipeline_health.frozen import dataclass
from pipeline_health.page import links
from pipeline_health.page.prose import lines_of
from pipeline_health.page.reading import View
from pipeline_health.page.sheet import index_of

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
_STATIONS: Final = {Station.CI: "CI", Station.STAGING: "Staging", Station.PRODUCTION: "Production"}
_GATE: Final = {Glow.HEALTHY: "open", Glow.BROKEN: "blocked"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page lies: *root* leads from it to the first one, *suffix* ends the others' names.

    A page that is *live* is served, and refreshes itself.
    """

    root: str = ""
    suffix: str = ""
    live: bool = True

    @property
    def home(self) -> str:
        """The way to the first page."""
        return self.root + ("index.html" if self.suffix else "") or "."


def index(view: View, place: Place) -> str:
    """Give the first page: the whole portfolio."""
    return _drawn("index.html", view, place, index_of(view))


def incident_page(view: View, shown: Shown, place: Place) -> str:
    """Give the page of one incident: its evidence, and every decision."""
    incident = shown.incident
    project = _project_of(incident, view.board)
    mode = evidence_mode(project)
    suspects = suspects_of(incident)
    return _drawn(
        "incident.html",
        view,
        place,
        {
            "shown": shown,
            "incident": incident,
            "commit_url": links.commit_page(incident.repo, incident.commit),
            "suspects": None
            if suspects is None
            else links.compare_page(incident.repo, suspects["last_green"], suspects["failing"]),
            "evidence": evidence_as_json(incident.evidence, mode),
            "no_evidence": _no_evidence(incident, mode),
            "done_when": lines_of(issue_text.done_when(incident, project)),
        },
    )


def parent_page(view: View, parent: Parent, place: Place) -> str:
    """Give the page of one story of many projects."""
    return _drawn("parent.html", view, place, {"parent": parent})


def missing_page(view: View, place: Place, *, says: str, advice: str) -> str:
    """Give a page that says why there is none."""
    return _drawn("missing.html", view, place, {"says": says, "advice": advice})


def slot_of(fingerprint: str) -> str:
    """Give the name that the page of an incident has; what is no plain word gets one by digest."""
    plain = fullmatch(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}", fingerprint) is not None
    return fingerprint if plain else sha256(fingerprint.encode("utf-8", "replace")).hexdigest()[:16]


def _project_of(incident: Incident, board: Board) -> ProjectPolicy | None:
    projects = board.wishes.policy.projects
    return next((it for it in projects if it.name == incident.project), None)


def _no_evidence(incident: Incident, mode: EvidenceMode) -> str:
    if incident.evidence is None:
        return "None was read."
    return f"It is not shown: evidence is {mode.value!r}, or the project is not configured."


def _drawn(name: str, view: View, place: Place, facts: Mapping[str, object]) -> str:
    template = _environment(view.told).get_template(name)
    return template.render(
        {
            "board": view.board,
            "trail": view.trail,
            "known": view.known,
            "tone": "unsure",
            "root": place.root,
            "suffix": place.suffix,
            "live": place.live,
            "home": place.home,
            **facts,
        }
    )


@lru_cache(maxsize=2)
def _environment(told: Callable[[str], str]) -> Environment:
    """Give what draws templates, with every text *told*."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _shown(value, told),
    )
    made.filters |= {
        "moment": moment,
        "iso": _iso,
        "length_of": _length,
        "slug": lambda word: str(word).replace(" ", "-"),
        "slot": slot_of,
        "station": lambda station: _STATIONS[station],
        "gate_word": lambda glow: _GATE.get(glow, glow),
        "issue_page": links.issue_page,
        "repo_page": links.repo_page,
        "railway_page": links.railway_page,
        "trace_page": links.trace_page,
    }
    return made


def _shown(value: object, told: Callable[[str], str]) -> object:
    """Give *value* as it may stand in a page; Jinja escapes it then, unless it is a drawing."""
    if value is None:
        return ""
    return value if isinstance(value, Markup) else told(str(value))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _length(of: timedelta | None) -> str:
    return "-" if of is None else duration(of)
