"""The logbook: what people did on the floor and at the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "logbook",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("at_s", sa.BigInteger(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logbook")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_logbook_site_kind"), "logbook", ["site", "kind"], unique=False)
    op.create_index(op.f("ix_logbook_site_about"), "logbook", ["site", "about"], unique=False)
