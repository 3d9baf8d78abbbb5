"""Codes, certificate numbers, names and texts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reading.codes import read_hs, read_kbki, read_kbli, read_nib, read_papers, read_tkdn
from schemas.reading.names import firm_key, form_in, name_key, read_firm_name, read_legal_form
from schemas.reading.text import is_nothing, line, read_list, without_emoji

nibs = st.from_regex(r"[0-9]{13}", fullmatch=True)


@given(nibs)
def test_thirteen_digits_are_a_nib_with_or_without_separators(nib: str) -> None:
    assert read_nib(nib).value == nib
    assert read_nib(f" {nib[:4]} {nib[4:8]}.{nib[8:]}'").value == nib
    if nib.lstrip("0") and len(nib.lstrip("0")) >= 8:
        assert read_nib(int(nib)).value == nib
        assert bool(read_nib(int(nib)).warnings) == nib.startswith("0")


@given(st.from_regex(r"[0-9]{1,12}|[0-9]{14,20}", fullmatch=True))
def test_another_number_of_digits_in_text_is_never_completed(text: str) -> None:
    read = read_nib(text)
    assert read.value is None and read.warnings


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("25.120 / 25.940", ("25120", "25940")),
        ("28210 - Industri Mesin\n28299", ("28210", "28299")),
        ("20.29.1", ("20291",)),
        ("11051'", ("11051",)),
        (31004, ("31004",)),
        ("20221; 99999", ("20221",)),
        ("25111, 25111", ("25111",)),
        ("2595", None),
        ("99999", None),
        ("-", None),
    ],
)
def test_kbli(text: object, codes: tuple[str, ...] | None) -> None:
    assert read_kbli(text).value == codes


@given(st.text(max_size=30))
def test_no_text_raises_and_only_listed_codes_come_out(text: str) -> None:
    read_nib(text), read_tkdn(text), read_papers(text), read_hs(text), read_kbki(text)
    for code in read_kbli(text).value or ():
        assert len(code) == 5 and code.isdigit()


@pytest.mark.parametrize(
    ("cell", "percent", "warns"),
    [("52,4 %", "52.4", False), (0.51, "51", True), ("0,51", "51", True), ("51%", "51", False), (578, None, True), ("", None, False)],
)
def test_tkdn(cell: object, percent: str | None, warns: bool) -> None:
    read = read_tkdn(cell)
    assert read.value == (Decimal(percent) if percent else None) and bool(read.warnings) == warns


def test_certificates_are_told_apart_in_one_cell() -> None:
    papers = read_papers("ID36110000000000001; P-IRT 2063672010259-28; SNI 01-3712-1995, TKDN No. 12/2025").value
    assert papers is not None
    assert (papers.halal, papers.permit, papers.sni) == ("ID36110000000000001", "P-IRT 2063672010259-28", "SNI 01-3712-1995")
    assert papers.tkdn


@pytest.mark.parametrize("text", ["ID3611000000001", "P-IRT 206367201-29", "BPOM RI MD 123", "PKD 12", "dalam proses"])
def test_a_certificate_that_is_not_whole_is_named_and_left_out(text: str) -> None:
    read = read_papers(text)
    assert read.value is None and read.warnings


def test_two_codes_or_certificates_in_one_cell_are_both_kept() -> None:
    assert read_kbli("25111 25119").value == ("25111", "25119")
    for text in ("ID36110000000000001 / P-IRT 2063672010259-28", "halal: ID36110000000000001 PIRT 2063672010259-28"):
        papers = read_papers(text).value
        assert papers is not None and papers.halal and papers.permit


def test_hs_and_kbki_keep_their_digits() -> None:
    assert read_hs("7308.90").value == "730890"
    assert read_hs("7308.90.99").value == "730890"
    assert read_hs("730").value is None
    assert read_kbki(4219001007).value == "4219001007"


def test_legal_forms_and_names() -> None:
    assert read_legal_form("C.V.").value == "CV"
    assert read_legal_form("UD.").value == "UD"
    assert read_legal_form("Yayasan").value is None
    assert read_firm_name("ud. sinar  jaya\u00a0").value == "UD sinar jaya"
    assert form_in("Maju, PT.") == "PT" and form_in("Ptolemy") is None
    assert firm_key("CV. Baja Jaya (Contoh)") == firm_key("baja jaya") == "baja jaya"
    assert name_key("KOPI  Bubuk 200-gr") == name_key("kopi bubuk 200 gr")


@given(st.text(max_size=40))
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert line(line(text)) == line(text)
    assert name_key(name_key(text)) == name_key(text)


def test_text_is_cleaned_of_what_nobody_sees() -> None:
    assert line("\ufeff Kopi\u200b\u00a0 bubuk\x07 ") == "Kopi bubuk"
    assert without_emoji("🍱 Nampan 👨‍👩‍👧 m² ± 5°").value == "Nampan m² ± 5°"
    assert all(is_nothing(text) for text in ("", "-", "—", "n/a", "Tidak ada", "tdk ada", "nihil", None, " . "))
    assert not is_nothing("0")
    assert read_list("a, b (c, d); e\n- f, A") == ("a", "b (c, d)", "e", "f")
