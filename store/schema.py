"""The tables of a site's memory.

Core, not ORM: everything kept here is an immutable value of `centre` that is written once and read whole, there is no
object whose changes would have to be tracked, and the SQL that runs is the SQL that stands in the code.

What a run produces in bulk (forecast rows, service curves, a roster's segments) is one compressed blob a version. It
is never changed and never read but whole; as rows, a nightly month of 1,000 agents would add 140,000 of them a day.
What is searched by (site, time, version, event id) is a column. For other tools the same data are in out/.

Instants are integers, UTC: `_s` seconds, `_us` microseconds. They compare and come back exactly on every database.
Rows are added, never changed: publishing a draft is a row of its own, and so is a correction.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

HEAD = "0006"
"""The migration that makes this schema; a database at this revision needs no upgrade."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# BIGINT keys do not count up by themselves on SQLite, INTEGER ones do (and are 64 bits wide there).
_KEY = BigInteger().with_variant(Integer(), "sqlite")


def _numbered(name: str, *columns: Column[object] | Index | UniqueConstraint) -> Table:
    """A table whose rows are numbered once and for all: SQLite would give the numbers of deleted rows again."""
    return Table(
        name,
        metadata,
        Column("id", _KEY, primary_key=True, autoincrement=True),
        Column("site", Text, nullable=False),
        *columns,
        sqlite_autoincrement=True,
    )


def _horizon() -> list[Column[object]]:
    return [
        Column("zone", String(64), nullable=False),
        Column("grid_minutes", Integer, nullable=False),
        Column("first_day", String(10), nullable=False),
        Column("days", Integer, nullable=False),
        Column("begin_s", BigInteger, nullable=False),
        Column("end_s", BigInteger, nullable=False),
    ]


def _origin() -> list[Column[object]]:
    """When it was made and from what: the policy, and a digest of every file of the site."""
    return [
        Column("made_us", BigInteger, nullable=False),
        Column("policy", Text, nullable=False),
        Column("sources", Text, nullable=False),
    ]


forecast_run = _numbered(
    "forecast_run",
    *_horizon(),
    *_origin(),
    Column("models", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index(None, "site", "begin_s"),
)

requirement_version = _numbered(
    "requirement_version",
    *_horizon(),
    *_origin(),
    Column("forecast_run", _KEY, ForeignKey("forecast_run.id"), nullable=True),
    Column("content", LargeBinary, nullable=False),
    Index(None, "site", "begin_s"),
)

roster_version = _numbered(
    "roster_version",
    *_horizon(),
    *_origin(),
    Column("requirement_version", _KEY, ForeignKey("requirement_version.id"), nullable=True),
    Column("note", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index(None, "site", "begin_s"),
)

publication = Table(
    "publication",
    metadata,
    Column("version", _KEY, ForeignKey("roster_version.id"), primary_key=True, autoincrement=False),
    Column("published_us", BigInteger, nullable=False),
    Column("applies_from_s", BigInteger, nullable=False),
    Column("published_by", Text, nullable=False),
)

roster_result = Table(
    "roster_result",
    metadata,
    Column("version", _KEY, ForeignKey("roster_version.id"), primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
)

made_from = Table(
    "made_from",
    metadata,
    Column("version", _KEY, ForeignKey("roster_version.id"), primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False, index=True),
)

event = _numbered(
    "event",
    Column("source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", String(40), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("received_us", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("site", "source", "event_id"),
    Index(None, "site", "at_us"),
    Index(None, "site", "received_us"),
)

correction = _numbered(
    "correction",
    Column("about", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("corrected_by", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Index(None, "site", "about"),
)

audit = _numbered(
    "audit",
    Column("at_us", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("did", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("changed", Boolean, nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "site", "at_us"),
    Index(None, "site", "what"),
)

request = _numbered(
    "request",
    Column("what", String(16), nullable=False),
    Column("at_s", BigInteger, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("policy", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Index(None, "site", "what"),
)

request_deed = _numbered(
    "request_deed",
    Column("request", _KEY, ForeignKey("request.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("act", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_s", BigInteger, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Index(None, "site"),
    UniqueConstraint("request", "position"),
)
"""What was done with a request, in order; two who decide at the same moment cannot both have the same position."""

logbook = _numbered(
    "logbook",
    Column("kind", String(32), nullable=False),
    Column("about", Text, nullable=False),
    Column("at_s", BigInteger, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("content", Text, nullable=False),
    Index(None, "site", "kind"),
    Index(None, "site", "about"),
)
"""What people did on the floor and at the desk."""

absence = _numbered(
    "absence",
    Column("agent", Text, nullable=False),
    Column("start_s", BigInteger, nullable=False),
    Column("end_s", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("told_us", BigInteger, nullable=False),
    Column("told_by", Text, nullable=False),
    Index(None, "site"),
)
"""Who is away without having asked for leave, as far as duties fall out: told on the floor, repaired at once."""

run = _numbered(
    "run",
    Column("command", Text, nullable=False),
    Column("began_us", BigInteger, nullable=False),
    Index(None, "site", "began_us"),
)

run_end = Table(
    "run_end",
    metadata,
    Column("run", _KEY, ForeignKey("run.id"), primary_key=True, autoincrement=False),
    Column("ended_us", BigInteger, nullable=False),
    Column("exit_code", Integer, nullable=False),
    Column("summary", Text, nullable=False),
)

account = _numbered(
    "account",
    Column("name", String(64), nullable=False),
    Column("password", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    UniqueConstraint("site", "name"),
)
"""Who may sign in. `password` is an argon2 hash, "" for those who sign in elsewhere."""

web_session = _numbered(
    "web_session",
    Column("account", _KEY, ForeignKey("account.id"), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("began_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
)
"""Browsers that are signed in: the digest of the secret in the cookie, never the secret."""

access_token = _numbered(
    "access_token",
    Column("account", _KEY, ForeignKey("account.id"), nullable=True),
    Column("agent", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger, nullable=True),
)
"""Secrets for programs, wall screens and calendars; kept as digests."""

webhook = _numbered(
    "webhook",
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger, nullable=True),
)

webhook_delivery = _numbered(
    "webhook_delivery",
    Column("webhook", _KEY, ForeignKey("webhook.id"), nullable=False),
    Column("event", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_us", BigInteger, nullable=True),
    Column("answer", Text, nullable=False),
    Index(None, "next_us"),
)
"""What is still to be told to a webhook, or was: `next_us` is None where it is done or given up."""

scenario = _numbered(
    "scenario",
    Column("name", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
)
"""What-if scenarios that people keep, with what they came to."""

proposal = _numbered(
    "proposal",
    Column("at_s", BigInteger, nullable=False),
    Column("expires_s", BigInteger, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("policy", Text, nullable=False),
    Column("content", Text, nullable=False),
    Index(None, "site", "at_s"),
)
"""What was proposed to the shift leader: why, the moves, what they promise."""

proposal_deed = _numbered(
    "proposal_deed",
    Column("proposal", _KEY, ForeignKey("proposal.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("act", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_s", BigInteger, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("proposal", "position"),
)
"""What was done with a proposal, in order: accepted, refused; which moves, and the roster version that came of it."""

promise = _numbered(
    "promise",
    Column("proposal", _KEY, ForeignKey("proposal.id"), nullable=False, unique=True),
    Column("measured_us", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
)
"""What an accepted proposal promised, and what came true."""
