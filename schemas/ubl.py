"""
The names and paths of the UBL 2.1 Catalogue mapping, for whoever writes the document and whoever reads it.

Source
  OASIS Universal Business Language 2.1 (ISO/IEC 19845:2015), UBL-Catalogue-2.1.xsd.
  Units: UN/ECE Recommendation 20. Currency: ISO 4217. Country: ISO 3166-1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from schemas.units import unit_of_code

CATALOGUE = "urn:oasis:names:specification:ubl:schema:xsd:Catalogue-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
NAMESPACES = {None: CATALOGUE, "cac": CAC, "cbc": CBC}

UBL_VERSION = "2.1"
CUSTOMIZATION = "urn:trade-exchange:ubl:catalogue:1"
PROFILE = "urn:trade-exchange:catalogue-without-response"

# who a party is: the NIB where the reader may know it, the exchange's own public name of the firm, a Kemendagri code
SCHEME_NIB = "ID:NIB"
SCHEME_FIRM = "EXCHANGE:IKM"
SCHEME_REGION = "ID:KEMENDAGRI"
# a file for everybody still needs a receiver: the tier of its readers
SCHEME_READER = "EXCHANGE:READER"
PUBLIC_RECEIVER = "public"
COUNTRY = "ID"
CURRENCY = "IDR"
DAY = "DAY"

# header: the whole catalogue, or what changed since another one; line: shown first, changed, no longer to be read
ACTION_REPLACE = "Replace"
ACTION_UPDATE = "Update"
ACTION_ADD = "Add"
ACTION_DELETE = "Delete"

# cac:CommodityClassification: member of the product, member of its edition, @listID
CLASSIFICATIONS = (("kbli", "kbli_edition", "KBLI"), ("kbki", "kbki_edition", "KBKI"), ("hs", "hs_edition", "HS"))

# cac:Price/cbc:PriceType: a price range is two prices, each with its own cac:RequiredItemLocationQuantity
PRICE_ONE = "indicative"
PRICE_LEAST = "indicative minimum"
PRICE_MOST = "indicative maximum"
# of a price that was agreed under a contract; UNCL 5387 has a code for it, which the Peppol profile wants in cbc:PriceType
PRICE_NEGOTIATED = "negotiated"
PRICE_CONTRACT, PRICE_LIST_ID = "CON", "UNCL5387"

# cac:ItemSpecificationDocumentReference/cbc:ID: what a product's links lead to
PHOTO = "photo"
RECORD = "record"
# what is no link of these two but a photo that the node serves bears its SHA-256 for a name, and this cbc:DocumentTypeCode
PHOTO_KIND = "PRODUCT_IMAGE"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

# cac:AdditionalItemProperty/cbc:NameCode; the Indonesian cbc:Name is for people
PROPERTIES = {
    "capacity_band": "Kapasitas (pita)",
    "capacity_min": "Kapasitas terkecil",
    "capacity_max": "Kapasitas terbesar",
    "capacity_period": "Periode kapasitas",
    "is_sample": "Data contoh",
    "minimum_order": "Pesanan minimum",
    "sector": "Sektor",
    "state": "Status penawaran",
    "tkdn_percent": "TKDN (persen)",
    "unit_said": "Satuan",
    "updated_at": "Terakhir diubah",
    "version": "Versi data produk",
    "weight_kg": "Berat per satuan (kg)",
}
PROPERTY_LIST = "EXCHANGE:PRODUCT"

# the profile of Peppol's catalogue without response, transaction T19 of BIS Catalogue 3
PEPPOL_CUSTOMIZATION = "urn:fdc:peppol.eu:poacc:trns:catalogue:3"
PEPPOL_PROFILE = "urn:fdc:peppol.eu:poacc:bis:catalogue_wo_response:3"
# UNCL 7143: HS bears its own code, a list that it does not know is agreed between the two and named by @listName
PEPPOL_CLASSES = {"HS": "HS"}
MUTUALLY_DEFINED = "ZZZ"
PEPPOL_CERTIFICATE = "NA"
PEPPOL_PHOTO = PHOTO_KIND
# what that profile has no element for, as further properties of an item
PEPPOL_PROPERTIES = {
    "producer.ident": "Kode usaha",
    "producer.nib": "NIB usaha",
    "producer.legal_form": "Bentuk hukum usaha",
    "producer.district": "Kecamatan asal",
    "region": "Daerah asal (kode Kemendagri)",
    "price_type": "Jenis harga",
    "lead_time_days": "Waktu pengerjaan (hari)",
    "negotiated_prices": "Harga PKS dalam satuan tanpa kode",
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """How a member of the product becomes a cac:Certificate; issuer None where the number itself tells who gave it."""

    member: str
    code: str
    title: str
    issuer: str | None


CERTIFICATES = (
    Certificate("halal", "HALAL", "Sertifikat halal", "BPJPH"),
    Certificate("sni", "SNI", "Standar Nasional Indonesia yang diacu", "BSN"),
    Certificate("distribution_permit", "IZIN-EDAR", "Izin edar", None),
)
NO_ISSUER = "Penerbit tidak disebutkan"

_ITEM, _PARTY, _TERMS = "cac:Item", "cac:SellerSupplierParty/cac:Party", "cac:RequiredItemLocationQuantity"
_LINK = f"{_ITEM}/cac:ItemSpecificationDocumentReference"


def _property(member: str) -> str:
    return f"{_ITEM}/cac:AdditionalItemProperty[cbc:NameCode[@listID='{PROPERTY_LIST}']='{member}']/cbc:Value"


def _price(kind: str) -> str:
    return f"{_TERMS}/cac:Price[cbc:PriceType='{PRICE_ONE}' or cbc:PriceType='{kind}']/cbc:PriceAmount"


# where each member of a product stands, as XPath 1.0 from its cac:CatalogueLine under PREFIXES; what is not there was not
# said. A test holds the writer to it. Members of the firm are written `producer.name`.
PREFIXES = {"cac": CAC, "cbc": CBC}
PATHS = {
    **{member: _property(member) for member in PROPERTIES},
    "sku": "cbc:ID",
    "name": f"{_ITEM}/cbc:Name",
    "description": f"{_ITEM}/cbc:Description",
    "keywords": f"{_ITEM}/cbc:Keyword",
    "photo": f"{_LINK}[cbc:ID='{PHOTO}']/cac:Attachment/cac:ExternalReference/cbc:URI",
    "photos": f"{_LINK}[cbc:DocumentTypeCode='{PHOTO_KIND}']/cac:Attachment/cac:ExternalReference/cbc:URI",
    "unit_code": "cbc:OrderableUnit",
    "minimum_order": f"cbc:MinimumOrderQuantity | {_property('minimum_order')}",
    "lead_time_days": f"{_TERMS}/cbc:LeadTimeMeasure[@unitCode='{DAY}']",
    "price_min": _price(PRICE_LEAST),
    "price_max": _price(PRICE_MOST),
    "price_valid_until": f"({_TERMS}/cac:Price[not(cbc:PriceType='{PRICE_NEGOTIATED}')]/cac:ValidityPeriod/cbc:EndDate)[1]",
    **{member: f"{_ITEM}/cac:CommodityClassification/cbc:ItemClassificationCode[@listID='{kind}']" for member, _, kind in CLASSIFICATIONS},
    **{
        edition: f"{_ITEM}/cac:CommodityClassification/cbc:ItemClassificationCode[@listID='{kind}']/@listVersionID"
        for _, edition, kind in CLASSIFICATIONS
    },
    **{kind.member: f"{_ITEM}/cac:Certificate[cbc:CertificateTypeCode='{kind.code}']/cbc:ID" for kind in CERTIFICATES},
    "producer.name": f"{_PARTY}/cac:PartyName/cbc:Name",
    "producer.legal_form": f"{_PARTY}/cac:PartyLegalEntity/cbc:CompanyLegalForm",
    "producer.nib": f"{_PARTY}/cac:PartyIdentification/cbc:ID[@schemeID='{SCHEME_NIB}']",
    "producer.ident": f"{_PARTY}/cac:PartyIdentification/cbc:ID[@schemeID='{SCHEME_FIRM}']",
    "producer.district": f"{_ITEM}/cac:OriginAddress/cbc:CitySubdivisionName",
}

# how the number of a distribution permit begins: who gives such permits
_PERMITS = (
    (re.compile(r"P-?IRT\b", re.IGNORECASE), "Dinas Kesehatan kabupaten/kota"),
    (re.compile(r"(BPOM|POM|MD|ML|TR|HT|FF|N[A-E])(?=[\s\d]|$)", re.IGNORECASE), "BPOM"),
    (re.compile(r"(KEMENKES|PK[DL])(?=[\s\d]|$)", re.IGNORECASE), "Kementerian Kesehatan"),
)


def permit_issuer(number: str) -> str:
    """Who gave a distribution permit, by how its number begins; `NO_ISSUER` where that does not tell."""
    return next((issuer for pattern, issuer in _PERMITS if pattern.match(number.strip())), NO_ISSUER)


@cache
def cac(name: str) -> str:
    """The qualified name of an aggregate, as lxml writes it."""
    return f"{{{CAC}}}{name}"


@cache
def cbc(name: str) -> str:
    """The qualified name of a basic component, as lxml writes it."""
    return f"{{{CBC}}}{name}"


# what XML 1.0 cannot hold in any form: controls but tab, line feed and return, lone surrogates, two noncharacters
_UNSAFE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_IDENT = re.compile("[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|^\\s+|\\s+\\Z")
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)


def safe(text: str) -> str:
    """The text without what XML 1.0 cannot hold, and without blanks around it."""
    return (text if text.isprintable() else _UNSAFE.sub("", text)).strip()


def safe_ident(ident: str) -> str:
    """
    A name that must stay different from every other: what cbc:ID cannot keep is written as `_x0001_`, not dropped.

    That is what XML cannot hold, the blanks that a reader turns into spaces, and blanks around it.
    """
    return _NOT_IN_IDENT.sub(lambda found: "".join(f"_x{ord(letter):04X}_" for letter in found[0]), ident)


def known_unit(code: str | None) -> str | None:
    """The unit code where it is one of Rec 20 or 21 by the table of units; None for all others, which are said in words."""
    return code if code and unit_of_code(code) else None


def web_address(text: str | None) -> str | None:
    """An address that a reader may follow: http or https; None for every other."""
    return text if text and _WEB.match(text) else None
