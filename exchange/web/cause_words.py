"""The words of causes in quarantine: why a record could not be understood, for whoever does not read the codes of connectors."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exchange.web.field_words import FIELDS
from exchange.web.wording import by_reader

CAUSES: dict[str, object] = {
    "budget_unreadable": _l("nilainya tidak terbaca"),
    "buyer_missing": _l("pembelinya tidak disebut"),
    "code_unknown": _l("katanya tidak ada di daftar kode pemetaan"),
    "columns_unknown": _l("kolomnya tidak dikenal"),
    "connector_raised": _l("konektornya gagal membaca"),
    "dataset_unknown": _l("jenis datanya tidak dikenal"),
    "date_unreadable": _l("tanggalnya tidak terbaca"),
    "entry_malformed": _l("entri umpannya tidak lengkap"),
    "expression_failed": _l("ungkapan pemetaannya tidak dapat dihitung"),
    "month_unreadable": _l("bulan pemilihannya tidak terbaca"),
    "not_a_demand": _l("bentuknya bukan permintaan"),
    "not_an_offer": _l("bentuknya bukan barang yang ditawarkan"),
    "not_storable": _l("tidak dapat disimpan"),
    "nothing_asked": _l("tidak menyebut apa yang diminta"),
    "number_out_of_range": _l("bilangannya terlalu besar atau terlalu rinci"),
    "offer_unnamed": _l("barangnya tanpa nama atau nomor"),
    "reference_missing": _l("nomornya kosong"),
    "region": _l("daerahnya di luar wilayah mitra"),
    "region_unknown": _l("kode wilayahnya tidak dikenal"),
    "release_empty": _l("rilisnya tidak ada dalam jawaban"),
    "row_unreadable": _l("barisnya tidak terbaca"),
    "stage_unknown": _l("tahapnya tidak dikenal"),
    "status_unknown": _l("statusnya tidak dikenal"),
    "text_unreadable": _l("bukan teks di tempat yang seharusnya teks"),
    "title_missing": _l("namanya kosong"),
    "title_or_buyer_missing": _l("judul atau pembelinya kosong"),
    "ubl_incomplete": _l("dokumen UBL-nya tidak lengkap"),
    "ubl_invalid": _l("dokumen UBL-nya tidak sah"),
}


def cause(rule: str) -> str:
    """
    A cause in words; the code itself where there are none.

    Of `schema:<member>`, a record that breaks its form, the member is named as pages name it: `schema:budget.amount` is about the budget.
    """
    if known := CAUSES.get(rule):
        return str(known)
    form, colon, path = rule.partition(":")
    if form != "schema" or not colon:
        return rule
    steps = path.split(".")
    member = steps[1] if steps[0] == "periods" and len(steps) > 1 else steps[0]
    if member not in FIELDS:
        return str(_("bentuknya tidak memenuhi syarat"))
    return str(_("%(part)s tidak memenuhi syarat", part=FIELDS[member]))


def register(app: Flask) -> None:
    """Give the templates the words."""
    app.jinja_env.filters["cause"] = by_reader(cause)
