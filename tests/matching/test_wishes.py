"""Certificates: what is asked for, what is only named, and what a firm's statement proves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from exchange.matching.discovery import criteria
from exchange.matching.engine import Mark, Met
from exchange.matching.needs import read_need
from exchange.matching.offers import read_offer
from exchange.matching.wishes import wished

CERTIFICATES = next(criterion for criterion in criteria() if criterion.name == "certificates")


def mark(text: str, today: date | None = None, **held: Any) -> Mark:
    return CERTIFICATES.mark(
        read_need({"reference": text, "title": text}, today=today),
        read_offer({"sku": "X", "name": "Barang"} | held, None),
        Met(0.9, -1, "barang", "barang", 1.0),
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Beras bersertifikat halal", ["sertifikat halal"]),
        ("Jasa katering halal", ["sertifikat halal"]),
        ("Kue tanpa pengawet dan halal", ["sertifikat halal"]),
        ("Dengan sertifikasi halal", ["sertifikat halal"]),
        ("Besi beton SNI 2052", ["SNI 2052"]),
        ("Besi beton SNI No. 2052:2017", ["SNI 2052:2017"]),
        ("Besi beton SNI 07-2052-2002", ["SNI 2052:2002"]),
        ("Baja SNI 4075-2:2017", ["SNI 4075-2:2017"]),
        ("Besi ber-SNI, sesuai SNI 2052", ["SNI 2052"]),
        ("Pipa SNI 06 0084", ["SNI 06 0084"]),
        ("Keripik wajib P-IRT/BPOM", ["izin edar (P-IRT atau BPOM)"]),
        ("Keripik ber-PIRT dan halal", ["sertifikat halal", "izin edar P-IRT"]),
        ("Alkes memiliki izin edar", ["izin edar Kemenkes"]),
        ("Genset TKDN minimal 40%", ["TKDN minimal 40%"]),
        ("Genset minimal 25,5 persen TKDN", ["TKDN minimal 25,5%"]),
        ("Genset wajib TKDN", ["TKDN"]),
        ("Ikan kaleng HACCP", ["HACCP"]),
        ("Kertas ISO 9706", ["ISO 9706"]),
    ],
)
def test_what_is_named_is_required(text: str, names: list[str]) -> None:
    assert [wish.said for wish in wished(text)] == names
    assert all(wish.required for wish in wished(text))


@pytest.mark.parametrize(
    "text",
    ["Diutamakan ber-SNI", "Label halal bila ada", "Produk TKDN minimal 40% lebih disukai", "Apabila ada, P-IRT: opsional, jika ada P-IRT"],
)
def test_what_is_preferred_never_blocks(text: str) -> None:
    assert wished(text) and not any(wish.required for wish in wished(text))
    told = mark(text)
    assert (told.score, told.blocks, told.asks) == (None, False, False)


@pytest.mark.parametrize(
    "text",
    [
        "Halal bihalal pegawai",
        "Sosialisasi sertifikat halal",
        "Biaya sertifikasi halal UMKM",
        "Pelatihan P-IRT",
        "Tidak wajib SNI",
        "SNI tidak diwajibkan",
        "Tanpa label halal",
        "Jaminan produk halal",
        "Senior halaman",
        "Snipper dan bpomx",
    ],
)
def test_what_is_only_named_asks_for_nothing(text: str) -> None:
    assert wished(text) == ()


P_IRT, BPOM = "P-IRT 2063672010001-28", "BPOM RI MD 000000000001"


@pytest.mark.parametrize(
    ("text", "held", "verdict"),
    [
        ("Wajib halal", {"halal": "ID36110000000000001"}, "met"),
        ("Wajib halal", {"halal": "ya"}, "asks"),
        ("Wajib halal", {"halal": "KH-00110000"}, "asks"),
        ("Wajib halal", {"sni": "SNI 2052:2017", "distribution_permit": P_IRT}, "blocks"),
        ("Wajib SNI", {"sni": "SNI 3553:2015"}, "met"),
        ("Wajib SNI", {"sni": "sedang diproses"}, "asks"),
        ("Wajib SNI 2052", {"sni": "SNI 3553:2015"}, "blocks"),
        ("Wajib SNI 2052:2014", {"sni": "SNI 2052:2017"}, "met"),
        ("Wajib SNI 2052:2017", {"sni": "SNI 07-2052-2002"}, "asks"),
        ("Wajib SNI 03-0691-1996", {"sni": "SNI 0691:1996"}, "met"),
        ("Wajib SNI 4075-1", {"sni": "SNI 4075-2:2017"}, "blocks"),
        ("Wajib SNI ISO 2052", {"sni": "SNI 2052:2017"}, "blocks"),
        ("Wajib TKDN 40%", {"tkdn_percent": Decimal("40")}, "met"),
        ("Wajib TKDN 40%", {"tkdn_percent": Decimal("39.99")}, "blocks"),
        ("Wajib TKDN+BMP 40%", {"tkdn_percent": Decimal("39.99")}, "asks"),
        ("Wajib TKDN", {"tkdn_percent": Decimal("0")}, "blocks"),
        ("Wajib P-IRT", {"distribution_permit": P_IRT}, "met"),
        ("Wajib P-IRT", {"distribution_permit": BPOM}, "asks"),
        ("Wajib BPOM", {"distribution_permit": P_IRT}, "blocks"),
        ("Wajib P-IRT atau BPOM", {"distribution_permit": P_IRT}, "met"),
        ("Wajib P-IRT dan BPOM", {"distribution_permit": P_IRT}, "blocks"),
        ("Wajib izin edar", {"distribution_permit": BPOM}, "met"),
        ("Wajib izin edar", {"distribution_permit": "dalam proses"}, "asks"),
        ("Wajib izin edar alkes", {"distribution_permit": P_IRT}, "blocks"),
        ("Wajib HACCP", {"sni": "SNI 2052:2017"}, "asks"),
        ("Wajib halal dan SNI", {"halal": "ID36110000000000001"}, "blocks"),
    ],
)
def test_a_statement_without_its_number_proves_nothing(text: str, held: dict[str, Any], verdict: str) -> None:
    told = mark(text, **held)
    assert ("blocks" if told.blocks else "asks" if told.asks else "met") == verdict, told.says
    assert (told.score == 1.0) is (verdict == "met")


def test_a_permit_that_ran_out_is_none() -> None:
    assert mark("Wajib P-IRT", date(2028, 12, 31), distribution_permit=P_IRT).score == 1.0
    assert mark("Wajib P-IRT", date(2029, 1, 1), distribution_permit=P_IRT).blocks


def test_a_missing_certificate_is_the_one_change_and_two_are_none() -> None:
    one, two = mark("Wajib halal"), mark("Wajib halal dan SNI")
    assert one.change is not None
    assert (one.change.member, one.change.to, one.change.says) == ("halal", None, "Sertifikat halal belum ada.")
    assert two.blocks and two.change is None
    short = mark("Wajib TKDN 40%", tkdn_percent=Decimal("25"))
    assert short.change is not None
    assert (short.change.to, short.change.says) == ("40", "TKDN minimal 40% belum ada (yang dinyatakan: 25%).")


def test_what_another_item_asks_for_is_not_asked_of_this_one() -> None:
    items = [{"text": "Meja kayu"}, {"text": "Kue kering bersertifikat halal"}]
    need = read_need({"reference": "1", "title": "Belanja", "items": items})
    offer = read_offer({"sku": "X", "name": "Meja"}, None)
    assert CERTIFICATES.mark(need, offer, Met(0.9, 0, "meja", "meja", 1.0)).score is None
    assert CERTIFICATES.mark(need, offer, Met(0.9, 1, "kue", "meja", 1.0)).blocks
    assert CERTIFICATES.mark(need, offer, Met(0.9, -1, "belanja", "meja", 1.0)).blocks


def test_an_item_of_wishes_alone_is_asked_of_all() -> None:
    items = [{"text": "Besi beton"}, {"text": "wajib SNI 2052"}]
    need = read_need({"reference": "1", "title": "Belanja", "items": items})
    assert CERTIFICATES.mark(need, read_offer({"sku": "X", "name": "Besi"}, None), Met(0.9, 0, "besi", "besi", 1.0)).blocks
