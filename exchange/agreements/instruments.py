"""Which instrument a cooperation needs, or none, and its category by the rule of bordering regions (PP 28/2018 Pasal 3, 13, 23, 46)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from exchange.errors import BadRequest, Conflict
from schemas.codes import region as region_named

# who stands on the other side, and what it is called
KINDS: Final[dict[str, str]] = {
    "daerah": "pemerintah daerah lain",
    "pihak_ketiga": "badan usaha, BUMN/BUMD, koperasi, organisasi atau perseorangan",
    "kementerian": "kementerian atau lembaga",
    "luar_negeri": "pemerintah atau lembaga di luar negeri",
    "perusahaan_setempat": "perusahaan di daerah sendiri yang membeli dari IKM setempat",
}


class NoAgreementNeeded(Conflict):
    """What is planned is no cooperation in the sense of PP 28/2018; the message says what it is instead."""

    slug = "tidak-perlu-kerja-sama"
    title = "Tidak memerlukan kerja sama daerah."


class Abroad(Conflict):
    """Cooperation with somebody abroad goes another way, which this service does not know."""

    slug = "luar-negeri"
    title = "Kerja sama luar negeri tidak dilayani."


class Decision(NamedTuple):
    """instrument: of the rule table; category: `wajib` or `sukarela`; says: why (Indonesian); article: the basis."""

    instrument: str
    category: str
    says: str
    article: str


def decide(
    kind: str,
    *,
    home: str,
    region: str | None = None,
    borders: Collection[str] = (),
    externality: bool = False,
    shared_service: bool = False,
) -> Decision:
    """
    The instrument for a counterpart of that kind.

    home, region: Kemendagri codes; borders: the regions that home borders on; externality: its effects cross the border;
    shared_service: the public service is better run together.

    Raises:
        BadRequest: the kind or the region is none. Abroad, NoAgreementNeeded: see there.
    """
    if kind not in KINDS:
        raise BadRequest(f"Jenis mitra {kind[:40]!r} tidak ada.", mend=f"Yang ada: {', '.join(KINDS)}.")
    if kind == "luar_negeri":
        raise Abroad(
            "Kerja sama dengan pihak luar negeri memerlukan persetujuan Pemerintah Pusat dan DPRD (PP 28/2018 Pasal 23 sampai 43).",
            mend="Tempuh lewat Menteri Dalam Negeri dan Menteri Luar Negeri; layanan ini hanya untuk kerja sama dalam negeri.",
        )
    if kind == "perusahaan_setempat":
        raise NoAgreementNeeded(
            "Perusahaan setempat yang membeli dari IKM setempat adalah fasilitasi rantai pasok, bukan kerja sama daerah.",
            mend="Susun penawaran langsung dari kecocokannya.",
        )
    if kind == "pihak_ketiga":
        return Decision("ksdpk", "sukarela", "Mitra adalah pihak ketiga.", "PP 28/2018 Pasal 13 dan 14")
    if kind == "kementerian":
        return Decision(
            "sinergi", "sukarela", "Dukungan program pusat dituangkan dalam Nota Kesepakatan, tanpa PKS.", "PP 28/2018 Pasal 46"
        )
    if region is None or region_named(region) is None:
        raise BadRequest(f"Kode wilayah mitra {str(region)[:20]!r} tidak dikenal.", mend="Pakai kode Kemendagri, seperti 33.74.")
    if region == home:
        raise BadRequest("Daerah tidak bekerja sama dengan dirinya sendiri.", mend="Pilih daerah lain.")
    if region in borders and (externality or shared_service):
        return Decision("ksdd", "wajib", "Berbatasan, dengan dampak atau layanan lintas daerah.", "PP 28/2018 Pasal 3 ayat (2)")
    says = "Berbatasan, tetapi tanpa dampak atau layanan lintas daerah." if region in borders else "Tidak berbatasan."
    return Decision("ksdd", "sukarela", says, "PP 28/2018 Pasal 3 ayat (3)")
