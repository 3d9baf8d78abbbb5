"""`exchange verify`: is this download what a node published?"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from connectors.kit import Fetch, Limits, SourceError
from connectors.kit.masking import mask, mask_text
from exchange.cli.context import Work, json_option, notes, write_json
from exchange.errors import BadRequest, ExchangeError
from exchange.publish.keys import Ring, key_set
from exchange.publish.verify import known_keys, verify
from exchange.settings import Settings

_MOST = 1 << 20
_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_JWKS = "application/jwk-set+json, application/json;q=0.5"


class KeysOutOfReach(ExchangeError):
    """The node whose keys are wanted gave none."""

    slug = "kunci-tidak-terambil"
    title = "Kunci simpul itu tidak dapat diambil."


@click.command("verify")
@click.argument("file", type=_FILE)
@click.option("--signature", type=_FILE, help="Tanda tangannya; bawaannya FILE.sig.")
@click.option("--manifest", type=_FILE, help="Manifes yang menyertainya; diperiksa bahwa itulah yang ditandatangani.")
@click.option("--keys", metavar="FILE|URL", help="Kunci simpul penerbit: berkas, atau https://…/api/v1/keys. Bawaannya kunci simpul ini.")
@click.option("--local", is_flag=True, help="Izinkan --keys ke alamat loopback pada mesin ini, untuk uji coba.")
@json_option
@click.pass_obj
def verify_command(
    work: Work, file: Path, signature: Path | None, manifest: Path | None, keys: str | None, local: bool, as_json: bool
) -> None:
    """Periksa unduhan FILE terhadap tanda tangan dan kunci simpul penerbitnya; keluar 1 dengan sebabnya bila tidak terbukti."""
    beside = signature or file.with_name(f"{file.name}.sig")
    if not beside.exists():
        raise BadRequest(f"{beside} tidak ada.", mend="Unduh tanda tangannya (/api/v1/publications/<format>/signature), beri --signature.")
    known = known_keys(_keys(work.settings, keys, local))
    found = verify(file, _small(beside), known, _small(manifest) if manifest else None)
    if as_json:
        write_json(
            {
                "file": str(file), "good": found.reason is None, "reason": found.reason, "says": found.says,
                "key": found.key.jwk() if found.key else None, "manifest": dict(found.statement) if found.statement else None,
            }
        )  # fmt: skip
    elif found.reason is None and found.key is not None:
        until = f" (diganti {found.key.valid_until:%d-%m-%Y})" if found.key.valid_until else ""
        notes.print(f"Terbukti: {found.says}, ditandatangani kunci {found.key.kid}{until}.")
    else:
        notes.print(f"TIDAK terbukti: {found.says}.")
    sys.exit(0 if found.reason is None else 1)


def _keys(settings: Settings, given: str | None, local: bool) -> bytes:
    if given is None:
        ring = Ring(settings.data_dir)
        if not ring.exists():
            raise BadRequest("Simpul ini belum mempunyai kunci.", mend="Beri --keys dengan berkas atau alamat kunci simpul penerbitnya.")
        return key_set(ring.all_keys())
    if "://" in given:
        return _fetched(given, settings, local)
    path = Path(given)
    if not path.is_file():
        raise BadRequest(f"Berkas kunci {given} tidak ada.", mend="Beri berkas dari /api/v1/keys simpul itu, atau alamatnya.")
    return _small(path)


def _small(path: Path) -> bytes:
    """What a signature, a manifest or a list of keys may hold."""
    with path.open("rb") as file:
        data = file.read(_MOST + 1)
    if len(data) > _MOST:
        raise BadRequest(f"{path} lebih besar dari {_MOST // 2**10} KB.", mend="Itu bukan tanda tangan, manifes, atau daftar kunci.")
    return data


def _fetched(url: str, settings: Settings, local: bool) -> bytes:
    """
    The keys at an address, through the guarded way out.

    Raises:
        BadRequest: it is no https address; keys that come in the open can be anybody's. KeysOutOfReach: none came.
    """
    if urlsplit(url).scheme != "https" and not local:
        raise BadRequest(f"Alamat kunci {mask(url)} bukan https.", mend="Pakai https, atau simpan kuncinya ke berkas lewat jalan lain.")
    limits = Limits(connect=settings.connect_timeout, read=settings.read_timeout, total=60.0, tries=2, sent=_MOST, expanded=_MOST)
    try:
        with Fetch(lambda _body, _meta: "", (url,), local=local, limits=limits, contact=settings.contact) as fetch:
            return fetch.get(url, _JWKS).body
    except SourceError as error:
        raise KeysOutOfReach(
            f"Kunci {mask(url)} tidak dapat diambil ({error.rule}): {mask_text(error.message)}",
            mend="Coba lagi, atau beri --keys dengan berkas yang disimpan.",
        ) from None
