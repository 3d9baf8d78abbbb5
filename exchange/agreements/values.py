"""What a field of the rule table may hold, as it is kept; anything else is named with what would do."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from exchange.agreements.rules import Field

LONGEST = 20_000
MOST_SIGNERS = 20
ROLES = ("kepala_daerah", "pejabat_kuasa", "pimpinan_pihak_ketiga", "menteri", "pejabat_kementerian")
SIDES = ("kami", "mitra")
_HASH = re.compile(r"[0-9a-f]{64}")
_MAIL = re.compile(r"[^\s@,;<>()]{1,64}@[^\s@,;<>()]+\.[^\s@,;<>().]{2,}")
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]*|\([0-9][0-9 ().-]*")
_POSTCODE = re.compile(r"[1-9][0-9]{4}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Unfit(ValueError):
    """A value that its field cannot hold; the words say what would do (Indonesian)."""


def read(field: Field, said: Any) -> Any:
    """
    A value as a case keeps it: cleaned text, ISO day, year, bool, one of the choices, 64 hex digits, signers.

    Raises:
        Unfit: the field cannot hold it.
    """
    return _READERS[field.kind](field, said)


def _text(_field: Field, said: Any) -> str:
    if not isinstance(said, str):
        raise Unfit("harus berupa teks")
    clean = _UNSEEN.sub("", said.replace("\r\n", "\n")).strip()
    if not clean:
        raise Unfit("masih kosong")
    if len(clean) > LONGEST:
        raise Unfit(f"lebih dari {LONGEST} huruf")
    return clean


def _date(_field: Field, said: Any) -> str:
    try:
        day = said if isinstance(said, date) else date.fromisoformat(said)
    except (TypeError, ValueError):
        raise Unfit("harus tanggal yang ada, seperti 2026-11-27") from None
    if not 1990 <= day.year <= 2200:
        raise Unfit("tahunnya di luar 1990 sampai 2200")
    return day.isoformat()


def _year(_field: Field, said: Any) -> int:
    if isinstance(said, str) and re.fullmatch("[0-9]{4}", said):
        said = int(said)
    if isinstance(said, bool) or not isinstance(said, int) or not 1990 <= said <= 2200:
        raise Unfit("harus tahun, seperti 2026")
    return said


def _flag(_field: Field, said: Any) -> bool:
    known = {"ya": True, "tidak": False, "true": True, "false": False}
    if isinstance(said, str) and said.strip().lower() in known:
        return known[said.strip().lower()]
    if not isinstance(said, bool):
        raise Unfit("harus ya atau tidak")
    return said


def _choice(field: Field, said: Any) -> str:
    if said not in field.choices or not isinstance(said, str):
        raise Unfit(f"harus salah satu dari: {', '.join(field.choices)}")
    return said


def _hash(_field: Field, said: Any) -> str:
    word = said.strip().lower() if isinstance(said, str) else ""
    if not _HASH.fullmatch(word):
        raise Unfit("harus SHA-256: 64 angka heksadesimal")
    return word


def _mail(field: Field, said: Any) -> str:
    clean = _text(field, said)
    if len(clean) > 200 or not _MAIL.fullmatch(clean):
        raise Unfit("harus satu alamat pos-el, seperti disperindag@daerah.example")
    return clean


def _phone(field: Field, said: Any) -> str:
    clean = _text(field, said)
    digits = sum(char.isdigit() for char in clean)
    if not _PHONE.fullmatch(clean) or not 5 <= digits <= 15 or len(clean) > 40:
        raise Unfit("harus satu nomor telepon, 5 sampai 15 angka, seperti (0254) 123456")
    return clean


def _postcode(field: Field, said: Any) -> str:
    clean = _text(field, said)
    if not _POSTCODE.fullmatch(clean):
        raise Unfit("harus kode pos: 5 angka, seperti 42411")
    return clean


def _signers(field: Field, said: Any) -> list[dict[str, str]]:
    """A list of {pihak, nama, jabatan, peran} and, for who signs by delegation, {kuasa_nomor, kuasa_tanggal, kuasa_lingkup}."""
    if not isinstance(said, list) or not 1 <= len(said) <= MOST_SIGNERS:
        raise Unfit(f"harus daftar 1 sampai {MOST_SIGNERS} penandatangan")
    return [_signer(field, one) for one in said]


def _signer(field: Field, said: Any) -> dict[str, str]:
    known = {"pihak", "nama", "jabatan", "peran", "kuasa_nomor", "kuasa_tanggal", "kuasa_lingkup"}
    if not isinstance(said, dict) or set(said) - known:
        raise Unfit(f"tiap penandatangan hanya punya: {', '.join(sorted(known))}")
    made = {name: _text(field, value) for name, value in said.items() if value not in (None, "")}
    if missing := {"pihak", "nama", "jabatan", "peran"} - made.keys():
        raise Unfit(f"penandatangan tanpa {', '.join(sorted(missing))}")
    if made["pihak"] not in SIDES or made["peran"] not in ROLES:
        raise Unfit(f"pihak harus {' atau '.join(SIDES)}; peran salah satu dari {', '.join(ROLES)}")
    if "kuasa_tanggal" in made:
        made["kuasa_tanggal"] = _date(field, made["kuasa_tanggal"])
    return made


_READERS = {
    "text": _text, "date": _date, "year": _year, "flag": _flag, "choice": _choice, "hash": _hash, "signers": _signers,
    "mail": _mail, "phone": _phone, "postcode": _postcode,
}  # fmt: skip
