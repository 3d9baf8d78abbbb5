"""Codes and certificate numbers as they stand in cells; a code that is not whole is named, never completed."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas.codes import kbli, kbli_children
from schemas.reading.numbers import of_cell, read_number
from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, line, tidy

NIB_DIGITS = 13
TKDN_PLACES = 4
_LEAST_NIB = 8  # Excel drops leading noughts; a number shorter than this has lost more than those


def read_nib(value: Any, known: Container[str] = ()) -> Reading[str]:
    """
    Thirteen digits. Only a number cell, which cannot hold leading noughts, gets them back, with a warning.

    known: NIBs that a text without its leading noughts may mean too; for CSV files, which keep no kind of cell.
    """
    number = of_cell(value)
    if number is not None:
        text = f"{number:f}"
        if not text.isdigit() or not _LEAST_NIB <= len(text) <= NIB_DIGITS:
            return Reading(None, (f"NIB {text} bukan 13 digit",))
        if len(text) == NIB_DIGITS:
            return Reading(text)
        return Reading(text.zfill(NIB_DIGITS), ("NIB tersimpan sebagai angka, nol di depan dipulihkan ke 13 digit",))
    text = line(value).strip("' ")
    if is_nothing(text):
        return Reading()
    bare = re.sub(r"^(?:n\.?i\.?b\.?|no\.?)?\s*[:.]?\s*|\s*\([^()]*\)$", "", text, flags=re.I)
    found = re.sub(r"[ .\-]", "", bare)
    if not (found.isascii() and found.isdigit()):
        return Reading(None, (f"NIB “{text}” bukan angka",))
    whole = found.zfill(NIB_DIGITS)
    if _LEAST_NIB <= len(found) < NIB_DIGITS and found[0] != "0" and whole in known:
        return Reading(whole, (f"NIB {found} kehilangan nol di depan, dipulihkan ke {whole} yang dikenal",))
    if len(found) != NIB_DIGITS:
        return Reading(None, (f"NIB {found} terdiri atas {len(found)} digit, seharusnya 13; tidak ditebak",))
    return Reading(found, notes=("pemisah pada NIB dibuang",) if found != text else ())


_KBLI = re.compile(r"(?<![\w.])(\d(?:[. ]?\d){1,4})(?![\w])")


def read_kbli(value: Any) -> Reading[tuple[str, ...]]:
    """
    Codes of KBLI 2020, each five digits: with dots, titles, line breaks; kept once each and in order.

    Four digits or fewer name a class with members; the one member of a class is taken, else the choice is the office's.
    """
    number = of_cell(value)
    text = f"{number:f}" if number is not None else tidy(value)
    if is_nothing(text):
        return Reading()
    found: list[str] = []
    warnings: list[str] = []
    for part in re.split(r"[;\n|,/&]|\bdan\b", _codes_apart(text)):
        written = _KBLI.search(part)
        if written is None:
            if (not found and part.strip()) or re.search(r"\d{2}", part):  # a title behind a code may count wheels
                warnings.append(f"KBLI “{part.strip()}” tidak terbaca")
            continue
        code, warning = _one_kbli(re.sub(r"[. ]", "", written[1]))
        found += [code] if code and code not in found else []
        warnings += [warning] if warning else []
    return Reading(tuple(found) or None, tuple(warnings))


def _codes_apart(text: str) -> str:
    """Without remarks in brackets and section letters (`C.25111`); codes that only a blank parts, parted."""
    bare = re.sub(r"\b[A-U]\.? ?(?=\d{2})", "", re.sub(r"\([^()]*\)", " ", text))
    return re.sub(r"(?:(?<=\b\d{5})|(?<=\b\d{2}\.\d{3}))\s+(?=\d{5}\b|\d{2}\.\d{3}\b)", ";", bare)


def _one_kbli(code: str) -> tuple[str | None, str | None]:
    if len(code) == 5:
        return (code, None) if kbli(code) else (None, f"KBLI {code} tidak ada dalam KBLI 2020, dibuang")
    children = [each.code for each in kbli_children(code)]
    if len(children) == 1:
        return children[0], f"KBLI {code} hanya {len(code)} digit, satu-satunya anaknya {children[0]} dipakai"
    if not children:
        return None, f"KBLI {code} tidak ada dalam KBLI 2020, dibuang"
    shown = ", ".join(children[:4]) + (" …" if len(children) > 4 else "")
    return None, f"KBLI {code} hanya {len(code)} digit (ada {shown}): pilih yang benar, tidak diisi otomatis"


def read_hs(value: Any) -> Reading[str]:
    """
    HS subheading, six digits: `7308.90`; eight or ten digits of the national tariff are cut to it with a note.

    A number cell that lost its noughts (`0901.21` or `7308.90` turned into numbers) gets them back with a warning.
    """
    number = of_cell(value)
    if number is None:
        return _digits(value, "HS", lambda n: n in {6, 8, 10}, 6)
    code = f"{number:f}"
    if re.fullmatch(r"\d{3,4}\.\d{1,2}", code):
        code = f"{number:.2f}".replace(".", "").zfill(6)
    elif len(code) in {5, 7, 9} and code.isdigit():  # codes have an even number of digits; chapters run from 01
        code = f"0{code}"
    read = _digits(code, "HS", lambda n: n in {6, 8, 10}, 6)
    if read.value is None or code == f"{number:f}":
        return read
    return Reading(read.value, (f"kode HS tersimpan sebagai angka ({number:f}), nol dipulihkan: {read.value}",))


def read_kbki(value: Any) -> Reading[str]:
    """KBKI: five, seven or ten digits."""
    return _digits(value, "KBKI", lambda n: n in {5, 7, 10}, 10)


def _digits(value: Any, name: str, fits: Callable[[int], bool], keep: int) -> Reading[str]:
    number = of_cell(value)
    text = f"{number:f}" if number is not None else re.sub(rf"^(?:kode\s*)?{name}\s*[:.]?\s*", "", line(value).strip("' "), flags=re.I)
    if is_nothing(text):
        return Reading()
    code = re.sub(r"[ .\-]", "", text)
    if not (code.isascii() and code.isdigit() and fits(len(code))):
        return Reading(None, (f"kode {name} “{text}” tidak berbentuk kode {name}, dikosongkan",))
    return Reading(code[:keep], notes=(f"kode {name} {code} dipotong ke {keep} digit",) if len(code) > keep else ())


def read_tkdn(value: Any) -> Reading[Decimal]:
    """Local content in percent: `52,4 %`, `0,51` (a share, read as 51 with a warning); outside 0-100 it is left out."""
    text = re.sub(r"^(?:nilai\s*)?tkdn\s*[:=]?\s*(?=\d)|\s*\*+$|\s*\([^()]*\)$", "", line(value).strip("' "), flags=re.I)
    if is_nothing(text):
        return Reading()
    percent = re.search(r"(?:%|persen)$", text, re.I) is not None
    read = read_number(value if of_cell(value) is not None else re.sub(r"\s*(?:%|persen)$", "", text, flags=re.I))
    if read.value is None:
        return Reading(None, tuple(f"TKDN: {each}" for each in read.warnings))
    if not 0 <= read.value <= 100:
        return Reading(None, (f"TKDN {text} di luar 0-100, dikosongkan",))
    if read.value == 1 and not percent:
        return Reading(None, ("TKDN 1 dapat berarti 1 persen atau seluruhnya, dikosongkan",))
    share = 0 < read.value < 1 and not percent
    exact = read.value * 100 if share else read.value
    value = Decimal(f"{round(exact, TKDN_PLACES).normalize():f}")
    warnings = (f"TKDN {text} dibaca {value:f} persen",) if share else ()
    return Reading(value, warnings if value == exact else (*warnings, f"TKDN {text} dibulatkan ke {value:f}"))


@dataclass(frozen=True, slots=True)
class Papers:
    """Numbers of certificates found in one cell; `tkdn` is a certificate's number, not a percentage."""

    sni: str | None = None
    halal: str | None = None
    permit: str | None = None
    tkdn: str | None = None


_SNI = re.compile(r"(?:SNI|ISO)\b[\s.:]*(?:No\.?\s*)?((?:(?:ISO|IEC|EN)[ /]*)*[\d.]+(?:-[\d.]+)*(?:[:\-]\d{4})?)", re.I)
_HALAL = re.compile(r"(?:sertifikat\s*)?(?:halal\s*)?(?:no\.?\s*)?[: ]*\bID\s?(\d[\d\s.\-]*)", re.I)
_PIRT = re.compile(r"\bS?P[- .]?\s?IRT\b[\s.:]*(?:No\.?\s*)?([\d.\s\-/]+)", re.I)
_BPOM = re.compile(r"\bBPOM\b[\s.:]*(?:RI\b[\s.:]*)?(?:(MD|ML)[\s.:]*)?(\d[\d\s.]*)|\b(MD|ML)[\s.:]*(\d[\d\s.]*)", re.I)
_OTHER = re.compile(r"(?:KEMENKES\s*(?:RI\s*)?)?\b(PKD|PKL|AKD|NA|NB|NC|ND|TR)[\s.:]*(\d[\d\s.]*)", re.I)
_TKDN = re.compile(r"\bTKDN\b.*", re.I)


def read_papers(value: Any) -> Reading[Papers]:
    """Halal, P-IRT, BPOM, PKD and SNI numbers out of one mixed cell; each that is not whole is named and left out."""
    if is_nothing(value):
        return Reading()
    kept: dict[str, list[str]] = {"sni": [], "halal": [], "permit": [], "tkdn": []}
    warnings: list[str] = []
    for part in re.split(r"[;\n|]|,(?!\d)|\s/\s|\s(?:dan|&)\s|(?<=\d)\s+(?=P[- ]?IRT|BPOM|SNI\b|PKD|ID ?\d|HALAL)", tidy(value)):
        if part.strip() and not is_nothing(part):
            kind, number, warning = _paper(part.strip())
            if number:
                kept[kind].append(number)
            if warning:
                warnings.append(warning)
    joined = {kind: "; ".join(dict.fromkeys(numbers)) or None for kind, numbers in kept.items()}
    return Reading(Papers(**joined) if any(joined.values()) else None, tuple(warnings))


def _paper(part: str) -> tuple[str, str | None, str | None]:
    """Which certificate one part names, its number where it is whole, and a warning where it is not."""
    if found := _PIRT.search(part):
        digits = re.sub(r"\D", "", found[1])
        if len(digits) == 15:
            return "permit", f"P-IRT {digits[:13]}-{digits[13:]}", None
        return "permit", None, f"nomor P-IRT “{found[1].strip()}” tidak lengkap (13 digit dan 2 digit tahun), tidak disimpan sebagai izin"
    if found := _BPOM.search(part):
        digits, kind = re.sub(r"\D", "", found[2] or found[4] or ""), (found[1] or found[3] or "MD").upper()
        if len(digits) in {12, 15}:  # fifteen since the numbers of 2017
            return "permit", f"BPOM RI {kind} {digits}", None
        return "permit", None, f"nomor BPOM “{part}” bukan 12 atau 15 digit, tidak disimpan sebagai izin"
    if found := _HALAL.search(part):
        digits = re.sub(r"\D", "", found[1])
        if len(digits) == 17:
            return "halal", f"ID{digits}", None
        return "halal", None, f"nomor halal ID + {len(digits)} digit, seharusnya ID + 17 digit: tidak disimpan"
    if found := _OTHER.search(part):
        digits = re.sub(r"\D", "", found[2])
        if len(digits) == 11:
            return "permit", f"{found[1].upper()} {digits}", None
        return "permit", None, f"nomor {found[1].upper()} “{part}” bukan 11 digit, tidak disimpan sebagai izin"
    if _TKDN.match(part):
        return "tkdn", part, None
    if found := _SNI.search(part):
        return "sni", re.sub(r"^(SNI|ISO)[\s.:]*", lambda m: m[1].upper() + " ", part, flags=re.I), None
    return "", None, f"“{part}” tidak dikenali sebagai nomor halal, izin edar atau SNI, tidak disimpan"
