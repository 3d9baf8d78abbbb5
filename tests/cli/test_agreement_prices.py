"""`exchange agreement prices`: a preview first, refused cells by name, versions with who and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.store.agreements import AgreementObjectRow, AgreementRow, add_case
from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.products import apply_product

IDENT = "KS-2026-0001"
HEAD = "sku;satuan;harga;jumlah minimum;jumlah maksimum;catatan\n"


@pytest.fixture
def case(store: Store) -> Store:
    """A case whose contract is being drafted for metal, and a product of it and of another sector."""
    with store.work() as session:
        firm, _ = apply_business(session, {"nib": "9120000000001", "name": "CV Karya"})
        for sku, sector in (("LGM-1", "logam"), ("PGN-1", "pangan")):
            apply_product(
                session, {"sku": sku, "nib": firm.nib, "name": sku, "sector": sector, "unit_said": "m2", "unit_code": "MTK"}, firm
            )
        row = AgreementRow(instrument="ksdd", category="sukarela", title="Pagar", counterpart="Kota Semarang", region="33.74",
                           state="penyusunan_pks", made_by="uji")  # fmt: skip
        add_case(session, row, 2026)
        session.add(AgreementObjectRow(agreement_id=row.id, position=1, commodity="Pagar", sector="logam"))
    return store


@pytest.fixture
def sheet(tmp_path: Path):
    """Writes a list as CSV; its path."""

    def write(lines: str, name: str = "harga.csv") -> str:
        path = tmp_path / name
        path.write_text(HEAD + lines, encoding="utf-8")
        return str(path)

    return write


def test_a_list_is_previewed_recorded_changed_and_read_again(exchange, case, sheet):
    first = sheet("LGM-1;m2;600.000;;99;\nLGM-1;m2;580.000;100;;franko\n")
    looked = exchange("agreement", "prices", "import", IDENT, first, "--dry-run", "--json")
    assert (looked.code, looked.json()["counts"]["baru"], looked.json()["recorded"]) == (0, 2, None)
    assert exchange("agreement", "prices", "list", IDENT, "--json").json()["versions"] == []
    asked = exchange("agreement", "prices", "import", IDENT, first, stdin="n\n")
    assert asked.code == 1 and "Pratinjau (daftar pertama)" in asked.out
    done = exchange("agreement", "prices", "import", IDENT, first, stdin="y\n")
    assert done.code == 0 and "Versi 1 daftar harga KS-2026-0001 tercatat: 2 baris" in done.err
    second = sheet("LGM-1;m2;610.000,25;;99;\n", "baru.csv")
    told = exchange("agreement", "prices", "import", IDENT, second, "--yes", "--json").json()
    assert told["counts"] == {"baru": 0, "berubah": 1, "tetap": 0, "hilang": 1} and told["against"] == 1
    assert told["recorded"]["version"] == 2
    shown = exchange("agreement", "prices", "list", IDENT, "--json").json()
    assert [one["price"] for one in shown["lines"]] == ["610000.25"] and shown["broken"] is None
    old = exchange("agreement", "prices", "list", IDENT, "--version", "1")
    assert old.code == 0 and "580000" in old.out and "bagian naskah PKS" in old.out
    assert exchange("agreement", "prices", "list", IDENT, "--version", "9").code == 2


def test_each_refused_cell_is_named_and_nothing_is_recorded(exchange, case, sheet):
    wrong = sheet("LGM-1;m2;65,000;;;\nPGN-1;m2;1000;;;\nLGM-1;m2;2000;10;5;\n")
    told = exchange("agreement", "prices", "import", IDENT, wrong, "--yes")
    assert told.code == 1 and "3 sel ditolak" in told.err
    assert all(cell in told.out for cell in ("C2", "A3", "E4"))
    assert exchange("agreement", "prices", "import", IDENT, wrong, "--yes", "--json").json()["recorded"] is None
    assert exchange("agreement", "prices", "list", IDENT, "--json").json()["versions"] == []


def test_a_case_that_takes_no_list_or_does_not_exist_says_so_in_one_line(exchange, case, sheet):
    good = sheet("LGM-1;m2;1000;;;\n")
    for words, says in (((IDENT, good, "--basis", "klausul"), "naskah"), (("KS-2026-9999", good), "tidak ada")):
        told = exchange("agreement", "prices", "import", *words, "--yes")
        assert told.code == 2 and says in told.err, told.err
    assert exchange("agreement", "prices", "import", IDENT, good, "--since", "besok").code == 2
