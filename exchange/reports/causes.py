"""Why a demand is not served, told by the marks of its matches: pure, no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from exchange.reports.classes import UNREAD, Class
from exchange.store.unmet import Asked, Candidate
from schemas.match import whole_mark

# each cause with what it is called, in the order of the tables
CAUSES = {
    "no_product": "Produknya tidak ada",
    "unnamed": "Barangnya tidak terbaca",
    "certificate": "Sertifikat belum ada",
    "capacity": "Kapasitas kurang",
    "lead_time": "Waktu pengerjaan terlalu lama",
    "minimum_order": "Pesanan minimum terlalu besar",
    "price": "Harga di atas pagu",
    "distance": "Jarak atau pulau",
    "other": "Syarat lain",
    "rejected": "Ditolak petugas",
}
# what else a demand can be; only `unmet` is in the sums by cause
OUTCOMES = {
    "unmet": "tidak terlayani",
    "served": "terlayani atau dapat ditanyakan",
    "late": "dapat dilayani, tetapi batas waktunya sudah lewat ketika dicocokkan",
    "not_goods": "bukan pembelian barang",
    "unmatched": "belum dicocokkan",
    "closed": "sudah ditutup sebelum dihitung",
    "twin": "kembar dari permintaan lain",
}
# what is told beside the causes: it stands against a demand's nearest product without being what fails it
CIRCUMSTANCES = {
    "late": "Batas waktunya sudah lewat ketika dicocokkan",
    "far": "Pembelinya jauh: 800 km atau lebih, garis lurus",
    "sea": "Barangnya harus menyeberang laut",
}
# the score from which a mark of place tells of one of them
_HALF = 0.5
_CAUSE_OF = {
    "certificates": "certificate",
    "quantity": "capacity",
    "lead_time": "lead_time",
    "minimum_order": "minimum_order",
    "price": "price",
    "distance": "distance",
    "island": "distance",
}
NO_GOODS = {"services": "jasa", "works": "pekerjaan konstruksi", "consulting": "jasa konsultansi"}
# of several matches that tell of one demand: one that only time was against, one that a single change would make fit, any other
_LATE, _NEAR, _SEVERAL = range(3)


class Opening(NamedTuple):
    """
    A change to one firm's product that would make it fit a demand.

    member: what is changed, in the words of ProductSchema; firm: its public name; says: one Indonesian sentence.
    """

    cause: str
    member: str
    sector: str | None
    firm: str
    sku: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """
    One demand and what became of it.

    outcome: one of `OUTCOMES`. value: its budget in rupiah, None where none is stated. Where it is unmet: cause, the one whose change
    would make it fit, else the one that is furthest from passing; causes: all that stand against the match that tells it;
    alone: whether that is one. sector: of that match's product, else of the demand's class; of_class: of what no product is there.
    says: why, one Indonesian sentence; change: the one change that would turn it. sku, product: of the nearest product.
    openings: every single change to a product that would serve it. beside: what of `CIRCUMSTANCES` its nearest product meets too.
    """

    row_id: int
    ident: str
    title: str
    region: str
    day: date | None
    value: Decimal | None
    outcome: str
    cause: str | None = None
    causes: tuple[str, ...] = ()
    alone: bool = True
    sector: str = UNREAD
    of_class: Class | None = None
    says: str = ""
    change: str | None = None
    sku: str | None = None
    product: str | None = None
    openings: tuple[Opening, ...] = ()
    beside: tuple[str, ...] = ()


class _Weighed(NamedTuple):
    sort: int
    candidate: Candidate
    blocks: tuple[dict[str, Any], ...]
    passed: str
    beside: tuple[str, ...]


def first_outcome(one: Asked) -> str | None:
    """What the demand's own row tells already; None where its matches must tell. Closed demands have no matches left to tell by."""
    if one.accepted or (one.is_open and one.is_matched and one.fits):
        return "served"
    if not one.is_open:
        return "closed"
    return None if one.is_matched else "unmatched"


def judged(one: Asked, outcome: str, **more: Any) -> Judged:
    """The demand with that outcome."""
    value = one.amount if one.amount and one.currency in (None, "IDR") else None
    return Judged(row_id=one.row_id, ident=one.ident, title=one.title, region=one.region, day=one.day, value=value, outcome=outcome, **more)


def by_matches(one: Asked, found: Sequence[Candidate]) -> Judged | None:
    """
    What the matches of a demand tell that serve it not, the best first; None where there are none.

    Distance is a cause only where a mark says that it stands against the match; the criteria of this house never do, they lower a
    score. A match from before verdicts were kept tells nothing: its demand counts as not matched yet.
    """
    proposed = [each for each in found if each.state == "proposed"]
    if any(each.verdict is None for each in proposed):
        return judged(one, "unmatched")
    if not proposed:
        return _rejected(one, found) if found else None
    weighed = [_weigh(each) for each in proposed]
    best = min(weighed, key=lambda each: (each.sort, -each.candidate.score, each.candidate.sku))
    openings = tuple(_opening(each) for each in weighed if each.sort == _NEAR and each.blocks[0]["change"]["side"] == "offer")
    its = {
        "sector": best.candidate.sector or UNREAD, "sku": best.candidate.sku, "product": best.candidate.product, "openings": openings,
        "beside": best.beside,
    }  # fmt: skip
    if best.sort == _LATE:
        return judged(one, "late", says=best.passed, **its)
    main = min(best.blocks, key=lambda mark: (mark["change"] is None, mark["score"] or 0.0))
    names = tuple(dict.fromkeys(_cause(mark) for mark in best.blocks))
    change = main["change"]["says"] if best.sort == _NEAR else None
    alone = len(best.blocks) <= 1
    return judged(one, "unmet", cause=_cause(main), causes=names, alone=alone, says=main["says"], change=change, **its)


def no_goods(one: Asked) -> Judged:
    """A demand that met nothing and that its source calls a service, works or consulting."""
    return judged(one, "not_goods", says=f"Menurut sumbernya {NO_GOODS[one.category or '']}, bukan pembelian barang.")


def without_product(one: Asked, kind: str | None, of_class: Class | None, sector: str, *, stated: bool) -> Judged:
    """A demand that met nothing: its text asks for no goods, for goods that nobody here makes, or for what it does not name."""
    if kind is not None:
        return judged(one, "not_goods", says=f"Permintaan ini berupa {kind}, bukan pembelian barang.")
    if of_class is None:
        says = "Tidak ada produk yang bertemu dengan permintaan ini, dan teksnya tidak menyebut barang yang kelasnya dapat ditaksir."
        return judged(one, "unmet", cause="unnamed", causes=("unnamed",), sector=sector, says=says)
    what = of_class.told() if stated else f"ditaksir {of_class.told()}"
    says = f"Tidak ada produk katalog yang bertemu dengan permintaan ini; kelas barangnya {what}."
    return judged(one, "unmet", cause="no_product", causes=("no_product",), sector=sector, of_class=of_class, says=says)


def _rejected(one: Asked, found: Sequence[Candidate]) -> Judged:
    best = min(found, key=lambda each: (-each.score, each.sku))
    says = f"Petugas menolak semua yang dipertemukan: {best.reason or 'tanpa alasan'}"
    return judged(
        one, "unmet", cause="rejected", causes=("rejected",), sector=best.sector or UNREAD, says=says, sku=best.sku, product=best.product
    )


def _weigh(candidate: Candidate) -> _Weighed:
    all_marks = [whole_mark(mark) for mark in orjson.loads(candidate.marks)]
    marks = [mark for mark in all_marks if mark["blocks"]]
    # a deadline that has passed is the one thing of time that no change would turn; it says nothing of what the firm can do
    late = next((mark["says"] for mark in marks if mark["criterion"] == "lead_time" and mark["change"] is None), "")
    blocks = tuple(mark for mark in marks if not (late and mark["criterion"] == "lead_time"))
    if late and not blocks:
        return _Weighed(_LATE, candidate, (), late, ())
    near = len(blocks) == 1 and blocks[0]["change"] is not None
    return _Weighed(_NEAR if near else _SEVERAL, candidate, blocks or (_UNTOLD,), late, tuple(_beside(all_marks, late)))


def _beside(marks: Sequence[dict[str, Any]], late: str) -> Iterator[str]:
    if late:
        yield "late"
    for criterion, name in (("distance", "far"), ("island", "sea")):
        if any(mark["criterion"] == criterion and not mark["blocks"] and (mark["score"] or 1.0) <= _HALF for mark in marks):
            yield name


_UNTOLD: dict[str, Any] = {"criterion": "", "score": None, "change": None, "says": "Kecocokannya tidak memenuhi; sebabnya tidak tercatat."}


def _cause(mark: dict[str, Any]) -> str:
    return _CAUSE_OF.get(mark["criterion"], "other")


def _opening(one: _Weighed) -> Opening:
    mark, candidate = one.blocks[0], one.candidate
    change = mark["change"]
    return Opening(_cause(mark), change["member"], candidate.sector, candidate.firm, candidate.sku, change["says"])
