"""
Who may sign what, and that what was signed is what the text said: guards of the rule table.

A text names its numbers, its day and who signs it (`kb_hari`, `kb_penandatangan`, …) before it is frozen; what is recorded of the
signature (`tanggal_kb`, `penandatangan_kb`, …) must not be something else. Where the text leaves a place open, nothing is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange.agreements.asking import Asked, Guard, Lack

_DELEGATED = frozenset({"kuasa_nomor", "kuasa_tanggal", "kuasa_lingkup"})
# what of a signer a text says
_NAMED = ("nama", "jabatan", "peran", "kuasa_nomor", "kuasa_tanggal")


def _signers(asked: Asked, name: str) -> list[dict[str, str]]:
    found = asked.fact(name)
    return found if isinstance(found, list) else []


def _both_sides(asked: Asked, name: str) -> Iterator[Lack]:
    sides = {one.get("pihak") for one in _signers(asked, name)}
    for side, called in (("kami", "pihak kami"), ("mitra", "pihak mitra")):
        if side not in sides:
            yield Lack(name, f"Penandatangan {called} belum ada.", "PP 28/2018 Pasal 6 ayat (3)", "Isi penandatangan kedua pihak.")


def kb_signed_by_heads(asked: Asked) -> Iterator[Lack]:
    """Pasal 2(1): heads of region sign the KB themselves; Pasal 2(2): delegation is for the PKS alone."""
    yield from _both_sides(asked, "penandatangan_kb")
    yield from _heads(asked, "penandatangan_kb")


def kb_written_for_heads(asked: Asked) -> Iterator[Lack]:
    """The same of those whom the text names, before it is frozen."""
    yield from _heads(asked, "kb_penandatangan")


def _heads(asked: Asked, name: str) -> Iterator[Lack]:
    for one in _signers(asked, name):
        third = asked.case.instrument == "ksdpk" and one["pihak"] == "mitra"
        if one["peran"] != ("pimpinan_pihak_ketiga" if third else "kepala_daerah"):
            yield Lack(
                name, f"{one['jabatan']} tidak berwenang menandatangani Kesepakatan Bersama.",
                "PP 28/2018 Pasal 2 ayat (1) dan (2)", "Hanya kepala daerah menandatanganinya; kuasa hanya untuk perjanjian kerja sama.",
            )  # fmt: skip


def signed_with_authority(name: str) -> Guard:
    """Pasal 2(2) and (3): the head, or an official with a letter of delegation that was brought; a third party by its leader."""

    def guard(asked: Asked) -> Iterator[Lack]:
        yield from _both_sides(asked, name)
        ours = [one for one in _signers(asked, name) if one["pihak"] == "kami"]
        if any(one["peran"] == "pejabat_kuasa" for one in ours) and "surat_kuasa" not in asked.case.papers:
            yield Lack("surat_kuasa", "Surat kuasa belum ada.", "PP 28/2018 Pasal 2 ayat (2) dan (3)", "Unggah surat kuasa kepala daerah.")
        yield from _authority(asked, name)

    return guard


def pks_written_with_authority(asked: Asked) -> Iterator[Lack]:
    """The same of those whom the text names, before it is frozen; the letter itself comes with the signature."""
    yield from _authority(asked, "pks_penandatangan")


def _authority(asked: Asked, name: str) -> Iterator[Lack]:
    for one in _signers(asked, name):
        third = asked.case.instrument == "ksdpk" and one["pihak"] == "mitra"
        if one["peran"] not in ({"pimpinan_pihak_ketiga"} if third else {"kepala_daerah", "pejabat_kuasa"}):
            yield Lack(
                name, f"{one['jabatan']} tidak berwenang menandatangani.", "PP 28/2018 Pasal 2 ayat (1) sampai (3)",
                "Penandatangan: kepala daerah, atau pejabat dengan surat kuasa.",
            )  # fmt: skip
        if one["peran"] == "pejabat_kuasa" and _DELEGATED - one.keys():
            yield Lack(
                name, f"Kuasa {one['jabatan']} belum disebut nomor, tanggal dan lingkupnya.", "PP 28/2018 Pasal 2 ayat (2) dan (3)",
                "Isi nomor, tanggal dan lingkup surat kuasa.",
            )  # fmt: skip


def nk_signed_by_head(asked: Asked) -> Iterator[Lack]:
    """Pasal 46(4): the document binds both sides; ours by its head."""
    yield from _both_sides(asked, "penandatangan_nk")
    for one in _signers(asked, "penandatangan_nk"):
        if one["peran"] not in ({"kepala_daerah"} if one["pihak"] == "kami" else {"menteri", "pejabat_kementerian"}):
            yield Lack(
                "penandatangan_nk", f"{one['jabatan']} tidak berwenang menandatangani Nota Kesepakatan.", "PP 28/2018 Pasal 46 ayat (4)",
                "Pihak kami: kepala daerah; mitra: menteri atau pejabat kementerian/lembaga.",
            )  # fmt: skip


def as_written(text: str) -> dict[str, str]:
    """What is recorded of a signature by what the text says of it. text: `kb` or `pks`."""
    return {
        f"{text}_nomor_kami": f"nomor_{text}_kami", f"{text}_nomor_mitra": f"nomor_{text}_mitra", f"{text}_tempat": f"tempat_{text}",
        f"{text}_hari": f"tanggal_{text}", f"{text}_penandatangan": f"penandatangan_{text}",
    }  # fmt: skip


def signed_as_written(text: str, called: str) -> Guard:
    """Both sign the text that was frozen (Pasal 6(3)): its numbers, its day, its place, and those whom it names."""

    def guard(asked: Asked) -> Iterator[Lack]:
        for written, signed in as_written(text).items():
            says, recorded = asked.fact(written), asked.fact(signed)
            if says not in (None, "", []) and recorded not in (None, "", []) and _differ(says, recorded):
                told = "penandatangan lain" if isinstance(says, list) else f"{says}, bukan {recorded}"
                yield Lack(
                    signed, f"Naskah {called} yang dibekukan menyebut {told}.", "PP 28/2018 Pasal 6 ayat (3)",
                    "Catat seperti dalam naskahnya; bila naskahnya keliru, ubah isiannya, bekukan lagi, lalu tanda tangani.",
                )  # fmt: skip

    return guard


def _differ(says: Any, recorded: Any) -> bool:
    if not isinstance(says, list):
        return bool(says != recorded)
    for side in {one["pihak"] for one in says}:
        named = [sorted((part, one.get(part, "")) for part in _NAMED) for one in says if one["pihak"] == side]
        signed = [sorted((part, one.get(part, "")) for part in _NAMED) for one in recorded if one["pihak"] == side]
        if sorted(named) != sorted(signed):
            return True
    return False
