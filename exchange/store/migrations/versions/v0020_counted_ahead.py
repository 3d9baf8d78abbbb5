"""What is counted ahead: matches by kind, kept by triggers, and the unmet demand as it was last counted."""

import sqlalchemy as sa
from alembic import op

from exchange.store.base import BigId
from exchange.store.types import ordered

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_KEYS = "state, region, source_id, sector, kbli, band"
_MOVED = "DO UPDATE SET matches = match_tally.matches + excluded.matches"


def _band(row: str) -> str:
    tests = " ".join(f"WHEN {row}.score >= {least} THEN {band}" for least, band in ((900000, 4), (700000, 3), (500000, 2), (300000, 1)))
    return f"CASE {tests} ELSE 0 END"


def _count(row: str, number: int, source: str, demand: str = "d", product: str = "p") -> str:
    """The statement that adds `number` for each row of `source`."""
    return f"""INSERT INTO match_tally ({_KEYS}, matches)
        SELECT state, region, source_id, sector, kbli, band, sum(number) FROM (
            SELECT {row}.state AS state, coalesce({demand}.region, '') AS region, {demand}.source_id AS source_id,
                coalesce({product}.sector, '') AS sector, coalesce({product}.kbli, '') AS kbli, {_band(row)} AS band, {number} AS number
            {source}
        ) AS kind WHERE true GROUP BY {_KEYS} ORDER BY {_KEYS}
        ON CONFLICT ({_KEYS}) {_MOVED}"""  # noqa: S608 - all names are this file's own


_OF_ONE = "FROM demand d, product p WHERE d.id = {0}.demand_id AND p.id = {0}.product_id"
_OF_DEMAND = "FROM match m JOIN product p ON p.id = m.product_id WHERE m.demand_id = new.id"
_OF_PRODUCT = "FROM match m JOIN demand d ON d.id = m.demand_id WHERE m.product_id = new.id"


def _match_changed(old: str, new: str) -> str:
    tests = [f"{old}.{name} <> {new}.{name}" for name in ("state", "demand_id", "product_id")]
    return " OR ".join([*tests, f"{_band(old)} <> {_band(new)}"])


_DEMAND_CHANGED = "coalesce(old.region, '') <> coalesce(new.region, '') OR old.source_id <> new.source_id"
_PRODUCT_CHANGED = "coalesce(old.sector, '') <> coalesce(new.sector, '') OR coalesce(old.kbli, '') <> coalesce(new.kbli, '')"
_MINUS_OLD = _count("old", -1, _OF_ONE.format("old"))
_PLUS_NEW = _count("new", 1, _OF_ONE.format("new"))
_DEMAND_MOVES = _count("m", -1, _OF_DEMAND, demand="old"), _count("m", 1, _OF_DEMAND, demand="new")
_PRODUCT_MOVES = _count("m", -1, _OF_PRODUCT, product="old"), _count("m", 1, _OF_PRODUCT, product="new")
_NAMES = {
    "match_tally_made": "match", "match_tally_gone": "match", "match_tally_changed": "match", "match_tally_placed": "demand",
    "match_tally_classed": "product",
}  # fmt: skip


def _on_sqlite() -> None:
    for name, event, condition, statements in (
        ("match_tally_made", "INSERT ON match", "true", (_PLUS_NEW,)),
        ("match_tally_gone", "DELETE ON match", "true", (_MINUS_OLD,)),
        (
            "match_tally_changed",
            "UPDATE OF state, score, demand_id, product_id ON match",
            _match_changed("old", "new"),
            (_MINUS_OLD, _PLUS_NEW),
        ),
        ("match_tally_placed", "UPDATE OF region, source_id ON demand", _DEMAND_CHANGED, _DEMAND_MOVES),
        ("match_tally_classed", "UPDATE OF sector, kbli ON product", _PRODUCT_CHANGED, _PRODUCT_MOVES),
    ):
        op.execute(f"CREATE TRIGGER {name} AFTER {event} WHEN {condition} BEGIN {'; '.join(statements)}; END")


def _on_postgresql() -> None:
    # rows that come and go in bulk are counted once a statement, not once a row
    made = _count("m", 1, "FROM made m JOIN demand d ON d.id = m.demand_id JOIN product p ON p.id = m.product_id")
    gone = _count("m", -1, "FROM gone m JOIN demand d ON d.id = m.demand_id JOIN product p ON p.id = m.product_id")
    changed = f"SELECT 1 FROM gone g JOIN made m ON m.id = g.id WHERE {_match_changed('g', 'm')}"  # noqa: S608 - names of this file
    moved = f"IF EXISTS ({changed}) THEN {gone}; {made}; END IF"
    for name, event, told, condition, body in (
        ("match_tally_made", "INSERT ON match", "REFERENCING NEW TABLE AS made FOR EACH STATEMENT", "", made),
        ("match_tally_gone", "DELETE ON match", "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT", "", gone),
        ("match_tally_changed", "UPDATE ON match", "REFERENCING OLD TABLE AS gone NEW TABLE AS made FOR EACH STATEMENT", "", moved),
        ("match_tally_placed", "UPDATE OF region, source_id ON demand", "FOR EACH ROW", _DEMAND_CHANGED, "; ".join(_DEMAND_MOVES)),
        ("match_tally_classed", "UPDATE OF sector, kbli ON product", "FOR EACH ROW", _PRODUCT_CHANGED, "; ".join(_PRODUCT_MOVES)),
    ):
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$")
        when = f"WHEN ({condition})" if condition else ""
        op.execute(f"CREATE TRIGGER {name} AFTER {event} {told} {when} EXECUTE FUNCTION {name}()")


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "match_tally",
        sa.Column("id", BigId, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("region", ordered(10), nullable=False),
        sa.Column("source_id", BigId, nullable=False),
        sa.Column("sector", sa.String(20), nullable=False),
        sa.Column("kbli", sa.String(5), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("matches", BigId, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_match_tally_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_tally")),
        sa.UniqueConstraint("state", "region", "source_id", "sector", "kbli", "band",
                            name=op.f("uq_match_tally_state_region_source_id_sector_kbli_band")),
    )  # fmt: skip
    op.execute(_count("m", 1, "FROM match m JOIN demand d ON d.id = m.demand_id JOIN product p ON p.id = m.product_id"))
    op.create_table(
        "unmet_count",
        sa.Column("id", BigId, nullable=False),
        sa.Column("asked", sa.String(80), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("region", sa.String(10), nullable=True),
        sa.Column("sector", sa.String(20), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demands", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmet_count")),
        sa.UniqueConstraint("asked", name=op.f("uq_unmet_count_asked")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _on_postgresql()
    else:
        _on_sqlite()


def downgrade() -> None:
    """Take it back."""
    for name, table in _NAMES.items():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("unmet_count")
    op.drop_table("match_tally")
