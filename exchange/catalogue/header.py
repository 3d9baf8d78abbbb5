"""Which sheet is what, where its header stands, and which column is which; a column that is not understood is named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rapidfuzz.distance import DamerauLevenshtein

from exchange.catalogue.table import Cell, Sheet

DEEPEST_HEADER = 40
LEAST_KNOWN = 3

# member → ways its column is headed, in letters and digits only
BUSINESS = {
    "number": "no nomor nourut nomorurut urut",
    "nib": "nib nonib nomornib nomorindukberusaha noinduk nomorinduk nibnomorindukberusaha noindukberusaha",
    "name": "nama namaikm namausaha namaperusahaan namaindustri namaumkm namabadanusaha namaindustrikecil ikm perusahaan namaperusahaanikm"
    " namaikmusaha namausahaikm unitusaha namaunitusaha merekusaha namapelakuusaha pelakuusaha",
    "legal_form": "bentukhukum badanusaha bentukusaha bentukbadanusaha badanhukum bentukbadanhukum jenisbadanusaha jenisusaha statusbadanusaha"
    " bentukperusahaan bentuk",
    "sector": "sektor sektorusaha sektorindustri bidangusaha bidang kelompokindustri cabangindustri jenisindustri",
    "kbli": "kbli kodekbli nokbli kblikode kblikodeindustri bidangusahakbli",
    "scale": "skala skalausaha skalaindustri klasifikasiusaha kriteriausaha",
    "district": "kecamatan kec",
    "subdistrict": "kelurahan kel desa kelurahandesa desakelurahan keldesa",
    "address": "alamat alamatusaha alamatlengkap lokasi lokasiusaha alamatperusahaan alamatikm tempatusaha alamatkelurahankecamatan",
    "position": "koordinat titikkoordinat koordinatlokasi gps titikgps latlong latlon latitudelongitude lintangbujur koordinatgps",
    "latitude": "lintang lat latitude garislintang",
    "longitude": "bujur lon long lng longitude garisbujur",
    "workers": "tenagakerja tk jumlahtenagakerja jmltenagakerja jumlahtk jmltk jmltkorang karyawan jumlahkaryawan pekerja jumlahpekerja naker",
    "investment": "nilaiinvestasi investasi modal modalusaha nilaiinvest jumlahinvestasi totalinvestasi nilaiinvestasirp modalinvestasi",
    "founded_year": "tahunberdiri thnberdiri berdiri tahunpendirian berdiritahun mulaiusaha tahunmulai thberdiri tahunmulaiusaha",
    "cluster": "sentra sentraikm namasentra sentraindustri",
    "visited_on": "tglmonitoring tanggalmonitoring tanggalmonitoringterakhir tglmonitoringterakhir monitoringterakhir tglkunjungan tanggalkunjungan"
    " kunjunganterakhir tglmonev tanggalmonev monev tglpembinaan tanggalpembinaan monitoring tglvisit tanggalpemantauan",
    "visit_note": "catatanmonitoring catatan hasilmonitoring catatankunjungan hasilkunjungan keterangan ket catatanmonev hasilmonev temuan",
    "training_needs": "kebutuhanpelatihan pelatihan kebutuhandiklat diklat pelatihanyangdibutuhkan pelatihandibutuhkan kebutuhanbimtek bimtek"
    " usulanpelatihan",
    "telephone": "telepon hp nohp notelp telp notelepon nomortelepon kontak telephp nohptelp nohpwa nowa wa whatsapp teleponkantor telphp nomorhp",
    "email": "email surel alamatemail alamatsurel posel emailusaha",
    "is_sample": "datacontoh contoh",
    "consented_on": "persetujuanpublikasi tglsetuju tanggalsetuju tanggalpersetujuan tglpersetujuan persetujuan setujupublikasi setujudipublikasikan"
    " tglpersetujuanpublikasi tanggalpersetujuanpublikasi persetujuantayang izinpublikasi bersediadipublikasikan",
    "consent_basis": "dasarpersetujuan basispersetujuan buktipersetujuan suratpersetujuan nosuratpersetujuan",
    "person": "namapemilik pemilik penanggungjawab namapenanggungjawab pimpinan namapimpinan direktur nik noktp ktp nomorktp npwp namapengusaha"
    " pengusaha namapengurus ketua contactperson narahubung jeniskelamin tanggallahir tgllahir tempatlahir",
    "place": "kota kabupaten kabkota kotakabupaten provinsi kodepos rt rw rtrw",
    "refusal": "alasanditolak",
}
PRODUCT = {
    "number": BUSINESS["number"],
    "sku": "sku kodeproduk kodebarang kodeproduksku idproduk nosku skuproduk",
    "nib": BUSINESS["nib"] + " nibpemilik nibikm nibprodusen nibusaha",
    "firm": "namaikm namausaha namaperusahaan ikm usaha perusahaan produsen namaprodusen namaindustri namaumkm pembuat pelakuusaha namapelakuusaha"
    " namaunitusaha",
    "name": "nama namaproduk produk namabarang barang jenisproduk namaprodukjasa komoditi komoditas namakomoditi produkyangdihasilkan hasilproduksi",
    "description": "uraian deskripsi uraianspesifikasi spesifikasi keterangan deskripsiproduk keteranganproduk uraianproduk spesifikasiproduk spek ket"
    " spesifikasiteknis",
    "sector": BUSINESS["sector"],
    "kbli": BUSINESS["kbli"],
    "kbki": "kbki kodekbki nokbki",
    "hs": "hs kodehs hscode nohs nomorhs postarif poshs postarifhs",
    "unit": "satuan sat unit satuanbarang satuanproduk uom satuanjual satuanukuran",
    "unit_code": "satuanunece kodesatuan kodesatuanunece kodesatuanrec20 uncode kodesatuanun",
    "price": "harga hargajual hargasatuan hargarp hargaproduk kisaranharga hargaper satuanharga hargajualrp rentangharga hargaperunit hargapersatuan",
    "price_min": "hargamin hargaminimum hargaterendah hargabawah hargaminimal hargamulai",
    "price_max": "hargamax hargamaks hargamaksimum hargatertinggi hargaatas hargamaksimal",
    "price_valid_until": "hargaberlakusampai berlakusampai masaberlakuharga hargaberlakuhingga hargaberlakusd",
    "capacity": "kapasitas kapasitasproduksi kapproduksi kap produksi jumlahproduksi volumeproduksi kemampuanproduksi kapprod kapasitasprod",
    "capacity_day": "kapasitasperhari kapasitashari kapasitasproduksiperhari produksiperhari kapasitasharian",
    "capacity_week": "kapasitasperminggu kapasitasminggu kapasitasproduksiperminggu produksiperminggu",
    "capacity_month": "kapasitasbulan kapasitasperbulan kapasitasproduksiperbulan kapasitasproduksibulan produksiperbulan kapasitasbulanan kapbln"
    " kapasitasbln",
    "capacity_year": "kapasitastahun kapasitaspertahun kapasitasproduksipertahun produksipertahun kapasitasproduksitahun",
    "lead_time_days": "leadtimehari leadtime waktupengerjaan waktupengerjaanhari lamapengerjaan waktuproduksi lamaproduksi waktukirim",
    "minimum_order": "minorder minimumorder pesananminimum minpesanan minimalorder minimalpesanan moq minpesan pesananmin pemesananminimum orderminimum"
    " minimumpesanan minimalpemesanan",
    "tkdn": "tkdn nilaitkdn persentkdn tkdnpersen tkdnpersentase persentasetkdn",
    "papers": "nohalalpirtsni izin perizinan legalitas sertifikat sertifikasi izinproduk halalpirtsni perizinanproduk sertifikatizin izinsertifikat"
    " legalitasproduk nosertifikat nomorsertifikat izinedarsertifikat",
    "sni": "sni nosni nomorsni sertifikatsni",
    "halal": "halal nohalal nomorhalal sertifikathalal nosertifikathalal nomorsertifikathalal",
    "permit": "izinedar noizinedar nomorizinedar pirt nopirt bpom nobpom pirtbpom nomorpirt izinedarpirtbpom nomorizinedarpirtbpompkd pirtbpompkd",
    "keywords": "katakunci keyword keywords kuncipencarian tag",
    "weight_kg": "beratkg berat beratpersatuan beratpersatuankg beratunit bobot",
    "photo": "foto gambar link tautan fotolink fotoproduk linkfoto urlfoto gambarproduk fototautan",
    "is_sample": BUSINESS["is_sample"],
    "person": BUSINESS["person"],
    "place": BUSINESS["place"] + " kecamatan kelurahan alamat",
    "refusal": BUSINESS["refusal"],
}
_KINDS = {"business": BUSINESS, "product": PRODUCT}
_WORDS = {kind: {word: member for member, words in table.items() for word in words.split()} for kind, table in _KINDS.items()}
# members that only one of the two sheets has, by which they are told apart
_OWN = {
    "business": {"legal_form", "workers", "investment", "founded_year", "visited_on", "training_needs", "district", "subdistrict", "scale", "position"},
    "product": {"sku", "unit", "price", "price_min", "capacity", "capacity_month", "capacity_day", "tkdn", "hs", "kbki", "minimum_order"},
}
# members whose columns are understood and not read, so that several of them do no harm
UNREAD = frozenset({"number", "person", "place", "refusal"})
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBERED = re.compile(r"\(?\d{1,2}\)?\.?")


@dataclass(slots=True)
class Header:
    """
    A sheet's header. kind: `business` or `product`; row: the last row that belongs to it.

    columns: column number → member; titles: column number → heading as written; unknown: headings not understood.
    """

    kind: str
    row: int
    columns: dict[int, str]
    titles: dict[int, str]
    unknown: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def find(self, member: str) -> int | None:
        """The column of a member; None where the sheet has none."""
        return next((column for column, name in self.columns.items() if name == member), None)


def member_of(title: str, kind: str) -> str | None:
    """The member that a heading means: as it stands, without its remark in brackets, or with one slip of the pen."""
    words = _WORDS[kind]
    for text in (title, _REMARK.sub(" ", title)):
        key = re.sub(r"[\W_]+", "", text.casefold())
        key = re.sub(r"(?<=kbli)(?:20\d\d|edisi20\d\d)$", "", key)
        if key in words:
            return words[key]
        if key.endswith("rp") and key[:-2] in words:
            return words[key[:-2]]
    if len(key) >= 6:
        near = {member for word, member in words.items() if len(word) >= 6 and DamerauLevenshtein.distance(key, word) == 1}
        if len(near) == 1:
            return near.pop()
    return None


def _known(cells: dict[int, Cell], kind: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for column, cell in sorted(cells.items()):
        if isinstance(cell.value, str) and len(cell.text) <= 80 and (member := member_of(cell.text, kind)) and member not in found.values():
            found[column] = member
    return found


def find_header(sheet: Sheet) -> Header | None:
    """The header of a sheet of firms or products, under whatever titles; None where the sheet is neither."""
    best: tuple[tuple[int, int], int, str] | None = None
    for row in sorted(number for number in sheet.rows if number <= DEEPEST_HEADER):
        for kind in _KINDS:
            known = _known(sheet.row(row), kind)
            if len(known) < LEAST_KNOWN or "name" not in known.values():
                continue
            score = (len(set(known.values()) & _OWN[kind]) * 2 + len(known), -row)
            if best is None or score > best[0]:
                best = (score, row, kind)
    if best is None or not set(_known(sheet.row(best[1]), best[2]).values()) & (_OWN[best[2]] | {"nib"}):
        return None
    return _header(sheet, best[1], best[2])


def _header(sheet: Sheet, row: int, kind: str) -> Header:
    cells = {column: cell for column, cell in sheet.row(row).items() if not cell.is_blank}
    below = sheet.row(row + 1)
    header = Header(kind, row, {}, {column: cell.text for column, cell in cells.items()})
    if _is_second_line(cells, below, kind):
        # a heading over several columns (`Koordinat` over `Lintang`, `Bujur`): the lower line names the columns
        header.row = row + 1
        for column, cell in below.items():
            if not cell.above and not cell.is_blank:
                over = next((cells[c].text for c in range(column, 0, -1) if c in cells), "")
                together = f"{over} {cell.text}"
                header.titles[column] = cell.text if member_of(cell.text, kind) or not member_of(together, kind) else together
    for column, title in sorted(header.titles.items()):
        member = member_of(title, kind)
        if member is None or (member in header.columns.values() and member not in UNREAD):
            header.unknown.append(title if member is None else f"{title} (kolom kedua untuk hal yang sama)")
        else:
            header.columns[column] = member
    _remark(header, sheet.name)
    return header


def _is_second_line(cells: dict[int, Cell], below: dict[int, Cell], kind: str) -> bool:
    own = {c: cell for c, cell in below.items() if not cell.above and not cell.is_blank}
    if not own or any(not isinstance(cell.value, str) or _NUMBERED.fullmatch(cell.text) for cell in own.values()):
        return False
    return len(_known(own, kind)) == len(own) or (len(_known(own, kind)) >= 2 and all(c not in cells or cells[c].spans > 1 for c in own))


def _remark(header: Header, sheet: str) -> None:
    """What is to be said of the columns as a whole."""
    for column, member in header.columns.items():
        title = header.titles[column]
        if member == "person":
            header.warnings.append(f"Lembar “{sheet}”: kolom “{title}” memuat data orang, tidak diambil.")
        edition = re.search(r"20\d\d", title) if member == "kbli" else None
        if edition and edition[0] != "2020":
            header.warnings.append(f"Lembar “{sheet}”: kolom “{title}” menyebut edisi {edition[0]}; kode diperiksa terhadap KBLI 2020.")
    for title in header.unknown:
        header.warnings.append(f"Lembar “{sheet}”: kolom “{title}” tidak dikenal, isinya tidak diambil.")


def is_number_row(cells: dict[int, Cell]) -> bool:
    """The row of column numbers under a header: (1) (2) (3)."""
    texts = [cell.text for _, cell in sorted(cells.items()) if not cell.is_blank and not cell.above]
    if len(texts) < LEAST_KNOWN or not all(_NUMBERED.fullmatch(text) for text in texts):
        return False
    numbers = [int(re.sub(r"\D", "", text)) for text in texts]
    return numbers[0] <= 2 and all(later - sooner == 1 for sooner, later in zip(numbers, numbers[1:], strict=False))


def repeats(cells: dict[int, Cell], header: Header) -> bool:
    """Whether a row is the header again, as on every printed page."""
    texts = {column: cell.text.casefold() for column, cell in cells.items() if not cell.is_blank}
    same = sum(1 for column, text in texts.items() if header.titles.get(column, "").casefold() == text)
    return same >= LEAST_KNOWN and same * 2 > len(texts)
