"""
A table of what an office needs: CSV, XLSX or a Google Sheet.

Source
  Any address that answers with a table. A published sheet's address is a capability: whoever has it reads the sheet, so it is a secret
  setting. `https://docs.google.com/spreadsheets/d/…/edit#gid=…` is asked for as the export of that sheet.
Caveats
  The header is found by what its cells mean, in Indonesian or English; `map_…` settings name columns that are headed otherwise. One row
  is one demand, unless rows share a package's code or name. Rows without a code are named by what they say, so a changed one is another.
  Google sends tables from another host than it is asked at; that host is followed only where `redirect_host` approves it.
  A table says no total: what proves a run is that the file came whole, its buyer and its volume.
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.kit import Fetch, RawListing, Setting, Window
from connectors.kit.errors import RedirectElsewhere, SourceError
from connectors.kit.rows import advised
from connectors.kit.sheet.google import table_address
from connectors.kit.sheet.opening import open_sheets
from connectors.kit.sheet.source import ACCEPT, TABLE_SETTINGS, Tabular

_ELSEWHERE = (
    "Bila host itu memang milik penyedia tabel ini (Google mengirim tabel dari host googleusercontent.com), isi pengaturan redirect_host "
    "dengannya, lalu setujui sumber ini lagi."
)


class Table(Tabular):
    """A table behind one address."""

    name = "table"
    title = "Tabel kebutuhan (CSV, XLSX, Google Sheets)"
    homepage = "https://www.rfc-editor.org/rfc/rfc4180"
    licence = "Menurut pengelola tabel masing-masing"
    version = "1"
    settings = (
        Setting("url", secret=True, says="alamat tabel; siapa memegang alamat lembar yang dipublikasikan dapat membacanya"),
        Setting("redirect_host", required=False, says="host lain yang boleh mengirim tabel ini, misalnya https://doc-0a-contoh.example"),
        *TABLE_SETTINGS,
    )

    def approved(self) -> tuple[str, ...]:
        """The table's own host, and the one that it may be sent from."""
        return tuple(filter(None, (table_address(self.option("url")), self.option("redirect_host"))))

    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """All packages of the table; it cannot be asked for a window."""
        return advised(self._listings(fetch), _advice)

    def _listings(self, fetch: Fetch) -> Iterator[RawListing]:
        answer = fetch.get(table_address(self.option("url")), ACCEPT)
        sheets = open_sheets(answer.body, fetch.limits, answer.digest)
        yield from self.listings_of(fetch, sheets, answer)


def _advice(error: SourceError) -> str | None:
    return _ELSEWHERE if isinstance(error, RedirectElsewhere) else None
