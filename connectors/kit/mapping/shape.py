"""The shape of a mapping, table by table; `docs/mappings/README.md` explains each key."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from connectors.kit.mapping.fields import From, Table, choice, pairs, rows, table, whole, words
from schemas.demand import BASES

FORMATS = ("json", "ndjson", "csv", "xml")
PAGINGS = ("none", "page", "offset", "cursor", "link")
_NEEDS = {
    "none": ((), ("total",)),
    "page": (("parameter",), ("first", "size", "size_parameter", "total", "more")),
    "offset": (("parameter",), ("first", "size", "size_parameter", "total", "more")),
    "cursor": (("parameter", "cursor"), ("size", "size_parameter", "total", "more")),
    "link": (("next",), ("total",)),
}
_HEADER = validate.Regexp(r"^[A-Za-z][A-Za-z0-9-]{0,60}$", error="harus nama kepala HTTP, misalnya Authorization")
_OURS = validate.NoneOf(
    ["host", "connection", "content-length", "transfer-encoding", "cookie", "accept-encoding", "user-agent"],
    error="kepala ini diisi oleh simpul sendiri",
)


def _parameter() -> fields.String:
    said = "harus nama parameter alamat, misalnya page"
    return fields.String(load_default=None, validate=validate.Regexp(r"^[\w.\[\]$-]{1,80}$", error=said), error_messages={"invalid": said})


class RequestTable(Table):
    """[request]"""

    accept = words(longest=100)
    token_header = fields.String(load_default="Authorization", validate=[_HEADER, lambda name: _OURS(name.lower())])
    token_prefix = words(default="Bearer ", least=0, longest=40)


class PagingTable(Table):
    """[paging]"""

    kind = choice(*PAGINGS, required=True)
    parameter = _parameter()
    first = whole(0, 1_000_000)
    size = whole(1, 100_000)
    size_parameter = _parameter()
    total = words()
    more = words()
    cursor = words()
    next = words()

    @validates_schema
    def _fits_its_kind(self, data: dict[str, Any], **kwargs: Any) -> None:
        needed, allowed = _NEEDS[data["kind"]]
        wrong = {name: [f"wajib ada pada kind = {data['kind']}"] for name in needed if data.get(name) is None}
        for name, value in data.items():
            if value is not None and name not in ("kind", *needed, *allowed):
                wrong[name] = [f"tidak dipakai pada kind = {data['kind']}; yang ada: {', '.join((*needed, *allowed))}"]
        if data["kind"] == "offset" and data.get("size") is None and data.get("total") is None and data.get("more") is None:
            wrong["size"] = ["isi size, total atau more, supaya akhir daftar dikenal"]
        if wrong:
            raise ValidationError(wrong)


class CsvTable(Table):
    """[csv]"""

    delimiter = choice(",", ";", "|", "\t", default=",")


class ListingTable(Table):
    """[listing]"""

    reference = From(required=True)
    order = From()
    prefer_kept = fields.Boolean(load_default=False, truthy={True}, falsy={False}, error_messages={"invalid": "harus true atau false"})
    volatile = rows(words(), 50)
    personal = rows(words(longest=100), 100)


class ConditionTable(Table):
    """One condition: what a value is, or is not."""

    where = From(data_key="from", required=True)
    wanted = rows(fields.String(), 200, data_key="is")
    unwanted = rows(fields.String(), 200, data_key="is_not")

    @validates_schema
    def _says_one_of_two(self, data: dict[str, Any], **kwargs: Any) -> None:
        if bool(data["wanted"]) == bool(data["unwanted"]):
            raise ValidationError("harus memuat is atau is_not, tidak keduanya")


class SkipTable(Table):
    """[[skip]]: listings for which all conditions hold are no demand."""

    reason = words(required=True, longest=200)
    when = rows(ConditionTable, 10, required=True)


class KeepTable(ConditionTable):
    """[[keep]]: listings for which the condition does not hold are no demand."""

    reason = words(required=True, longest=200)


class BuyerTable(Table):
    """[demand.buyer]"""

    name = From("line", options=("codes", "otherwise"))
    code = From("line", options=("codes", "otherwise"))
    unit = From("line", options=("codes", "otherwise"))

    @validates_schema
    def _names_somebody(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["name"] is None and data["code"] is None:
            raise ValidationError("harus memuat name atau code")


class BudgetTable(Table):
    """[demand.budget]"""

    amount = From("number", "rupiah", options=("scale",), required=True)
    currency = From("line", options=("codes", "otherwise"))
    basis = choice(*BASES, required=True)


class PeriodTable(Table):
    """[demand.periods.…]"""

    start = From("date", "written")
    end = From("date", "written")
    precision = choice("day", "month", "year")


class PeriodsTable(Table):
    """[demand.periods]"""

    selection = table(PeriodTable)
    contract = table(PeriodTable)
    use = table(PeriodTable)


class EligibilityTable(Table):
    """[demand.eligibility]"""

    domestic_product = From(options=("codes", "otherwise"))
    small_business = From(options=("codes", "otherwise"))


class QuantityTable(Table):
    """[demand.items.quantity]"""

    amount = From("number", "rupiah", options=("scale",), required=True)
    unit = From(options=("codes", "otherwise"))
    unit_list = choice("words", "rec20", default="words")


class ClassificationTable(Table):
    """[[demand.items.classifications]]"""

    scheme = words(required=True, longest=60)
    edition = words(longest=60)
    code = From("line", required=True)
    title = From("line")


class SplitTable(Table):
    """[demand.items.list]: items written as a list in one text."""

    text = From(required=True)
    specification = From()
    volume = From()


class ItemsTable(Table):
    """[demand.items]"""

    each = words()
    text = From("line")
    specification = From("line")
    said = From("line")
    quantity = table(QuantityTable)
    classifications = rows(ClassificationTable, 10)
    list = table(SplitTable)

    @validates_schema
    def _one_of_two_ways(self, data: dict[str, Any], **kwargs: Any) -> None:
        if (data["list"] is None) == (data["each"] is None):
            raise ValidationError("harus memuat each (larik barang) atau list (daftar dalam teks), tidak keduanya")
        if data["each"] is not None and data["text"] is None:
            raise ValidationError({"text": ["wajib ada bersama each"]})


class DemandTable(Table):
    """[demand]"""

    title = From("line", required=True)
    description = From("words", "line")
    buyer = table(BuyerTable, required=True)
    region = From(options=("codes", "otherwise"))
    place = From("line", options=("codes", "otherwise"))
    category = From(options=("codes", "otherwise", "split"))
    items = table(ItemsTable)
    quantity_said = From("line")
    budget = table(BudgetTable)
    periods = table(PeriodsTable)
    eligibility = table(EligibilityTable)
    method = From("line", options=("codes", "otherwise"))
    status = From(options=("codes", "otherwise"))
    published_at = From("time", "written", options=("zone",))
    url = From(options=("pattern",))
    related = pairs(From(options=("split",)), longest=40)


class MappingTable(Table):
    """The whole mapping."""

    format = choice(*FORMATS, required=True)
    list = words(default="", least=0)
    request = table(RequestTable)
    paging = table(PagingTable)
    csv = table(CsvTable)
    namespaces = pairs(words(longest=300), longest=40)
    listing = table(ListingTable, required=True)
    skip = rows(SkipTable, 50)
    keep = rows(KeepTable, 50)
    codes = pairs(fields.Dict(keys=fields.String(), error_messages={"invalid": "harus berupa tabel"}))
    demand = table(DemandTable, required=True)
