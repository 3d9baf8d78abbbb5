"""What each doubt that waits is about: the firm, the product it may mean, and that product as it is and as it would be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from exchange.catalogue.product_rows import as_wire
from exchange.catalogue.same_product import new_sku
from exchange.catalogue.standing import AMOUNTS
from exchange.catalogue.valid import shown
from exchange.errors import BadRequest
from exchange.store.businesses import BusinessRow, businesses_by_nib
from exchange.store.products import ProductRow, product_record, products_by_sku
from exchange.store.proposals import ProposalRow
from schemas.product import ProductSchema
from schemas.reading.names import name_key
from schemas.reading.units import read_unit

PER_UNIT = (*AMOUNTS, "weight_kg")
_SCHEMA = ProductSchema()
_NUMBERED = re.compile(r"(.*[-./_])(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Doubt:
    """
    One proposal with what it is about.

    firm: None where it is no longer kept. own: the firm's products by SKU, for a doubt about which product is meant.
    product: the one that the values would go onto; None where staff must say. free_sku: the code for a new product.
    """

    row: ProposalRow
    firm: BusinessRow | None
    own: tuple[ProductRow, ...]
    product: ProductRow | None
    free_sku: str | None

    def lines(self, *, changed: bool) -> list[tuple[str, Any, Any]]:
        """Member, value now and value with the proposal: those that would change, or those that both say alike."""
        now = product_record(self.product) if self.product else {}
        wire = merged(self.row.data, now, self.product.sku if self.product else "-")
        try:
            then = checked(wire)
        except BadRequest:
            then = wire
        about = [name for name in _SCHEMA.fields if name not in {"sku", "nib"} and (now or name in self.row.data)]
        return [
            (name, now.get(name), then.get(name))
            for name in about
            if (now.get(name) != then.get(name)) == changed and (changed or name in self.row.data)
        ]

    def faults(self) -> dict[str, str]:
        """Members that the product could not keep, with their values."""
        if self.product is None:
            return {}
        return faults(merged(self.row.data, product_record(self.product), self.product.sku))


def look_at(session: Session, rows: Sequence[ProposalRow], meant: Mapping[int, str] | None = None) -> list[Doubt]:
    """
    What these proposals are about; the number of statements does not grow with theirs.

    meant: SKU of the product to compare with, by the proposal's id, for doubts of the kind `product`.

    Raises:
        BadRequest: a product of `meant` is none of the firm's.
    """
    nibs = {str(row.data.get("nib")) for row in rows if row.kind == "product"}
    firms = businesses_by_nib(session, nibs) if nibs else {}
    priced = products_by_sku(session, {row.key for row in rows if row.kind == "price"})
    own = _products_of(session, [firm.id for firm in firms.values()])
    taken = _taken(session, own)
    doubts = []
    for row in rows:
        if row.kind == "price":
            product = priced.get(row.key)
            doubts.append(Doubt(row, product.business if product else None, (), product, None))
            continue
        firm = firms.get(str(row.data.get("nib")))
        products = own.get(firm.id, ()) if firm else ()
        product = _meant(row, products, (meant or {}).get(row.id))
        doubts.append(Doubt(row, firm, products, product, _free_sku(firm, str(row.data.get("name")), products, taken) if firm else None))
    return doubts


def merged(data: dict[str, Any], stored: dict[str, Any], sku: str) -> dict[str, Any]:
    """
    A product with the values that wait, as JSON keeps it; not checked.

    With another unit go the amounts that were said in the old one: a capacity in dus is none in kodi. A package
    whose content is kept stays, where the new word is the same package without its content.
    """
    said, kept = dict(data), as_wire(stored)
    one, other = read_unit(said.get("unit_said")).value, read_unit(kept.get("unit_said")).value
    if said.get("unit_said") and kept.get("unit_said") and str(said["unit_said"]).casefold() != str(kept["unit_said"]).casefold():
        near = one is not None and other is not None and one.code is not None and one.code == other.code
        if near and one and other and other.content and not one.content:
            said = {name: value for name, value in said.items() if name not in {"unit_said", "unit_code"}}
        elif not near or (one and other and one.content != other.content):
            kept |= dict.fromkeys(PER_UNIT)
    return kept | said | {"sku": sku}


def faults(wire: dict[str, Any]) -> dict[str, str]:
    """Members that break ProductSchema, with the values that they have."""
    return {name: shown(wire.get(name)) for name in sorted(_SCHEMA.validate(wire))}


def checked(wire: dict[str, Any]) -> dict[str, Any]:
    """
    The product as it can be kept, every member typed.

    Raises:
        BadRequest: it breaks ProductSchema; facts: `members`, each broken one with its value.
    """
    try:
        return dict(_SCHEMA.load(wire))
    except ValidationError as error:
        members = {name: shown(wire.get(name)) for name in sorted(error.messages_dict)}
        said = "; ".join(f"{name} ({value})" for name, value in members.items())
        raise BadRequest(
            f"Tidak dapat disimpan: {said}.", mend="Perbaiki di buku kerja lalu impor lagi, atau tolak usulan ini.", members=members
        ) from error


def _products_of(session: Session, firm_ids: list[int]) -> dict[int, tuple[ProductRow, ...]]:
    if not firm_ids:
        return {}
    query = select(ProductRow).options(joinedload(ProductRow.business)).where(ProductRow.business_id.in_(firm_ids))
    own: dict[int, tuple[ProductRow, ...]] = {}
    for product in session.scalars(query.order_by(ProductRow.sku)):
        own[product.business_id] = (*own.get(product.business_id, ()), product)
    return own


def _meant(row: ProposalRow, own: tuple[ProductRow, ...], sku: str | None) -> ProductRow | None:
    """The product asked for, else the one of that very name, else the one that the import found similar."""
    if sku is not None:
        if found := next((product for product in own if product.sku == sku), None):
            return found
        raise BadRequest(f"Produk {shown(sku)} bukan produk usaha ini.", mend="Pilih salah satu produk usaha ini.")
    name = name_key(str(row.data.get("name")))
    same = next((product for product in own if name_key(product.name) == name), None)
    return same or next((product for product in own if row.reason.endswith(f"({product.sku})")), None)


def _numbering(skus: Iterable[str]) -> tuple[str, int, int] | None:
    """Of a firm's codes: what stands before the number in most of them, the highest number and its width."""
    parts = [(match[1], match[2]) for match in map(_NUMBERED.fullmatch, skus) if match]
    if not parts:
        return None
    prefix = Counter(before for before, _ in parts).most_common(1)[0][0]
    numbers = [number for before, number in parts if before == prefix]
    return prefix, max(map(int, numbers)), max(map(len, numbers))


def _taken(session: Session, own: Mapping[int, Sequence[ProductRow]]) -> set[str]:
    """Every SKU, of whomever, that begins as the numbered ones of these firms do."""
    prefixes = {found[0] for products in own.values() if (found := _numbering(product.sku for product in products))}
    if not prefixes:
        return set()
    return set(session.scalars(select(ProductRow.sku).where(or_(*(ProductRow.sku.startswith(p, autoescape=True) for p in prefixes)))))


def _free_sku(firm: BusinessRow, name: str, own: Iterable[ProductRow], taken: set[str]) -> str:
    """The number after the firm's last one that nobody has; a code made from the names where it numbers nothing."""
    found = _numbering(product.sku for product in own)
    if found is None:
        return new_sku(firm.name, name)
    prefix, number, width = found
    while (sku := f"{prefix}{number + 1:0{width}}") in taken:
        number += 1
    return sku
