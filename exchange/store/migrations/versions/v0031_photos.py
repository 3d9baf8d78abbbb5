"""Finished products tell their photos."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_PART = 500
_SEGMENT = sa.table("segment", sa.column("id"), sa.column("kind"), sa.column("ident"), sa.column("body", sa.LargeBinary))
_PRODUCT = sa.table("product", sa.column("id"), sa.column("sku"))
_PHOTO = sa.table(
    "photo", *map(sa.column, ("id", "kind", "owner_id", "position", "sha256", "alt", "width", "height", "size", "removed_at"))
)


def upgrade() -> None:
    """Bring the database forward."""
    photos = _photos()
    _rewrite(lambda sku, product: product | {"photos": photos.get(sku, [])})


def downgrade() -> None:
    """Go back."""
    _rewrite(lambda _sku, product: {name: value for name, value in product.items() if name != "photos"})


def _photos() -> dict[str, list[dict[str, Any]]]:
    """By SKU, in their order, what is told of each."""
    columns = (_PHOTO.c[name] for name in ("sha256", "width", "height", "size", "alt"))
    query = sa.select(_PRODUCT.c.sku, *columns).join_from(_PHOTO, _PRODUCT, _PRODUCT.c.id == _PHOTO.c.owner_id)
    query = query.where(_PHOTO.c.kind == "product", _PHOTO.c.removed_at.is_(None)).order_by(_PHOTO.c.position, _PHOTO.c.id)
    found: dict[str, list[dict[str, Any]]] = {}
    for sku, sha256, width, height, size, alt in op.get_bind().execute(query):
        told = {"href": f"/api/v1/photos/{sha256}", "sha256": sha256, "media_type": "image/jpeg", "width": width, "height": height}
        found.setdefault(sku, []).append(told | {"size": size, "caption": alt})
    return found


def _rewrite(change: Callable[[str, dict[str, Any]], dict[str, Any]]) -> None:
    bind = op.get_bind()
    update = _SEGMENT.update().where(_SEGMENT.c.id == sa.bindparam("of")).values(body=sa.bindparam("new"))
    for part in _parts():
        made = [{"of": number, "new": _canonical(change(sku, orjson.loads(bytes(body))))} for number, sku, body in part]
        bind.execute(update, made)


def _parts() -> Iterator[list[Any]]:
    """The finished products, a part at a time, by their rows' numbers."""
    last = 0
    query = sa.select(_SEGMENT.c.id, _SEGMENT.c.ident, _SEGMENT.c.body).where(_SEGMENT.c.kind == "product").order_by(_SEGMENT.c.id)
    while part := op.get_bind().execute(query.where(_SEGMENT.c.id > last).limit(_PART)).all():
        yield list(part)
        last = part[-1][0]


def _canonical(product: dict[str, Any]) -> bytes:
    return orjson.dumps(product, option=orjson.OPT_SORT_KEYS)
