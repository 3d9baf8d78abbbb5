"""
What can come instead of a demand.

    Skip                    a listing that is no demand for us (counted, not kept apart)
    Refused                 a listing that cannot be understood (to quarantine, with the rule it broke)
    SourceError             an answer that is no list of demands (the run is failed or unproven)
      Unreachable           network          no connection, or it broke
        UnknownHost         unknown_host     the name resolves to nothing
        AddressBlocked      blocked_address  the name leads to an address that no source may have
        TimedOut            timed_out        the time budget is used up
        TlsFailed           tls_failed       the certificate does not prove the host
      Forbidden             not_approved     an address outside the approved host
        RedirectElsewhere   redirect_elsewhere
      HttpStatus            http_status      an answer that is not a success
        Busy                source_busy      429 or 5xx to the last try
      WrongAnswer           wrong_answer     a success that carries something else
        EmptyBody           empty_body
        SaidEmpty           said_empty       the bus's "Data Kosong" (unproven)
        HtmlPage            html_page
          RobotPage         robot_page
          LoginPage         html_page
        Truncated           truncated
        NotJson             not_json
        NotXml              not_xml
          HasDoctype        doctype_refused
        ShapeChanged        shape_changed
      TooMuch               too_large, too_many_values, expands_too_much, too_deep, too_many_pages, too_many_listings, too_many_requests
      PagingLoop            paging_loop

Messages are for staff, in Indonesian; they never hold an unmasked address nor words that the source sent.
"""

from __future__ import annotations

from typing import ClassVar


class Skip(Exception):
    """A listing that is no demand for us; `reason` is a short sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(Exception):
    """A listing that cannot be understood; `rule` is stable, `message` says what was found and wanted."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(f"{rule}: {message}")
        self.rule = rule
        self.message = message


class SettingsError(ValueError):
    """A source's settings that a connector cannot work with; the message names each."""


class SourceError(Exception):
    """
    An answer that is no list of demands.

    rule: stable id; state: what the run becomes, `failed` or `unproven`; message: what came instead;
    mend: what to do next; answer: digest of the answer kept, where one came.
    """

    rule: ClassVar[str] = "source"
    state: ClassVar[str] = "failed"
    advice: ClassVar[str] = "Periksa sumber ini dengan `exchange source check`."

    def __init__(self, message: str, *, mend: str | None = None, answer: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend or self.advice
        self.answer = answer


class Unreachable(SourceError):
    """No connection, or one that broke."""

    rule = "network"
    advice = "Coba lagi nanti; bila tetap gagal, tanyakan kepada pengelola sumber apakah layanannya berpindah."


class UnknownHost(Unreachable):
    """A name that resolves to nothing."""

    rule = "unknown_host"
    advice = "Periksa ejaan nama host pada alamat sumber; layanan yang ditutup juga tampak seperti ini."


class AddressBlocked(Unreachable):
    """A name that leads to an address which no source may have."""

    rule = "blocked_address"
    advice = "Pakai alamat publik sumber. Hanya sumber yang ditambahkan dengan --local boleh memakai loopback."


class TimedOut(Unreachable):
    """The time budget is used up."""

    rule = "timed_out"
    advice = "Coba lagi di luar jam sibuk; bila selalu lambat, minta pengelola sumber membagi datanya per halaman."


class TlsFailed(Unreachable):
    """A certificate that does not prove the host."""

    rule = "tls_failed"
    advice = "Minta pengelola sumber memperbaiki sertifikatnya; sambungan tanpa bukti tidak dipakai."


class Forbidden(SourceError):
    """An address outside the approved host."""

    rule = "not_approved"
    advice = "Bila alamat itu memang milik sumber ini, tambahkan sebagai sumber sendiri dan setujui."


class RedirectElsewhere(Forbidden):
    """A redirect to a host, port or scheme that nobody approved."""

    rule = "redirect_elsewhere"
    advice = "Bila sumber memang berpindah, ubah alamatnya pada pengaturan sumber lalu setujui lagi."


class HttpStatus(SourceError):
    """An answer that is not a success; `status` is its number, `body` what came with it, for connectors that can read it."""

    rule = "http_status"

    def __init__(self, message: str, *, status: int, mend: str | None = None, answer: str | None = None, body: bytes = b"") -> None:
        super().__init__(message, mend=mend, answer=answer)
        self.status = status
        self.body = body


class Busy(HttpStatus):
    """429 or 5xx to the last try."""

    rule = "source_busy"
    advice = "Sumber sedang sibuk atau rusak; jalankan lagi nanti. Data yang sudah ada tidak berubah."


class WrongAnswer(SourceError):
    """A success that carries something else than data."""

    rule = "wrong_answer"
    advice = "Buka alamat sumber di peramban untuk melihat apa yang dikirim; hubungi pengelola sumber bila tetap begitu."


class EmptyBody(WrongAnswer):
    """Nothing at all, or blanks only."""

    rule = "empty_body"
    advice = "Coba lagi nanti; jawaban kosong tidak berarti permintaan dicabut."


class SaidEmpty(WrongAnswer):
    """The service bus's own message that it has nothing: true emptiness or a hiccup, nobody can tell."""

    rule = "said_empty"
    state = "unproven"
    advice = "Coba lagi nanti; bila selalu begini, periksa tahun dan kode KLPD pada alamat sumber."


class HtmlPage(WrongAnswer):
    """A page for people."""

    rule = "html_page"
    advice = "Periksa alamat sumber: yang benar mengirim JSON, bukan halaman web."


class LoginPage(HtmlPage):
    """A page that wants a name and a password, as Google sends it for a sheet that was not shared."""

    advice = (
        "Alamat itu hanya terbuka bagi yang masuk. Untuk Google Sheets: File > Bagikan > Publikasikan ke web sebagai CSV, "
        "lalu pakai alamat itu."
    )


class RobotPage(HtmlPage):
    """A page that wants to know whether a person reads it."""

    rule = "robot_page"
    advice = "Minta pengelola sumber mengizinkan alamat IP simpul ini; halaman penguji robot tidak boleh diakali."


class Truncated(WrongAnswer):
    """An answer that ends before its end."""

    rule = "truncated"
    advice = "Coba lagi nanti; jawaban yang terpotong tidak dibaca sebagian."


class NotJson(WrongAnswer):
    """Bytes that are no JSON, and what they look like."""

    rule = "not_json"


class NotXml(WrongAnswer):
    """Bytes that are no XML, and what they look like."""

    rule = "not_xml"


class HasDoctype(NotXml):
    """A document type: it can declare entities, which feeds do not need and attacks do."""

    rule = "doctype_refused"
    advice = "Minta pengelola sumber mengirim XML tanpa DOCTYPE; entitas bawaan (&amp;, &lt; dan sebagainya) tetap boleh."


class ShapeChanged(WrongAnswer):
    """JSON of another shape than the connector knows."""

    rule = "shape_changed"
    advice = "Konektor perlu disesuaikan dengan bentuk baru; jawaban asli tersimpan dan dapat dibaca ulang setelahnya."


class TooMuch(SourceError):
    """A bound is passed; `rule` says which."""

    advice = "Bila sumber memang sebesar itu, minta dibagi per halaman atau naikkan batasnya dengan sadar."

    def __init__(self, rule: str, message: str, *, mend: str | None = None, answer: str | None = None) -> None:
        super().__init__(message, mend=mend, answer=answer)
        self.rule = rule  # type: ignore[misc]  # one class, one bound each


class PagingLoop(SourceError):
    """A page that came before: following it would never end."""

    rule = "paging_loop"
    advice = "Laporkan kepada pengelola sumber: tautan halaman berikutnya berputar."
