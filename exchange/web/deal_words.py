"""The words of trade that stand for stored codes, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

DEALS: dict[str, dict[str, object]] = {
    "deal": {
        "disusun": _l("disusun"),
        "ditawarkan": _l("ditawarkan"),
        "ditolak": _l("ditolak pembeli"),
        "dipesan": _l("dipesan"),
        "sebagian_diterima": _l("sebagian diterima"),
        "selesai": _l("selesai"),
        "batal": _l("dibatalkan"),
    },
    "deal_step": {
        "begin": _l("memulai dagang"),
        "draft": _l("menyusun penawaran"),
        "add": _l("menambah baris"),
        "remove": _l("mengeluarkan baris"),
        "offer": _l("mengirim penawaran"),
        "revise": _l("menyusun ulang"),
        "answer": _l("mencatat jawaban"),
        "decline": _l("mencatat penolakan"),
        "order": _l("mencatat pesanan"),
        "deliver": _l("mencatat penerimaan"),
        "correct": _l("membetulkan penerimaan"),
        "close": _l("menutup kurang dari pesanan"),
        "cancel": _l("membatalkan dagang"),
    },
    "deal_answer": {"interested": _l("berminat"), "declined": _l("menolak"), "ordered": _l("memesan")},
    "deal_field": {
        "state": _l("keadaan"),
        "terms": _l("syarat"),
        "letter_number": _l("nomor surat"),
        "letter_date": _l("tanggal surat"),
        "valid_until": _l("berlaku sampai"),
        "answer": _l("jawaban"),
        "order_number": _l("nomor pesanan"),
        "order_date": _l("tanggal pesanan"),
        "quantity": _l("jumlah"),
        "price": _l("harga"),
        "value": _l("nilai"),
        "price_reason": _l("alasan harga"),
        "ordered_quantity": _l("jumlah dipesan"),
        "ordered_value": _l("nilai dipesan"),
        "commodity": _l("objek perjanjian"),
    },
}
