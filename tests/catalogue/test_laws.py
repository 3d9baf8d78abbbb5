"""What holds for every file: nothing empty overwrites, the same again changes nothing, and what has no room raises nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as chosen
from hypothesis import strategies as st

from exchange.catalogue.intake import import_file
from exchange.catalogue.outcome import Known
from exchange.catalogue.save import known_of, save
from exchange.store.base import Store

TODAY = date(2026, 6, 30)
FIRST = "9120000000011"
FIRM_HEAD = ["NIB", "Nama IKM", "Badan Usaha", "TK", "Nilai Investasi", "Tahun Berdiri", "Kecamatan", "KBLI", "Sentra", "Bimtek", "Telepon"]
PRODUCT_HEAD = ["NIB", "Nama Produk", "Satuan", "Harga", "Kapasitas", "Min Order", "TKDN", "HS", "KBLI", "Uraian", "Izin", "Berat", "Foto"]
nothing = st.sampled_from(["", "-", "n/a", "tidak ada", " ", "#REF!"])
written = st.one_of(
    nothing,
    st.integers(-5, 10**14).map(str),
    st.decimals(-10, 10**9, places=3).map(str),
    st.sampled_from(
        ["CV", "12 org", "2-3 unit/mgg", "1,2 jt", "31001", "2595", "P-IRT 2063672010259-28", "dus isi 12", "40 kg/hari", "51%"]
    ),
    st.text(st.characters(exclude_characters=';"\r\n\0', codec="utf-8"), max_size=20),
)


def as_csv(*rows: list[str]) -> bytes:
    return "\n".join(";".join(row) for row in rows).encode()


@st.composite
def files(draw: st.DrawFn, cells: st.SearchStrategy[str], name: str = "Lemari arsip jati 3 pintu") -> bytes:
    """A CSV of firms or of products with some of the columns, in any order."""
    head, sure = draw(st.sampled_from([(FIRM_HEAD, [FIRST, "CV Jati Purwa Karya"]), (PRODUCT_HEAD, [FIRST, name])]))
    extra = draw(st.lists(st.sampled_from(head[2:]), min_size=2, unique=True))
    columns = [*head[:2], *extra, *({"TK", "Harga"} & set(head) - set(extra))]
    rows = [[*sure, *(draw(cells) for _ in columns[2:])] for _ in range(draw(st.integers(1, 3)))]
    return as_csv(columns, *rows)


@given(files(nothing))
@chosen(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_nothing_empty_overwrites_what_is_kept(known: Known, data: bytes) -> None:
    report = import_file(data, "a.csv", known, TODAY)
    for kept, saved in ((known.businesses, report.businesses), (known.products, report.products)):
        for key, record in saved.items():
            assert {name: record[name] for name, value in kept[key].items() if value not in (None, [])} == {
                name: value for name, value in kept[key].items() if value not in (None, [])
            }
    assert not report.pending


@given(files(written, "Kursi santai"))
@chosen(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_every_row_ends_in_words_and_the_same_again_decides_the_same(known: Known, data: bytes) -> None:
    report = import_file(data, "a.csv", known, TODAY)
    assert sum(value for name, value in report.counts().items() if name != "rows") == len(report.rows)
    for row in report.rows:
        assert (row.reason is not None) == (row.action in {"reject", "skip"})
        assert bool(row.warnings) or row.action != "accept_with_warning"
    after = Known(known.businesses | report.businesses, known.products | report.products)
    again = import_file(data, "a.csv", after, TODAY)
    assert (after.businesses | again.businesses, after.products | again.products) == (after.businesses, after.products)


@pytest.fixture
def full(store: Store) -> Store:
    """A database with one firm, for files of products."""
    take(store, as_csv(["NIB", "Nama IKM", "TK"], [FIRST, "CV Jati Purwa Karya", "12"]))
    return store


def take(store: Store, data: bytes) -> dict[str, int]:
    with store.work() as session:
        return save(session, import_file(data, "a.csv", known_of(session), TODAY), "uji")


@given(data=st.data())
@chosen(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_any_file_is_saved_without_a_fault_and_a_second_time_changes_nothing(full: Store, data: st.DataObject) -> None:
    made = data.draw(files(written, data.draw(st.sampled_from(["Kursi santai", "Meja tulis", "Rak sepatu"]))))
    take(full, made)
    assert set(take(full, made).values()) == {0}


LONG = "x" * 5000
CELLS = [LONG, "9" * 40, "0.123456789012345678", "1e400", "🎉" * 300, "a\x01b", "http://contoh.invalid/" + LONG, "31/12/9999", "-1"]


@pytest.mark.parametrize("head", [FIRM_HEAD, PRODUCT_HEAD])
def test_a_cell_that_has_no_room_raises_nothing_and_is_named(full: Store, head: list[str]) -> None:
    wrong = []
    for number, (column, cell) in enumerate((column, cell) for column in head[1:] for cell in CELLS):
        usual = {"NIB": FIRST if head is PRODUCT_HEAD else f"{9120000000101 + number}", "Nama IKM": f"CV Nomor {number}", "TK": "5"}
        usual |= {"Nama Produk": f"Meja nomor {number}", "Satuan": "unit", "Harga": "150.000", column: cell}
        with full.work() as session:
            report = import_file(as_csv(head, [usual.get(name, "") for name in head]), "a.csv", known_of(session), TODAY)
            try:
                save(session, report, "uji")
                session.flush()
            except Exception as error:
                pytest.fail(f"{column}: {cell[:40]}: {error}")
        (told,) = report.rows
        if max(map(len, told.warnings), default=0) > 500 or len(told.reason or "") > 500:
            wrong.append((column, cell[:40]))
    assert wrong == []


def test_amounts_are_kept_exactly_or_said_to_be_rounded(full: Store) -> None:
    take(full, as_csv(["NIB", "Nama Produk", "Satuan", "Harga", "Min Order"], [FIRST, "Meja", "kg", "5000", "0,1234567"]))
    with full.read() as session:
        (product,) = known_of(session).products.values()
    assert product["minimum_order"] == Decimal("0.123457")
