"""
Texts that a case's matches propose for fields nobody filled in yet: what is needed, what firms can make; only what is known.

They are Indonesian whatever the reader's language: they will stand in official papers, which are Indonesian by law.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from exchange.store.agreement_board import Under
from exchange.store.agreements import AgreementRow
from exchange.store.demands import DemandRow
from exchange.store.products import ProductRow
from exchange.web.shown import amounts, money, period, periods, price, region
from exchange.web.wording import SOURCE
from exchange.web.words import word


def proposals(row: AgreementRow, under: Sequence[Under], home: str) -> dict[str, str]:
    """By field, in Indonesian; a field that nothing is known for is not in it."""
    with force_locale(SOURCE):
        return _proposals(row, under, home)


def _proposals(row: AgreementRow, under: Sequence[Under], home: str) -> dict[str, str]:
    demands = list({one.demand: one.wanted for one in under if one.wanted is not None}.values())
    products = list({one.product: one.offered for one in under if one.offered is not None}.values())
    made: dict[str, str] = {"para_pihak": f"{region(home)}; {row.counterpart}"}
    if demands:
        made["latar_belakang"] = str(_("Kebutuhan mitra:")) + "\n" + _list(need(one) for one in demands)
        made["lokasi"] = "; ".join(dict.fromkeys([region(home), *(region(one.region) for one in demands)]))
    if products:
        made["ruang_lingkup"] = str(_("Pemenuhan kebutuhan dengan produk IKM:")) + "\n" + _list(capacity(one) for one in products)
        names = "; ".join(dict.fromkeys(one.name for one in products))
        made["objek_kb"] = made["lingkup_pks"] = names
        made["lingkup_kb"] = names
    return made


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def need(demand: DemandRow) -> str:
    """What a demand asks for, in a line: title, buyer, amounts as it says them, budget, when."""
    said = "; ".join(f"{item['text']} {item['quantity']['said']}" for item in demand.items if item.get("quantity"))
    parts = [demand.title, demand.buyer_name, said]
    if demand.budget_amount is not None:
        parts.append(f"{_('pagu')} {money(demand.budget_amount, demand.budget_currency)}")
    when: Any = periods(demand, "selection")
    if when:
        parts.append(f"{_('pemilihan')} {period(when)}")
    return ", ".join(part for part in parts if part)


def capacity(product: ProductRow) -> str:
    """What a firm can make, in a line: product, firm, capacity, price."""
    parts = [product.name, product.business.name]
    if product.capacity_min is not None or product.capacity_max is not None:
        per = f" {_('per')} {word(product.capacity_period, 'period')}" if product.capacity_period else ""
        parts.append(f"{_('kapasitas')} {amounts(product.capacity_min, product.capacity_max)} {product.unit_said or ''}{per}".strip())
    if product.price_min is not None or product.price_max is not None:
        parts.append(f"{price(product.price_min, product.price_max)} {_('per')} {product.unit_said or _('satuan')}")
    return ", ".join(parts)
