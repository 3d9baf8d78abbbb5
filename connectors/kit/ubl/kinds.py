"""The three documents that ask for something, each as a demand in the wire form."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from connectors.kit.dates import period
from connectors.kit.errors import Refused
from connectors.kit.lists import left_out
from connectors.kit.numbers import digits
from connectors.kit.text import cut
from connectors.kit.ubl.nodes import Node, attribute, each, first, number, said, text, written
from connectors.kit.ubl.parts import Json, budget, buyer, classes, issued, item, numbered, place, quantity, region, span

_TYPES = {"works": "works", "supplies": "goods", "goods": "goods", "services": "services"}
_LISTED_TYPES = {"1": "works", "2": "goods", "3": "services"}  # in the list PROJECT_TYPE of CEN BII; other lists number otherwise
_AMOUNTS = ("cbc:EstimatedOverallContractAmount", "cbc:TotalAmount", "cbc:MaximumAmount")


def call_for_tenders(document: Node) -> Json:
    """A CallForTenders: its project, or what its lots ask for."""
    project, process = first(document, "cac:ProcurementProject"), first(document, "cac:TenderingProcess")
    party = first(document, "cac:ContractingParty/cac:Party")
    lots = each(document, "cac:ProcurementProjectLot")
    wanted, more = _project_items(project, lots)
    deadline = first(process, "cac:TenderSubmissionDeadlinePeriod")
    planned = first(document, "cac:TenderingTerms/cac:BudgetAccountLine/cbc:TotalAmount")
    folder = said(document, "cbc:ContractFolderID")
    return {
        "title": said(project, "cbc:Name"),
        "description": _described(said(project, "cbc:Name"), written(project, "cbc:Description"), written(document, "cbc:Note"), more),
        "buyer": buyer(party, *each(document, "cac:OriginatorCustomerParty/cac:Party")),
        "region": region(party),
        "place": place(*each(project, "cac:RealizedLocation"), *each(lots, "cac:ProcurementProject/cac:RealizedLocation")),
        "category": _category(first(project, "cbc:ProcurementTypeCode")),
        "items": wanted,
        "budget": _tender_value(project) or budget(planned, "planning_budget"),
        "periods": {
            "selection": period(said(deadline, "cbc:StartDate") or said(document, "cbc:IssueDate"), said(deadline, "cbc:EndDate")),
            "contract": span(first(project, "cac:PlannedPeriod")),
            "use": _use(project),
        },
        "method": said(process, "cbc:ProcedureCode") or None,
        "related": {"contract_folder": [cut(folder, 200)]} if folder else {},
    }  # fmt: skip


def _project_items(project: Node, lots: list[Node]) -> tuple[list[Json], str | None]:
    """The lines of a project and of its lots; a lot without lines is an item, and so is a project without either."""
    lines: list[tuple[Callable[[Node, int], Json | None], Node]]
    lines = [(_line_item, node) for node in each(project, "cac:RequestForTenderLine")]
    for lot in lots:
        inner = first(lot, "cac:ProcurementProject")
        own = each(inner, "cac:RequestForTenderLine")
        lines += [(_line_item, node) for node in own] if own else [(_lot_item, inner)]
    lines = lines or [(_lot_item, project)]
    found = [made for position, (read, node) in numbered(lines) if (made := read(node, position))]
    return found, left_out(len(lines))


def _line_item(node: Node, position: int) -> Json | None:
    amounts = [first(node, f"cbc:{name}") for name in ("Quantity", "MinimumQuantity", "MaximumQuantity")]
    return item(first(node, "cac:Item"), position, quantity(*amounts))


def _lot_item(project: Node, position: int) -> Json | None:
    """A project as one item: its name, its quantity, its classes."""
    made = item(project, position, quantity(first(project, "cbc:EstimatedOverallContractQuantity")))
    if made is not None:
        codes = [f"cac:{name}CommodityClassification/cbc:ItemClassificationCode" for name in ("Main", "Additional")]
        made["classifications"] = classes(node for path in codes for node in each(project, path))
    return made


def _tender_value(project: Node) -> Json | None:
    total = first(project, "cac:RequestedTenderTotal")
    return next((made for name in _AMOUNTS if (made := budget(first(total, name), "tender_value"))), None)


def _use(project: Node) -> Json | None:
    wanted = said(project, "cbc:RequestedDeliveryDate")
    return period(None, wanted) if wanted else span(first(project, "cac:RequestForTenderLine/cac:DeliveryPeriod"))


def _category(node: Node) -> str | None:
    word = text(node).casefold()
    return _TYPES.get(word) or (_LISTED_TYPES.get(word) if attribute(node, "listID").upper() == "PROJECT_TYPE" else None)


def request_for_quotation(document: Node) -> Json:
    """A RequestForQuotation: its lines, and where and by when they are to be delivered."""
    lines = each(document, "cac:RequestForQuotationLine/cac:LineItem")
    wanted = [made for position, each_line in numbered(lines) if (made := _line_item(each_line, position))]
    party = first(document, "cac:BuyerCustomerParty/cac:Party")
    behind = first(document, "cac:OriginatorCustomerParty/cac:Party")
    deliveries = each(document, "cac:Delivery") + each(lines, "cac:Delivery")
    title = _title(wanted)
    return {
        "title": title,
        "description": _described(title, written(document, "cbc:Note"), left_out(len(lines))),
        "buyer": buyer(party, behind),
        "region": region(party, behind),
        "place": place(*_places(deliveries), first(document, "cac:DestinationCountry")),
        "items": wanted,
        "budget": _sum(lines),
        "periods": {
            "selection": period(said(document, "cbc:IssueDate"), said(document, "cbc:SubmissionDueDate")),
            "use": _delivered(deliveries),
        },
    }


def _title(wanted: list[Json]) -> str:
    """What the first items are called; a request for quotation has no title of its own."""
    names = ", ".join(made["text"] for made in wanted[:3])
    return cut(names, 1900) + (f" dan {len(wanted) - 3} barang lain" if len(wanted) > 3 else "")


def _places(deliveries: list[Node]) -> list[Node]:
    return [spot for delivery in deliveries for name in ("cac:DeliveryAddress", "cac:DeliveryLocation") for spot in each(delivery, name)]


def _delivered(deliveries: list[Node]) -> Json | None:
    """The first delivery's period that is asked for, else the last day for it."""
    for delivery in deliveries:
        found = span(first(delivery, "cac:RequestedDeliveryPeriod")) or period(None, said(delivery, "cbc:LatestDeliveryDate"))
        if found is not None:
            return found
    return None


def _sum(lines: list[Node]) -> Json | None:
    """The buyer's own sum, where every line states its amount in one currency; else none is said."""
    amounts = [first(each_line, "cbc:LineExtensionAmount") for each_line in lines]
    currencies = {attribute(amount, "currencyID") for amount in amounts}
    numbers = [number(amount) for amount in amounts]
    if len(currencies) != 1 or not all(numbers):
        return None
    total = sum((each_one for each_one in numbers if each_one is not None), Decimal(0))
    return budget({"#text": digits(total), "@currencyID": currencies.pop()}, "owner_estimate")


def catalogue_request(document: Node) -> Json:
    """A CatalogueRequest: of which goods a buyer wants to see offers."""
    lines = each(document, "cac:CatalogueRequestLine")
    wanted = [made for position, each_line in numbered(lines) if (made := _requested(each_line, position))]
    party = first(document, "cac:ContractorCustomerParty/cac:Party") or first(document, "cac:ReceiverParty")
    title = said(document, "cbc:Name", "cbc:Description") or _title(wanted)
    if not title:
        raise Refused("nothing_asked", "Permintaan katalog tidak menyebut satu pun barang, nama atau uraian.")
    return {
        "title": cut(title, 2000),
        "description": _described(title, written(document, "cbc:Description"), written(document, "cbc:Note"), left_out(len(lines))),
        "buyer": buyer(party, first(document, "cac:ReceiverParty")),
        "region": region(party, first(document, "cac:ReceiverParty")),
        "place": place(*each(document, "cac:ApplicableTerritoryAddress")),
        "items": wanted,
        "periods": {"selection": span(first(document, "cac:ValidityPeriod"))},
    }


def _requested(node: Node, position: int) -> Json | None:
    terms = each(node, "cac:RequiredItemLocationQuantity")
    amounts = [first(each_one, f"cbc:{name}") for each_one in terms for name in ("MinimumQuantity", "MaximumQuantity")]
    return item(first(node, "cac:Item"), position, quantity(*amounts))


def _described(title: str, *texts: str | None) -> str | None:
    kept = [text for text in texts if text and text.casefold() != title.casefold()]
    return "\n".join(dict.fromkeys(kept)) or None


def demand(kind: str, reference: str, document: dict[str, Any]) -> Json:
    """
    A document as a demand.

    Raises:
        Refused: it names nobody who asks or nothing that is asked for, or a date or number in it cannot be read.
    """
    made = READERS[kind](document)
    if not made["title"] or made["buyer"] is None:
        what = "pembeli (nama pihak yang meminta)" if made["title"] else "barang atau nama pengadaan"
        raise Refused("title_or_buyer_missing", f"Dokumen UBL tidak menyebut {what}.")
    return {"reference": reference, "status": "open", "published_at": issued(document)} | made | {"title": cut(made["title"], 2000)}


READERS: dict[str, Callable[[Node], Json]] = {
    "CallForTenders": call_for_tenders,
    "RequestForQuotation": request_for_quotation,
    "CatalogueRequest": catalogue_request,
}
