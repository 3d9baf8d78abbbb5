"""The workbook: its values by openpyxl, its types, what does not fit, and what it says of itself."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exchange.access.policy import Tier
from exchange.access.segments import canonical
from exchange.publish import ooxml
from exchange.publish.base import Head, Receiver
from exchange.publish.columns import Kind, columns_of, flat, joined
from exchange.publish.formats.xlsx import Xlsx
from exchange.publish.ooxml_cells import CUT, MOST_LETTERS, letters
from exchange.publish.write import build
from exchange.store.segments import all_segments

HEAD = Head(
    office="Dinas & Mitra", contact="dinas@contoh.invalid", region="36.72", region_name="Kota Cilegon", licence="https://lisensi.example/by",
    version=7, state="kata-keadaan", changed_at=datetime(2026, 3, 1, 3, tzinfo=UTC), tier="public", products=1, terms="Harga <indikatif>.",
)  # fmt: skip
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
NAMES = [column.name for column in columns_of("public")]


def written(*products, head=HEAD):
    out = io.BytesIO()
    assert Xlsx().write((canonical(product) for product in products), out, head) == len(products)
    return out.getvalue()


def opened(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(io.BytesIO(data))


def as_said(text):
    """A text as spreadsheets read it; openpyxl leaves `_x0001_` as it stands in the file."""
    return re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text) if isinstance(text, str) else text


def cell(data, name, row=2):
    return opened(data)["Produk"].cell(row, NAMES.index(name) + 1)


def wanted(product, column):
    """What a spreadsheet is to show for a member."""
    said = product.get(column.name)
    if said is None or said == []:
        return None if column.kind is not Kind.LIST or said is None else ""
    if column.kind is Kind.NUMBER:
        return float(said) if len(said.replace(".", "")) <= 15 else said
    if column.kind is Kind.DATE:
        return datetime.fromisoformat(said)
    if column.kind is Kind.TIME:
        return datetime.fromisoformat(said).astimezone(ZoneInfo("Asia/Jakarta")).replace(tzinfo=None)
    return joined(said) if column.kind is Kind.LIST else said


@pytest.mark.parametrize("tier", [Tier.PUBLIC, Tier.AGREED, Tier.STAFF])
def test_openpyxl_reads_every_value_of_the_catalogue_in_its_type(tier, catalogue, settings):
    made = build(catalogue, settings, "xlsx", tier)
    columns = columns_of(tier)
    heading, *rows = opened(made.path.read_bytes())["Produk"].iter_rows(values_only=True)
    assert heading == tuple(column.title for column in columns)
    with catalogue.read() as session:
        products = [flat(body) for _, _, body in all_segments(session, "product", tier)]
    assert len(rows) == len(products) == made.products
    for row, product in zip(rows, products, strict=True):
        for column, value in zip(columns, row, strict=True):
            assert (value or None) == (wanted(product, column) or None), column.name
            assert value is None or type(value) is not str or column.kind in {Kind.TEXT, Kind.LIST}


NASTY = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="=+-@'\"&<>_x0041\t\r\n\x00\x1f\ufffe\u202e😀 ;\\", min_size=1, max_size=14),
    st.sampled_from(
        ["=1+1", '=HYPERLINK("http://x")', "+62", "-5", "@a", "_x0041_", "_x000D_", "]]>", " a ", "TRUE", "0012", "1e5", "#N/A"]
    ),
)


@settings(max_examples=120)
@given(st.lists(NASTY.filter(bool), min_size=1, max_size=6))
def test_every_text_comes_back_as_it_was_and_none_is_a_formula(texts):
    sheet = opened(written(*({"sku": f"{n}", "name": text} for n, text in enumerate(texts))))["Produk"]
    found = [sheet.cell(n, 2) for n in range(2, len(texts) + 2)]
    assert [as_said(each.value) for each in found] == texts
    assert {each.data_type for each in found} <= {"s", "inlineStr"}


@pytest.mark.parametrize("text", ["=1+1", "+62", "-5", "@a"])
def test_a_text_that_looks_like_a_formula_stays_one_when_it_is_edited(text):
    assert cell(written({"sku": "a", "name": text}), "name").quotePrefix
    assert not cell(written({"sku": "a", "name": "a" + text}), "name").quotePrefix


def test_no_part_of_the_workbook_holds_a_formula(catalogue, settings, unpacked):
    data = unpacked(build(catalogue, settings, "xlsx").path.read_bytes())
    assert b"<f>" not in data
    assert b"<f " not in data


@pytest.mark.parametrize(
    ("said", "value", "shown"),
    [
        ("550000", 550000, "#,##0"), ("550000.5", 550000.5, "#,##0.00####"), ("0", 0, "#,##0"), ("-12.25", -12.25, "#,##0.00####"),
        ("123456789012345", 123456789012345, "#,##0"), ("1234567890123.45", 1234567890123.45, "#,##0.00####"),
        ("1000000000000000000", 10**18, "#,##0"),
        ("1234567890123456", "1234567890123456", "@"), ("0.1234567890123456", "0.1234567890123456", "@"),
    ],
)  # fmt: skip
def test_a_decimal_is_a_number_where_a_double_keeps_it_and_a_text_where_not(said, value, shown):
    found = cell(written({"sku": "a", "price_min": Decimal(said)}), "price_min")
    assert (found.value, found.number_format) == (value, shown)
    assert isinstance(found.value, str) is isinstance(value, str)


@settings(max_examples=60)
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=3, allow_nan=False))
def test_no_digit_of_a_price_is_lost(amount):
    found = cell(written({"sku": "a", "price_min": amount}), "price_min").value
    assert (Decimal(found) if isinstance(found, str) else Decimal(repr(found))) == amount


@settings(max_examples=60)
@given(st.datetimes(min_value=datetime(1900, 3, 2), max_value=datetime(2199, 1, 1), timezones=st.just(UTC)), st.dates())
def test_times_are_times_of_jakarta_to_the_second_and_days_are_days(when, day):
    data = written({"sku": "a", "updated_at": when, "price_valid_until": day})
    shown = when.replace(microsecond=0).astimezone(ZoneInfo("Asia/Jakarta")).replace(tzinfo=None)
    assert cell(data, "updated_at").value == shown
    found = cell(data, "price_valid_until").value
    assert found == (day.isoformat() if day < datetime(1900, 3, 1).date() else datetime(day.year, day.month, day.day))


def test_a_day_on_which_spreadsheets_disagree_stays_a_text():
    """Some count a 29 February 1900, which there was not."""
    found = [cell(written({"sku": "a", "price_valid_until": said}), "price_valid_until").value for said in ("1900-02-28", "1900-03-01")]
    assert found == ["1900-02-28", datetime(1900, 3, 1)]


@pytest.mark.parametrize(("text", "kept"), [(" tepi", True), ("tepi\n", True), ("di tengah", False)])
def test_blanks_at_the_edge_are_marked_to_be_kept(text, kept, unpacked):
    """Excel drops them otherwise; the readers that tests can ask keep them in any case."""
    assert (b'xml:space="preserve"' in unpacked(written({"sku": "a", "name": text}))) is kept


def test_yes_and_no_are_no_texts():
    assert [cell(written({"sku": "a", "is_sample": said}), "is_sample").value for said in (True, False)] == [True, False]


@pytest.mark.parametrize("text", ["x" * 40_000, "😀" * 20_000, "a" + "😀" * 20_000, "&" * 32_768])
def test_a_text_that_no_cell_holds_is_cut_visibly_and_counted(text):
    data = written({"sku": "a", "description": text})
    found = cell(data, "description").value
    assert found.endswith(CUT)
    assert text.startswith(found.removesuffix(CUT))
    assert MOST_LETTERS - 1 <= len(found.encode("utf-16-le")) // 2 <= MOST_LETTERS
    assert "1 sel terlalu panjang" in told(data)["Dipotong"]


@pytest.mark.parametrize("text", ["x" * 32_767, "😀" * 16_383, "\x01" * 32_767])
def test_a_text_that_just_fits_is_whole(text):
    data = written({"sku": "a", "description": text})
    assert as_said(cell(data, "description").value) == text
    assert "Dipotong" not in told(data)


def test_more_products_than_a_sheet_holds_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr(ooxml, "MOST_ROWS", 4)
    data = written(*({"sku": f"S-{n}"} for n in range(7)))
    book = opened(data)
    assert book.sheetnames == ["Produk", "Produk 2", "Produk 3", "Keterangan"]
    seen = [row[0] for name in book.sheetnames[:3] for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert seen == [f"S-{n}" for n in range(7)]
    assert [book[name].auto_filter.ref for name in book.sheetnames[:3]] == [f"A1:{letters(len(NAMES) - 1)}{row}" for row in (4, 4, 2)]
    assert told(data)["Lembar"].startswith("3 lembar")
    assert opened(written(*({"sku": f"S-{n}"} for n in range(6)))).sheetnames == ["Produk", "Produk 2", "Keterangan"]


def test_a_sheet_that_would_be_too_large_a_part_goes_on_in_the_next_too(monkeypatch):
    monkeypatch.setattr(ooxml, "MOST_BYTES", 300_000)
    book = opened(written(*({"sku": f"S-{n}", "description": "x" * 9_000} for n in range(60))))
    assert book.sheetnames == ["Produk", "Produk 2", "Keterangan"]
    assert sum(book[name].max_row - 1 for name in book.sheetnames[:2]) == 60


def test_the_headings_stand_still_and_all_rows_can_be_filtered(catalogue, settings):
    book = opened(build(catalogue, settings, "xlsx").path.read_bytes())
    sheet = book["Produk"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{letters(len(NAMES) - 1)}5"
    assert [sheet.column_dimensions[letters(n)].width for n in range(3)] == [18, 40, 60]
    assert sheet["A1"].font.b
    assert book.active.title == "Produk"


def told(data):
    return {row[0]: row[1] for row in opened(data)["Keterangan"].iter_rows(values_only=True) if row[0]}


def test_the_last_sheet_says_whose_data_it_is_and_what_each_column_means():
    said = told(written({"sku": "a"}, head=HEAD))
    assert said["Penerbit"] == "Dinas & Mitra"
    assert said["Hubungi"] == "dinas@contoh.invalid"
    assert said["Lisensi data"] == "https://lisensi.example/by"
    assert said["Ketentuan"] == "Harga <indikatif>."
    assert said["Perubahan terakhir"] == "2026-03-01 10:00 WIB"
    assert (said["Versi katalog"], said["Jumlah produk"], said["Dibuat untuk"]) == ("kata-keadaan", "1", "Umum")
    assert [said[column.title] for column in columns_of("public")] == NAMES
    assert "Kapasitas terbesar" not in said


def test_a_workbook_for_a_partner_bears_its_name():
    head = Head(**{name: getattr(HEAD, name) for name in HEAD.__dataclass_fields__} | {"receiver": Receiver("36.04", "Kabupaten Serang")})
    assert told(written({"sku": "a"}, head=head))["Dibuat untuk"] == "Kabupaten Serang"


def test_an_empty_catalogue_is_a_row_of_headings_with_its_explanation(store, settings):
    made = build(store, settings, "xlsx")
    book = opened(made.path.read_bytes())
    assert (made.products, book["Produk"].max_row) == (0, 1)
    assert told(made.path.read_bytes())["Perubahan terakhir"] == "belum ada produk"


def test_the_file_says_at_its_beginning_what_it_is_and_no_date_of_this_day():
    with zipfile.ZipFile(io.BytesIO(written({"sku": "a"}))) as packed:
        assert packed.namelist()[0] == "_rels/.rels"
        assert {part.date_time for part in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.testzip() is None
        core = etree.fromstring(packed.read("docProps/core.xml"))
        parts = {etree.fromstring(packed.read(name)).tag for name in packed.namelist() if "sheet" in name and name.endswith(".xml")}
    assert "2026-03-01T03:00:00Z" in "".join(core.itertext())
    assert parts == {f"{MAIN}worksheet"}


@pytest.mark.parametrize(("number", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")])
def test_columns_are_named_as_spreadsheets_name_them(number, name):
    assert letters(number) == name
