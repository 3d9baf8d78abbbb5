"""
Every error that a reader may see.

ExchangeError
├── BadRequest          the caller asked wrongly (API 400, CLI 2)
├── NotFound            no such record
├── Denied              the caller may not see or do this
│   ├── Unauthenticated the caller is not known
│   │   └── TokenRefused    its token holds no more, or never did
│   ├── ScopeMissing    its token is not for this
│   └── StageMissing    its agreement does not open this yet
├── Conflict            somebody else was first, or the state forbids it
├── Busy                the same work runs already
├── LinkEnded           a link whose time is over, or that was taken back
├── TooOften            more than anybody may send in that time
├── Gone                a place that cannot be gone on from
├── Mismatch            the record is not the version that the caller read
├── Unconditional       a change without the version that it is meant for
├── KeyReused           an Idempotency-Key that stands for another request
├── SettingWrong        an EXCHANGE_* variable cannot be read
├── StorageFull         the disk has no room for the next answer
├── FileUnreadable      a kept file is missing or is not what came
├── NotRecorded         what would be told cannot be put on the exchange log
└── DatabaseTrouble     the database does not take what it is given
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any


class ExchangeError(Exception):
    """
    Base of all.

    message: what happened and where. mend: what the reader can do next. facts: further members of the problem body.
    """

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    slug = "kesalahan"
    title = "Layanan tidak dapat melakukannya."

    def __init__(self, message: str, *, mend: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.facts = facts

    def problem(self) -> dict[str, Any]:
        """The error as RFC 9457 members; `mend` tells the reader what to do next."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": int(self.status),
            "detail": self.message,
        }
        if self.mend:
            body["mend"] = self.mend
        return body | self.facts


class BadRequest(ExchangeError):
    """The caller asked for something that cannot be understood."""

    status = HTTPStatus.BAD_REQUEST
    slug = "permintaan-keliru"
    title = "Permintaan tidak dapat dipahami."


class NotFound(ExchangeError):
    """There is no such record, or the caller may not know of it."""

    status = HTTPStatus.NOT_FOUND
    slug = "tidak-ditemukan"
    title = "Data tidak ditemukan."


class Denied(ExchangeError):
    """The caller may not see or do this; `mend` names what is missing."""

    status = HTTPStatus.FORBIDDEN
    slug = "ditolak"
    title = "Tidak diizinkan."


class Unauthenticated(Denied):
    """The caller is not known; logging in may help."""

    status = HTTPStatus.UNAUTHORIZED
    slug = "perlu-masuk"
    title = "Perlu masuk."


class TokenRefused(Unauthenticated):
    """The access token holds no more, or never did; which of the two is not told."""

    slug = "token-tidak-berlaku"
    title = "Token akses tidak berlaku."


class ScopeMissing(Denied):
    """The token is not for this; `missing` names the scopes that it lacks."""

    slug = "lingkup-kurang"
    title = "Token akses ini tidak untuk itu."


class StageMissing(Denied):
    """What is asked for opens with a later stage of the partner's agreement; `missing` names it."""

    slug = "tahap-belum-terbuka"
    title = "Tahap kerja sama mitra ini belum membukanya."


class Mismatch(ExchangeError):
    """The record is not as the caller says that it read it."""

    status = HTTPStatus.PRECONDITION_FAILED
    slug = "versi-lain"
    title = "Data sudah berubah."


class Unconditional(ExchangeError):
    """A change that must say which version it is meant for does not."""

    status = HTTPStatus.PRECONDITION_REQUIRED
    slug = "perlu-if-match"
    title = "Perlu menyebut versi yang diubah."


class KeyReused(ExchangeError):
    """An Idempotency-Key stands for another request already."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "kunci-dipakai-lagi"
    title = "Idempotency-Key ini sudah dipakai untuk permintaan lain."


class Conflict(ExchangeError):
    """The record's state forbids it, or somebody changed it meanwhile."""

    status = HTTPStatus.CONFLICT
    slug = "bentrok"
    title = "Keadaan data tidak mengizinkannya."


class Busy(Conflict):
    """The same work is under way already."""

    slug = "sedang-berjalan"
    title = "Pekerjaan yang sama sedang berjalan."


class Gone(ExchangeError):
    """A place in a list or a feed that nobody can go on from any more; `mend` says how to begin anew."""

    status = HTTPStatus.GONE
    slug = "kursor-tidak-berlaku"
    title = "Kursor ini tidak berlaku lagi."


class LinkEnded(ExchangeError):
    """A link that was good once; `mend` says who gives another one."""

    status = HTTPStatus.GONE
    slug = "tautan-berakhir"
    title = "Tautan ini tidak berlaku lagi."


class TooOften(ExchangeError):
    """More than may be sent in that time; what was sent before is kept."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    slug = "terlalu-sering"
    title = "Terlalu sering dalam waktu singkat."


class SettingWrong(ExchangeError):
    """An EXCHANGE_* variable cannot be read; the message names it."""

    slug = "setelan-keliru"
    title = "Setelan tidak dapat dibaca."


class DatabaseTrouble(ExchangeError):
    """The database cannot be written; its own words stay out of the message, because they repeat values."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    slug = "basis-data"
    title = "Basis data tidak dapat ditulis."

    @classmethod
    def of(cls, error: Exception) -> DatabaseTrouble:
        """An error of the database's driver by its kind alone; a full disk is said to be one."""
        cause = getattr(error, "orig", None) or error
        if "disk is full" in str(cause) or getattr(cause, "sqlstate", None) == "53100":
            return cls("Disk basis data penuh.", mend="Kosongkan ruang, lalu jalankan lagi: tidak ada data yang hilang.")
        return cls(f"Basis data tidak dapat ditulis ({type(cause).__name__}).", mend="Periksa basis data, lalu jalankan lagi.")


class StorageFull(ExchangeError):
    """The disk has no room; the run stopped before it read on."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    slug = "penyimpanan-penuh"
    title = "Penyimpanan penuh."


class FileUnreadable(ExchangeError):
    """A file that a record names is missing, or is not what came; only a copy of the data folder brings it back."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    slug = "berkas-tak-terbaca"
    title = "Berkas ini sedang tidak dapat dibaca."


class NotRecorded(ExchangeError):
    """What a partner would be told beyond the public cannot be put on the exchange log now, and is therefore not told."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    slug = "belum-tercatat"
    title = "Pembacaan ini belum dapat dicatat."
