"""The connector `table`: headers found by what they mean, rows that are records, packages, and what their cells say."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook

from connectors.kit import Refused, SettingsError, Skip, SourceError
from connectors.kit.sheet.columns import MEMBERS
from connectors.kit.sheet.google import table_address
from connectors.kit.simulator import Canned
from connectors.table import Table
from schemas.demand import DemandSchema

BUYER = {"buyer": "Pemerintah Kota Contoh"}


class Read:
    """One run over one table."""

    def __init__(self, partner: Any, fetching: Any, body: str | bytes, **settings: str) -> None:
        served = partner({"/tabel": [Canned(body if isinstance(body, bytes) else body.encode())]})
        self.source = Table({"url": f"{served.base}/tabel", **settings})
        self.fetch = fetching(*self.source.approved())
        self.listings = list(self.source.listings(self.fetch, None))
        self.notes = self.fetch.facts.notes

    @property
    def demands(self) -> list[dict[str, Any]]:
        return [DemandSchema().load(self.source.translate(raw)) for raw in self.listings]

    @property
    def references(self) -> list[str]:
        return [raw.reference for raw in self.listings]


@pytest.fixture
def read(partner, fetching):
    """Reads a table with a buyer, unless settings name another."""
    return lambda body, **settings: Read(partner, fetching, body, **(BUYER | settings))


def book(*sheets: list[list[Any]], names: tuple[str, ...] = (), merge: tuple[str, ...] = ()) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for number, lines in enumerate(sheets):
        sheet = made.create_sheet(names[number] if names else None)
        for line in lines:
            sheet.append(line)
        for area in merge if number == 0 else ():
            sheet.merge_cells(area)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_one_row_is_one_demand_with_one_thing(read):
    run = read('Kode Paket,Nama Paket,Nama Barang,Jumlah,Satuan,Pagu,OPD\nA-1,Mebel,Meja,"1.250",buah,Rp 2.500.000,Dinas Karangan\n')
    (demand,) = run.demands
    assert run.references == ["A-1"]
    assert (demand["title"], demand["buyer"]["name"], demand["buyer"]["unit"]) == ("Mebel", "Pemerintah Kota Contoh", "Dinas Karangan")
    ((item),) = demand["items"]
    assert (item["text"], item["quantity"]["amount"], item["quantity"]["unit"], item["quantity"]["said"]) == (
        "Meja",
        1250,
        "H87",
        "1.250 buah",
    )
    assert (demand["budget"]["amount"], demand["budget"]["basis"]) == (2_500_000, "package_ceiling")


def test_the_header_is_found_under_titles_and_over_a_line_of_column_numbers(read):
    body = "PEMERINTAH KOTA CONTOH;;;\nKEBUTUHAN BARANG 2026;;;\n;;;\nNo;Nama Barang;Volume;Sat\n(1);(2);(3);(4)\n1;Meja;3;buah\n"
    run = read(body)
    assert [raw.body["Nama Barang"] for raw in run.listings] == ["Meja"]
    assert [raw.position for raw in run.listings] == [5]
    assert any("1 baris nomor kolom" in note for note in run.notes)


def test_a_header_of_two_lines_is_read_from_both_in_csv_and_in_merged_cells(read):
    flat = "No;Nama Barang;Kebutuhan;;Anggaran;\n;;Jumlah;Satuan;Pagu;HPS\n1;Meja;3;buah;9000000;8000000\n"
    made = book(
        [["No", "Nama Barang", "Kebutuhan", None, "Anggaran", None], [None, None, "Jumlah", "Satuan", "Pagu", "HPS"],
         [1, "Meja", 3, "buah", 9000000, 8000000]],
        merge=("A1:A2", "B1:B2", "C1:D1", "E1:F1"),
    )  # fmt: skip
    for body in (flat, made):
        (demand,) = read(body).demands
        assert (demand["items"][0]["quantity"]["said"], demand["budget"]["amount"]) == ("3 buah", 9_000_000)


def test_what_is_no_record_is_left_out_and_counted(read):
    body = (
        "No;Nama Barang;Volume;Satuan;Pagu\n"
        "A. Dinas Karangan;;;;\n1;Meja;3;buah;900000\nSub Total;;;;900000\n"
        "B;Bagian Umum;;;\nNo;Nama Barang;Volume;Satuan;Pagu\n2;Total station;1;unit;90000000\n3;;;;\n"
        "JUMLAH;;;;90900000\nKeterangan: harga termasuk pajak;;;;\n"
        ";;;Contoh, 3 Maret 2026;\n;;;Mengetahui,;\n;;;Pejabat Karangan;\n;;;NIP. 19700101 199003 1 001;\n"
    )
    run = read(body)
    assert [(demand["title"], demand["buyer"]["unit"]) for demand in run.demands] == [
        ("Meja", "Dinas Karangan"), ("Total station", "Bagian Umum"),
    ]  # fmt: skip
    (note,) = [note for note in run.notes if "dilewati" in note]
    for said in ("4 blok tanda tangan", "2 judul kelompok", "2 baris jumlah", "1 kepala tabel yang berulang", "1 baris keterangan"):
        assert said in note
    assert "Pejabat Karangan" not in str([raw.body for raw in run.listings])


def test_a_row_that_has_lost_its_name_but_not_its_code_goes_to_quarantine(read):
    run = read("Kode Paket;Nama Paket;Pagu\nA-1;;5000000\nA-2;Meja;1000000\n")
    assert run.references == ["A-1", "A-2"]
    with pytest.raises(Refused) as caught:
        run.source.translate(run.listings[0])
    assert caught.value.rule == "title_missing"


def test_rows_of_one_code_are_one_package_wherever_they_stand(read):
    body = (
        "Kode Paket;Nama Paket;Nama Barang;Jumlah;Satuan;Pagu\nA;ATK;Kertas;10;rim;5000000\nB;Mebel;Meja;2;buah;3000000\n"
        "A;ATK;Pena;5;lusin;5000000\nA;ATK;Pena;5;lusin;5000000\n"
    )
    run = read(body)
    first, second = run.demands
    assert run.references == ["A", "B"]
    assert [item["text"] for item in first["items"]] == ["Kertas", "Pena"]
    assert (first["budget"]["amount"], second["budget"]["amount"]) == (5_000_000, 3_000_000)


@pytest.mark.parametrize("filled", [True, False])
def test_a_merged_or_blank_name_goes_on_with_its_package(read, filled):
    lines = [
        ["Nama Paket", "Uraian", "Volume", "Satuan"],
        ["ATK", "Kertas", 10, "rim"],
        [None, "Pena", 5, "lusin"],
        ["Lain", "Lem", 1, "buah"],
    ]
    body = book(lines, merge=("A2:A3",)) if filled else "\n".join(";".join(str(cell or "") for cell in line) for line in lines)
    first, second = read(body).demands
    assert [item["text"] for item in first["items"]] == ["Kertas", "Pena"]
    assert (first["title"], second["title"]) == ("ATK", "Lain")


def test_sums_that_differ_within_a_package_are_not_added_up(read):
    (demand,) = read("Kode Paket;Nama Paket;Uraian;Pagu\nA;ATK;Kertas;5000000\nA;ATK;Pena;200000\n").demands
    assert demand["budget"] is None


def test_rows_without_a_code_are_named_by_what_they_say_and_equal_ones_are_one(read):
    body = "No;Nama Barang;Volume;Satuan\n1;Meja;3;buah\n2;Kursi;3;buah\n3;Meja;3;buah\n"
    moved = "No;Nama Barang;Volume;Satuan\n1;Kursi;3;buah\n2;Meja;3;buah\n"
    run, later = read(body), read(moved)
    assert len(run.references) == 2 and set(run.references) == set(later.references)
    assert run.fetch.facts.superseded == 1
    assert all(reference.startswith("tanpa-kode-") for reference in run.references)


def test_settings_name_columns_before_any_guess_and_are_part_of_the_version(read):
    body = "Nama Barang;Yang Diminta;Banyak Sekali;Satuan\nkelompok 1;Meja;3;buah\n"
    (demand,) = read(body, map_item="yang diminta", map_quantity="Banyak Sekali").demands
    assert (demand["title"], demand["items"][0]["quantity"]["said"]) == ("Meja", "3 buah")
    plain, mapped = Table({"url": "https://contoh.example/a"}), Table({"url": "https://contoh.example/a", "map_item": "X"})
    assert plain.version == "1" and mapped.version.startswith("1-")


def test_a_column_that_settings_name_and_the_table_lacks_ends_the_run(read):
    with pytest.raises(SourceError, match="map_place") as caught:
        read("Nama Barang;Volume\nMeja;3\n", map_place="Gudang")
    assert caught.value.rule == "shape_changed"


def test_settings_cannot_name_a_column_about_a_person():
    with pytest.raises(SettingsError, match="tentang orang"):
        Table({"url": "https://contoh.example/a", "map_note": "Nama PPK"})


def test_unknown_columns_are_named_and_kept_those_about_persons_are_gone(read):
    run = read("Nama Barang;Volume;Ruang;Nama PPK;No. HP\nMeja;3;B2;Pejabat Karangan;0812-0000-0000\n")
    assert run.listings[0].body == {"Nama Barang": "Meja", "Volume": "3", "Ruang": "B2"}
    assert any("“Ruang”" in note and "PPK" not in note for note in run.notes)
    assert any("2 kolom tentang orang" in note for note in run.notes)


def test_index_columns_of_data_frames_say_nothing(read):
    run = read("Unnamed: 0.1,Unnamed: 0,kd_rup,nama_paket,pagu\n0,5,7001.0,Meja,8.0\n")
    assert run.references == ["7001"]
    assert set(run.listings[0].body) == {"kd_rup", "nama_paket", "pagu"}
    assert run.demands[0]["related"] == {"rup": ["7001"]}


def test_a_row_with_a_separator_inside_of_a_text_is_kept_apart_under_its_code(read):
    run = read("Kode Paket,Nama Barang,Jumlah,Satuan,E-mail\nA,Meja,3,buah,\nB,Meja, kursi,4,buah,orang@contoh.invalid\nC,Rak,1,unit,\n")
    assert sorted(run.references) == ["A", "B", "C"]
    torn = next(raw for raw in run.listings if raw.reference == "B")
    with pytest.raises(Refused) as caught:
        run.source.translate(torn)
    assert caught.value.rule == "row_unreadable"
    assert "orang@contoh.invalid" not in str(torn.body)


def test_the_sheet_is_chosen_by_what_it_holds_and_those_like_it_are_read_with_it(read):
    head = ["Nama Barang", "Volume", "Satuan"]
    body = book(
        [["Petunjuk pengisian"], ["Isi kolom dengan lengkap", "ya"]], [head, ["Meja", 1, "buah"]], [head, ["Kursi", 2, "buah"]],
        [["Nama Barang", "Satuan"], ["Lama", "buah"]], names=("Data", "Sheet2", "Sheet3", "arsip"),
    )  # fmt: skip
    run = read(body)
    assert [demand["title"] for demand in run.demands] == ["Meja", "Kursi"]
    assert any("“arsip”" in note for note in run.notes)
    assert [demand["title"] for demand in read(body, sheet="Arsip").demands] == ["Lama"]
    with pytest.raises(SourceError, match="sheet"):
        read(body, sheet="Tidak Ada")


def test_a_hidden_sheet_is_read_only_where_no_other_is_a_table(read):
    made = Workbook()
    made.worksheets[0].append(["kosong"])
    hidden = made.create_sheet("data")
    hidden.append(["Nama Barang", "Volume"])
    hidden.append(["Meja", 3])
    hidden.sheet_state = "hidden"
    stream = io.BytesIO()
    made.save(stream)
    assert [demand["title"] for demand in read(stream.getvalue()).demands] == ["Meja"]


def test_a_table_of_something_else_ends_the_run_with_advice(read):
    with pytest.raises(SourceError, match="kepala tabel") as caught:
        read("Tahun;Penduduk;Luas\n2024;455000;175\n")
    assert "map_item" in caught.value.mend


def test_without_a_buyer_in_settings_or_columns_each_row_says_what_to_fill_in(read):
    run = read("Nama Barang;Volume\nMeja;3\n", buyer="")
    with pytest.raises(Refused, match="pengaturan buyer"):
        run.source.translate(run.listings[0])


def test_rows_of_a_published_plan_keep_its_rules(read):
    head = "kd_rup,nama_paket,kd_klpd,nama_klpd,status_umumkan_rup,status_aktif_rup,status_delete_rup,pagu,tgl_pengumuman_paket"
    rows = ["7,Meja lama,D000,Kota Contoh,Terumumkan,True,False,1000,2026-01-01 08:00:00",
            "7,Meja,D000,Kota Contoh,Terumumkan,True,False,2000,2026-02-01 08:00:00",
            "8,Rak,D000,Kota Contoh,Terdelete,True,True,1000,2026-01-01 08:00:00"]  # fmt: skip
    run = read("\n".join([head, *rows]))
    assert run.source.translate(run.listings[0])["budget"]["amount"] == "2000"
    with pytest.raises(Skip):
        run.source.translate(run.listings[1])


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("https://docs.google.com/spreadsheets/d/abc_1/edit#gid=7", "https://docs.google.com/spreadsheets/d/abc_1/export?format=csv&gid=7"),
        ("https://docs.google.com/spreadsheets/d/abc/edit?gid=7#gid=7", "https://docs.google.com/spreadsheets/d/abc/export?format=csv&gid=7"),
        ("https://docs.google.com/spreadsheets/d/abc/edit?usp=sharing", "https://docs.google.com/spreadsheets/d/abc/export?format=xlsx"),
        ("https://docs.google.com/spreadsheets/d/e/2PACX-a/pubhtml?gid=3&single=true", "https://docs.google.com/spreadsheets/d/e/2PACX-a/pub?gid=3&single=true&output=csv"),
        ("https://docs.google.com/spreadsheets/d/e/2PACX-a/pub?output=csv", "https://docs.google.com/spreadsheets/d/e/2PACX-a/pub?output=csv"),
        ("https://docs.google.com/document/d/abc/edit", "https://docs.google.com/document/d/abc/edit"),
        ("https://contoh.example/spreadsheets/d/abc/edit#gid=7", "https://contoh.example/spreadsheets/d/abc/edit#gid=7"),
    ],
)  # fmt: skip
def test_addresses_of_google_sheets_become_those_of_the_table_on_the_same_host(given, asked):
    assert table_address(given) == asked
    assert Table({"url": given}).approved() == (asked,)


def test_a_redirect_to_another_host_is_followed_only_where_it_was_approved(partner, fetching):
    table = partner({"/isi": [Canned(b"Nama Barang;Volume\nMeja;3\n")]})
    door = partner({"/tabel": [Canned(b"", status=307, headers={"Location": f"{table.base}/isi"})]})
    closed = Table({"url": f"{door.base}/tabel", **BUYER})
    with pytest.raises(SourceError) as caught:
        list(closed.listings(fetching(*closed.approved()), None))
    assert caught.value.rule == "redirect_elsewhere" and "redirect_host" in caught.value.mend
    opened = Table({"url": f"{door.base}/tabel", "redirect_host": table.base, **BUYER})
    assert len(list(opened.listings(fetching(*opened.approved()), None))) == 1


def test_every_member_has_a_setting_that_says_what_it_is():
    told = {setting.name: setting.says for setting in Table.settings}
    assert all(MEMBERS[member] in told[f"map_{member}"] for member in MEMBERS)
