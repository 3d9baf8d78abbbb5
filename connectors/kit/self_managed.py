"""
Packages that an office carries out itself or lets another public body or a community carry out (swakelola).

The work is no demand: nobody is asked for an offer. What the office buys for it can be one. A plan names it twice at
most: as a package of its own in the list of packages for providers (`tipe_paket` PDS), or as a line in the package's
text, beside fees and journeys. So a self-managed package is a demand where its lines name goods, and for those lines
alone; where there are no lines its title decides. Others are skipped: of twenty real rows eighteen list nothing but
fees, journeys and account titles such as `Belanja Barang Non Operasional Lainnya`, which say nothing that can be
offered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.kit.errors import Skip
from connectors.kit.rup import NEW, OLD, Names, code_of, package
from connectors.kit.text import line, tidy

NEW_SELF: Names = {
    **NEW,
    "text": "uraian_pekerjaan",
    "contract": ("tgl_awal_pelaksanaan_kontrak", "tgl_akhir_pelaksanaan_kontrak"),
}
OLD_SELF: Names = {**OLD}
"""The older rows have no state of announcement: one with its date is announced."""

_NUMBERED = re.compile(r"^ ?\d{1,2}[.)] ?", re.M)
_ACCOUNT = re.compile(r"\bbarang (?:(?:non )?operasional|untuk bantuan)\b[^;]*", re.I)
_NO_GOODS = re.compile(
    r"(?:belanja )?(?:honor\w*|upah|gaji|insentif|uang|tenaga|narasumber|perjalanan"
    r"|penyusunan|penyiapan|pembahasan|pelaksanaan|pengolahan|pengumpulan|monitoring)\b",
    re.I,
)
_GOODS = re.compile(
    r"\b(?:bahan|material|barang|alat|peralatan|perlengkapan|atk|kertas|cetak|cetakan|pencetakan|penggandaan|foto ?copy|fotokopi"
    r"|makan|makanan|minum|minuman|konsumsi|snack|nasi|sembako|beras|pakaian|seragam|kaos|baju|kain|mebel\w*|meubel\w*|furnitur\w*"
    r"|meja|kursi|lemari|rak|komputer|laptop|printer|tinta|toner|spanduk|baliho|banner|bibit|benih|pupuk|pakan|ternak|obat|obat-obatan"
    r"|semen|pasir|batu|bata|kayu|besi|pipa|cat|genteng|paving|suku cadang|plakat|souvenir|suvenir|keperluan (?:kantor|perkantoran))\b",
    re.I,
)


def self_managed(reference: str, row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """
    What a self-managed package buys, in the wire form of `schemas.demand.DemandSchema`.

    Raises:
        Skip: it is not announced, not active or deleted, or names nothing that is bought.
        Refused: as `rup.package` does.
    """
    text = tidy(row.get(names["text"]))
    if ";" in text:  # numbers before the members of a list say nothing; where lines alone make the list they mark it
        text = _NUMBERED.sub("", text)
    row = {**row, names["text"]: text}
    if names is OLD_SELF:
        row.setdefault(names["announced"], "Terumumkan" if line(row.get(names["published"])) else "")
    demand = package(reference, row, names)
    bought: list[dict[str, Any]] = []
    rest: list[dict[str, Any]] = []
    for item in demand["items"]:
        (bought if names_goods(item["text"]) else rest).append(item)
    if not bought and (rest or not names_goods(demand["title"])):
        raise Skip("Swakelola: dikerjakan sendiri oleh instansi, dan tidak menyebut barang yang dibeli.")
    others = "; ".join(item["text"] for item in rest)
    kind = code_of(row.get("tipe_swakelola"))
    by = ", ".join(filter(None, (line(row.get("nama_satker_penyelenggara")), line(row.get("nama_klpd_penyelenggara")))))
    return demand | {
        "items": bought,
        "description": "\n".join(filter(None, (demand["description"], others and f"Bagian lain: {others}"))) or None,
        "method": "Swakelola" + (f" tipe {kind}" if kind else "") + (f" oleh {by}" if by else ""),
    }


def names_goods(text: str) -> bool:
    """Whether a line names goods: not the title of an account, a fee, nor the writing of papers (`Penyusunan bahan kebijakan`)."""
    return not _NO_GOODS.match(text) and _GOODS.search(_ACCOUNT.sub("", text)) is not None
