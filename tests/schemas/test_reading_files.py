"""What parts the cells of a text that is a table."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reading.files import SIGNS, delimiter_of


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("kode,nama,jumlah\n1,Meja,2\n", ","),
        ("kode;nama;harga\n1;Meja;1,5\n2;Kursi;2,5\n", ";"),
        ("REKAP KEBUTUHAN\n\nkode;nama\n1;Meja, kayu\n", ";"),
        ("satu kolom saja\nMeja\n", ","),
    ],
)
def test_the_sign_that_parts_the_lines_alike_is_found(text, sign):
    assert delimiter_of(text) == sign


CELL = st.text('ab;,|\t\n" ', max_size=12)


@given(
    st.lists(st.lists(CELL.map(lambda text: f"{text}; x, y\tz\nbaris kedua; lagi"), min_size=4, max_size=4), min_size=2, max_size=8),
    st.sampled_from(SIGNS),
)
def test_signs_and_lines_inside_of_quoted_cells_part_nothing(rows, sign):
    out = io.StringIO()
    csv.writer(out, delimiter=sign, quoting=csv.QUOTE_ALL).writerows([["kode", "nama", "uraian", "jumlah"], *rows])
    assert delimiter_of(out.getvalue()) == sign
