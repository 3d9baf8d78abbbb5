"""
How offices head the columns of a list of what they need, and what each column is for, in Indonesian and English.

A heading is looked up by its letters and digits (`schemas.reading.heading`). Words that stand first for a member are the surer ones:
of two columns for one thing the surer is taken and the other is named as unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from schemas.reading.heading import heading_key, meaning

MEMBERS = {
    "reference": "kode paket di sumber, yang tetap sama setiap kali",
    "title": "nama paket atau pekerjaan",
    "item": "nama barang atau jasa",
    "specification": "spesifikasi",
    "quantity": "jumlah barang",
    "unit": "satuan jumlah itu",
    "budget": "pagu paket, rupiah",
    "estimate": "harga perkiraan sendiri (HPS), rupiah",
    "planned": "jumlah harga yang direncanakan, rupiah",
    "buyer": "pemerintah daerah atau lembaga pembeli",
    "buyer_code": "kode pembeli (KLPD)",
    "office": "perangkat daerah (OPD, dinas, satuan kerja)",
    "place": "tempat penyerahan",
    "category": "jenis pengadaan",
    "method": "metode pengadaan",
    "selection": "waktu pemilihan penyedia",
    "deadline": "batas waktu penawaran",
    "contract": "waktu pelaksanaan",
    "start": "tanggal mulai pelaksanaan",
    "end": "tanggal selesai pelaksanaan",
    "use": "waktu barang dibutuhkan",
    "year": "tahun anggaran",
    "status": "status",
    "published": "tanggal pengumuman",
    "small_business": "apakah untuk usaha kecil",
    "domestic_product": "apakah harus produk dalam negeri",
    "note": "keterangan",
    "link": "alamat halaman untuk orang",
    "rup": "kode RUP",
}
"""What a column can be for, and what staff are told of it."""

_WORDS = {
    "reference": "kodepaket idpaket nomorpaket nopaket kdpaket kodepengadaan idpengadaan nomorpengadaan kodetender kodenontender kdtender "
    "kodekebutuhan idkebutuhan nomorkebutuhan packageid packagecode packageno tenderid tenderno referenceno reference referensi refno id",
    "rup": "koderup idrup kdrup norup nomorrup kodesirup idsirup rupid rup sirup",
    "title": "namapaket paket namapaketpekerjaan paketpekerjaan namapaketpengadaan paketpengadaan namapekerjaan namapengadaan "
    "namatender judulpaket judulpekerjaan judul pekerjaan pengadaan uraianpekerjaan namakegiatanpekerjaan packagename projectname "
    "tendertitle title package",
    "item": "namabarang namabarangjasa namajenisbarang namabarangdanjasa barangjasa namaitem namaproduk jenisbarang jenisbarangjasa "
    "uraianbarang uraianbarangjasa rincianbarang barang barangyangdibutuhkan kebutuhanbarang kebutuhanbarangjasa jeniskebutuhan "
    "namakebutuhan namakomoditas namakomoditi komoditas komoditi namabahan bahanbaku namamaterial material produk item itemname "
    "itembarang productname product commodity goods uraian uraianitem rincian rinciankebutuhan deskripsibarang deskripsi description "
    "namabarangspesifikasi barangspesifikasi",
    "specification": "uraianspesifikasi spesifikasiuraian "
    "spesifikasi spesifikasiteknis spesifikasibarang spesifikasipekerjaan spesifikasiproduk spek spektek "
    "speksifikasi merkspesifikasi merktype merktipe merk merek tipe type ukuran specification specifications spec specs",
    "quantity": "jumlahbarang jumlahkebutuhan jumlahunit jumlahvolume jumlahitem jmlbarang volume vol volumepekerjaan volumekebutuhan "
    "kuantitas kuantitaskebutuhan qty quantity banyaknya banyak kebutuhanjumlah kebutuhanvolume jumlah jml",
    "unit": "satuan sat satuanbarang satuanukuran satuanunit satuanvolume satuankebutuhan satuanjumlah unitofmeasure uom unit",
    "budget": "pagu paguanggaran nilaipagu paguindikatif pagupaket jumlahpagu totalpagu pagurup anggaran alokasianggaran nilaianggaran "
    "jumlahanggaran budgetceiling budget",
    "estimate": "hps nilaihps hargaperkiraansendiri hpsoe ownerestimate jumlahhps totalhps",
    "planned": "jumlahharga totalharga hargatotal jumlahbiaya totalbiaya biaya totalnilai nilaitotal nilaipaket nilaipekerjaan nilai "
    "perkiraanbiaya perkiraanharga estimasibiaya estimasiharga estimasianggaran total totalprice amount value",
    "buyer": "pembeli namapembeli klpd namaklpd kldi namakldi pemerintahdaerah pemda namapemda kabupatenkota kabkota instansi namainstansi "
    "lembaga buyer buyername institution",
    "buyer_code": "kodeklpd kdklpd kodekldi idkldi kodeinstansi buyercode",
    "office": "opd namaopd skpd namaskpd perangkatdaerah namaperangkatdaerah satuankerja namasatuankerja satker namasatker dinas "
    "namadinas dinasinstansi opdpengusul "
    "unitkerja namaunitkerja pengguna unitpengguna unitpengusul bagian department office unitorganisasi",
    "place": "lokasi lokasipekerjaan lokasipengadaan lokasipengiriman lokasipenyerahan tempatpenyerahan tempatpengiriman alamatpengiriman "
    "tujuan tujuanpengiriman location deliveryplace deliveryaddress",
    "category": "jenispengadaan jenispekerjaan kategoripengadaan kategori procurementcategory category",
    "method": "metodepengadaan metodepemilihan metodepemilihanpenyedia carapengadaan metode procurementmethod method",
    "selection": "waktupemilihan jadwalpemilihan bulanpemilihan pemilihanpenyedia waktupemilihanpenyedia tanggalpemilihan "
    "rencanapemilihan waktutender jadwaltender tenderperiod",
    "deadline": "bataswaktu bataspenawaran bataswaktupenawaran bataspemasukanpenawaran bataswaktupemasukan batasakhir deadline "
    "closingdate tenderdeadline",
    "contract": "waktupelaksanaan jadwalpelaksanaan jadwalpelaksanaanpekerjaan rencanapelaksanaan waktupelaksanaanpekerjaan "
    "bulanpelaksanaan pelaksanaan waktukontrak jadwal waktu bulan schedule contractperiod",
    "start": "tanggalmulai tglmulai mulai tanggalawal tglawal awalpelaksanaan mulaipelaksanaan pelaksanaanmulai pelaksanaanawal "
    "tanggalawalkontrak tglawalkontrak jadwalmulai jadwalawal startdate start",
    "end": "tanggalselesai tglselesai selesai tanggalakhir tglakhir akhirpelaksanaan selesaipelaksanaan pelaksanaanselesai "
    "pelaksanaanakhir tanggalakhirkontrak tglakhirkontrak jadwalselesai jadwalakhir enddate end",
    "use": "waktupemanfaatan waktukebutuhan waktudibutuhkan tanggalkebutuhan tanggaldibutuhkan tglkebutuhan bulankebutuhan dibutuhkan "
    "dibutuhkantanggal dibutuhkanbulan jadwalkebutuhan pemanfaatan waktupenggunaan neededby neededon deliverydate",
    "year": "tahunanggaran tahun thn ta thnanggaran fiscalyear year",
    "status": "status statuspaket statuspengadaan statuskebutuhan statustender",
    "published": "tanggalpengumuman tglpengumuman tanggalumumkan tanggalterbit tanggaltayang diumumkan "
    "publisheddate publicationdate published",
    "small_business": "usahakecil statususahakecil statusukm ukm umkm umk smallbusiness sme",
    "domestic_product": "produkdalamnegeri statuspdn pdn dalamnegeri domesticproduct",
    "note": "keterangan ket catatan keterangantambahan remarks remark note notes",
    "link": "tautan link url alamatweb website",
}
# read by nobody, and nothing to be said of: they stay in what is stored
_UNREAD = (
    "hargasatuan hargaperunit hargasatuanrp satuanharga unitprice price harga sumberdana sumberanggaran koderekening rekening norekening "
    "kodeakun akun mak kodemak program namaprogram kegiatan namakegiatan subkegiatan namasubkegiatan kodekegiatan kodeprogram ppn pajak "
    "kodebarang kdbarang kodebelanja belanja jenisbelanja tkdn kbki kodekbki kbli"
)
_INDEX = "no nomor nourut nomorurut urut urutan num number index unnamed0 kolom1 seq sno"
_PERSONS = (
    "nip nik npwp ppk pptk kpa pa ppkom hp nohp telp telepon telpon telephone phone email surel wa whatsapp pic kontak contact "
    "narahubung penanggungjawab bendahara pejabat username pegawai pemohon pimpinan pemilik cp ktp handphone"
)
_RANKED = {word: (member, rank) for member, words in _WORDS.items() for rank, word in enumerate(words.split())}
_BY_WORD = {word: member for word, (member, _) in _RANKED.items()} | dict.fromkeys(_UNREAD.split(), "") | dict.fromkeys(_INDEX.split(), "#")
_PERSONAL = frozenset(_PERSONS.split())
_UNNAMED = re.compile(r"(?:unnamed|column|kolom|field)[ _:]*\d*(?:\.\d+)?", re.I)
_MONEY = re.compile(r"\brp\b|rupiah|harga|biaya|nilai|anggaran|\bidr\b", re.I)
_SUMS = frozenset({"jumlah", "jml"})
_DETAILS = frozenset({"uraian", "uraianbarang", "rincian", "rincianbarang", "deskripsi", "deskripsibarang", "description"})
SEVERAL = frozenset({"specification", "note"})
"""Members that more than one column may speak of."""


@lru_cache(2048)
def member_of(title: str) -> str | None:
    """What a heading stands for: a member, `#` for a running number, empty for one that nobody reads; None where it is not known."""
    found = meaning(title, _BY_WORD)
    if found == "quantity" and _MONEY.search(title):
        return "planned"
    return found


def is_index(title: str) -> bool:
    """Whether a column only counts rows, or has no name of its own (`Unnamed: 0`)."""
    return member_of(title) == "#" or title.strip() in {"", "#"} or _UNNAMED.fullmatch(title.strip()) is not None


@lru_cache(2048)
def is_about_persons(title: str) -> bool:
    """Whether a column is about a person: `Nama PPK`, `NIP`, `No. HP`, `E-mail`, `Penanggung Jawab`."""
    words = re.findall(r"[^\W_]+", title.casefold())
    pairs = ["".join(pair) for pair in pairwise(words)]
    return not _PERSONAL.isdisjoint([*words, *pairs])


def assign(titles: Iterable[str], given: Mapping[str, str]) -> dict[str, list[str]]:
    """
    The headings of each member; whatever order they come in, the same.

    given: headings that settings name, by member; they go before what is guessed.
    """
    names = sorted(set(titles))
    by_key = {heading_key(name): name for name in reversed(names)}
    found = {member: [by_key[heading_key(said)]] for member, said in given.items() if heading_key(said) in by_key}
    taken = {name for several in found.values() for name in several}
    guessed: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        member = member_of(name)
        if member and member != "#" and name not in taken and not is_about_persons(name):
            guessed.setdefault(member, []).append((_rank(name), name))
    for member, several in guessed.items():
        if member not in found:
            found[member] = [name for _, name in sorted(several)][: None if member in SEVERAL else 1]
    _settle(found, guessed, taken)
    return found


def _rank(title: str) -> int:
    """How sure a heading's word is: 0 is the surest; one that was known with a slip or a remark comes after those."""
    return _RANKED.get(heading_key(title), ("", 1000))[1]


def _settle(found: dict[str, list[str]], guessed: Mapping[str, list[tuple[int, str]]], taken: set[str]) -> None:
    """`Jumlah` beside `Volume` is a sum of money; `Uraian` beside `Nama Barang` tells more of the thing."""
    for member, words, instead in (("quantity", _SUMS, "planned"), ("item", _DETAILS, "specification")):
        used = {*found.get(member, []), *taken}
        spare = [name for _, name in sorted(guessed.get(member, [])) if name not in used and heading_key(name) in words]
        if spare and instead in SEVERAL:
            found[instead] = sorted({*found.get(instead, []), *spare}, key=lambda name: (_rank(name), name))
        elif spare:
            found.setdefault(instead, spare[:1])


def unknown(titles: Iterable[str], assigned: Mapping[str, list[str]]) -> Iterator[str]:
    """The headings that were not understood, in their order."""
    used = {name for several in assigned.values() for name in several}
    for title in titles:
        if title not in used and member_of(title) != "" and not is_index(title) and not is_about_persons(title):
            yield title
