"""The criteria of a firm's own data; its products are the other half of its score (see score.py)."""

from __future__ import annotations

from datetime import date

from exchange.catalogue.quality.criteria import ALL, ANSWER, TASK, VISIT, Criterion, Lack, Look, Record, nothing, steps
from schemas.codes import kbli

VISIT_FRESH, VISIT_OLD = 365, 730


def _consent(record: Record, _day: date) -> Look:
    """A firm that refused is not asked again by a machine; the import takes the consent's date away with the refusal."""
    if record["consented_on"]:
        return ALL
    return _REFUSED if record["consent_refused_on"] else _NOT_ASKED


_NOT_ASKED = nothing("Tanyakan apakah usaha setuju datanya diterbitkan; catat tanggal dan buktinya.", TASK)
_REFUSED = Look(0.0)


def _contact(record: Record, _day: date) -> Look:
    return _CONTACT[bool(record["telephone"]) + bool(record["email"])]


_CONTACT = steps(
    {0: Lack("Catat telepon dan kotak surat kantor usahanya.", ANSWER), 1: Lack("Catat telepon atau kotak surat yang belum ada.", ANSWER)},
    2,
)


def _address(record: Record, _day: date) -> Look:
    return _ADDRESS[2 * bool(record["address"]) + bool(record["district"]) + bool(record["subdistrict"])]


_ADDRESS = steps(dict.fromkeys(range(4), Lack("Lengkapi jalan, kelurahan dan kecamatannya.", ANSWER)), 4)


def _place(record: Record, _day: date) -> Look:
    return ALL if record["latitude"] is not None and record["longitude"] is not None else _NO_PLACE


_NO_PLACE = nothing("Ambil titik koordinat di tempat usahanya.", TASK)


def _visit(record: Record, day: date) -> Look:
    if record["visited_on"] is None:
        return _UNVISITED
    age = (day - record["visited_on"]).days
    return ALL if age <= VISIT_FRESH else _LONG_AGO if age <= VISIT_OLD else _UNVISITED


_ASK_VISIT = "Kunjungi usahanya, lalu catat tanggal dan keadaannya."
_UNVISITED, _LONG_AGO = nothing(_ASK_VISIT, VISIT), Look(0.5, Lack(_ASK_VISIT, VISIT))


def _kbli(record: Record, _day: date) -> Look:
    return ALL if any(len(code) == 5 and kbli(code) for code in record["kbli"] or ()) else _NO_KBLI


_NO_KBLI = nothing("Salin KBLI lima angka dari NIB-nya.", TASK)


def _form(record: Record, _day: date) -> Look:
    return _FORM[bool(record["legal_form"]) + bool(record["scale"])]


_FORM = steps(dict.fromkeys((0, 1), Lack("Catat bentuk badan usaha dan skalanya.", ANSWER)), 2)


def _nib(record: Record, _day: date) -> Look:
    number = record["nib"] or ""
    return ALL if len(number) == 13 and number.isdigit() else _NO_NIB


_NO_NIB = nothing("Catat NIB 13 angka.", TASK)

FIRM: tuple[Criterion, ...] = (
    Criterion(
        "consent", "Persetujuan", ("consented_on",), 30, "Tanpa persetujuan tidak satu pun produknya terlihat di luar kantor.", _consent
    ),
    Criterion("contact", "Kontak kantor", ("telephone", "email"), 20, "Mitra PKS menghubunginya langsung.", _contact),
    Criterion("visit", "Kunjungan", ("visited_on",), 12, "Data yang setahun tidak dilihat di tempat sering sudah berubah.", _visit),
    Criterion("address", "Alamat", ("address", "district", "subdistrict"), 10, "Asal barang menentukan jarak dan ongkos.", _address),
    Criterion("place", "Koordinat", ("latitude", "longitude"), 8, "Jarak ke pembeli dihitung darinya.", _place),
    Criterion("kbli", "KBLI", ("kbli",), 8, "PKS dan penyaringan berlaku menurut KBLI.", _kbli),
    Criterion(
        "form", "Bentuk dan skala", ("legal_form", "scale"), 8,
        "Bentuk badan usaha menentukan apa yang boleh diterbitkan; pembeli menyaring menurut skala.", _form,
    ),
    Criterion("nib", "NIB", ("nib",), 4, "Perjanjian menyebut usaha dengan NIB-nya.", _nib),
)  # fmt: skip
