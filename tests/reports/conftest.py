"""Whole facts for every kind of paper, all made up, and readers of what the renderers make."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from exchange.reports import letters
from exchange.reports import report as r
from exchange.reports.facts import Assembly, Good, Letter, Office, Party, Signatory, Work
from exchange.reports.kinds import Facts, Origin
from exchange.reports.letters import adendum, dprd, kak, kesepakatan, kuasa, nota, nota_dprd, penawaran, penawaran_produk, pengakhiran, pks

ORIGIN = Origin(case="KSDD-2026-0007", version="12", made_at=datetime(2026, 11, 27, 6, 55, tzinfo=UTC))
MAYOR = Signatory(name="RATNA WIJAYANTI", title="Wali Kota Cilegon")
HEAD = Signatory(name="Ir. BAGUS PRASETYO, M.Si.", title="Kepala Dinas Perindustrian dan Perdagangan Kota Cilegon",
                 number="19700101 199503 1 001", head=False, mandate_number="800/77/SK/2026", mandate_day=date(2026, 11, 2))  # fmt: skip
REGENT = Signatory(name="H. SURYA KENCANA, S.E.", title="Bupati Lampung Selatan")
CILEGON = Party(
    name="Pemerintah Kota Cilegon", address="Jalan Jenderal Sudirman Nomor 2, Kota Cilegon, Provinsi Banten", paper_number="119/05/KB/2026",
    signatory=MAYOR, contact_office="Dinas Perindustrian dan Perdagangan Kota Cilegon",
    contact_address="Jalan Kubang Laban Nomor 1, Kota Cilegon 42412", contact_mail="disperindag@cilegon.contoh.invalid",
        contact_phone="(0254) 000111",
)  # fmt: skip
LAMSEL = Party(
    name="Pemerintah Kabupaten Lampung Selatan", address="Jalan Indra Bangsawan, Kalianda, Provinsi Lampung", paper_number="130/21/LS/2026",
    signatory=REGENT, contact_office="Dinas Perdagangan dan Perindustrian Kabupaten Lampung Selatan",
    contact_address="Jalan Mustafa Kemal Nomor 14, Kalianda 35513", contact_mail="dagperin@lamsel.contoh.invalid",
        contact_phone="(0727) 000222",
)  # fmt: skip
FIRM = Party(
    name="PT Baja Ringan Nusantara", address="Jalan Raya Anyer Kilometer 7, Kota Cilegon", paper_number="044/BRN/XI/2026",
    signatory=Signatory(name="DEWI ANGGRAINI", title="Direktur Utama"), deed="Akta Nomor 12 tanggal 4 Maret 2015 dan NIB 0000123456789",
    contact_office="Bagian Pengadaan PT Baja Ringan Nusantara", contact_address="Jalan Raya Anyer Kilometer 7, Kota Cilegon 42445",
    contact_mail="pengadaan@brn.contoh.invalid", contact_phone="(0254) 000333",
)  # fmt: skip
MINISTRY = Party(
    name="Kementerian Perindustrian", address="Jalan Jenderal Gatot Subroto Kaveling 52-53, Jakarta Selatan", paper_number="91/IKM/NK/2026",
    signatory=Signatory(name="ANDIKA MAHARDIKA", title="Direktur Jenderal Industri Kecil, Menengah, dan Aneka"),
    contact_office="Sekretariat Direktorat Jenderal", contact_address="Jalan Jenderal Gatot Subroto Kaveling 52-53, Jakarta 12950",
    contact_mail="ikma@kemenperin.contoh.invalid", contact_phone="(021) 000444",
)  # fmt: skip
OFFICE = Office(government="Pemerintah Kota Cilegon", name="Dinas Perindustrian dan Perdagangan",
                address="Jalan Kubang Laban Nomor 1, Kota Cilegon 42412", contact="Telepon (0254) 000111, pos-el "
                                                            "disperindag@cilegon.contoh.invalid")  # fmt: skip
MAYORS = Office(
    government="Wali Kota Cilegon", address="Jalan Jenderal Sudirman Nomor 2, Kota Cilegon 42411", contact="Telepon (0254) 000100"
)
LETTER = Letter(number="500.3/118/Disperindag/2026", attachments="1 (satu) berkas", place="Cilegon", day=date(2026, 11, 27),
                to=("Bupati Lampung Selatan",), to_place="Kalianda", copies=("Gubernur Banten", "Gubernur Lampung",
                    "Sekretaris Daerah Kota Cilegon"))  # fmt: skip
SUBJECT = "Perdagangan Produk Industri Kecil dan Menengah Antardaerah"
GOODS = (
    Good(commodity="Keripik pisang", description="kemasan 250 gram, bersertifikat halal", quantity=Decimal("12500"), unit="bungkus",
         price=Decimal("11750.50"), maker="UD Sumber Rasa", need="12.000 bungkus setahun", capacity="2.400 bungkus sebulan"),
    Good(commodity="Seragam kerja", description="katun twill, ukuran S sampai XXL", quantity=Decimal("1500"), unit="stel",
         price=Decimal("185000"), maker="Konveksi Berkah Jaya", need="1.500 stel", capacity="300 stel sebulan"),
    Good(commodity="Bata ringan", description="60 x 20 x 10 cm", quantity=Decimal("240.75"), unit="m³", price=Decimal("712345.67"),
         maker="CV Karya Beton Mandiri", need="240 m³", capacity="85 m³ sebulan"),
)  # fmt: skip
WORKS = (
    Work(activity="Temu usaha dan kurasi produk", when="Januari 2027", who="Dinas kedua daerah", target="20 IKM terkurasi"),
    Work(activity="Pengiriman pertama", when="Maret 2027", who="IKM dan pembeli", target="3.000 bungkus dan 300 stel"),
    Work(activity="Evaluasi tahunan", when="Desember 2027", who="Tim koordinasi kedua daerah", target="1 laporan"),
)  # fmt: skip
TERMS = kak.KakFacts(
    origin=ORIGIN, office=OFFICE, subject=SUBJECT, partner="Kabupaten Lampung Selatan",
    background=("Kabupaten Lampung Selatan mencatat kebutuhan makanan olahan, pakaian kerja, dan bahan bangunan yang belum dipenuhi "
                "dari dalam daerahnya, sedangkan industri kecil dan menengah Kota Cilegon memiliki kapasitas yang belum terpakai.",
                "Pencocokan katalog kedua daerah menunjukkan tiga komoditas yang jumlah, mutu, dan waktunya sesuai."),
    purposes=("mempertemukan kebutuhan daerah mitra dengan kapasitas industri kecil dan menengah",),
    goals=("meningkatkan penjualan industri kecil dan menengah", "memenuhi kebutuhan daerah mitra dengan harga yang wajar"),
    location="Kota Cilegon dan Kabupaten Lampung Selatan",
    scope=("pertukaran data kebutuhan dan kapasitas", "fasilitasi transaksi", "pembinaan mutu dan pengemasan"), goods=GOODS,
    starts=date(2027, 1, 1), ends=date(2029, 12, 31), benefits=("bertambahnya omzet 20 IKM", "terpenuhinya pasokan daerah mitra"),
    social_impact="bertambahnya lapangan kerja di sentra industri kecil; tidak ada pemindahan penduduk",
    environmental_impact="kenaikan angkutan barang yang dikendalikan dengan pengiriman terjadwal",
    costs=(kak.Cost(source="APBD Kota Cilegon", what="kurasi produk dan temu usaha"),
           kak.Cost(source="APBD Kabupaten Lampung Selatan", what="pendataan kebutuhan")),
    place="Cilegon", day=date(2026, 11, 20), signatory=HEAD,
)  # fmt: skip
_DEED = {
    "origin": ORIGIN, "first": CILEGON, "second": LAMSEL, "day": date(2026, 11, 27), "place": "Cilegon", "subject": SUBJECT,
    "purposes": TERMS.purposes, "goals": TERMS.goals, "scope": TERMS.scope, "starts": TERMS.starts, "ends": TERMS.ends,
}  # fmt: skip
_PKS = _DEED | {
    "first": replace(CILEGON, signatory=HEAD), "assembly": Assembly(needed=False, number="180/31/Hukum/2026", day=date(2026, 11, 10)),
    "base_number": "119/05/KB/2026 dan 130/21/LS/2026", "base_day": date(2026, 10, 1), "base_ends": date(2029, 12, 31),
    "object": "perdagangan produk industri kecil dan menengah", "goods": GOODS, "works": WORKS,
    "execution": ("setiap transaksi dicatat sebagai pesanan dan penyerahan", "mutu diperiksa sebelum pengiriman"),
    "first_rights": ("menerima data kebutuhan PIHAK KEDUA", "menerima laporan penyerapan produk"),
    "first_duties": ("menyediakan data kapasitas yang mutakhir", "membina industri kecil dan menengah yang terlibat"),
    "second_rights": ("menerima data kapasitas dan harga", "memperoleh produk sesuai mutu yang disepakati"),
    "second_duties": ("menyediakan data kebutuhan yang mutakhir", "memfasilitasi pembeli di wilayahnya"),
    "funding": ("biaya fasilitasi dibebankan pada anggaran masing-masing pihak", "transaksi dibayar oleh pembeli kepada penjual"),
    "data": ("kapasitas produksi bulanan", "daftar harga hasil negosiasi", "kontak jabatan kantor"),
    "sanctions": ("teguran tertulis", "penghentian akses data", "pengakhiran perjanjian"), "same_province": False,
}  # fmt: skip
WHOLE: Mapping[str, Facts] = {
    "kak": TERMS,
    "surat_penawaran": penawaran.PenawaranFacts(
        origin=ORIGIN, office=MAYORS, letter=LETTER, signatory=MAYOR, region="Kota Cilegon", partner_region="Kabupaten Lampung Selatan",
        subject=SUBJECT, reason="kebutuhan daerah mitra sesuai dengan kapasitas industri kecil dan menengah Kota Cilegon",
        contact="Dinas Perindustrian dan Perdagangan Kota Cilegon, telepon (0254) 000111", answer_by=date(2026, 12, 31), terms=TERMS,
    ),
    "kesepakatan_bersama": kesepakatan.KesepakatanFacts(
        **_DEED, reasons=("bahwa kedua daerah memiliki potensi yang saling melengkapi", "bahwa kerja sama antardaerah meningkatkan "
                                                            "kesejahteraan"),
        object="perdagangan produk industri kecil dan menengah", first_office="Dinas Perindustrian dan Perdagangan Kota Cilegon",
        second_office="Dinas Perdagangan dan Perindustrian Kabupaten Lampung Selatan",
        funding="Pembiayaan dibebankan pada anggaran pendapatan dan belanja daerah masing-masing pihak", same_province=False,
    ),
    "permohonan_dprd": dprd.PermohonanDprdFacts(
        origin=ORIGIN, office=MAYORS, letter=replace(LETTER, to=("Ketua Dewan Perwakilan Rakyat Daerah", "Kota Cilegon"),
            to_place="Cilegon", copies=()),
        signatory=MAYOR, government="Pemerintah Kota Cilegon", subject=SUBJECT, partner="Pemerintah Kabupaten Lampung Selatan",
        agreement="Kesepakatan Bersama nomor 119/05/KB/2026 tanggal 1 Oktober 2026", budget_year=2027, burdens=False,
        burdens_evidence="telaah Bagian Hukum nomor 180/29", unfunded=True, unfunded_evidence="surat Bappeda nomor 050/411",
        object="perdagangan produk industri kecil dan menengah", targets=("20 IKM bertransaksi setiap tahun",), terms=TERMS,
    ),
    "nota_dprd": nota_dprd.NotaDprdFacts(
        origin=ORIGIN, office=MAYORS, number="180/31/Hukum/2026", subject=SUBJECT, partner="Pemerintah Kabupaten Lampung Selatan",
        agreement="119/05/KB/2026", agreement_day=date(2026, 10, 1), people=False, region=False,
        burdens_evidence="telaah Bagian Hukum nomor 180/29", budgeted=True, budget_year=2026, budget_evidence="DPA nomor 050/411",
        answered_by="Kepala Bagian Hukum", place="Cilegon", day=date(2026, 11, 10),
        signatory=replace(HEAD, title="Sekretaris Daerah Kota Cilegon", mandate_number=None, mandate_day=None),
    ),
    "surat_kuasa": kuasa.KuasaFacts(
        origin=ORIGIN, office=MAYORS, number="800/77/SK/2026", giver=MAYOR, taker=HEAD,
            address="Jalan Jenderal Sudirman Nomor 2, Kota Cilegon",
        taker_office="Dinas Perindustrian dan Perdagangan", subject=SUBJECT, partner="Pemerintah Kabupaten Lampung Selatan",
        until=date(2026, 12, 31), place="Cilegon", day=date(2026, 11, 2),
    ),
    "pks": pks.PksFacts(**_PKS),
    "pks_pihak_ketiga": pks.PksPihakKetigaFacts(
        **_PKS | {"second": FIRM, "same_province": None, "base_number": None, "base_day": None, "base_ends": None},
        study_number="SK/09/2026", study_day=date(2026, 9, 9), forum="Pengadilan Negeri Serang",
    ),
    "nota_kesepakatan": nota.NotaFacts(
        **_DEED | {"second": MINISTRY}, reasons=("bahwa program pembinaan pusat memerlukan pelaksanaan di daerah",),
        first_duties=("menyediakan data dan tempat pelatihan",), second_duties=("menyediakan narasumber", "menyusun modul"), works=WORKS,
    ),
    "adendum": adendum.AdendumFacts(
        origin=ORIGIN, first=CILEGON, second=LAMSEL, day=date(2027, 6, 1), place="Kalianda", ordinal=1, subject=SUBJECT,
        paper_number="119/09/PKS/2026", paper_day=date(2026, 12, 20), reasons=("bahwa kebutuhan bertambah",),
        changes=(adendum.Change(place="Lampiran I nomor 2", before="Seragam kerja 1.500 stel", after="Seragam kerja 2.200 stel"),),
    ),
    "surat_penawaran_produk": penawaran_produk.PenawaranProdukFacts(
        origin=ORIGIN, office=OFFICE, letter=replace(LETTER, to=("Kepala Dinas Sosial Kabupaten Lampung Selatan",), attachments=None,
            copies=()),
        signatory=HEAD, buyer="Dinas Sosial Kabupaten Lampung Selatan", demand="makanan ringan dan pakaian kerja",
            demand_number="RUP 51234567",
        goods=GOODS, prices_include="sudah termasuk pajak dan ongkos kirim sampai Kalianda", valid_until=date(2027, 1, 31),
            delivery_days=21,
        delivery_place="gudang pembeli, Kalianda", payment="transfer 14 (empat belas) hari kalender setelah barang diterima",
        contact="Dinas Perindustrian dan Perdagangan Kota Cilegon, telepon (0254) 000111",
        agreement="Perjanjian Kerja Sama nomor 119/09/PKS/2026 tanggal 20 Desember 2026",
    ),
    "laporan_kerja_sama": r.LaporanFacts(
        origin=ORIGIN, office=OFFICE, number="500.3/9/LAP/2027", agreement=SUBJECT, agreement_number="119/09/PKS/2026",
        partner="Pemerintah Kabupaten Lampung Selatan", starts=date(2027, 1, 1), ends=date(2027, 6, 30),
        summary="Dua dari tiga komoditas mencapai target; pengiriman bata ringan tertunda karena jadwal kapal.",
        commodities=(
            r.CommodityLine(commodity="Keripik pisang", unit="bungkus", target=Decimal(6000), realised=Decimal(6250),
                            target_value=Decimal(70500000), realised_value=Decimal("73440625.50")),
            r.CommodityLine(commodity="Seragam kerja", unit="stel", target=Decimal(700), realised=Decimal(700),
                            target_value=Decimal(129500000), realised_value=Decimal(129500000)),
            r.CommodityLine(commodity="Bata ringan", unit="m³", target=Decimal(120), realised=Decimal("12.5"),
                realised_value=Decimal("8904320.88")),
        ),
        firms=(
            r.FirmLine(firm="UD Sumber Rasa", commodity="Keripik pisang", unit="bungkus", target=Decimal(6000), realised=Decimal(6250),
                       realised_value=Decimal("73440625.50")),
            r.FirmLine(firm="Konveksi Berkah Jaya", commodity="Seragam kerja", unit="stel", realised=Decimal(700),
                realised_value=Decimal(129500000)),
        ),
        obstacles=(r.Obstacle(what="jadwal kapal penyeberangan berubah", follow_up="pengiriman digabung dua minggu sekali",
                              who="Bidang Perdagangan", until=date(2027, 8, 31)),),
        addressees=(r.Addressee(who="Wali Kota Cilegon", basis="PP 28/2018 Pasal 44 ayat (3)"),
                    r.Addressee(who="Menteri Dalam Negeri", basis="UU 23/2014 Pasal 368 ayat (2), penafsiran", verified=False)),
        place="Cilegon", day=date(2027, 7, 5), signatory=HEAD,
    ),
    "berita_acara_pengakhiran": pengakhiran.PengakhiranFacts(
        origin=ORIGIN, first=CILEGON, second=LAMSEL, day=date(2029, 12, 31), place="Cilegon", subject=SUBJECT,
        agreement_number="119/09/PKS/2026", agreement_day=date(2026, 12, 20), ground="a", ends=date(2029, 12, 31),
        evidence="Pasal 6 Perjanjian Kerja Sama", realised="37.500 bungkus keripik pisang dan 4.500 stel seragam kerja terjual",
        open=(pengakhiran.Open(what="pembayaran pesanan 118", settled="dibayar penuh oleh pembeli", until=date(2030, 1, 31)),),
    ),
}  # fmt: skip


@pytest.fixture(scope="session")
def whole() -> Mapping[str, Facts]:
    """Facts by kind to which nothing is missing."""
    return WHOLE


@pytest.fixture(scope="session")
def samples() -> SimpleNamespace:
    """Parts to make facts of."""
    return SimpleNamespace(origin=ORIGIN, mayor=MAYOR, head=HEAD, cilegon=CILEGON, goods=GOODS, office=OFFICE, terms=TERMS)


@pytest.fixture
def pdf_text(absent, tmp_path) -> Callable[[bytes], str]:
    """The text of a PDF in its order, blanks single, places where a long word may break left out."""

    def read(data: bytes) -> str:
        if shutil.which("pdftotext") is None:
            absent("poppler (pdftotext)")
        path = tmp_path / "naskah.pdf"
        path.write_bytes(data)
        done = subprocess.run(["pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True, timeout=120)
        return " ".join(done.stdout.decode().replace("\u200b", "").split())

    return read


@pytest.fixture(scope="session")
def drafts_in_libreoffice(absent, tmp_path_factory) -> Mapping[str, str]:
    """The text of each kind's draft as LibreOffice sets it: all in one start of the program."""
    soffice, folder = shutil.which("soffice"), tmp_path_factory.mktemp("draf")
    if soffice is None or shutil.which("pdftotext") is None:
        absent("LibreOffice (soffice) with poppler (pdftotext)")
    for name, facts in WHOLE.items():
        (folder / f"{name}.docx").write_bytes(letters.draft_docx(name, facts))
    profile = f"-env:UserInstallation={(folder / 'profil').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, folder.glob("*.docx"))], capture_output=True, check=True, timeout=300)
    made = {}
    for name in WHOLE:
        if not (folder / f"{name}.pdf").exists():
            absent("LibreOffice Writer")
        done = subprocess.run(
            ["pdftotext", "-raw", "-enc", "UTF-8", str(folder / f"{name}.pdf"), "-"], capture_output=True, check=True, timeout=60
        )
        made[name] = " ".join(done.stdout.decode().split())
    return made
