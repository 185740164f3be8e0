"""The promotion check: facts, tests, facts again, and the verdict on what was seen.

The tests take time, and staging may move on meanwhile: so the facts are read anew before anything
is promised. Nothing here decides; `core.gate` does, on values.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.agent.answering import Answering
from pipeline_health.agent.auditing import Audits
from pipeline_health.agent.elsewhere import Elsewhere
from pipeline_health.agent.look import judged
from pipeline_health.agent.looking import ROUNDS, Eyes
from pipeline_health.agent.standing import Standing
from pipeline_health.core import gate
from pipeline_health.core.model.audit import Audit
from pipeline_health.core.model.commit import AtCommit
from pipeline_health.core.model.gate_policy import Waivable
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.live import Served
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.core.model.promotion import Asked, Facts, Matter, Tests
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Blind, Part, Reading, Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.model.urls import Target, UrlSights
from pipeline_health.core.model.verdict import Verdict
from pipeline_health.core.reach import is_asleep
from pipeline_health.frozen import dataclass
from pipeline_health.ports import (
    AuditSource,
    Clock,
    CodeSource,
    CommitSource,
    DeploySource,
    EndToEnd,
    HistorySource,
    Ledger,
    LiveSite,
    Tracker,
    UrlSource,
)

POLL = timedelta(seconds=15)
POLL_AT_MOST = timedelta(minutes=1)
SLOWER_EVERY = timedelta(minutes=5)
AWAKE = timedelta(seconds=3)
WAKING = timedelta(seconds=30)
SIDE_BY_SIDE = 4
LATELY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything that the check looks at, each by its port."""

    github: CodeSource
    commits: CommitSource
    railway: DeploySource
    history: HistorySource
    urls: UrlSource
    audits: AuditSource
    site: LiveSite
    tests: EndToEnd
    tracker: Tracker


class Promotion:
    """Checks the one project of *policy*.

    *why_unknown* says why our issues cannot be told from others', if they cannot; *begin* is called
    before every round of requests, and sets the time that it may take.
    """

    def __init__(
        self,
        policy: Policy,
        sources: Sources,
        *,
        ledger: Ledger,
        clock: Clock,
        why_unknown: Callable[[], str],
        begin: Callable[[], None],
    ) -> None:
        (self._project,) = policy.projects
        self._policy = policy
        self._sources = sources
        self._clock = clock
        self._begin = begin
        self._known = _known(ledger.incidents(), self._project)
        self._answering = Answering(github=sources.github, railway=sources.railway)
        self._eyes = Eyes(
            github=sources.github,
            railway=sources.railway,
            urls=_AskedLately(sources.urls),
            audits=None,
            memory=ledger,
            evidence=False,
        )
        self._audits = Audits(sources.audits, ledger, every_time=True)
        self._standing = Standing(
            policy,
            eyes=self._eyes,
            tracker=sources.tracker,
            elsewhere=Elsewhere(policy, ledger.parents(), tracker=sources.tracker),
            memory=ledger,
            why_unknown=why_unknown,
            windows=ledger.windows(),
        )

    def check(self, asked: Asked, *, wait: timedelta) -> Verdict:
        """Give the verdict; while it may still change, look again until *wait* is over."""
        ends = self._clock.monotonic() + wait.total_seconds()
        while True:
            verdict = gate.judge(self._settled(self._tested(self._seen(asked))))
            left = ends - self._clock.monotonic()
            if verdict.final or left <= 0:
                return verdict
            pause = pause_after(wait - timedelta(seconds=left))
            self._clock.sleep(min(pause.total_seconds(), left))

    # -- facts -------------------------------------------------------------------------------

    def _seen(self, asked: Asked, *, again: bool = False) -> Matter:
        """Read everything that the providers show; what is independent is asked side by side."""
        # Imported here: no other command needs threads for its decisions.
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        self._begin()
        at = self._clock.now()
        with ThreadPoolExecutor(max_workers=SIDE_BY_SIDE) as pool:
            early = pool.submit(self._at_commit, asked, at) if again else None
            look = self._eyes.look(self._policy, self._known, now=at, side_by_side=again)
            commit = early or pool.submit(self._at_commit, asked, at)
            staging = pool.submit(self._history, look.views[self._project.name])
            audited = pool.submit(self._audits.with_audits, look.snapshot, now=at)
            look = judged(audited.result())
            incidents = self._standing.of(look, self._known, now=at)
        view = look.views[self._project.name]
        facts = Facts(
            at=at,
            view=view,
            commit=commit.result(),
            staging=staging.result(),
            audit=_audit_of(view, at=at),
            incidents=incidents,
        )
        return Matter(asked=asked, facts=facts, tests=Tests(of=frozenset()), now=at)

    def _at_commit(self, asked: Asked, at: datetime) -> Reading[AtCommit]:
        return self._sources.commits.at_commit(self._project, asked.commit, now=at)

    def _history(self, view: ProjectView) -> Part[Environment]:
        if not isinstance(view.staging, Seen):
            return view.staging
        return self._sources.history.history(
            self._project, view.staging.value, now=self._clock.now()
        )

    def _asked_out(self, matter: Matter) -> Matter:
        """Find out what would let more be decided of *matter*."""
        for _ in range(ROUNDS):
            answers = matter.view.answers
            asked = {one for one in gate.questions(matter) if not answers.has(one)}
            if not asked:
                break
            found = self._answering.answered(answers, asked, now=self._clock.now())
            view = replace(matter.view, answers=found)
            matter = replace(matter, facts=replace(matter.facts, view=view))
        return replace(matter, now=self._clock.now())

    # -- tests -------------------------------------------------------------------------------

    def _tested(self, matter: Matter) -> Matter:
        """Test the live URL, as far as that takes no time, and find out what is asked then."""
        matter = self._asked_out(matter)
        tests = self._live(matter, of=gate.served_deployments(matter))
        # What it serves afterwards is asked when the tests are over; until then it may be the same.
        return self._asked_out(replace(matter, tests=replace(tests, after=tests.before)))

    def _settled(self, matter: Matter) -> Matter:
        """Run what takes time where all else lets the commit through, and read every fact anew."""
        if not gate.is_ready(matter):
            return replace(matter, tests=replace(matter.tests, after=self._version()))
        tests = self._with_e2e(matter)
        fresh = self._seen(matter.asked, again=True)
        return self._asked_out(replace(fresh, tests=tests))

    def _version(self) -> Served | None:
        base, wanted = self._project.staging_url, self._project.gate.version
        if base is None or wanted is None:
            return None
        return self._sources.site.version(base, wanted)

    def _live(self, matter: Matter, *, of: frozenset[str]) -> Tests:
        """Ask whether it answers and what it serves, and then make the smoke checks."""
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        base, site = self._project.staging_url, self._sources.site
        if base is None:
            return Tests(of=of)
        url = f"{base}{self._project.health_path}"
        if _sleeps(matter):  # nothing else can be asked before it is awake
            reach, before = site.reach(url, patience=WAKING), self._version()
        else:
            with ThreadPoolExecutor(max_workers=1) as pool:
                asked = pool.submit(self._version)
                reach, before = site.reach(url, patience=AWAKE), asked.result()
        smoke = site.smoke(base, self._project.gate.smoke, patience=AWAKE)
        return Tests(of=of, reach=reach, before=before, smoke=smoke)

    def _with_e2e(self, matter: Matter) -> Tests:
        """Run the end-to-end tests, if any, and ask last of all what is served."""
        base, wishes, tests = self._project.staging_url, self._project.gate, matter.tests
        began = self._clock.monotonic()
        if base is not None and wishes.e2e and Waivable.E2E not in wishes.waive:
            ran = self._sources.tests.run(
                wishes.e2e,
                passing=wishes.e2e_env,
                base=base,
                commit=matter.commit,
                repo=self._project.repo,
                timeout=wishes.timeout,
            )
            tests = replace(tests, e2e=ran)
        took = timedelta(seconds=self._clock.monotonic() - began)
        if took > wishes.max_age / 2:  # what was tested before it would be too old by now
            live = self._live(matter, of=tests.of)
            tests = replace(tests, reach=live.reach, smoke=live.smoke)
        return replace(tests, after=self._version())


class _AskedLately:
    """Asks *source*, and takes its answers for the second look, too: nothing fails so soon."""

    def __init__(self, source: UrlSource) -> None:
        self._source = source
        self._asked: tuple[datetime, UrlSights] | None = None

    def look(self, targets: Sequence[Target], *, gap: timedelta, now: datetime) -> UrlSights:
        """Ask each of *targets*, or tell what they answered less than LATELY ago."""
        if self._asked is not None and now - self._asked[0] <= LATELY:
            known = self._asked[1]
            if all(target in known for target in targets):
                return known
        self._asked = (now, self._source.look(targets, gap=gap, now=now))
        return self._asked[1]


def pause_after(waited: timedelta) -> timedelta:
    """Give how long to pause before the next look: a long wait must not use up a rate limit.

    A look is some six requests to GitHub and three to Railway; the token of an Actions run may make
    1,000 an hour for all of its repository's runs, and so may one of Railway's Hobby plan.
    """
    return min(POLL * (1 + waited // SLOWER_EVERY), POLL_AT_MOST)


def _known(incidents: Sequence[Incident], project: ProjectPolicy) -> tuple[Incident, ...]:
    """Give what the ledger holds of the project, and of what shares its repository."""
    repo = project.repo.lower()
    return tuple(
        one for one in incidents if one.project == project.name or one.repo.lower() == repo
    )


def _audit_of(view: ProjectView, *, at: datetime) -> Audit:
    """Give the audit that the look made; without one nothing was compared."""
    if isinstance(view.audit, Seen):
        return view.audit.value
    nothing = Blind(at=at, why="the variables were not compared")
    return Audit(at=at, variables=nothing, files=nothing)


def _sleeps(matter: Matter) -> bool:
    """Tell whether anything in staging may have to wake up first."""
    staging = matter.facts.staging
    return isinstance(staging, Seen) and any(map(is_asleep, staging.value.services))
