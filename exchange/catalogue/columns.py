"""How offices head their columns: the member that a heading means, for the sheet of firms and that of products."""

from __future__ import annotations

# member → ways its column is headed, in letters and digits only
BUSINESS = {
    "number": "no nomor nourut nomorurut urut",
    "nib": "nib nonib nomornib nomorindukberusaha noinduk nomorinduk nibnomorindukberusaha noindukberusaha",
    "name": (
        "nama namaikm namausaha namaperusahaan namaindustri namaumkm namabadanusaha namaindustrikecil ikm perusahaan "
        "namaperusahaanikm namaikmusaha namausahaikm unitusaha namaunitusaha merekusaha namapelakuusaha pelakuusaha"
    ),
    "legal_form": (
        "bentukhukum badanusaha bentukusaha bentukbadanusaha badanhukum bentukbadanhukum jenisbadanusaha jenisusaha "
        "statusbadanusaha bentukperusahaan bentuk"
    ),
    "sector": "sektor sektorusaha sektorindustri bidangusaha bidang kelompokindustri cabangindustri jenisindustri",
    "kbli": "kbli kodekbli nokbli kblikode kblikodeindustri bidangusahakbli",
    "scale": "skala skalausaha skalaindustri klasifikasiusaha kriteriausaha",
    "district": "kecamatan kec",
    "subdistrict": "kelurahan kel desa kelurahandesa desakelurahan keldesa",
    "address": ("alamat alamatusaha alamatlengkap lokasi lokasiusaha alamatperusahaan alamatikm tempatusaha alamatkelurahankecamatan"),
    "position": ("koordinat titikkoordinat koordinatlokasi gps titikgps latlong latlon latitudelongitude lintangbujur koordinatgps"),
    "latitude": "lintang lat latitude garislintang",
    "longitude": "bujur lon long lng longitude garisbujur",
    "workers": (
        "tenagakerja tk jumlahtenagakerja jmltenagakerja jumlahtk jmltk jmltkorang karyawan jumlahkaryawan pekerja jumlahpekerja naker "
        "tenagakerjajumlah tenagakerjajml tenagakerjatotal tkjumlah tkjml tktotal totaltenagakerja totaltk jmlnaker jumlahnaker"
    ),
    "workers_men": (
        "tenagakerjal tenagakerjalk tenagakerjalakilaki tenagakerjapria tkl tklk tklakilaki tkpria jumlahtenagakerjal karyawanl pekerjal "
        "jumlahtenagakerjalakilaki karyawanlakilaki pekerjalakilaki lakilaki"
    ),
    "workers_women": (
        "tenagakerjap tenagakerjapr tenagakerjaperempuan tenagakerjawanita tkp tkpr tkperempuan tkwanita jumlahtenagakerjap "
        "karyawanp pekerjap jumlahtenagakerjaperempuan karyawanperempuan pekerjaperempuan perempuan"
    ),
    "investment": ("nilaiinvestasi investasi modal modalusaha nilaiinvest jumlahinvestasi totalinvestasi nilaiinvestasirp modalinvestasi"),
    "founded_year": (
        "tahunberdiri thnberdiri berdiri tahunpendirian berdiritahun mulaiusaha tahunmulai thberdiri tahunmulaiusaha tahunberdiriusaha"
    ),
    "cluster": "sentra sentraikm namasentra sentraindustri",
    "visited_on": (
        "tglterakhirmonitoring tanggalterakhirmonitoring "
        "tglmonitoring tanggalmonitoring tanggalmonitoringterakhir tglmonitoringterakhir monitoringterakhir "
        "tglkunjungan tanggalkunjungan kunjunganterakhir tglmonev tanggalmonev monev tglpembinaan tanggalpembinaan "
        "monitoring tglvisit tanggalpemantauan"
    ),
    "visit_note": (
        "catatanmonitoring catatan hasilmonitoring catatankunjungan hasilkunjungan keterangan ket catatanmonev hasilmonev temuan"
    ),
    "training_needs": (
        "kebutuhanpelatihan pelatihan kebutuhandiklat diklat pelatihanyangdibutuhkan pelatihandibutuhkan "
        "kebutuhanbimtek bimtek usulanpelatihan"
    ),
    "telephone": (
        "telepon hp nohp notelp telp notelepon nomortelepon kontak telephp nohptelp nohpwa nowa wa whatsapp teleponkantor telphp nomorhp"
    ),
    "email": "email surel alamatemail alamatsurel posel emailusaha",
    "is_sample": "datacontoh contoh",
    "consented_on": (
        "persetujuanpublikasi tglsetuju tanggalsetuju tanggalpersetujuan tglpersetujuan persetujuan setujupublikasi "
        "setujudipublikasikan tglpersetujuanpublikasi tanggalpersetujuanpublikasi persetujuantayang izinpublikasi "
        "bersediadipublikasikan"
    ),
    "consent_basis": "dasarpersetujuan basispersetujuan buktipersetujuan suratpersetujuan nosuratpersetujuan",
    "person": (
        "namapemilik pemilik penanggungjawab namapenanggungjawab pimpinan namapimpinan direktur nik noktp ktp nomorktp "
        "npwp namapengusaha pengusaha namapengurus ketua contactperson narahubung jeniskelamin tanggallahir tgllahir "
        "tempatlahir"
    ),
    "place": "kota kabupaten kabkota kotakabupaten provinsi kodepos rt rw rtrw",
    "refusal": "alasanditolak",
}
PRODUCT = {
    "number": BUSINESS["number"],
    "sku": "sku kodeproduk kodebarang kodeproduksku idproduk nosku skuproduk",
    "nib": BUSINESS["nib"] + " nibpemilik nibikm nibprodusen nibusaha",
    "firm": (
        "namaikm namausaha namaperusahaan ikm usaha perusahaan produsen namaprodusen namaindustri namaumkm pembuat "
        "pelakuusaha namapelakuusaha namaunitusaha"
    ),
    "name": (
        "nama namaproduk produk namabarang barang jenisproduk namaprodukjasa komoditi komoditas namakomoditi "
        "produkyangdihasilkan hasilproduksi produkunggulan produkutama namakomoditas"
    ),
    "description": (
        "uraian deskripsi uraianspesifikasi spesifikasi keterangan deskripsiproduk keteranganproduk uraianproduk "
        "spesifikasiproduk spek ket spesifikasiteknis"
    ),
    "sector": BUSINESS["sector"],
    "kbli": BUSINESS["kbli"],
    "kbki": "kbki kodekbki nokbki",
    "hs": "hs kodehs hscode nohs nomorhs postarif poshs postarifhs",
    "unit": "satuan sat stn unit satuanbarang satuanproduk uom satuanjual satuanukuran",
    "unit_code": "satuanunece kodesatuan kodesatuanunece kodesatuanrec20 uncode kodesatuanun",
    "price": (
        "harga hargajual hargasatuan hargarp hargaproduk kisaranharga hargaper satuanharga hargajualrp rentangharga "
        "hargaperunit hargapersatuan"
    ),
    "price_min": "hargamin hargaminimum hargaterendah hargabawah hargaminimal hargamulai",
    "price_max": "hargamax hargamaks hargamaksimum hargatertinggi hargaatas hargamaksimal",
    "price_valid_until": "hargaberlakusampai berlakusampai masaberlakuharga hargaberlakuhingga hargaberlakusd",
    "capacity": (
        "kapasitas kapasitasproduksi kapproduksi kap produksi jumlahproduksi volumeproduksi kemampuanproduksi kapprod kapasitasprod"
    ),
    "capacity_day": "kapasitasperhari kapasitashari kapasitasproduksiperhari produksiperhari kapasitasharian",
    "capacity_week": "kapasitasperminggu kapasitasminggu kapasitasproduksiperminggu produksiperminggu",
    "capacity_month": (
        "kapasitasbulan kapasitasperbulan kapasitasproduksiperbulan kapasitasproduksibulan produksiperbulan "
        "kapasitasbulanan kapbln kapasitasbln"
    ),
    "capacity_year": "kapasitastahun kapasitaspertahun kapasitasproduksipertahun produksipertahun kapasitasproduksitahun",
    "lead_time_days": "leadtimehari leadtime waktupengerjaan waktupengerjaanhari lamapengerjaan waktuproduksi lamaproduksi waktukirim",
    "minimum_order": (
        "minpemesanan minorder minimumorder pesananminimum minpesanan minimalorder minimalpesanan moq minpesan pesananmin "
        "pemesananminimum orderminimum minimumpesanan minimalpemesanan"
    ),
    "tkdn": "tkdn nilaitkdn persentkdn tkdnpersen tkdnpersentase persentasetkdn",
    "papers": (
        "nohalalpirtsni izin nomorizin noizin perizinan legalitas sertifikat sertifikasi izinproduk halalpirtsni perizinanproduk "
        "sertifikatizin izinsertifikat legalitasproduk nosertifikat nomorsertifikat izinedarsertifikat"
    ),
    "sni": "sni nosni nomorsni sertifikatsni",
    "halal": "halal nohalal nomorhalal sertifikathalal nosertifikathalal nomorsertifikathalal",
    "permit": (
        "izinedar noizinedar nomorizinedar pirt nopirt bpom nobpom pirtbpom nomorpirt izinedarpirtbpom nomorizinedarpirtbpompkd pirtbpompkd"
    ),
    "keywords": "katakunci keyword keywords kuncipencarian tag",
    "weight_kg": "beratkg berat beratpersatuan beratpersatuankg beratunit bobot",
    "photo": "foto gambar link tautan fotolink fotoproduk linkfoto urlfoto gambarproduk fototautan",
    "is_sample": BUSINESS["is_sample"],
    "person": BUSINESS["person"],
    "place": BUSINESS["place"] + " kecamatan kelurahan alamat",
    "refusal": BUSINESS["refusal"],
}
WORDS = {
    kind: {word: member for member, words in table.items() for word in words.split()}
    for kind, table in (("business", BUSINESS), ("product", PRODUCT))
}
# members that only one of the two sheets has, by which they are told apart
OWN = {
    "business": {
        "legal_form",
        "workers",
        "investment",
        "founded_year",
        "visited_on",
        "training_needs",
        "district",
        "subdistrict",
        "scale",
        "position",
    },
    "product": {"sku", "unit", "price", "price_min", "capacity", "capacity_month", "capacity_day", "tkdn", "hs", "kbki", "minimum_order"},
}
# members whose columns are understood and not read, so that several of them do no harm
UNREAD = frozenset({"number", "person", "place", "refusal"})
# words that tell a member where the whole heading is on no list; the first line that fits holds
HINTS: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "business": (
        ("person", frozenset(["pemilik", "penanggung", "pimpinan", "direktur", "ketua", "pengurus", "nik", "ktp", "npwp"])),
        ("email", frozenset({"email", "surel"})),
        ("telephone", frozenset(["telepon", "telp", "telpon", "hp", "wa", "whatsapp"])),
        ("position", frozenset({"koordinat", "gps"})),
        ("training_needs", frozenset({"pelatihan", "bimtek", "diklat"})),
        ("kbli", frozenset({"kbli"})),
        ("workers", frozenset({"karyawan", "pekerja", "naker", "tenaga"})),
        ("investment", frozenset({"investasi", "modal"})),
        ("founded_year", frozenset({"berdiri", "pendirian"})),
        ("cluster", frozenset({"sentra"})),
        ("consented_on", frozenset({"persetujuan", "setuju"})),
        ("address", frozenset({"alamat"})),
    ),
    "product": (
        ("person", frozenset(["pemilik", "penanggung", "pimpinan", "direktur", "ketua", "pengurus", "nik", "ktp", "npwp"])),
        ("minimum_order", frozenset({"order", "pesanan", "pemesanan", "moq"})),
        ("price", frozenset({"harga"})),
        ("tkdn", frozenset({"tkdn"})),
        ("kbli", frozenset({"kbli"})),
        ("hs", frozenset({"hs"})),
        ("capacity", frozenset({"kapasitas"})),
        ("papers", frozenset(["halal", "pirt", "irt", "bpom", "sni", "sertifikat", "izin"])),
        ("unit", frozenset({"satuan"})),
        ("photo", frozenset({"foto", "gambar"})),
        ("description", frozenset({"uraian", "deskripsi", "spesifikasi"})),
    ),
}
# words that make a heading narrower than its member: a column of women workers is not the workers
NARROWING = frozenset(
    {"l", "p", "laki", "perempuan", "wanita", "pria", "min", "max", "maks", "minimum", "maksimum", "terendah", "tertinggi"}
    | {"hari", "minggu", "tahun", "lama", "status", "jenis", "jumlah"}
)
# the sheet that says what goes where in the workbook that the office gives out; nothing is read from it
GUIDE = "Petunjuk"
# how a column is headed best, by member
HEADINGS = {
    "nib": "NIB", "name": "Nama", "firm": "Nama IKM", "legal_form": "Bentuk Hukum", "sector": "Sektor", "kbli": "KBLI", "scale": "Skala",
    "district": "Kecamatan", "subdistrict": "Kelurahan", "address": "Alamat", "position": "Koordinat", "latitude": "Lintang",
    "longitude": "Bujur", "workers": "Tenaga Kerja", "workers_men": "Tenaga Kerja L", "workers_women": "Tenaga Kerja P",
    "investment": "Nilai Investasi", "founded_year": "Tahun Berdiri", "cluster": "Sentra", "visited_on": "Tanggal Monitoring",
    "visit_note": "Catatan Monitoring", "training_needs": "Kebutuhan Pelatihan", "telephone": "Telepon", "email": "Email",
    "is_sample": "Data Contoh", "consented_on": "Persetujuan Publikasi", "consent_basis": "Dasar Persetujuan", "sku": "SKU",
    "description": "Uraian", "kbki": "KBKI", "hs": "HS", "unit": "Satuan", "unit_code": "Kode Satuan", "price": "Harga",
    "price_min": "Harga Min", "price_max": "Harga Max", "price_valid_until": "Harga Berlaku Sampai", "capacity": "Kapasitas Produksi",
    "capacity_day": "Kapasitas per Hari", "capacity_week": "Kapasitas per Minggu", "capacity_month": "Kapasitas per Bulan",
    "capacity_year": "Kapasitas per Tahun", "lead_time_days": "Lead Time (hari)", "minimum_order": "Minimum Order", "tkdn": "TKDN",
    "papers": "Sertifikat", "sni": "SNI", "halal": "Halal", "permit": "Izin Edar", "keywords": "Kata Kunci", "weight_kg": "Berat (kg)",
    "photo": "Foto",
}  # fmt: skip
# field → the headings that it is read from, where that is not the one of its own name
_CAPACITY = ("capacity", "capacity_day", "capacity_week", "capacity_month", "capacity_year")
READ_FROM: dict[str, dict[str, tuple[str, ...]]] = {
    "business": {
        "legal_form": ("legal_form", "name"), "district": ("district", "address"), "subdistrict": ("subdistrict", "address"),
        "latitude": ("position", "latitude", "longitude"), "longitude": ("position", "latitude", "longitude"),
        "workers": ("workers", "workers_men", "workers_women"), "consent_refused_on": ("consented_on",),
        "consent_basis": ("consent_basis", "consented_on"),
    },
    "product": {
        "price_min": ("price", "price_min"), "price_max": ("price", "price_max"), "unit_said": ("unit", "unit_code"),
        "unit_code": ("unit_code", "unit"), "capacity_min": _CAPACITY, "capacity_max": _CAPACITY, "capacity_period": _CAPACITY,
        "tkdn_percent": ("tkdn",), "sni": ("sni", "papers"), "halal": ("halal", "papers"), "distribution_permit": ("permit", "papers"),
    },
}  # fmt: skip
