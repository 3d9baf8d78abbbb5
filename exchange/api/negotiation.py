"""Which representation and which coding a caller gets of what there is: RFC 9110, 12.5.1 and 12.5.3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import NoReturn

from flask import request

from exchange.errors import ExchangeError
from exchange.publish.base import Format
from exchange.publish.registry import installed

_PAGE = "text/html"


class NoSuchRepresentation(ExchangeError):
    """What Accept asks for does not exist here; the message and `available` name what does."""

    status = HTTPStatus.NOT_ACCEPTABLE
    slug = "bentuk-tidak-ada"
    title = "Bentuk yang diminta tidak tersedia."


def quality(media: str) -> float:
    """
    How much the caller wants a media type, 0 (not at all) to 1, by the nearest range of Accept; parameters such as charset are not weighed.

    Without the header everything is wanted alike.
    """
    ranges = request.accept_mimetypes
    if not ranges:
        return 1.0
    wanted = media.partition(";")[0].strip().lower()
    found: list[tuple[int, float]] = []
    for said, share in ranges:
        bare = said.partition(";")[0].strip().lower()
        if bare in {wanted, f"{wanted.partition('/')[0]}/*", "*/*"}:
            found.append((bare.count("*"), float(share)))
    nearest = min((stars for stars, _ in found), default=0)
    return max((share for stars, share in found if stars == nearest), default=0.0)


def formats_of_products() -> dict[str, type[Format]]:
    """The formats that hold the products themselves, by the media type that asks for each; of two with one the first by name."""
    by_media: dict[str, type[Format]] = {}
    for kind in installed().usable.values():
        if kind.lists_products:
            by_media.setdefault(kind.media_type.partition(";")[0].strip().lower(), kind)
    return by_media


def format_wanted(own: str) -> type[Format] | None:
    """
    The format that the caller wants more than the list itself, whose media type is `own`; None where the list will do.

    Who names text/html is a browser, which has never heard of most of these types: it gets the list where it takes that at all.
    """
    listed = quality(own)
    if listed and any(said.partition(";")[0].strip().lower() == _PAGE for said in request.accept_mimetypes.values()):
        return None
    others = {media: kind for media, kind in formats_of_products().items() if media != own}
    best = max(others, key=quality, default=None)
    if best is not None and quality(best) > listed:
        return others[best]
    if not listed:
        refuse([own, *others])
    return None


def refuse(media: Iterable[str], mend: str | None = None) -> NoReturn:
    """Answer 406 that names the media types that there are."""
    there = sorted(set(media))
    raise NoSuchRepresentation(
        f"Tajuk Accept tidak menyebut jenis yang ada di sini: {', '.join(there)}.",
        mend=mend or f"Kirim tajuk Accept: {there[0]}, atau salah satu yang lain itu.",
        available=there,
    )


def takes_gzip() -> bool:
    """Whether the caller takes gzip, and likes it no less than bytes as they are."""
    codings: Mapping[str, float] = {name.lower(): share for name, share in request.accept_encodings}
    packed = max((codings[name] for name in ("gzip", "x-gzip") if name in codings), default=codings.get("*", 0.0))
    return packed > 0 and packed >= codings.get("identity", 0.0)
