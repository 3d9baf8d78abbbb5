"""Cases in which everything is filled in that their papers say, on their way to a contract; all made up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from exchange.agreements.case import Object
from exchange.agreements.node import Node
from exchange.agreements.papers import bring
from exchange.agreements.steps import named, take
from exchange.store.agreements import AgreementRow

from .cases import TODAY, WAY, facts, new_case, paper, years_on

_TERMS = {
    "isi_kb": ("kb_mulai", "kb_berakhir", "tindak_lanjut", "para_pihak"), "isi_pks": ("pks_mulai", "pks_berakhir"),
    "siapkan": ("rujukan_rencana", "prakarsa"), "isi_kak": (),
}  # fmt: skip
OBJECTS = [
    Object("Keripik pisang", sector="pangan", quantity=Decimal(12500), unit="XBG", value=Decimal(146250000)),
    Object("Pagar besi hollow", kbli="25111"),
]
WHO = {
    "kami": ("RATNA WIJAYANTI", "Wali Kota Cilegon"), "mitra": ("SURYA KENCANA", "Wali Kota Semarang"),
    "ksdpk": ("DEWI ANGGRAINI", "Direktur Utama"), "sinergi": ("ANDIKA MAHARDIKA", "Direktur Jenderal"),
}  # fmt: skip
ROLES = {"ksdd": "kepala_daerah", "ksdpk": "pimpinan_pihak_ketiga", "sinergi": "menteri"}
OFFICE = ("kami", "Dinas Perindustrian dan Perdagangan", "Jalan Jenderal Sudirman Nomor 2, Kota Cilegon", "42411")
OTHER = ("mitra", "Dinas Perdagangan", "Jalan Pemuda Nomor 148, Kota Semarang", "50132")


def signers(instrument: str, *, delegated: bool = False) -> list[dict[str, str]]:
    """Both heads, or ours by an official with a letter of delegation."""
    name, title = WHO["kami"]
    ours = {"pihak": "kami", "nama": name, "jabatan": title, "peran": "kepala_daerah"}
    if delegated:
        ours = {"pihak": "kami", "nama": "BAGUS PRASETYO", "jabatan": "Kepala Dinas", "peran": "pejabat_kuasa", "kuasa_nomor": "800/77",
                "kuasa_tanggal": TODAY.isoformat(), "kuasa_lingkup": "Perjanjian Kerja Sama"}  # fmt: skip
    name, title = WHO[instrument if instrument in WHO else "mitra"]
    return [ours, {"pihak": "mitra", "nama": name, "jabatan": title, "peran": ROLES[instrument]}]


def parties(instrument: str) -> dict[str, str]:
    """Where both sides are and where they get their letters."""
    found = {}
    for side, office, address, code in (OFFICE, OTHER):
        found |= {
            f"alamat_{side}": address, f"kantor_{side}": office, f"alamat_surat_{side}": address, f"kode_pos_{side}": code,
            f"telepon_{side}": "(0254) 123456", f"surel_{side}": f"kantor.{side}@daerah.example",
        }  # fmt: skip
    return found | ({"akta_mitra": "Akta Nomor 12 tanggal 4 Maret 2015"} if instrument == "ksdpk" else {})


def written(text: str, instrument: str, *, delegated: bool = False) -> dict[str, Any]:
    """What a text says of its signature."""
    return {
        f"{text}_nomor_kami": f"119/{text}/2026", f"{text}_nomor_mitra": f"130/{text}/2026", f"{text}_tempat": "Cilegon",
        f"{text}_hari": TODAY.isoformat(), f"{text}_penandatangan": signers(instrument, delegated=delegated),
    }  # fmt: skip


def recorded(text: str, instrument: str, *, delegated: bool = False) -> dict[str, Any]:
    """The same as it is recorded once it is signed."""
    return {
        f"nomor_{text}_kami": f"119/{text}/2026", f"nomor_{text}_mitra": f"130/{text}/2026", f"tempat_{text}": "Cilegon",
        f"penandatangan_{text}": signers(instrument, delegated=delegated),
    }  # fmt: skip


KAK = {
    "latar_belakang": "Kota Semarang membutuhkan makanan olahan.\nIndustri kecil Kota Cilegon punya kapasitas.",
    "maksud_tujuan": "mempertemukan kebutuhan dan kapasitas\nmeningkatkan penjualan industri kecil",
    "lokasi": "Kota Cilegon dan Kota Semarang", "ruang_lingkup": "pertukaran data\nfasilitasi transaksi",
    "jangka_waktu": "Tiga tahun sejak penandatanganan", "manfaat": "omzet bertambah\npasokan terjamin",
    "dampak": "lapangan kerja bertambah\nangkutan barang bertambah dan dijadwalkan", "pembiayaan": "APBD masing-masing | fasilitasi",
    "kak_nama": "BAGUS PRASETYO", "kak_jabatan": "Kepala Dinas", "kak_hari": TODAY.isoformat(),
}  # fmt: skip
PKS = {
    "maksud_pks": "mempertemukan kebutuhan dan kapasitas", "tujuan_pks": "meningkatkan penjualan\nmemenuhi kebutuhan",
    "lingkup_pks": "pertukaran data\nfasilitasi transaksi", "pelaksanaan_pks": "transaksi dicatat\nmutu diperiksa",
    "hak_kewajiban": "Hak Pihak Kesatu: menerima data\nKewajiban Pihak Kesatu: memberi data\nHak Pihak Kedua: menerima data\n"
    "Kewajiban Pihak Kedua: memberi data", "pendanaan": "anggaran masing-masing pihak", "sanksi": "teguran tertulis\npengakhiran",
    "pertukaran_data": "kapasitas bulanan\nkontak kantor", "rencana_kegiatan": "Temu usaha | Januari 2027 | kedua kantor | 20 IKM",
    "keadaan_kahar": "Keadaan kahar diberitahukan dalam tujuh hari.", "perubahan": "Perubahan dengan adendum tertulis PARA PIHAK.",
    "perselisihan": "Perselisihan dibicarakan oleh:\na. kepala kantor;\nb. kepala daerah.", "pengakhiran": "Dengan berita acara.",
    "surat_menyurat": "Pindah alamat diberitahukan dalam lima hari.", "nomor_studi": "SK/9", "tanggal_studi": TODAY.isoformat(),
    "nomor_memo_dprd": "180/31", "tanggal_memo_dprd": TODAY.isoformat(), "kuasa_sampai": years_on(TODAY, 1).isoformat(),
}  # fmt: skip
COUNCIL = {
    "nomor_memo_dprd": "180/31", "tanggal_memo_dprd": TODAY.isoformat(), "pejabat_memo_dprd": "HADI SANTOSA",
    "jabatan_memo_dprd": "Sekretaris Daerah", "alasan_beban": "telaah 180/29", "alasan_anggaran": "DPA 050/411", "sasaran": "20 IKM",
}  # fmt: skip
ENDING = {
    "akhir_dasar": "kesepakatan", "akhir_sejak": TODAY.isoformat(), "akhir_bukti": "notula rapat", "akhir_hasil": "1.000 bungkus terjual",
    "akhir_penyelesaian": "pembayaran pesanan 118 | dibayar penuh | 2027-01-31",
}  # fmt: skip
ADDENDUM = {"adendum_ke": "1", "adendum_alasan": "kebutuhan bertambah", "adendum_perubahan": "Lampiran I nomor 1 | 12.500 | 15.000"}
OFFER = {
    "penawaran_nomor": "500/1",
    "penawaran_hari": TODAY.isoformat(), "penawaran_tujuan": "Wali Kota Semarang", "penawaran_tempat": "Semarang",
    "penawaran_alasan": "kebutuhan sesuai dengan kapasitas", "penawaran_batas": years_on(TODAY, 1).isoformat(),
    "kepala_nama": WHO["kami"][0], "kepala_jabatan": WHO["kami"][1],
}  # fmt: skip


def whole_case(
    session: Session, node: Node, instrument: str = "ksdd", *, last: str = "laksanakan", delegated: bool = False
) -> AgreementRow:
    """A case with all of its texts, up to that step (`isi_nk` for a ministry)."""
    kind = {"ksdd": "daerah", "ksdpk": "pihak_ketiga", "sinergi": "kementerian"}[instrument]
    other = {"ksdd": {}, "ksdpk": {"region": None, "counterpart": "PT Baja Nusantara"},
             "sinergi": {"region": None, "counterpart": "Kementerian Perindustrian"}}[instrument]  # fmt: skip
    row = new_case(session, node, kind=kind, title="Perdagangan Produk Industri Kecil", **other)
    said: dict[str, dict[str, Any]] = {
        "isi_kak": KAK, "isi_penawaran": OFFER, "isi_dprd": COUNCIL,
        "isi_kb": parties(instrument) | written("kb", instrument) | {"objek_kb": "perdagangan produk", "lingkup_kb": "data\ntransaksi"},
        "tandatangani_kb": recorded("kb", instrument),
        "isi_pks": parties(instrument) | PKS | written("pks", instrument, delegated=delegated),
        "tandatangani_pks": recorded("pks", instrument, delegated=delegated), "putuskan_tidak_perlu": {"pejabat_memo_dprd": "HADI SANTOSA"},
        "isi_nk": parties(instrument) | written("nk", instrument) | {
            "maksud_nk": "sinergi pembinaan", "tujuan_nk": "industri kecil naik kelas", "tugas_kami": "menyediakan tempat",
            "tugas_mitra": "menyediakan narasumber", "nk_sampai": years_on(TODAY, 2).isoformat(),
            "rencana_kegiatan": PKS["rencana_kegiatan"],
        },
    }  # fmt: skip
    way = [*WAY]
    for step, before in (("isi_kak", "ajukan_telaah"), ("isi_penawaran", "kirim_penawaran"), ("isi_dprd", "putuskan_tidak_perlu")):
        way.insert(way.index(before), step)
    if instrument == "sinergi":
        way = ["siapkan", "isi_kak", "ajukan_telaah", "telaah", "susun_nk", "isi_nk"]
    for step in way:
        study = step == "ajukan_telaah" and instrument == "ksdpk"
        row = _take(session, node, named(session, row.ident), step, said.get(step, {}), delegated=delegated, study=study)
        if step == last:
            break
    return row


def _take(
    session: Session, node: Node, row: AgreementRow, step: str, said: dict[str, Any], *, delegated: bool, study: bool
) -> AgreementRow:  # fmt: skip
    rule = node.rules.steps[step]
    beside = (["studi_kelayakan"] if study else []) + (["surat_kuasa"] if delegated and step == "tandatangani_pks" else [])
    papers = {
        kind: bring(session, node.rules, node.papers, row, kind, f"{kind}.pdf", paper(kind), actor="petugas")
        for kind in (*rule.papers, *beside)
    }  # fmt: skip
    open_ones = [name for name in (*rule.fields, *_TERMS.get(step, ())) if name not in row.facts or name in rule.again]
    fields = {name: facts(name, node.rules.fields[name].kind) for name in open_ones} | said
    return take(
        session, node, row.ident, step, office=rule.offices[0], actor="petugas", on=TODAY, version=row.version, facts=fields,
        papers=papers, objects=OBJECTS if rule.objects and step != "adendum" else None,
    )  # fmt: skip
