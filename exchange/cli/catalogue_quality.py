"""`exchange catalogue quality`: how complete the catalogue's data are, and which to mend first."""

from __future__ import annotations

import click

from exchange.cli.context import Work, json_option, notes, write_json, write_table
from schemas.business import SECTORS

COLUMNS = {"score": "Nilai", "product": "SKU", "name": "Produk", "firm": "IKM", "asks": "Perbaikan termurah"}


@click.command("quality")
@click.option("--sector", type=click.Choice(SECTORS), help="Hanya sektor ini.")
@click.option("--lowest", default=20, show_default=True, type=click.IntRange(0, 1000), help="Berapa produk terendah yang disebut.")
@json_option
@click.pass_obj
def quality_command(work: Work, sector: str | None, lowest: int, as_json: bool) -> None:
    """Mutu data katalog: rata-rata, sebaran, dan produk yang nilainya terendah dengan perbaikan termurahnya."""
    from exchange.catalogue.quality.records import quality_records
    from exchange.catalogue.quality.score import product_score
    from exchange.catalogue.quality.survey import survey_firms, survey_products
    from exchange.catalogue.quality.told import told_product
    from exchange.store.products import products_by_sku

    day = work.settings.day()
    with work.store().read() as session:
        products = survey_products(session, day, sector=sector, limit=lowest)
        firms = survey_firms(session, day, sector=sector, limit=0)
        rows = products_by_sku(session, [place.name for place in products.lowest])
        shown = [rows[place.name] for place in products.lowest]
        scores = [product_score(record, day) for record in quality_records(session, shown)]
    if as_json:
        told = [
            told_product(row.sku, score, day) | {"name": row.name, "business": row.business.ident, "business_name": row.business.name}
            for row, score in zip(shown, scores, strict=True)
        ]
        write_json(
            {
                "as_of": day, "sector": sector, "products": products.records, "mean": products.mean, "bands": products.bands,
                "firms": firms.records, "firms_mean": firms.mean, "firms_bands": firms.bands, "lowest": told,
            }
        )  # fmt: skip
        return
    table = [
        {"score": f"{score.score:.1f}", "product": row.sku, "name": row.name, "firm": row.business.name,
         "asks": " ".join(f"{number}. {one.asks}" for number, one in enumerate(score.cheapest(), 1))}
        for row, score in zip(shown, scores, strict=True)
    ]  # fmt: skip
    if table:
        write_table("Nilai terendah", table, COLUMNS)
    for what, found in (("produk", products), ("IKM", firms)):
        mean = "" if found.mean is None else f", rata-rata {found.mean:.1f} dari 100"
        spread = " ".join(f"{10 * at}+:{count}" for at, count in enumerate(found.bands) if count)
        notes.print(f"{found.records} {what}{mean}{f'; sebaran {spread}' if spread else ''}.")
