"""Variables as Railway really shows them: sealed, masked, refused, in part, or not at all."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count

import pytest

from pipeline_health.clients.railway import Railway
from pipeline_health.core.model.audit import Compared, SharedBy
from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.gate_policy import AuditPolicy
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, BlindCause, NotAsked, Part, Seen
from pipeline_health.secret import NamedSecret
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.railway_world import RailwayEnvironment, RailwayService
from pipeline_health.sources.railway import RailwaySource, VariablesSource
from railway_watch import GOOD, policy_of, product, redacted, token
from wire import Notebook, StillClock, http_at

SECRET = "planted-value-in-both"
STAGING_TOKEN, PRODUCTION_TOKEN = "rw-staging-token", "rw-production-token"
Tokens = Callable[[ProjectName], NamedSecret | None]


@dataclass(kw_only=True)
class Auditing:
    """The source over a pretend Railway with one product in two environments."""

    world: World
    client: Railway
    memory: Notebook = field(default_factory=Notebook)
    tokens: Tokens = lambda _: token()
    production: Tokens = lambda _: token()
    policy: AuditPolicy = field(default_factory=AuditPolicy)
    keys: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        """Make the product."""
        self.project = product(self.world)

    @property
    def project_policy(self) -> ProjectPolicy:
        """The configuration that watches the product."""
        return replace(policy_of(self.project), audit=self.policy)

    def environment(self, name: str) -> RailwayEnvironment:
        """Give an environment of the pretend Railway."""
        return self.project.environment(name)

    def web(self, environment: str) -> RailwayService:
        """Give the service `web` of an environment."""
        return self.environment(environment).service("web")

    def both(self, **variables: str | None) -> None:
        """Set the same variables of `web` in both environments."""
        for name in ("staging", "production"):
            self.web(name).variables.update(variables)

    def looked(self) -> Deployed:
        """Look at both environments."""
        source = RailwaySource(
            self.client,
            tokens=self.tokens,
            production=self.production,
            memory=self.memory,
            redact=redacted,
        )
        policy = self.project_policy
        return source.look([policy], now=self.world.now())[policy.name]

    def audit(self, deployed: Deployed | None = None) -> Part[Compared]:
        """Look, forget what that asked, and compare."""
        seen = deployed or self.looked()
        self.world.requests.clear()
        source = VariablesSource(
            self.client,
            tokens=self.tokens,
            production=self.production,
            memory=self.memory,
            key=lambda: bytes([next(self.keys)]) * 32,
        )
        return source.compared(self.project_policy, seen, now=self.world.now())

    def compared(self) -> Compared:
        """Compare, and fail with why that could not be."""
        part = self.audit()
        assert isinstance(part, Seen), part
        return part.value

    def subjects(self) -> list[str]:
        """Give the names of what is shared."""
        return [sharing.subject for sharing in self.compared().sharings]

    def doubts(self) -> dict[str, str]:
        """Give what cannot be verified, and why."""
        return {one.name: one.why for one in self.compared().unverifiable}


@contextmanager
def served(world: World) -> Iterator[Auditing]:
    """Serve *world* on loopback."""
    clock = StillClock(world.now())
    with Loopback(world) as loopback, http_at(clock) as http:
        client = Railway(http, api=loopback.railway_url, clock=clock, memory=Notebook())
        yield Auditing(world=world, client=client)


@pytest.fixture
def auditing() -> Iterator[Auditing]:
    """Give a product with nothing in common, and what audits it."""
    with served(World()) as made:
        made.web("staging").variables.update(OWN_KEY="planted-value-of-staging", LOG_LEVEL="info")
        made.web("production").variables.update(OWN_KEY="planted-value-of-live", LOG_LEVEL="info")
        yield made
        assert made.world.refusals == []


def test_two_environments_with_nothing_in_common(auditing: Auditing) -> None:
    """What was compared is told by its name, and all of it takes one request."""
    found = auditing.compared()
    assert (found.sharings, found.unverifiable, found.clean) == ((), (), ("OWN_KEY",))
    assert len(auditing.world.requests) == 1


def test_one_secret_under_two_names_in_two_services(auditing: Auditing) -> None:
    """Found across names and services, and named with every place."""
    auditing.web("staging").variables["STRIPE_KEY"] = SECRET
    api = auditing.environment("production").service("api")
    api.variables["PAYMENT_KEY"] = SECRET
    (sharing,) = auditing.compared().sharings
    assert (sharing.subject, sharing.by) == ("STRIPE_KEY", SharedBy.VALUE)
    assert (sharing.staging, sharing.production) == (("web STRIPE_KEY",), ("api PAYMENT_KEY",))


def test_shared_variables_and_what_refers_to_them(auditing: Auditing) -> None:
    """A reference is one text in both environments; what counts is what it leads to."""
    auditing.both(API_KEY="${{shared.API_KEY}}", COPY_KEY="${{ web.API_KEY }}")
    auditing.environment("staging").shared["API_KEY"] = "planted-shared-staging"
    auditing.environment("production").shared["API_KEY"] = "planted-shared-live"
    assert auditing.subjects() == []
    auditing.environment("production").shared["API_KEY"] = "planted-shared-staging"
    (sharing,) = auditing.compared().sharings
    assert sharing.staging == ("shared API_KEY", "web API_KEY", "web COPY_KEY")


def test_a_shared_variable_that_no_service_refers_to_counts(auditing: Auditing) -> None:
    """It is there for the next one."""
    for name in ("staging", "production"):
        auditing.environment(name).shared["API_KEY"] = SECRET
    assert auditing.subjects() == ["API_KEY"]


def test_a_mistyped_reference_is_empty_and_nothing(auditing: Auditing) -> None:
    """Railway renders it as an empty text, without an error; required, it is missing."""
    auditing.both(API_KEY="${{shared.TYPO}}")
    auditing.policy = AuditPolicy(required=("API_KEY",))
    found = auditing.compared()
    assert found.sharings == ()
    assert [one.why for one in found.missing] == [
        "is not set in staging",
        "is not set in production",
    ]


def test_a_literal_inside_a_reference_is_compared_as_it_is_written(auditing: Auditing) -> None:
    """The host resolves per environment, and the password is written there."""
    auditing.web("staging").variables["HOST"] = "db.staging.example"
    auditing.web("production").variables["HOST"] = "db.live.example"
    auditing.both(DATABASE_URL=f"postgres://app:{SECRET}@${{{{web.HOST}}}}/shop")
    (sharing,) = auditing.compared().sharings
    assert (sharing.subject, sharing.by) == ("DATABASE_URL", SharedBy.PASSWORD)


def test_what_railway_sets_itself_is_no_secret(auditing: Auditing) -> None:
    """The id of the project is the same in both, and long."""
    auditing.both(RAILWAY_PRIVATE_KEY=SECRET)
    assert auditing.subjects() == []


def test_sealed_is_neither_shared_nor_different(auditing: Auditing) -> None:
    """Null is not equal to null; what is sealed in the environment itself counts too."""
    auditing.both(STRIPE_KEY=None, VITE_KEY=None)
    auditing.environment("staging").shared["SHARED_KEY"] = None
    found = auditing.compared()
    assert (found.sharings, found.clean) == ((), ("OWN_KEY",))
    assert auditing.doubts() == {
        "SHARED_KEY": "is sealed in staging",
        "STRIPE_KEY": "is sealed in staging and production",
    }


def test_masked_answers_are_never_compared(auditing: Auditing) -> None:
    """Every value is five asterisks, and no secret is shared."""
    auditing.both(STRIPE_KEY=SECRET)
    for name in ("staging", "production"):
        auditing.environment(name).masked = True
    found = auditing.compared()
    assert (found.sharings, found.clean) == ((), ())
    assert {"OWN_KEY", "STRIPE_KEY"} <= auditing.doubts().keys()


@pytest.mark.parametrize("where", ["staging", "production"])
def test_one_refused_service_leaves_the_others(auditing: Auditing, where: str) -> None:
    """Its alias turns the whole answer into null, and the rest is asked for again."""
    auditing.both(STRIPE_KEY=SECRET)
    api = auditing.environment(where).service("api")
    api.secretive = True
    found = auditing.compared()
    assert [sharing.subject for sharing in found.sharings] == ["STRIPE_KEY"]
    assert (found.whole, found.clean) == (False, ())
    why = "Railway does not show them to our token (Not Authorized)"
    assert auditing.doubts() == {"service api": f"cannot be read in {where}: {why}"}
    assert len(auditing.world.requests) == 2


def test_an_environment_that_shows_no_variables_is_not_verifiable(auditing: Auditing) -> None:
    """It lasts, so that it is no blindness; and it costs three requests, not one a service."""
    for at in range(5):
        auditing.environment("production").service(f"s{at}")
    deployed = auditing.looked()
    auditing.environment("production").restricted = True
    part = auditing.audit(deployed)
    assert isinstance(part, Seen)
    assert (part.value.whole, part.value.sharings) == (False, ())
    names = {one.name for one in part.value.unverifiable}
    assert {
        "service web",
        "service s4",
        "the list of shared variables",
        "the list of variables",
    } <= names
    assert len(auditing.world.requests) == 3


def test_a_required_secret_that_may_be_where_nothing_is_read(auditing: Auditing) -> None:
    """It is not called missing."""
    auditing.policy = AuditPolicy(required=("STRIPE_KEY",))
    auditing.web("staging").variables["STRIPE_KEY"] = SECRET
    auditing.environment("production").service("api").secretive = True
    assert auditing.doubts()["STRIPE_KEY"] == "may be where nothing can be read in production"
    assert auditing.compared().missing == ()


def test_two_project_tokens_see_one_environment_each(auditing: Auditing) -> None:
    """Each half is read with its own token, under the header that works for it."""
    auditing.both(STRIPE_KEY=SECRET)
    give_project_tokens(auditing)
    auditing.tokens = lambda _: token(STAGING_TOKEN, "RAILWAY_TOKEN_SHOP")
    auditing.production = lambda _: token(PRODUCTION_TOKEN, "RAILWAY_TOKEN_SHOP_PRODUCTION")
    assert auditing.subjects() == ["STRIPE_KEY"]
    assert len(auditing.world.requests) == 2


def test_the_header_is_found_by_trying(auditing: Auditing) -> None:
    """Also where nothing is remembered of it."""
    auditing.both(STRIPE_KEY=SECRET)
    give_project_tokens(auditing)
    auditing.tokens = lambda _: token(STAGING_TOKEN, "RAILWAY_TOKEN_SHOP")
    auditing.production = lambda _: token(PRODUCTION_TOKEN, "RAILWAY_TOKEN_SHOP_PRODUCTION")
    deployed = auditing.looked()
    auditing.memory.facts.clear()
    part = auditing.audit(deployed)
    assert isinstance(part, Seen)
    assert [sharing.subject for sharing in part.value.sharings] == ["STRIPE_KEY"]


def give_project_tokens(auditing: Auditing) -> None:
    """Let each environment have a token of its own."""
    for text, name in ((STAGING_TOKEN, "staging"), (PRODUCTION_TOKEN, "production")):
        place = f"{auditing.project.id}:{auditing.environment(name).id}"
        auditing.world.railway_tokens[text] = f"project:{place}"


def test_a_token_of_staging_alone_is_not_configured(auditing: Auditing) -> None:
    """It cannot see production, and that is no blindness."""
    give_project_tokens(auditing)
    auditing.tokens = auditing.production = lambda _: token(STAGING_TOKEN)
    assert auditing.audit() == NotAsked("RAILWAY_TOKEN is a project token, which sees staging only")
    assert auditing.world.requests == []


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (NotAsked(), NotAsked("there is no production to compare")),
        (NotAsked("why"), NotAsked("why")),
        ("unseen", NotAsked("no")),
        ("unconfigured", NotAsked("no")),
        ("unreadable", "production was not seen: no"),
        ("refused", "production was not seen: no"),
    ],
)
def test_what_was_not_seen_is_not_compared(
    auditing: Auditing, part: NotAsked | str, expected: NotAsked | str
) -> None:
    """What lasts is not configured; what may pass is blind."""
    deployed = auditing.looked()
    now = auditing.world.now()
    unseen = Blind(at=now, why="no", cause=BlindCause(part)) if isinstance(part, str) else part
    found = auditing.audit(replace(deployed, production=unseen))
    assert (found.why if isinstance(found, Blind) else found) == expected


def test_a_staging_that_was_not_seen_is_not_compared(auditing: Auditing) -> None:
    """It is named, as production is."""
    blind = Blind(at=auditing.world.now(), why="no")
    found = auditing.audit(replace(auditing.looked(), staging=blind))
    assert isinstance(found, Blind)
    assert found.why == "staging was not seen: no"


def test_where_there_is_nothing_to_compare(auditing: Auditing) -> None:
    """No Railway project, no token, or one environment under two names."""
    deployed = auditing.looked()
    same = replace(deployed, production=deployed.staging)
    assert auditing.audit(same) == NotAsked("staging and production are one environment of Railway")
    auditing.tokens = lambda _: None
    assert auditing.audit(deployed) == NotAsked("there is no Railway token")
    source = VariablesSource(
        auditing.client,
        tokens=auditing.tokens,
        production=auditing.production,
        memory=auditing.memory,
        key=bytes,
    )
    without = replace(auditing.project_policy, railway_project=None)
    found = source.compared(without, deployed, now=auditing.world.now())
    assert found == NotAsked("no Railway project is configured")


def test_a_railway_that_does_not_answer_is_blind(auditing: Auditing) -> None:
    """Its words are ours, whatever the answer was."""
    deployed = auditing.looked()
    auditing.world.faults.add(host="railway", mode="status", status=502, times=9)
    part = auditing.audit(deployed)
    assert isinstance(part, Blind)
    assert part.why == (
        "could not read the variables of shop: Railway gave no answer that can be used"
    )


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Rate limit exceeded", "Railway's rate limit is reached"),
        (f"cannot read {SECRET}", "Railway gave no answer that can be used"),
    ],
)
def test_what_railway_says_goes_no_further(auditing: Auditing, said: str, why: str) -> None:
    """Its message may quote a value."""
    deployed = auditing.looked()
    auditing.world.faults.add(host="railway", mode="graphql_error", body=said, times=9)
    part = auditing.audit(deployed)
    assert isinstance(part, Blind)
    assert part.why == f"could not read the variables of shop: {why}"


def test_what_railway_will_not_answer_is_not_verifiable(auditing: Auditing) -> None:
    """It will say so again, so that it is no blindness."""
    deployed = auditing.looked()
    body = '{"errors": [{"message": "no", "extensions": {"code": "BAD_USER_INPUT"}}]}'
    auditing.world.faults.add(host="railway", mode="status", status=400, body=body, times=9)
    part = auditing.audit(deployed)
    assert isinstance(part, Seen)
    assert part.value.unverifiable[0].why.endswith("Railway does not answer what we ask")


def test_a_service_without_even_a_variable_of_railway_was_not_read(auditing: Auditing) -> None:
    """An empty read is no proof that nothing is shared."""
    deployed = auditing.looked()
    one, two = (auditing.environment(name).id for name in ("staging", "production"))
    assert one != two
    page = '{"variables": {"edges": [], "pageInfo": {"hasNextPage": false, "endCursor": null}}}'
    fields = [f'"v{at}": {page if at in (0, 4) else "{}"}' for at in range(8)]
    body = f'{{"data": {{{", ".join(fields)}}}}}'
    auditing.world.faults.add(host="railway", mode="status", status=200, body=body)
    part = auditing.audit(deployed)
    assert isinstance(part, Seen)
    assert part.value.whole is False
    assert {one.name for one in part.value.unverifiable} == {"service web"}


def test_a_passing_failure_of_one_part_is_blind_unless_something_was_found(
    auditing: Auditing,
) -> None:
    """What is proved is proved; what was not found may be where nothing could be read."""
    deployed = auditing.looked()
    auditing.world.faults.add(host="railway", mode="partial", body="v1", times=3)
    assert isinstance(auditing.audit(deployed), Blind)
    auditing.both(STRIPE_KEY=SECRET)
    auditing.world.faults.clear()
    auditing.world.faults.add(host="railway", mode="partial", body="v1", times=3)
    part = auditing.audit(deployed)
    assert isinstance(part, Seen)
    assert (part.value.whole, len(part.value.sharings)) == (False, 1)


@pytest.mark.parametrize("body", ['{"data": {"v0": 7}}', '{"data": null}', '{"data": {}}', "7"])
def test_an_answer_of_another_shape_is_blind(auditing: Auditing, body: str) -> None:
    """Nothing is concluded from it."""
    deployed = auditing.looked()
    auditing.world.faults.add(host="railway", mode="status", status=200, body=body, times=9)
    assert isinstance(auditing.audit(deployed), Blind)


def test_many_variables_come_in_pages(auditing: Auditing) -> None:
    """What is sealed is known also where it is on the second page."""
    many: dict[str, str | None] = {f"NAME_{at}": f"planted-value-{at}" for at in range(600)}
    auditing.web("staging").variables.update(many, LAST_KEY=None)
    assert auditing.doubts() == {"LAST_KEY": "is sealed in staging"}


def test_many_services_come_in_few_requests(auditing: Auditing) -> None:
    """Three services of two environments are one request, forty of each are three."""
    for at in range(40):
        for name in ("staging", "production"):
            service = auditing.environment(name).service(f"s{at}")
            service.variables["OWN_KEY"] = f"planted-value-of-{name}-{at}"
    assert auditing.subjects() == []
    assert len(auditing.world.requests) == 3


def test_no_value_and_no_digest_is_in_what_is_found(auditing: Auditing) -> None:
    """Names only."""
    auditing.both(STRIPE_KEY=SECRET)
    shown = repr(auditing.audit())
    assert "STRIPE_KEY" in shown
    key = bytes([0]) * 32  # of the first audit
    for text in (SECRET, f"text {SECRET}"):
        digest = hashlib.blake2b(text.encode(), key=key, digest_size=32)
        for trace in (text, digest.hexdigest(), repr(digest.digest())[2:-1]):
            assert trace not in shown
    assert "planted" not in shown
    assert GOOD not in shown


def test_each_audit_has_a_key_of_its_own(auditing: Auditing) -> None:
    """What is kept of one tells nothing of the next."""
    auditing.audit()
    auditing.audit()
    assert next(auditing.keys) == 2
