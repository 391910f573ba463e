"""The first schema: forecasts, requirements, rosters and their publication, events, corrections, audit, runs.

Written down as it was then: it does not import `store.schema`, which goes on changing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_site_at_us"), "audit", ["site", "at_us"], unique=False)
    op.create_index(op.f("ix_audit_site_what"), "audit", ["site", "what"], unique=False)
    op.create_table(
        "correction",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_correction_site_about"), "correction", ["site", "about"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("site", "source", "event_id", name=op.f("uq_event_site_source_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_event_site_at_us"), "event", ["site", "at_us"], unique=False)
    op.create_index(op.f("ix_event_site_received_us"), "event", ["site", "received_us"], unique=False)
    op.create_table(
        "forecast_run",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("grid_minutes", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("begin_s", sa.BigInteger(), nullable=False),
        sa.Column("end_s", sa.BigInteger(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("models", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_run")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_forecast_run_site_begin_s"), "forecast_run", ["site", "begin_s"], unique=False)
    op.create_table(
        "run",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("began_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_run_site_began_us"), "run", ["site", "began_us"], unique=False)
    op.create_table(
        "requirement_version",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("grid_minutes", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("begin_s", sa.BigInteger(), nullable=False),
        sa.Column("end_s", sa.BigInteger(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("forecast_run", KEY, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forecast_run"], ["forecast_run.id"], name=op.f("fk_requirement_version_forecast_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_requirement_version_site_begin_s"), "requirement_version", ["site", "begin_s"], unique=False
    )
    op.create_table(
        "run_end",
        sa.Column("run", KEY, autoincrement=False, nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_run_end_run")),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_run_end")),
    )
    op.create_table(
        "roster_version",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("grid_minutes", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("begin_s", sa.BigInteger(), nullable=False),
        sa.Column("end_s", sa.BigInteger(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("requirement_version", KEY, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["requirement_version"], ["requirement_version.id"], name=op.f("fk_roster_version_requirement_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_roster_version_site_begin_s"), "roster_version", ["site", "begin_s"], unique=False)
    op.create_table(
        "made_from",
        sa.Column("version", KEY, autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["roster_version.id"], name=op.f("fk_made_from_version")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_made_from")),
    )
    op.create_index(op.f("ix_made_from_digest"), "made_from", ["digest"], unique=False)
    op.create_table(
        "publication",
        sa.Column("version", KEY, autoincrement=False, nullable=False),
        sa.Column("published_us", sa.BigInteger(), nullable=False),
        sa.Column("applies_from_s", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["roster_version.id"], name=op.f("fk_publication_version")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_publication")),
    )
    op.create_table(
        "roster_result",
        sa.Column("version", KEY, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["roster_version.id"], name=op.f("fk_roster_result_version")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_roster_result")),
    )
