"""A table that may not be whole: read as far as it goes, and no proof of what is gone."""

from __future__ import annotations

import pytest

from connectors.kit import SourceError
from connectors.kit.simulator import Canned
from connectors.table import Table

BUYER = {"buyer": "Pemerintah Kota Contoh"}


def ending(partner, fetching, canned, **settings):
    """The listings of a run, and the error that ends it."""
    served = partner({"/tabel": [canned]})
    source = Table({"url": f"{served.base}/tabel", **BUYER, **settings})
    found = []
    with pytest.raises(SourceError) as caught:
        for raw in source.listings(fetching(*source.approved()), None):
            found.append(raw.reference)
    return found, caught.value


def test_a_table_that_ends_in_the_middle_of_a_row_is_read_up_to_it_and_partial(partner, fetching):
    found, error = ending(partner, fetching, Canned(b"Kode Paket;Nama Barang;Volume\nA-10;Meja;3\nA-2"))
    assert (found, error.rule, error.state) == (["A-10"], "rows_unreadable", "partial")


def test_a_last_row_without_a_line_break_counts_where_it_is_as_wide_as_the_header(partner, fetching):
    served = partner({"/tabel": [Canned(b"Kode Paket;Nama Barang;Volume\nA-10;Meja;3\nA-11;Rak;1")]})
    source = Table({"url": f"{served.base}/tabel", **BUYER})
    assert [raw.reference for raw in source.listings(fetching(*source.approved()), None)] == ["A-10", "A-11"]


def test_torn_rows_without_a_code_leave_open_what_is_gone(partner, fetching):
    found, error = ending(partner, fetching, Canned(b"Nama Barang,Volume,Satuan\nMeja,3,buah\nMeja, kursi,4,buah\n"))
    assert (len(found), error.state) == (2, "partial") and "1 baris" in error.message


def test_codes_that_went_missing_prove_nothing_gone(partner, fetching):
    found, error = ending(partner, fetching, Canned(b"Kode Paket;Nama Barang;Volume\n;Meja;3\n;Rak;1\nA;Kursi;2\n"))
    assert (len(found), error.rule, error.state) == (3, "names_missing", "unproven")


def test_a_csv_in_an_answer_without_a_length_proves_no_end(partner, fetching):
    canned = Canned(b"Kode Paket;Nama Barang;Volume\nA;Kursi;2\n", length=-1)
    found, error = ending(partner, fetching, canned)
    assert (found, error.rule, error.state) == (["A"], "end_unproved", "unproven")
