"""What outlives a look: which services there were, what was last green, and what passed staging."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pipeline_health.agent.first_looks import keep_first_look
from pipeline_health.core.model.deployed import Passage, Remembered
from pipeline_health.core.model.findings import Proof, Symptom
from pipeline_health.core.model.ids import ProjectName, Sha, as_sha
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import services_seen
from pipeline_health.core.passages import passages_of
from pipeline_health.ports import Memory

_STAGING = "services"
_PRODUCTION = "production-services"
_PASSAGES = "passages"
_UNKNOWN = "-"


class Remembering:
    """Small facts of every project, kept in *memory* between two looks."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def of(self, project: ProjectName) -> Remembered:
        """Give what earlier looks saw of *project*."""
        return Remembered(
            staging=self._services(_STAGING, project),
            production=self._services(_PRODUCTION, project),
            passages=passages_from_text(self._memory.recall(_PASSAGES, project) or ""),
        )

    def keep(self, view: ProjectView, *, now: datetime) -> None:
        """Keep what this look saw of one project; what it did not see stays as it was."""
        name = view.policy.name
        keep_first_look(self._memory, name, now=now)
        for topic, part in ((_STAGING, view.staging), (_PRODUCTION, view.production)):
            services = services_seen(part)
            if services:
                self._memory.remember(topic, name, "\n".join(sorted(services)), now=now)
        passages, kept = passages_of(view), self._memory.recall(_PASSAGES, name)
        text = kept if passages == view.passages else passages_to_text(passages)
        if text is not None:  # repeated as it is: a fact that nobody repeats is lost
            self._memory.remember(_PASSAGES, name, text, now=now)

    def keep_green(self, proofs: Iterable[Proof], *, now: datetime) -> None:
        """Keep the commits at which things are proved to work."""
        for proof in proofs:
            if proof.commit is not None:
                self._memory.remember("last-green", key_of(proof.symptom), proof.commit, now=now)

    def last_green(self, symptoms: Iterable[Symptom]) -> Mapping[Symptom, Sha]:
        """Give the commits at which *symptoms* were last proved to work."""
        remembered = {
            symptom: self._memory.recall("last-green", key_of(symptom)) for symptom in symptoms
        }
        return {symptom: Sha(sha) for symptom, sha in remembered.items() if sha is not None}

    def _services(self, topic: str, project: ProjectName) -> frozenset[str]:
        remembered = self._memory.recall(topic, project)
        return frozenset() if not remembered else frozenset(remembered.split("\n"))


def key_of(symptom: Symptom) -> str:
    """Give the key under which a symptom is remembered."""
    subject = symptom.subject
    return f"{symptom.kind}|{symptom.scope}|{subject.thing}|{subject.name}"


def passages_to_text(passages: Iterable[Passage]) -> str:
    """Write passages down, a line each; the name of a service is last, for it may hold anything."""
    return "\n".join(
        f"{passage.commit} {_time(passage.pushed_at)} {_time(passage.proved_at)} {passage.lane}"
        for passage in passages
    )


def passages_from_text(text: str) -> tuple[Passage, ...]:
    """Read passages back; a line that makes no sense is left out."""
    found = (_passage(line) for line in text.split("\n"))
    return tuple(passage for passage in found if passage is not None)


def _passage(line: str) -> Passage | None:
    sha, _, rest = line.partition(" ")
    pushed, _, rest = rest.partition(" ")
    proved, _, lane = rest.partition(" ")
    commit = as_sha(sha)
    try:
        pushed_at = None if pushed == _UNKNOWN else datetime.fromisoformat(pushed)
        proved_at = datetime.fromisoformat(proved)
    except ValueError:
        return None
    if commit is None:
        return None
    return Passage(lane=lane, commit=commit, pushed_at=pushed_at, proved_at=proved_at)


def _time(at: datetime | None) -> str:
    return _UNKNOWN if at is None else at.isoformat()
