"""From findings to incidents: continuity first, then one incident per root cause.

Which incident a finding belongs to never depends on a commit, a run or a configuration: it belongs
to the live incident that lists its symptom, else to the live one with the same cause or the same
fingerprint (a marker tells no cause), else to the one that was resolved lately, else it opens a new
one.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from pipeline_health.core.belonging import (
    LASTING,
    Incidents,
    covers_environment,
    has_cause,
    is_broken,
    is_older_than_the_cure,
    lists_subject,
    lists_symptom,
    may_be_back,
)
from pipeline_health.core.causes import jobs_noted, with_cause, with_key
from pipeline_health.core.issue_text import title_of
from pipeline_health.core.model.case import Diagnosed
from pipeline_health.core.model.findings import Finding, Kind, Symptom
from pipeline_health.core.model.ids import Fingerprint, Nonce, RepoName, Sha
from pipeline_health.core.model.incident import (
    Ailment,
    Cause,
    CauseClass,
    Incident,
    Occurrence,
    Phase,
)
from pipeline_health.core.model.questions import LinkTrace

OCCURRENCES_KEPT = 20
_Placed: TypeAlias = tuple[int, Incident]
"""An incident beside its place in the order of all."""


def fingerprint_of(symptom: Symptom, cause: Cause, repo: RepoName) -> Fingerprint:
    """Give the identity of a new incident: of its secret for a credential, else of its symptom.

    A token of our own is its symptom's: it may be used in many repositories.
    """
    identity = (
        f"{Kind.CREDENTIAL_REJECTED}\n{repo.lower()}\n{cause.key}"
        if cause.of is CauseClass.CREDENTIAL and not cause.ours
        else f"{symptom.kind}\n{symptom.scope}\n{symptom.subject.thing}\n{symptom.subject.name}"
    )
    return Fingerprint(hashlib.sha256(identity.encode()).hexdigest()[:16])


def nonce_of(seed: str, fingerprint: Fingerprint) -> Nonce:
    """Give the nonce of an incident that opens in the cycle of *seed*, the shell's random text."""
    return Nonce(hashlib.sha256(f"{seed}\n{fingerprint}".encode()).hexdigest()[:12])


class Correlation:
    """Finds every finding its incident, one after the other, oldest failure first.

    *repos* gives the repository where each project's issues are filed, *last_green* the commit at
    which a symptom was last proved to work.
    """

    def __init__(
        self,
        known: Sequence[Incident],
        *,
        repos: Mapping[str, RepoName],
        last_green: Mapping[Symptom, Sha],
        reopen_within: timedelta,
        seed: str,
    ) -> None:
        self._incidents = Incidents(known)
        self._repos = repos
        self._last_green = last_green
        self._reopen_within = reopen_within
        self._seed = seed
        self._homes: dict[int, list[Diagnosed]] = {}

    def place(self, diagnosed: Iterable[Diagnosed], *, now: datetime) -> None:
        """Put every finding into its incident, opening one where there is none."""
        for found in sorted(diagnosed, key=lambda found: found.finding.since):
            at = self._home(found, now=now)
            if at is None:
                continue
            grown = with_failure(self._incidents.all[at], found)
            self._incidents.put(at, grown)
            if is_broken(grown, found.finding.symptom):
                self._homes.setdefault(at, []).append(found)

    def placed(self) -> tuple[tuple[Incident, tuple[Diagnosed, ...]], ...]:
        """Give every incident, beside the findings of this cycle that belong to it."""
        return tuple(
            (incident, tuple(self._homes.get(at, ())))
            for at, incident in enumerate(self._incidents.all)
        )

    def _home(self, found: Diagnosed, *, now: datetime) -> int | None:
        repo = self._repos[found.finding.project]
        fingerprint = fingerprint_of(found.finding.symptom, found.cause, repo)
        near = [
            (at, self._incidents.all[at]) for at in self._incidents.near(found, repo, fingerprint)
        ]
        live = self._find(found, near, live=True)
        if live is not None:
            return live
        # Whatever the cause: what was read of it then may not be read any more.
        if any(is_older_than_the_cure(each, found.finding) for _, each in near):
            return None
        past = self._find(found, near, live=False)
        if past is not None and self._goes_on(self._incidents.all[past], now=now):
            incident = self._incidents.all[past]
            # What was tried before it was over did work.
            again = replace(
                incident,
                phase=Phase.OPEN,
                resolved_at=None,
                gone_since=None,
                first_failed_at=found.finding.since,
                counted_until=incident.resolved_at,
            )
            self._incidents.put(past, again)
            return past
        return self._incidents.add(self._opened(found, repo, now=now, past=past))

    def _goes_on(self, incident: Incident, *, now: datetime) -> bool:
        """Tell whether a relapse is *incident* once more.

        What nobody was told of begins anew: its title would be about what is over.
        """
        lately = (
            incident.resolved_at is not None and now - incident.resolved_at <= self._reopen_within
        )
        return lately and incident.filing is not None

    def _find(self, found: Diagnosed, near: Sequence[_Placed], *, live: bool) -> int | None:
        candidates = _live(near) if live else _past(near, found)
        first = (lists_symptom, lists_subject) if live else (_is_still_told, lists_symptom)
        tests = (
            *first,
            self._shares_its_root,
            self._is_its_fingerprint,
            covers_environment,
        )
        return next((at for test in tests for at, each in candidates if test(each, found)), None)

    def _shares_its_root(self, incident: Incident, found: Diagnosed) -> bool:
        past = incident.phase is Phase.RESOLVED
        if past and found.cause.of not in LASTING:
            return False
        return incident.repo == self._repos[found.finding.project] and has_cause(incident, found)

    def _is_its_fingerprint(self, incident: Incident, found: Diagnosed) -> bool:
        repo = self._repos[found.finding.project]
        return incident.fingerprint == fingerprint_of(found.finding.symptom, found.cause, repo)

    def _opened(
        self, found: Diagnosed, repo: RepoName, *, now: datetime, past: int | None
    ) -> Incident:
        finding, cause = found.finding, found.cause
        fingerprint = fingerprint_of(finding.symptom, cause, repo)
        credential = cause.of is CauseClass.CREDENTIAL
        kind = Kind.CREDENTIAL_REJECTED if credential else finding.symptom.kind
        filing = None if past is None else self._incidents.all[past].filing
        return Incident(
            fingerprint=fingerprint,
            nonce=nonce_of(self._seed, fingerprint),
            kind=kind,
            project=finding.project,
            repo=repo,
            scope=finding.symptom.scope,
            phase=Phase.PENDING,
            cause=cause,
            first_seen=now,
            first_failed_at=finding.since,
            ailments=(),
            title=title_of(
                kind,
                finding.symptom.subject,
                project=finding.project,
                cause=cause,
                symptom_kind=finding.symptom.kind,
                commit=finding.commit,
            ),
            last_green=self._last_green.get(finding.symptom),
            previous=None if filing is None else filing.number,
        )


def _live(near: Iterable[_Placed]) -> list[_Placed]:
    return [(at, incident) for at, incident in near if incident.phase is not Phase.RESOLVED]


def _past(near: Sequence[_Placed], found: Diagnosed) -> list[_Placed]:
    """Give what is over and may be what is back now, the newest first.

    Not so one of whose identity another lives, for a cause of its own: two issues would bear it.
    """
    living = {incident.fingerprint for _, incident in _live(near)}
    return [
        (at, incident)
        for at, incident in reversed(near)
        if incident.phase is Phase.RESOLVED
        and incident.duplicate_of is None
        and incident.fingerprint not in living
        and may_be_back(incident, found)
    ]


def _is_still_told(incident: Incident, found: Diagnosed) -> bool:
    """Tell whether the issue of *incident*, which is over, is open yet and about the same thing.

    A second issue beside it would be about what the first one still says.
    """
    filing = incident.filing
    return filing is not None and filing.closed_at is None and lists_subject(incident, found)


def with_failure(incident: Incident, found: Diagnosed) -> Incident:
    """Give *incident* with the failure noted: ailment, occurrence, cause and evidence."""
    finding = found.finding
    before = next((a for a in incident.ailments if a.symptom == finding.symptom), None)
    if before is not None and not _is_news(before, finding):
        if finding.since < before.failed_at:
            return with_key(incident, found.cause)
        return with_cause(_known_again(incident, before, found), found)
    ailment = Ailment(
        symptom=finding.symptom,
        failed_at=finding.since,
        commit=finding.commit,
        trace=finding.trace,
        says=finding.says,
        jobs=jobs_noted(found.evidence, before),
        made=found.made,
    )
    others = tuple(a for a in incident.ailments if a.symptom != finding.symptom)
    occurrence = Occurrence(at=finding.since, commit=finding.commit, url=finding.trace.url)
    return with_cause(
        replace(
            incident,
            ailments=(*others, ailment),
            occurrences=(*incident.occurrences, occurrence)[-OCCURRENCES_KEPT:],
            count=incident.count + 1,
        ),
        found,
    )


def _known_again(incident: Incident, before: Ailment, found: Diagnosed) -> Incident:
    """Give back what a marker does not tell: where the failure can be read, and who made it."""
    if not isinstance(before.trace, LinkTrace) or before.trace == found.finding.trace:
        return incident
    again = replace(before, trace=found.finding.trace, says=found.finding.says, made=found.made)
    return replace(incident, ailments=tuple(again if a is before else a for a in incident.ailments))


def _is_news(before: Ailment, finding: Finding) -> bool:
    """Tell whether *finding* is another failure than the one noted before."""
    if before.healed is not None:
        return finding.since > before.healed.at
    return finding.since > before.failed_at
