"""
Which file of a CKAN dataset is the table that is wanted.

What a portal says of a file may be wrong in every place: a picture is labelled CSV. So the places are asked from the surest to the least
sure (media type, name, address), the label alone counts for nothing, and what is left is sniffed after it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from connectors.kit.text import line
from schemas.reading.heading import heading_key

_TABLES = frozenset({"csv", "tsv", "tab", "txt", "xlsx", "xlsm", "xls", "gz"})
_OTHERS = {
    "png": "gambar", "jpg": "gambar", "jpeg": "gambar", "gif": "gambar", "webp": "gambar", "svg": "gambar", "pdf": "PDF",
    "doc": "dokumen Word", "docx": "dokumen Word", "ppt": "presentasi", "pptx": "presentasi", "json": "JSON", "geojson": "GeoJSON",
    "xml": "XML", "rdf": "RDF", "zip": "arsip ZIP", "rar": "arsip RAR", "7z": "arsip 7z", "html": "halaman web", "htm": "halaman web",
    "php": "halaman web", "kml": "peta", "kmz": "peta", "shp": "peta", "mp4": "video", "ods": "OpenDocument", "wms": "layanan peta",
}  # fmt: skip
_MEDIA = {
    "text/csv": "csv", "application/csv": "csv", "text/tab-separated-values": "tsv", "text/plain": "txt", "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "application/pdf": "pdf", "application/zip": "zip",
    "application/json": "json", "application/geo+json": "geojson", "text/html": "html", "application/xml": "xml", "text/xml": "xml",
    "application/msword": "doc", "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}  # fmt: skip
_YEAR = re.compile(r"(?<!\d)20[0-4]\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Resource:
    """
    One file of a dataset. year: the newest that its name, address or description names, else its dataset's. modified: ISO text, or empty.

    other: what it is if all surer places agree that it is no table, Indonesian; None where it may be one. stored: whether the portal has
    its rows in the datastore.
    """

    id: str
    name: str
    url: str
    year: int | None
    modified: str
    other: str | None
    stored: bool


def resources(package: Any) -> list[Resource]:
    """The files of one dataset that are there, in the portal's order."""
    if not isinstance(package, dict) or package.get("state", "active") != "active":
        return []
    title = f"{_text(package, 'title')} {_text(package, 'name')}"
    listed = package.get("resources")
    return [_resource(each, title) for each in (listed if isinstance(listed, list) else []) if _is_there(each)]


def _is_there(resource: Any) -> bool:
    return isinstance(resource, dict) and resource.get("state", "active") == "active" and bool(_text(resource, "url"))


def _resource(told: dict[str, Any], title: str) -> Resource:
    url, name = _text(told, "url"), line(_text(told, "name"))
    file = unquote(PurePosixPath(re.split(r"[?#]", url, maxsplit=1)[0]).name)
    year = next(filter(None, map(_year, (name, file, _text(told, "description"), title))), None)
    modified = next(filter(None, (_text(told, each) for each in ("last_modified", "metadata_modified", "created"))), "")
    media = _MEDIA.get(_text(told, "mimetype").lower().partition(";")[0].strip(), "")
    if _text(told, "mimetype").lower().startswith("image/"):
        media = "png"
    claims = [media, _extension(name), _extension(file)]
    other = next((_OTHERS[claim] for claim in claims if claim in _OTHERS), None)
    is_table = any(claim in _TABLES for claim in claims)
    return Resource(_text(told, "id"), name, url, year, modified, None if is_table else other, told.get("datastore_active") is True)


def wanted(found: Iterable[Resource], named: str) -> list[Resource]:
    """
    The files that a setting names (by id, name or year), or those of the newest year, the newest changed first.

    Where any file tells a year, those that tell none are descriptions of the others and are left out.
    """
    each = list(found)
    if named:
        key = heading_key(named)
        chosen = [one for one in each if named == one.id or key == heading_key(one.name)]
        chosen = chosen or [one for one in each if str(one.year) == named.strip()]
        chosen = chosen or [one for one in each if key and key in heading_key(one.name)]
    else:
        newest = max((one.year for one in each if one.year is not None), default=None)
        chosen = [one for one in each if one.year == newest]
    return sorted(chosen, key=lambda one: one.modified, reverse=True)


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value.strip() if isinstance(value, str) else ""


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix[1:].lower()


def _year(text: str) -> int | None:
    return max(map(int, _YEAR.findall(text[:400])), default=None)
