"""Staff accounts: sessions, one-time links, second factors, logins at a provider; acts can be searched."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_ACCOUNT: dict[str, Any] = {
    "email": sa.String(200),
    "last_login_at": _TIME,
    "totp_secret": sa.String(300),
    "totp_pending": sa.String(300),
    "totp_step": sa.Integer(),
    "oidc_issuer": sa.String(200),
    "oidc_subject": sa.String(255),
}
_SEARCHED = (["at", "id"], *([column, "at", "id"] for column in ("actor", "action", "kind", "ident")))


def upgrade() -> None:
    """Bring the database forward."""
    for name, kind in _ACCOUNT.items():
        op.add_column("account", sa.Column(name, kind, nullable=True))
    op.create_index(op.f("ix_account_oidc_issuer_oidc_subject"), "account", ["oidc_issuer", "oidc_subject"], unique=True)
    op.create_table(
        "staff_session",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("agent", sa.String(60), nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_staff_session_account_id_account")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_session_digest")),
    )
    op.create_index(op.f("ix_staff_session_made_at"), "staff_session", ["made_at"])
    op.create_table(
        "account_link",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_link")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_link_account_id_account")),
        sa.UniqueConstraint("digest", name=op.f("uq_account_link_digest")),
    )
    op.create_table(
        "spare_code",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_code")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_spare_code_account_id_account")),
        sa.UniqueConstraint("digest", name=op.f("uq_spare_code_digest")),
    )
    for table in ("staff_session", "account_link", "spare_code"):
        op.create_index(op.f(f"ix_{table}_account_id"), table, ["account_id"])
    op.create_table(
        "recovery_asked",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_asked")),
    )
    for columns in _SEARCHED:
        op.create_index(op.f(f"ix_audit_{'_'.join(columns)}"), "audit", columns)


def downgrade() -> None:
    """Bring the database back."""
    for columns in _SEARCHED:
        op.drop_index(op.f(f"ix_audit_{'_'.join(columns)}"), "audit")
    for name in ("recovery_asked", "spare_code", "account_link", "staff_session"):
        op.drop_table(name)
    op.drop_index(op.f("ix_account_oidc_issuer_oidc_subject"), "account")
    for name in _ACCOUNT:
        op.drop_column("account", name)
