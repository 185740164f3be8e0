"""What is a secret, and what of two values is the same: one row a rule."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_health.core.model.audit import SharedBy
from pipeline_health.core.secrecy import (
    Digest,
    Mark,
    is_env_file,
    is_open,
    is_readable,
    marks_of,
    supabase_mark,
)

LONG = "abcdefghijkl-mnop"
OTHER = "zyxwvutsrqpo-nmlk"
REF = "abcdefghijklmnopqrst"


def digest(text: str) -> Digest:
    """Give the text itself, so that a test can see what was digested."""
    return Digest(text.encode())


def marks(name: str, value: str, *, required: bool = False) -> frozenset[Mark]:
    """Give the marks of one variable."""
    return marks_of(name, value, required=required, digest=digest)


def ways(name: str, value: str, *, required: bool = False) -> set[SharedBy]:
    """Give what of one variable is secret."""
    return {mark.by for mark in marks(name, value, required=required)}


def jwt(**claims: object) -> str:
    """Give a token with *claims*, as Supabase signs its keys."""
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    coded = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts
    ]
    return ".".join((*coded, "c2lnbmF0dXJl"))


@pytest.mark.parametrize(
    ("name", "value", "required", "is_secret"),
    [
        ("STRIPE_KEY", LONG, False, True),
        ("session_secret", LONG, False, True),
        ("ApiToken", LONG, False, True),
        ("PGPASSWORD", LONG, False, True),
        ("AWS_CREDENTIALS", LONG, False, True),
        ("PRIVATE_PEM", LONG, False, True),
        ("LOG_LEVEL", LONG, False, False),
        ("LOG_LEVEL", LONG, True, True),
        ("PIN", "1234", True, True),
        ("RAILWAY_TOKEN_KEY", LONG, False, False),
        ("railway_token", LONG, False, False),
        ("PUBLIC_KEY", LONG, False, False),
        ("NEXT_PUBLIC_SITE_KEY", LONG, False, False),
        ("VITE_API_KEY", LONG, False, False),
        ("STRIPE_PUBLIC_KEY", LONG, False, True),
        ("API_KEY", "elevenchars", False, False),
        ("API_KEY", "twelve-chars", False, True),
        ("FEATURE_TOKENS", "true", False, False),
        ("TOKEN_LIFETIME", "123456789012", False, False),
        ("TOKEN_LIFETIME", "-1234567890.25", False, False),
        ("API_KEY", "", False, False),
        ("API_KEY", "", True, False),
        ("API_KEY", "   ", True, False),
        ("API_KEY", "****************", True, False),
        ("API_KEY", "sk_live_****1234", False, False),
        ("API_KEY", "••••••••••••••••", False, False),
        ("API_KEY", "<redacted>", True, False),
        ("API_KEY", "null", True, False),
        ("API_KEY", "${{shared.API_KEY}}", False, False),
        ("SENTRY_DSN", "https://0123456789abcdef@sentry.example/42", False, False),
        ("HOME_PAGE", "https://example.com/about/us", False, False),
        ("VITE_API", f"https://user:{LONG}@example.com", False, False),
        ("API_KEY", f"not a scheme://{LONG}", False, True),
        ("API_KEY", "1234567890ab", False, True),
        ("NOTE", f"see postgres://app:{LONG}@db.example.com/shop", False, False),
    ],
)
def test_what_is_a_secret(name: str, value: str, required: bool, is_secret: bool) -> None:  # noqa: FBT001 - a column
    """By its name, by a password inside, or because the operator requires it; never a mask."""
    assert (ways(name, value, required=required) != set()) is is_secret


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("STRIPE_KEY", LONG, {SharedBy.VALUE}),
        ("API", f"https://user:{LONG}@api.example.com/v1", {SharedBy.VALUE, SharedBy.PASSWORD}),
        ("API", "https://user:short@api.example.com/v1", {SharedBy.VALUE}),
        ("API", "https://user:pass/word-pass@api.example.com/v1", set()),
        (
            "DATABASE_URL",
            f"postgres://app:{LONG}@db.example.com/shop",
            {SharedBy.VALUE, SharedBy.PASSWORD, SharedBy.DATABASE},
        ),
        ("DATABASE_URL", "postgres://app@db.example.com/shop", {SharedBy.DATABASE}),
        ("DATABASE_URL", "postgres://db.example.com/shop", set()),
        ("DB_HOST", "db.example.com", set()),
        ("PGUSER", "postgres-user-name", set()),
        ("CACHE", "redis://cache.example.com:6379", set()),
        ("VITE_DB", "postgres://app@db.example.com/shop", set()),
        ("SITE", "https://user@db.example.com/shop", set()),
    ],
)
def test_what_of_a_value_is_marked(name: str, value: str, expected: set[SharedBy]) -> None:
    """A URL is split: a user name or a host alone leaves no mark."""
    assert ways(name, value) == expected


@pytest.mark.parametrize(
    "host",
    [
        "postgres.railway.internal",
        "localhost",
        "127.0.0.1",
        "db",
        "printer.local",
        "app.localhost",
        "[::1]",
        "${{Postgres.HOST}}.example.com",
    ],
)
def test_a_host_of_the_own_network_names_no_database(host: str) -> None:
    """Railway's private names are the same in every environment, and lead to other machines."""
    assert SharedBy.DATABASE not in ways("DATABASE_URL", f"postgres://app:{LONG}@{host}:5432/shop")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "postgres://app@db.example.com/shop",
            "postgresql+asyncpg://app@DB.example.com.:5432/shop",
        ),
        (
            "postgres://app@db.example.com/shop",
            "postgres://app@db.example.com/shop?sslmode=require",
        ),
        ("mysql://a%70p@db.example.com/shop", "jdbc:mysql://db.example.com:3306/shop?user=app"),
        ("redis://:pw@cache.example.com", "rediss://default:pw@cache.example.com:6379/0"),
    ],
)
def test_one_database_is_one_under_every_spelling(one: str, other: str) -> None:
    """Host, default port, user and name together; the driver, the case and the query count not."""
    same = {mark for mark in marks("A", one) & marks("B", other) if mark.by is SharedBy.DATABASE}
    assert len(same) == 1


@pytest.mark.parametrize(
    "other",
    [
        "postgres://app@db.example.com/shop_staging",
        "postgres://app@db.example.com:6543/shop",
        "postgres://staging@db.example.com/shop",
        "postgres://app@other.example.com/shop",
    ],
)
def test_another_part_is_another_database(other: str) -> None:
    """Poolers share their hosts, and every Railway database user is `postgres`."""
    assert not marks("A", "postgres://app@db.example.com/shop") & marks("A", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"postgres://a:{LONG}@x.example.com/a", f"redis://b:{LONG}@y.example.com"),
        ("https://a:p%40ssword-p%40ss@x.example.com", "amqp://b:p@ssword-p@ss@y.example.com/v"),
        (f"jdbc:postgresql://x.example.com/a?user=u&password={LONG}", LONG),
    ],
)
def test_one_password_is_one_inside_every_url(one: str, other: str) -> None:
    """Also decoded, in the query of a JDBC URL, and beside the bare password."""
    digests = [{mark.digest for mark in marks("KEY", value)} for value in (one, other)]
    assert digests[0] & digests[1]


def test_a_password_with_a_reference_is_not_compared() -> None:
    """What is written is one text in both environments; what it leads to is compared rendered."""
    written = "postgres://app:${{shared.PASSWORD}}@db.example.com/shop"
    assert ways("DATABASE_URL", written) == {SharedBy.DATABASE}


def test_a_literal_password_beside_a_reference_is_compared() -> None:
    """Half of it resolves per environment, and the secret half does not."""
    written = f"postgres://app:{LONG}@${{{{Postgres.HOST}}}}/shop"
    assert ways("DATABASE_URL", written) == {SharedBy.PASSWORD}


@pytest.mark.parametrize(
    "value",
    [
        f"https://{REF}.supabase.co",
        f"https://{REF.upper()}.supabase.co/rest/v1",
        f"https://{REF}.functions.supabase.co",
        f"postgres://postgres@db.{REF}.supabase.co/postgres",
        f"postgres://postgres.{REF}@aws-0-eu-central-1.pooler.supabase.com:6543/postgres",
        f"postgres://postgres.{REF}:{LONG}@aws-0-eu-central-1.pooler.supabase.com/postgres",
        jwt(iss="supabase", ref=REF, role="anon"),
        jwt(iss="supabase", ref=REF, role="service_role"),
        *(jwt(iss="supabase", ref=REF, role="a" * length) for length in range(1, 21)),
    ],
)
@pytest.mark.parametrize("name", ["SUPABASE_URL", "NEXT_PUBLIC_SUPABASE_URL"])
def test_a_supabase_project_is_known_by_every_trace(name: str, value: str) -> None:
    """By its host, by a pooler's user, and by its keys; in public variables too."""
    assert supabase_mark(REF, digest) in marks(name, value)


@pytest.mark.parametrize(
    "value",
    [
        "https://supabase.com/dashboard",
        "https://api.supabase.co",
        f"https://{REF}.supabase.company.example",
        "postgres://postgres@aws-0-eu-central-1.pooler.supabase.com/postgres",
        jwt(iss="somebody", ref=REF),
        jwt(iss="supabase"),
        jwt(iss="supabase", ref=7),
        f"{jwt(iss='supabase', ref=REF)} and more",
        "eyJhbGciOiJIUzI1NiJ9.WzFd.c2lnbmF0dXJl",
        "eyJhbGciOiJIUzI1NiJ9.e30x.c2lnbmF0dXJl",
    ],
)
def test_what_names_no_supabase_project(value: str) -> None:
    """A host of Supabase's own, another domain, another issuer, and what is no token at all."""
    assert SharedBy.SUPABASE not in ways("SUPABASE_URL", value)


def test_a_railway_variable_names_no_supabase_project() -> None:
    """What Railway itself sets is in both environments."""
    assert ways("RAILWAY_X", f"https://{REF}.supabase.co") == set()


def test_line_ends_and_blanks_are_no_difference() -> None:
    """A key is the same whether its lines are real ones or written out."""
    assert marks("KEY", f" {LONG}\\n{LONG}\n") == marks("KEY", f"{LONG}\n{LONG}")
    assert not marks("KEY", LONG) & marks("KEY", OTHER)


def test_a_mark_does_not_show_its_digest() -> None:
    """A hash of a secret is in no output either."""
    (mark,) = marks("KEY", LONG)
    assert LONG not in repr(mark)


@pytest.mark.parametrize(
    ("value", "readable"),
    [
        (None, False),
        ("*****", False),
        (" [MASKED] ", False),
        ("", True),
        ("a*b", True),
        ("nullable", True),
    ],
)
def test_what_is_masked_is_not_readable(value: str | None, readable: bool) -> None:  # noqa: FBT001 - a column
    """Sealed ones answer null, masked ones asterisks; an empty value is what it is."""
    assert is_readable(value) is readable


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        (".env", True),
        ("api/.env", True),
        (".env.local", True),
        ("a/b/.env.production", True),
        (".env.example", False),
        ("api/.env.sample", False),
        (".env.template", False),
        (".env.production.example", False),
        (".envrc", False),
        ("prod.env", False),
        (".env/readme", False),
    ],
)
def test_which_files_hold_secrets_by_their_name(path: str, secret: bool) -> None:  # noqa: FBT001 - a column
    """Any `.env`, wherever it is, but an example."""
    assert is_env_file(path) is secret


def test_open_names_are_open() -> None:
    """A browser gets them anyway."""
    names = (
        "RAILWAY_KEY",
        "PUBLIC_KEY",
        "NEXT_PUBLIC_KEY",
        "VITE_KEY",
        "vite_key",
        "KEY",
        "MY_PUBLIC",
    )
    assert [name for name in names if not is_open(name)] == ["KEY", "MY_PUBLIC"]


@given(st.text(), st.text(), st.booleans())
def test_no_value_is_ever_an_error(name: str, value: str, required: bool) -> None:  # noqa: FBT001 - a column
    """An error would quote the value; whatever it is, there are marks or there are none."""
    for prefix in ("", "postgres://", "https://", "eyJ.", "jdbc:mysql://["):
        marks_of(name, prefix + value, required=required, digest=lambda _: Digest(b""))


@pytest.mark.parametrize(
    ("scheme", "port"),
    [
        ("amqp", 5672),
        ("amqps", 5671),
        ("clickhouse", 9000),
        ("cockroachdb", 26257),
        ("mariadb", 3306),
        ("mongodb", 27017),
        ("mssql", 1433),
        ("mysql", 3306),
        ("postgres", 5432),
        ("postgresql", 5432),
        ("redis", 6379),
        ("rediss", 6379),
        ("sqlserver", 1433),
    ],
)
def test_the_usual_port_of_a_database_may_be_left_out(scheme: str, port: int) -> None:
    """It is the same one, and another port is another database."""
    left_out, named, other = (
        marks("A", f"{scheme}://app@db.example.com{end}/shop") for end in ("", f":{port}", ":1")
    )

    assert left_out == named != other
    assert {mark.by for mark in named} == {SharedBy.DATABASE}


def test_what_is_digested_tells_apart_what_it_is() -> None:
    """A password, a database and a project that are spelt alike are no secret in common."""
    url = f"postgres://app:{LONG}@db.{REF}.supabase.co/shop"

    assert marks("DATABASE_URL", url) == {
        Mark(by=SharedBy.VALUE, digest=digest(f"text {url}")),
        Mark(by=SharedBy.PASSWORD, digest=digest(f"text {LONG}")),
        Mark(
            by=SharedBy.DATABASE,
            digest=digest(f'database ["db.{REF}.supabase.co", "5432", "app", "shop"]'),
        ),
        Mark(by=SharedBy.SUPABASE, digest=digest(f"supabase {REF}")),
    }


@pytest.mark.parametrize(
    ("url", "database", "password"),
    [
        ("postgres://app:pw@db.example.com/sh@p", ("db.example.com", "5432", "app", "sh@p"), "pw"),
        ("postgres://app@db.example.com", ("db.example.com", "5432", "app", ""), ""),
        ("postgres://app@db.example.com/shopX/", ("db.example.com", "5432", "app", "shopX"), ""),
        ("rediss://:pw@db.example.com", ("db.example.com", "6379", "default", "0"), "pw"),
        ("amqp://b:p/w?@w#d@db.example.com/v", ("db.example.com", "5672", "b", "v"), "p/w?@w#d"),
        ("amqp://@db.example.com/a@b?user=c", ("db.example.com", "5672", "c", "a@b"), ""),
    ],
)
def test_an_address_is_read_as_it_is_written(
    url: str, database: tuple[str, ...], password: str
) -> None:
    """Whatever stands in a password, or in a name: also what should have been encoded."""
    told = marks("A", url, required=True)
    of_password = [mark.digest for mark in told if mark.by is SharedBy.PASSWORD]

    place = digest(f"database {json.dumps(database)}")
    assert [place] == [mark.digest for mark in told if mark.by is SharedBy.DATABASE]
    assert of_password == ([digest(f"text {password}")] if password else [])
