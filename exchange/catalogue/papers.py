"""Certificates of a product, out of one mixed column and out of one column each."""

from __future__ import annotations

from typing import Any

from exchange.catalogue.cells import RowCells
from schemas.reading.codes import Papers, read_papers
from schemas.reading.text import line


def take_papers(row: RowCells) -> dict[str, Any]:
    """Certificates out of the mixed column and out of one column each."""
    found: dict[str, str] = {}
    for member in ("papers", "sni", "halal", "permit"):
        papers = row.take(member, lambda value, member=member: read_papers(_labelled(value, member))) or Papers()  # type: ignore[misc]
        for name, number in (("sni", papers.sni), ("halal", papers.halal), ("distribution_permit", papers.permit)):
            if number:
                found.setdefault(name, number)
        if papers.tkdn:
            row.note(member, "nomor sertifikat TKDN tidak punya tempat tersendiri, tidak disimpan")
    for name, longest in (("sni", 200), ("halal", 80), ("distribution_permit", 200)):
        if len(found.get(name, "")) > longest:
            row.warn("papers", f"lebih dari {longest} karakter nomor sertifikat: tidak diambil")
            del found[name]
    return {name: found.get(name) for name in ("sni", "halal", "distribution_permit")}


def _labelled(value: Any, member: str) -> str:
    """A bare number in a column that names the certificate."""
    text = line(value)
    label = {"sni": "SNI", "halal": "ID", "permit": "P-IRT"}.get(member)
    return f"{label} {text}" if label and text[:1].isdigit() else text
