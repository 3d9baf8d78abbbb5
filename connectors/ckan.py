"""
A table on a CKAN portal (Satu Data): a dataset by name, or the one that a search finds.

Source
  https://docs.ckan.org/en/latest/api/  `package_show` or `package_search`, the file itself, or `datastore_search`.
Caveats
  The file is found by what it really is (kit/ckan_resources.py). Of several years the newest is read, never an older one in its place:
  `resource` names another. A file on another host is asked for only where `resource_host` approves it; what the portal holds in its
  datastore is read there instead. The table itself is read as the connector `table` does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

from connectors.kit import Fetch, RawListing, Setting, SettingsError, ShapeChanged, Window
from connectors.kit.ckan import Datastore, ask, read_datastore
from connectors.kit.ckan_resources import Resource, resources, wanted
from connectors.kit.counts import count_of
from connectors.kit.errors import Forbidden, WrongAnswer
from connectors.kit.masking import mask
from connectors.kit.origin import joined, origin
from connectors.kit.sheet.opening import open_sheets
from connectors.kit.sheet.source import ACCEPT, TABLE_SETTINGS, Tabular

_MOST_TRIED = 8
_MOST_FOUND = 500
_PATH = re.compile(
    r"(?P<base>.*?)(?:/(?:id|en|id_ID|en_GB))?"
    r"/(?:dataset/(?P<dataset>[^/]+)(?:/resource/(?P<resource>[^/]+).*)?|dataset|api(?:/.*)?)/?"
)
_HOST = "Bila host itu memang tempat berkas portal ini, isi pengaturan resource_host dengannya lalu setujui sumber ini lagi."
_YES = frozenset({"ya", "y", "yes", "true", "1"})


class Ckan(Tabular):
    """A dataset's newest table."""

    name = "ckan"
    title = "Tabel di portal data CKAN (Satu Data)"
    homepage = "https://ckan.org"
    licence = "Menurut lisensi tiap dataset di portalnya"
    version = "1"
    settings = (
        Setting("url", says="alamat portal, misalnya https://satudata.contoh.go.id, atau halaman datasetnya"),
        Setting("dataset", required=False, says="nama atau id dataset; kosong bila sudah ada di alamat, atau dicari dengan query"),
        Setting("query", required=False, says="kata pencarian dataset, bila nama datasetnya berganti setiap tahun"),
        Setting("resource", required=False, says="nama, id atau tahun berkas yang dibaca; kosong: yang terbaru"),
        Setting("resource_host", required=False, says="host lain tempat berkas portal ini, misalnya https://berkas.contoh.go.id"),
        Setting("datastore", required=False, says="ya: baca isi datastore portal, bukan berkasnya"),
        *TABLE_SETTINGS,
    )

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        super().__init__(given)
        parts = urlsplit(self.option("url").strip())
        found = _PATH.fullmatch(parts.path)
        path = found["base"] if found else parts.path
        asked = parse_qs(parts.query).get("id", [""])[0]
        self._base = parts._replace(path=path.rstrip("/"), query="", fragment="").geturl()
        self._dataset = self.option("dataset").strip() or (found["dataset"] if found else "") or asked
        self._resource = self.option("resource").strip() or (found["resource"] if found else "") or ""
        if not self._dataset and not self.option("query").strip():
            raise SettingsError("Pengaturan konektor ckan: isi dataset (nama atau id dataset) atau query (kata pencariannya).")

    def approved(self) -> tuple[str, ...]:
        """The portal, and the host of its files where that is another."""
        other = self.option("resource_host").strip()
        return tuple(filter(None, (self._base, other if "://" in other or not other else f"https://{other}")))

    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """All packages of the table; it cannot be asked for a window."""
        found = list(self._found(fetch))
        chosen = wanted(found, self._resource)
        if not chosen:
            what = "tidak ada yang sesuai dengan pengaturan resource" if found else "tidak satu pun yang masih ada"
            raise WrongAnswer(
                f"Dataset itu memuat {len(found)} berkas, {what}.", mend="Periksa dataset dan resource pada pengaturan sumber."
            )
        yield from self._read(fetch, chosen)

    def _found(self, fetch: Fetch) -> Iterator[Resource]:
        """The files of the dataset, or of all datasets that the search finds."""
        if self._dataset:
            yield from resources(ask(fetch, self._base, "package_show", id=self._dataset)[1])
            return
        start = 0
        while start < _MOST_FOUND:
            answer, result = ask(fetch, self._base, "package_search", q=self.option("query").strip(), rows=100, start=start)
            packages = result.get("results") if isinstance(result, dict) else None
            if not isinstance(packages, list):
                raise ShapeChanged("Hasil pencarian CKAN tidak memuat results.", answer=answer.digest)
            for package in packages:
                yield from resources(package)
            start += len(packages)
            total = count_of(result.get("count"))
            if not packages or (start >= total if total is not None else len(packages) < 100):
                return

    def _read(self, fetch: Fetch, chosen: list[Resource]) -> Iterator[RawListing]:
        """The first of the files that is a table of what somebody needs."""
        others: Counter[str] = Counter()
        for resource in chosen[:_MOST_TRIED]:
            stored = resource.stored and self.option("datastore").strip().casefold() in _YES
            opened = None if stored else self._file(fetch, resource, others)
            if opened is None and (stored or resource.stored):
                opened = self._stored(fetch, resource, others)
            if opened is None:
                continue
            left = len(chosen) - sum(others.values()) - 1
            if left > 0:
                fetch.facts.notes.append(f"Dibaca berkas yang terbaru diubah; {left} berkas lain dari tahun yang sama tidak dibaca.")
            yield from opened
            return
        told = ", ".join(f"{count} {what}" for what, count in others.most_common())
        mend = "Sebut berkas yang benar dengan pengaturan resource, atau kolomnya dengan map_item."
        raise WrongAnswer(
            f"Tidak ada tabel kebutuhan di antara {len(chosen)} berkas dataset itu: {told}.",
            mend=f"{mend} {_HOST}" if "host" in told else mend,
        )

    def _file(self, fetch: Fetch, resource: Resource, others: Counter[str]) -> Iterator[RawListing] | None:
        """The listings of a file; None where it is no such table, which `others` then counts by what it is."""
        if resource.other is not None:
            others[resource.other] += 1
            return None
        try:
            url = self._address(resource.url)
        except Forbidden as error:
            others[f"di host yang belum disetujui ({mask(resource.url)})" if error.rule == "not_approved" else error.message] += 1
            return None
        answer = fetch.get(url, ACCEPT)
        try:
            sheets = open_sheets(answer.body, fetch.limits, answer.digest)
        except WrongAnswer as error:
            if error.rule != "wrong_answer":  # it may be the table, and is broken or not shown today
                raise
            others["berkas lain dari tabel, apa pun labelnya"] += 1
            return None
        if not self.is_table(sheets):
            others["tabel tentang hal lain"] += 1
            return None
        return self.listings_of(fetch, sheets, answer)

    def _stored(self, fetch: Fetch, resource: Resource, others: Counter[str]) -> Iterator[RawListing] | None:
        """The listings of the rows that the portal holds of a file; None where they are no such table."""
        store = read_datastore(fetch, self._base, resource.id)
        if not store.places or not self.is_table([store.sheet()]):
            others["tabel tentang hal lain"] += 1
            return None
        return self._from_store(fetch, store)

    def _from_store(self, fetch: Fetch, store: Datastore) -> Iterator[RawListing]:
        yield from self.listings_of(fetch, [store.sheet()], store.places[0][0], store.place)
        if store.cut is not None:
            raise store.cut

    def _address(self, link: str) -> str:
        """Where a file is asked for; over TLS where only the portal's own links forgot it. Raises Forbidden for another host."""
        url = joined(f"{self._base}/", link)
        allowed = {origin(each) for each in self.approved()}
        if origin(url) not in allowed and url.lower().startswith("http://") and origin("https" + url[4:]) in allowed:
            return "https" + url[4:]
        if origin(url) not in allowed:
            raise Forbidden(f"Berkas ada di {mask(url)}, di luar host yang disetujui.", mend=_HOST)
        return url
