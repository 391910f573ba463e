"""Proposals of the live floor, what was done with them, and whether they kept what they promised."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _numbered(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )


def upgrade() -> None:
    _numbered(
        "proposal",
        sa.Column("at_s", sa.BigInteger(), nullable=False),
        sa.Column("expires_s", sa.BigInteger(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
    )
    op.create_index(op.f("ix_proposal_site_at_s"), "proposal", ["site", "at_s"], unique=False)
    _numbered(
        "proposal_deed",
        sa.Column("proposal", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at_s", sa.BigInteger(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["proposal"], ["proposal.id"], name=op.f("fk_proposal_deed_proposal")),
        sa.UniqueConstraint("proposal", "position", name=op.f("uq_proposal_deed_proposal_position")),
    )
    _numbered(
        "promise",
        sa.Column("proposal", KEY, nullable=False),
        sa.Column("measured_us", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["proposal"], ["proposal.id"], name=op.f("fk_promise_proposal")),
        sa.UniqueConstraint("proposal", name=op.f("uq_promise_proposal")),
    )
