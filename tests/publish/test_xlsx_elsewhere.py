"""The workbook in another program: LibreOffice reads what was written."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from exchange.access.segments import canonical
from exchange.publish.base import Head
from exchange.publish.columns import columns_of
from exchange.publish.formats.xlsx import Xlsx

HEAD = Head(
    office="Dinas", contact="dinas@contoh.invalid", region="36.72", region_name="Kota Cilegon", licence="https://lisensi.example/by",
    version=7, changed_at=datetime(2026, 3, 1, tzinfo=UTC), tier="public", products=1,
)  # fmt: skip
TEXTS = [
    "=1+1", "+62 812", "-5", "@SUM(A1)", "'petik", " tepi ", "<b>&amp;</b>", "dua\nbaris", "tab\tdi dalam", "_x0041_", "]]>",
    "😀 مرحبا", "0012", "TRUE", "1e5", "\x01kendali", "cr\rlf",
]  # fmt: skip
PRODUCT = {
    "price_min": Decimal("550000.5"), "price_max": Decimal("12345678901234567.5"), "price_valid_until": date(2026, 12, 31),
    "lead_time_days": 14, "is_sample": True, "updated_at": datetime(2026, 1, 1, 17, 30, 59, tzinfo=UTC), "kbli": "01111",
    "producer": {"nib": "0000367200007"},
}  # fmt: skip
# all sheets; commas, quotes, UTF-8, values in full
AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false,false,false,-1"
NAMES = [column.name for column in columns_of("public")]


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "katalog.xlsx"
    with path.open("wb") as out:
        Xlsx().write((canonical(PRODUCT | {"sku": f"S-{n}", "name": text}) for n, text in enumerate(TEXTS)), out, HEAD)
    return path


def test_libreoffice_opens_it_with_every_text_as_it_was_and_nothing_computed(book, tmp_path, absent):
    soffice = shutil.which("soffice")
    if soffice is None:
        absent("LibreOffice (soffice)")
    done = subprocess.run(
        [soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", AS_CSV,
         "--outdir", str(tmp_path / "out"), str(book)],
        capture_output=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out" / "katalog-Produk.csv").read_bytes().decode()
    heading, *rows = csv.reader(io.StringIO(text, newline=""))
    assert heading == [column.title for column in columns_of("public")]
    assert [row[NAMES.index("name")] for row in rows] == TEXTS
    first = dict(zip(NAMES, rows[0], strict=True))
    assert (first["price_min"], first["price_max"]) == ("550000.5", "12345678901234567.5")
    assert (first["price_valid_until"], first["updated_at"]) == ("2026-12-31", "2026-01-02 00:30:59")
    assert (first["kbli"], first["producer.nib"], first["lead_time_days"], first["is_sample"]) == ("01111", "0000367200007", "14", "1")
    assert "36.72" in (tmp_path / "out" / "katalog-Keterangan.csv").read_text(encoding="utf-8")
