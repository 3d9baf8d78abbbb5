"""Papers of a case in a real browser: what its texts say of both sides, and finals that are got from the page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any


def parties() -> dict[str, str]:
    """Where both sides are and where they get their letters."""
    return {
        "alamat_kami": "Jalan Jenderal Sudirman Nomor 2, Kota Cilegon", "alamat_mitra": "Jalan Pemuda Nomor 148, Kota Semarang",
        "kantor_mitra": "Dinas Perdagangan Kota Semarang", "alamat_surat_kami": "Jalan Kubang Laban Nomor 1", "kode_pos_kami": "42411",
        "alamat_surat_mitra": "Jalan Pemuda Nomor 175", "kode_pos_mitra": "50132", "telepon_kami": "(0254) 123456",
        "telepon_mitra": "(024) 654321", "surel_kami": "disperindag@cilegon.example", "surel_mitra": "dagang@semarang.example",
    }  # fmt: skip


def written(text: str, ours: str, theirs: str) -> dict[str, str]:
    """The numbers and the place of a text."""
    return {f"{text}_nomor_kami": ours, f"{text}_nomor_mitra": theirs, f"{text}_tempat": "Cilegon"}


def final_paper(page: Any, expect: Any, kind: str, counts: str, looks: Callable[[str], None]) -> bytes:
    """Get a final without a blank from the page of the case, and keep it there; the same file twice. Its bytes."""
    row = page.locator("ul.papers li").filter(has=page.locator(f"a[href$='/naskah/{kind}/final']"))
    with page.expect_download() as got:
        row.get_by_role("link", name=re.compile("Unduh naskah akhir")).click()
    body = Path(got.value.path()).read_bytes()
    assert body.startswith(b"%PDF-")
    row.locator(f"a[href$='/naskah/{kind}']").click()
    looks(f"naskah-{kind}")
    with page.expect_download() as got:
        page.get_by_role("link", name="Naskah akhir (PDF/A)").click()
    assert Path(got.value.path()).read_bytes() == body, "the same case gives the same bytes"
    page.get_by_role("button", name=f"Simpan naskah akhir sebagai berkas “{counts}”").click()
    expect(page.locator("#pesan")).to_contain_text(hashlib.sha256(body).hexdigest()[:12])
    return body
