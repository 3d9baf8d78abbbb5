"""The words that stand for stored codes, in the reader's language; a code without a word is shown as it is."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

WORDS: dict[str, dict[str, object]] = {
    "match": {
        "proposed": _l("menunggu keputusan"),
        "accepted": _l("diterima"),
        "rejected": _l("ditolak"),
        "retired": _l("ditarik"),
    },
    "verdict": {
        "fit": _l("memenuhi yang diminta"),
        "ask": _l("perlu ditanyakan"),
        "near_miss": _l("kurang satu hal"),
        "unfit": _l("tidak memenuhi"),
    },
    "demand_status": {
        "planned": _l("direncanakan"),
        "open": _l("terbuka"),
        "closed": _l("ditutup"),
        "cancelled": _l("dibatalkan"),
    },
    "held_why": {
        "grace": _l("menunggu penarikan lengkap berikutnya"),
        "guard": _l("hilang bersama lebih banyak dari batas yang wajar"),
        "kept": _l("dipertahankan oleh petugas"),
    },
    "demand_state": {"live": _l("berlaku"), "withdrawn": _l("ditarik")},
    "supply_state": {"live": _l("ditawarkan"), "missing": _l("tidak disebut lagi"), "withdrawn": _l("ditarik")},
    "category": {
        "goods": _l("barang"),
        "services": _l("jasa"),
        "works": _l("pekerjaan konstruksi"),
        "consulting": _l("jasa konsultansi"),
        "mixed": _l("campuran"),
    },
    "basis": {
        "package_ceiling": _l("pagu paket"),
        "owner_estimate": _l("harga perkiraan sendiri (HPS)"),
        "tender_value": _l("nilai tender"),
        "planning_budget": _l("anggaran perencanaan"),
        "contract_value": _l("nilai kontrak"),
    },
    "sector": {"logam": _l("Logam"), "kimia": _l("Kimia"), "pangan": _l("Pangan"), "energi": _l("Energi")},
    "run": {
        "running": _l("sedang berjalan"),
        "complete": _l("lengkap"),
        "partial": _l("sebagian"),
        "unproven": _l("belum terbukti lengkap"),
        "failed": _l("gagal"),
    },
    "night": {"running": _l("sedang berjalan"), "done": _l("selesai"), "broken": _l("terputus")},
    "health": {"good": _l("menjawab"), "failing": _l("sedang gagal"), "lapsed": _l("lama tidak menjawab")},
    "source": {
        "pending": _l("menunggu persetujuan"),
        "approved": _l("disetujui"),
        "disabled": _l("dimatikan"),
    },
    "count": {
        "fetched": _l("diterima"),
        "new": _l("baru"),
        "changed": _l("berubah"),
        "unchanged": _l("tetap"),
        "missing": _l("tidak disebut lagi"),
        "held": _l("ditahan"),
        "withdrawn": _l("ditarik"),
        "quarantined": _l("belum terbaca"),
        "skipped": _l("dilewati"),
        "duplicates": _l("kembar"),
    },
    "field": {
        "name": _l("nama"),
        "description": _l("uraian"),
        "sector": _l("sektor"),
        "unit_said": _l("satuan"),
        "price_min": _l("harga terendah"),
        "price_max": _l("harga tertinggi"),
        "price_valid_until": _l("harga berlaku sampai"),
        "capacity_min": _l("kapasitas terendah"),
        "capacity_max": _l("kapasitas tertinggi"),
        "capacity_period": _l("kapasitas per"),
        "lead_time_days": _l("lama pengerjaan (hari)"),
        "minimum_order": _l("pesanan paling sedikit"),
        "tkdn_percent": _l("TKDN, persen"),
        "keywords": _l("kata kunci"),
        "kbli": _l("KBLI"),
        "kbki": _l("KBKI"),
        "hs": _l("kode HS"),
        "unit_code": _l("kode satuan"),
        "sni": _l("SNI"),
        "halal": _l("halal"),
        "distribution_permit": _l("izin edar"),
        "weight_kg": _l("berat (kg)"),
        "photo": _l("foto"),
        "is_sample": _l("data contoh"),
        "nib": _l("NIB"),
        "telephone": _l("telepon kantor"),
        "email": _l("kotak surat"),
        "address": _l("alamat"),
        "subdistrict": _l("kelurahan"),
        "latitude": _l("lintang"),
        "longitude": _l("bujur"),
    },
    "table": {
        "business": _l("IKM"),
        "product": _l("produk"),
        "demand_own": _l("permintaan daerah kami yang tidak dibuka untuk umum"),
    },
    "stage": {
        "public": _l("umum"),
        "agreed": _l("Kesepakatan Bersama"),
        "contracted": _l("PKS"),
    },
    "scope": {
        "catalogue:read": _l("membaca produk dan IKM, sejauh dibuka perjanjiannya"),
        "demand:read": _l("membaca permintaan, sejauh dibuka perjanjiannya, dan miliknya sendiri"),
        "demand:write": _l("mengirim, mengubah dan menarik permintaannya sendiri"),
        "matches:read": _l("membaca kecocokan permintaannya sendiri dan menjawabnya"),
        "agreements:read": _l("membaca perjanjiannya"),
    },
    "webhook": {"active": _l("aktif"), "suspended": _l("dihentikan")},
    "suspended": {
        "failing": _l("tidak menerima satu pun kiriman dalam 24 jam"),
        "gone": _l("menjawab 410: alamat itu ditutup"),
        "office": _l("dihentikan oleh kantor"),
        "key": _l("kunci simpul berganti; mitra harus membuat rahasia baru"),
    },
    "event": {
        "match.new": _l("kecocokan baru"),
        "demand.withdrawn": _l("permintaan ditarik"),
        "agreement.stage_changed": _l("tahap berubah"),
        "webhook.test": _l("percobaan"),
    },
    "delivery": {
        "waiting": _l("menunggu"),
        "failed": _l("gagal, akan diulang"),
        "sent": _l("terkirim"),
        "given_up": _l("dilepas"),
    },
    "link": {"proposed": _l("diusulkan"), "confirmed": _l("dibenarkan"), "rejected": _l("ditolak")},
    "link_kind": {"same_listing": _l("data yang sama di sumber ini"), "same_need": _l("kebutuhan yang sama di sumber lain")},
    "proposal": {"price": _l("harga meragukan"), "product": _l("produk mirip")},
    "action": {
        "match.accept": _l("menerima"),
        "match.reject": _l("menolak"),
        "match.reopen": _l("membatalkan keputusan"),
        "match.note": _l("mengubah catatan"),
        "proposal.apply": _l("menerapkan usulan impor"),
        "proposal.create": _l("menjadikan usulan impor produk baru"),
        "proposal.reject": _l("menolak usulan impor"),
        "source.add": _l("menambahkan sumber"),
        "source.approved": _l("menyetujui sumber"),
        "source.release": _l("melepaskan yang ditahan"),
        "source.keep": _l("mempertahankan yang ditahan"),
        "source.disabled": _l("mematikan sumber"),
        "link.confirm": _l("membenarkan tautan"),
        "link.reject": _l("menolak tautan"),
        "link.reopen": _l("membatalkan keputusan tentang tautan"),
        "source.accept": _l("menerima daftar sebagai patokan baru"),
        "source.drift": _l("mengetahui perubahan bentuk data"),
        "quarantine.replay": _l("membaca ulang yang belum terbaca"),
        "upload.link": _l("membuat tautan unggah"),
        "upload.revoke": _l("membatalkan semua tautan unggah"),
        "upload.send": _l("mengirim berkas"),
        "partner.add": _l("mendaftarkan mitra"),
        "partner.secret": _l("membuat rahasia"),
        "partner.secret.end": _l("mengakhiri rahasia"),
        "partner.stage": _l("mengubah tahap:"),
        "partner.scopes": _l("mengubah lingkup:"),
        "partner.rate": _l("mengubah laju:"),
        "partner.disable": _l("menutup akses"),
        "partner.enable": _l("membuka akses"),
        "webhook.add": _l("mendaftarkan webhook"),
        "webhook.rotate": _l("mengganti rahasia webhook"),
        "webhook.test": _l("mengirim percobaan ke webhook"),
        "webhook.redeliver": _l("mengirim lagi ke webhook"),
        "webhook.suspend": _l("menghentikan webhook"),
        "webhook.resume": _l("mengaktifkan lagi webhook"),
        "webhook.remove": _l("menghapus webhook"),
        "token.refused": _l("dicoba orang: rahasia keliru"),
    },
}

# Bootstrap's tone for a state; colour never stands alone, the word is beside it
TONES = {
    "fit": "success",
    "ask": "secondary",
    "near_miss": "warning",
    "unfit": "danger",
    "accepted": "success",
    "confirmed": "success",
    "complete": "success",
    "approved": "success",
    "open": "success",
    "live": "success",
    "rejected": "danger",
    "failed": "danger",
    "cancelled": "danger",
    "partial": "warning",
    "unproven": "warning",
    "pending": "warning",
    "planned": "info",
    "proposed": "info",
    "running": "info",
    "done": "success",
    "broken": "danger",
    "good": "success",
    "failing": "warning",
    "lapsed": "danger",
    "agreed": "info",
    "contracted": "success",
    "active": "success",
    "suspended": "danger",
    "sent": "success",
    "given_up": "danger",
    "waiting": "info",
}


def word(code: str | None, kind: str) -> object:
    """The word for a code of one kind; the code itself where there is none."""
    return _l("tidak diketahui") if code is None else WORDS[kind].get(code, code)


def yes_no(value: bool | None) -> object:
    """Ya, tidak, or that the source is silent."""
    return _l("tidak diketahui") if value is None else _l("ya") if value else _l("tidak")


def register(app: Flask) -> None:
    """Give the templates the words."""
    app.jinja_env.filters["word"] = word
    app.jinja_env.filters["yes_no"] = yes_no
    app.jinja_env.filters["tone"] = lambda code: TONES.get(code, "secondary")
