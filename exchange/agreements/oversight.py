"""Who is reported to and who settles a dispute, by table (UU 23/2014 Pasal 368 to 370, PP 28/2018 Pasal 8, 21 and 44)."""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.codes import region as region_named


class Route(NamedTuple):
    """reports: addressees in order; copies: who gets a copy; disputes: who settles them; verified: whether the law names this case."""

    reports: tuple[str, ...]
    copies: tuple[str, ...]
    disputes: str
    article: str
    verified: bool


# (instrument, whether both lie in one province, whether a province is a party)
ROUTES: Final[dict[tuple[str, bool, bool], Route]] = {
    ("ksdd", True, False): Route(
        ("Wali Kota", "Gubernur"), (), "Gubernur sebagai wakil Pemerintah Pusat",
        "UU 23/2014 Pasal 368 ayat (1), 370; PP 28/2018 Pasal 44 ayat (4)", True,
    ),
    ("ksdd", True, True): Route(
        ("Wali Kota", "Menteri Dalam Negeri"), ("Gubernur",), "Menteri Dalam Negeri", "UU 23/2014 Pasal 368 ayat (2), 370", True
    ),
    ("ksdd", False, True): Route(
        ("Wali Kota", "Menteri Dalam Negeri"), ("Gubernur",), "Menteri Dalam Negeri", "UU 23/2014 Pasal 368 ayat (2), 370", True
    ),
    # between cities and regencies of two provinces the law names nobody: the Minister, with copies to both governors, is our assumption
    ("ksdd", False, False): Route(
        ("Wali Kota", "Menteri Dalam Negeri"), ("Gubernur", "Gubernur mitra"), "Menteri Dalam Negeri",
        "UU 23/2014 Pasal 370; PP 28/2018 Pasal 44 ayat (1)", False,
    ),
    ("ksdpk", True, False): Route(
        ("Wali Kota", "Gubernur"), (), "Musyawarah mufakat, lalu sesuai kontrak", "PP 28/2018 Pasal 21 dan Pasal 44 ayat (4)", True
    ),
    ("sinergi", True, False): Route(
        ("Wali Kota", "Gubernur"), ("Menteri Dalam Negeri",), "Musyawarah mufakat", "PP 28/2018 Pasal 44 dan 46", False
    ),
}  # fmt: skip


def province(code: str) -> str:
    """The province of a region, itself where it is one."""
    return code.split(".", 1)[0]


def route(instrument: str, home: str, region: str | None) -> Route:
    """Where reports and disputes of a case go; region: of the counterpart, None where it is no region."""
    if instrument != "ksdd" or region is None:
        return ROUTES[instrument if instrument in {"ksdpk", "sinergi"} else "ksdpk", True, False]
    with_province = any(place is not None and place.parent is None for place in (region_named(home), region_named(region)))
    return ROUTES["ksdd", province(home) == province(region), with_province]
