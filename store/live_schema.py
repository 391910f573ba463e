"""Tables of the live engine in PostgreSQL, one site's rows beside another's; made when they are not there."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    inspect,
    text,
)

LIVE = MetaData()
_LOCK = 0x7061_6C69_7665
"""The key of PostgreSQL's advisory lock: "palive" in ASCII."""


def _key(name: str) -> "Column[str]":
    return Column(name, Text, primary_key=True)


def _text(name: str) -> "Column[str]":
    return Column(name, Text, nullable=False)


def _whole(name: str) -> "Column[int]":
    return Column(name, BigInteger, nullable=False)


def _numbered() -> "Column[int]":
    return Column("id", BigInteger, Identity(), primary_key=True)


def _content(name: str, nullable: bool = False) -> "Column[bytes]":
    return Column(name, LargeBinary, nullable=nullable)


position = Table("live_position", LIVE, _key("site"), _key("partition"), _whole("next"), _text("log_id"))
journal = Table(
    "live_journal", LIVE, _numbered(), _text("site"), _text("partition"), _whole("received"), _whole("first"),
    _whole("last"), Column("count", Integer, nullable=False), _content("content"),
    Index("live_journal_partition", "site", "partition", "id"),
    Index("live_journal_happened", "site", "partition", "last", "first"),
)  # fmt: skip
decided = Table("live_decided", LIVE, _key("site"), _key("partition"), _key("event_id"))
outbox = Table(
    "live_outbox", LIVE, _numbered(), _text("site"), _text("key"), _text("partition"), _text("topic"),
    _content("message_key"), _content("value"), _whole("made"),
    Column("published", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("site", "key", name="live_outbox_key"),
    Index("live_outbox_waiting", "site", "id", postgresql_where=text("not published")),
)  # fmt: skip
dead = Table(
    "live_dead", LIVE, _key("site"), _key("key"), _text("reason"), _content("raw", nullable=True), _whole("timestamp")
)
state = Table("live_state", LIVE, _key("site"), _key("partition"), _whole("generation"), _content("head"))
part = Table(
    "live_part", LIVE, _key("site"), _key("partition"), _key("kind"), _key("name"),
    Column("generation", BigInteger, primary_key=True), _content("content", nullable=True),
)  # fmt: skip
change = Table("live_change", LIVE, _key("site"), _whole("number"))
shown = Table(
    "live_shown", LIVE, _key("site"), _key("partition"), _key("kind"), _key("name"), _whole("change"),
    _content("content"), Index("live_shown_change", "site", "change"),
)  # fmt: skip


def make(connection: Connection, site: str) -> None:
    """Make the tables that are not there, one process at a time."""
    if inspect(connection).has_table(shown.name):
        found = connection.execute(change.select().where(change.c.site == site)).first()
        if found is not None:
            return
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    LIVE.create_all(connection)
    connection.execute(text("insert into live_change values (:site, 0) on conflict do nothing"), {"site": site})
