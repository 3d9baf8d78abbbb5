"""
Open Contracting Data Standard, 1.0 and 1.1, from any publisher.

Source
  https://standard.open-contracting.org/1.1/en/schema/
  Release packages, record packages, bare releases and records, arrays of these, by pages, behind an index of links, or
  in ZIP archives, one for each office and year (kit/release_pages.py). Several releases of one process are one demand,
  whichever page they come in (kit/releases.py, kit/processes.py).
Caveats
  Who offered, won and signed is left out before anything is stored: a demand needs none of it, and bidders can be
  natural persons. Of awards and contracts only id, date and status stay, since they tell that a need is met.
  A date-time keeps the day of its own offset; one without an offset is read as UTC. An amount without a currency, a
  quantity of 0 and a status on no list are not said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.kit import Connector, Fetch, RawListing, Refused, Setting, Skip, Window
from connectors.kit.dates import instant, period
from connectors.kit.errors import SourceError
from connectors.kit.lists import left_out
from connectors.kit.pages import CutShort
from connectors.kit.process import budget, buyer, category, items, member, objects, place, roles, status, text_of
from connectors.kit.processes import Processes
from connectors.kit.release_pages import ReleasePages
from connectors.kit.releases import Release
from connectors.kit.text import cut, tidy

_KEPT = ("ocid", "id", "date", "tag", "language", "initiationType", "buyer", "procuringEntity", "planning", "relatedProcesses")
_OUTCOME = ("id", "date", "dateSigned", "status", "awardID")
_BUYING = frozenset({"buyer", "procuringEntity"})


class Ocds(Connector):
    """A publisher of OCDS releases or records."""

    name = "ocds"
    title = "Data pengadaan terbuka (OCDS 1.0 dan 1.1)"
    homepage = "https://standard.open-contracting.org"
    licence = "Menurut penerbit masing-masing"
    version = "1"
    settings = (Setting("url", secret=True, says="alamat paket rilis, paket rekaman atau rilis OCDS; alamat dapat memuat kunci"),)
    volatile = frozenset({"id", "date"})
    personal = frozenset({"contactPoint", "contactPoints", "persones", "persons", "tenderers", "suppliers", "bids", "enquiries"})

    def approved(self) -> tuple[str, ...]:
        """The host of the first page; a link to another host is refused."""
        return (self.option("url"),)

    def listings(self, fetch: Fetch, window: Window) -> Iterator[RawListing]:
        """One listing for each process of all pages, at the place of its newest release; a run that missed something is partial."""
        ended: SourceError | None = None
        with Processes(fetch.limits) as processes:
            try:
                self._gather(fetch, processes)
            except SourceError as error:
                if not processes:
                    raise
                ended = CutShort.by(error) if error.state == "failed" else error
            fetch.facts.superseded += processes.releases - len(processes)
            for each in processes.merged():
                yield self.listing(each.reference, each.address, each.release.body, each.position, each.answer)
        if ended is not None:
            raise ended

    def _gather(self, fetch: Fetch, processes: Processes) -> None:
        """All releases of all documents, less what a demand does not need and less persons."""
        passed: dict[str, int] = {}
        for answer, found in ReleasePages(fetch, self.option("url")):
            first = passed.get(answer.digest, 0)
            for position, release in enumerate(found, first):
                body = self.without_persons(_demand_side(release.body))
                side = Release(body, release.compiled)
                processes.add(side.ocid or self.nameless("tanpa-ocid", body), side, answer, position)
            passed = {answer.digest: first + len(found)}

    def translate(self, raw: RawListing) -> dict[str, Any]:
        """One process as a demand."""
        release = raw.body
        if not text_of(release.get("ocid")):
            raise Refused("reference_missing", "Rilis tanpa ocid tidak dapat dikenali lagi.")
        planning = _object(release.get("planning"))
        tender = _object(release.get("tender")) or _object(planning.get("tender"))
        if not tender and not planning:
            if release.get("awards") or release.get("contracts"):
                raise Skip("Rilis hanya memuat pemenang atau kontrak, bukan permintaan.")
            raise Refused("release_empty", "Rekaman hanya menunjuk rilisnya dengan tautan; isinya tidak ada dalam jawaban.")
        wanted = items(tender)
        title = _title(tender, planning, wanted)
        owner = buyer(release, tender)
        if not title or owner is None:
            raise Refused("title_or_buyer_missing", "Rilis tidak menyebut judul atau pembeli.")
        description = tidy(tender.get("description")) or tidy(member(planning, "rationale"))
        if description.casefold() == title.casefold():
            description = ""
        return {
            "reference": raw.reference,
            "title": cut(title, 2000),
            "description": "\n".join(filter(None, (description, left_out(len(objects(tender.get("items"))))))) or None,
            "buyer": owner,
            "place": place(tender),
            "category": category(tender),
            "items": wanted,
            "budget": budget(tender, planning),
            "periods": {
                "selection": _period(tender.get("tenderPeriod")),
                "contract": _period(tender.get("contractPeriod")),
                "use": _period(next((each["deliveryPeriod"] for each in objects(tender.get("items")) if "deliveryPeriod" in each), None)),
            },
            "eligibility": {"small_business": _small_business(tender)},
            "method": text_of(tender.get("procurementMethodDetails"), tender.get("procurementMethod")) or None,
            "status": status(release, tender),
            "published_at": instant(release.get("date")),
            "url": _page(tender, release),
            "related": _related(release),
        }


def _demand_side(release: dict[str, Any]) -> dict[str, Any]:
    """What a demand is read from: known members only, parties that buy, the bare outcome of awards and contracts."""
    side = {name: release[name] for name in _KEPT if name in release}
    if isinstance(release.get("tender"), dict):
        side["tender"] = {name: value for name, value in release["tender"].items() if name not in {"documents", "milestones", "amendments"}}
    parties = [each for each in objects(release.get("parties")) if _BUYING & roles(each)]
    if parties:
        side["parties"] = parties
    for name, also in (("awards", "award"), ("contracts", "contract")):
        made = objects(release.get(name) or release.get(also))  # some publishers write the singular
        if made:
            side[name] = [{part: each[part] for part in _OUTCOME if part in each} for each in made]
    return side


def _title(tender: dict[str, Any], planning: dict[str, Any], wanted: list[dict[str, Any]]) -> str:
    plan = member(planning, "budget")
    return text_of(
        tender.get("title"), tender.get("description"), member(planning, "project"), member(plan, "description"),
        planning.get("rationale"), wanted[0]["text"] if wanted else None, member(plan, "project"),
    )  # fmt: skip


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _period(value: Any) -> dict[str, Any] | None:
    return period(member(value, "startDate"), member(value, "endDate"))


def _small_business(tender: dict[str, Any]) -> bool | None:
    said = member(tender, "suitability", "sme")
    return said if isinstance(said, bool) else None


def _page(tender: dict[str, Any], release: dict[str, Any]) -> str | None:
    """The process's public page, where the source gives an address of one."""
    for value in (tender.get("url"), release.get("url")):
        if isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) <= 2000:
            return value
    return None


def _related(release: dict[str, Any]) -> dict[str, list[str]]:
    """Ids of the same need elsewhere, by the scheme that the publisher names."""
    found: dict[str, list[str]] = {}
    for process in objects(release.get("relatedProcesses")):
        scheme, code = text_of(process.get("scheme")), text_of(process.get("identifier"))
        if scheme and code:
            found.setdefault(scheme.lower(), []).append(code)
    return found
