"""
The demo's feeds: what partners need, written by hand in `feeds/`, dressed as their systems would send it.

Dates are counted from the day of serving, so that the feeds never grow old.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feed:
    """One partner endpoint: a source's name, its connector and region, the path it is asked at, and what it says of itself."""

    name: str
    connector: str
    region: str
    path: str
    title: str


FEEDS = (
    Feed(
        "semarang",
        "lkpp_isb",
        "33.74",
        "/isb-2/api/5f3c0c1e-0000-4000-8000-00000000c0de/json/9370/RUP-PaketPenyedia-Terumumkan/tipe/4:12/parameter/rup:D9374",
        "Kota Semarang (contoh): rencana pengadaan lewat bus layanan LKPP",
    ),
    Feed("tegal", "ocds", "33.28", "/tegal/ocds/releases.json", "Kabupaten Tegal (contoh): tender OCDS, dua halaman"),
    Feed("cilegon", "ocds", "36.72", "/cilegon/kebutuhan/ocds.json", "Kebutuhan pasokan perusahaan besar Cilegon (contoh), OCDS"),
)


def documents(feed: Feed, today: date) -> Iterator[tuple[str, Any]]:
    """The paths and JSON values that a feed consists of, its first page first."""
    told = json.loads((files(__package__) / "feeds" / f"{feed.name}.json").read_text(encoding="utf-8"))
    if feed.connector == "lkpp_isb":
        yield feed.path, [_row(package, told["buyer"], today) for package in told["packages"]]
        return
    tenders, size = list(enumerate(told["tenders"], 1)), told["page"]
    pages = [tenders[start : start + size] for start in range(0, len(tenders), size)]
    for number, page in enumerate(pages, 1):
        yield _page_path(feed, number), _package(told, page, _page_path(feed, number + 1) if number < len(pages) else None, today)


def _page_path(feed: Feed, number: int) -> str:
    return feed.path if number == 1 else feed.path.replace(".json", f"-{number}.json")


def _month(today: date, later: int) -> str:
    """The first day of the month that many months later."""
    years, month = divmod(today.month - 1 + later, 12)
    return date(today.year + years, month + 1, 1).isoformat()


def _row(package: Json, buyer: Json, today: date) -> Json:
    """One package as the service bus sends it: 48 fields, the three about persons among them."""
    starts, lasts = package["starts"], package["lasts"]
    kinds = {"Barang": "1", "Pekerjaan Konstruksi": "2", "Jasa Konsultansi": "3", "Jasa Lainnya": "4"}
    methods = {"E-Purchasing": 9, "Pengadaan Langsung": 8, "Tender": 13, "Dikecualikan": 16}
    return {
        "tahun_anggaran": int(_month(today, starts)[:4]), **buyer,
        "kd_satker": 900000 + package["code"] % 1000, "kd_satker_str": "0.00.0.00.0.00.00.0000", "nama_satker": package["unit"],
        "kd_rup": package["code"], "nama_paket": package["title"], "pagu": package["ceiling"],
        "kd_metode_pengadaan": methods[package["method"]], "metode_pengadaan": package["method"],
        "kd_jenis_pengadaan": ";".join(kinds[kind] for kind in package["kind"].split(";")), "jenis_pengadaan": package["kind"],
        "status_pradipa": "Non-PraDIPA", "status_pdn": "PDN" if package.get("pdn", True) else "Non-PDN",
        "status_ukm": "UKM", "alasan_non_ukm": None, "status_konsolidasi": "Non-Konsolidasi", "tipe_paket": "Penyedia",
        "kd_rup_swakelola": None, "kd_rup_lokal": None, "volume_pekerjaan": package["volume"],
        "urarian_pekerjaan": package["text"], "spesifikasi_pekerjaan": package["spec"],
        "tgl_awal_pemilihan": _month(today, starts), "tgl_akhir_pemilihan": _month(today, starts),
        "tgl_awal_kontrak": _month(today, starts), "tgl_akhir_kontrak": _month(today, starts + lasts),
        "tgl_awal_pemanfaatan": _month(today, starts + lasts), "tgl_akhir_pemanfaatan": _month(today, starts + lasts),
        "tgl_buat_paket": _month(today, -2), "tgl_pengumuman_paket": f"{_month(today, -1)} 09:{package['code'] % 60:02d}:00",
        "nip_ppk": "000000000000000000", "nama_ppk": "Pejabat Contoh", "username_ppk": "PPK-CONTOH",
        "status_aktif_rup": True, "status_delete_rup": False, "status_umumkan_rup": "Terumumkan",
        "status_dikecualikan": package["method"] == "Dikecualikan", "alasan_dikecualikan": "",
        "tahun_pertama": None, "kode_rup_tahun_pertama": None, "nomor_kontrak": None,
        "spp_aspek_ekonomi": True, "spp_aspek_sosial": False, "spp_aspek_lingkungan": False,
        "_event_date": today.isoformat(),
    }  # fmt: skip


def _package(told: Json, page: list[tuple[int, Json]], following: str | None, today: date) -> Json:
    """One OCDS 1.1 release package."""
    return {
        "uri": f"https://contoh.invalid/{told['prefix']}",
        "version": "1.1",
        "publishedDate": f"{today.isoformat()}T00:00:00+07:00",
        "publisher": {"name": told["publisher"]},
        "releases": [_release(told, number, tender, today) for number, tender in page],
        **({"links": {"next": following}} if following else {}),
    }


def _release(told: Json, number: int, tender: Json, today: date) -> Json:
    first = today + timedelta(days=tender["starts"])
    last, done = first + timedelta(days=tender["lasts"]), first + timedelta(days=tender["lasts"] + 90)

    def instant(day: date) -> str:
        return f"{day.isoformat()}T08:00:00+07:00"

    ocid = f"{told['prefix']}-{number:04d}"
    owner, unit = told["buyer"], {"id": f"{told['buyer']['id']}-{tender['unit'][:12]}", "name": tender["unit"]}
    return {
        "ocid": ocid,
        "id": f"{ocid}-{first.isoformat()}",
        "date": instant(min(first, today)),
        "tag": ["planning"] if tender["status"] == "planned" else ["tender"],
        "initiationType": "tender",
        "language": "id",
        "parties": [
            {
                **owner,
                "roles": ["buyer"],
                "address": told["place"],
                "contactPoint": {"name": "Petugas Contoh", "email": "contoh@contoh.invalid"},
            },
            {**unit, "roles": ["procuringEntity"]},
        ],
        "buyer": owner,
        "tender": {
            "id": ocid,
            "title": tender["title"],
            "status": tender["status"],
            "procuringEntity": unit,
            "mainProcurementCategory": tender.get("category", "goods"),
            "procurementMethod": "open",
            "value": {"amount": tender["value"], "currency": "IDR"},
            "tenderPeriod": {"startDate": instant(first), "endDate": instant(last)},
            "contractPeriod": {"startDate": instant(last), "endDate": instant(done)},
            "deliveryAddresses": [told["place"]],
            "items": [_item(position, item) for position, item in enumerate(tender["items"], 1)],
        },
    }


def _item(position: int, item: list[Any]) -> Json:
    text, quantity, unit, code = item
    return {
        "id": str(position),
        "description": text,
        "quantity": quantity,
        "unit": {"name": unit, **({"scheme": "UNCEFACT", "id": code} if code else {})},
    }
