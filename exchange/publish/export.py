"""A publication as a file of the operator's own, whole or not at all, with its signature beside it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from exchange.access.policy import Tier
from exchange.publish.base import Receiver
from exchange.publish.keys import Ring
from exchange.publish.shelf import written_beside
from exchange.publish.signing import signature_of
from exchange.publish.write import Publication, build, mode_of
from exchange.settings import Settings
from exchange.store.base import Store


def export(
    store: Store,
    settings: Settings,
    format_name: str,
    out_path: Path | None = None,
    tier: Tier = Tier.PUBLIC,
    receiver: Receiver | None = None,
    *,
    sign: bool = False,
) -> Publication:
    """
    `build`, and with `out_path` a copy there, which `path` then names, and with `sign` its signature as `<out_path>.sig`.

    The signature of an older copy goes before the new copy takes its place. Raises what `build` raises.
    """
    made = build(store, settings, format_name, tier, receiver)
    if out_path is None:
        return made
    beside = out_path.with_name(f"{out_path.name}.sig")
    if sign:
        beside.unlink(missing_ok=True)
    with made.path.open("rb") as source, written_beside(out_path, mode_of(tier)) as out:
        shutil.copyfileobj(source, out, 1 << 18)
    if sign:
        with written_beside(beside, mode_of(tier)) as out:
            out.write(signature_of(made, Ring(settings.data_dir).signing()))
    return replace(made, path=out_path)
