"""
Learns exchange/matching/data/class_words.csv: which words the classes of KBKI use.

    python bench/learn_class_words.py KBKI.csv PRODUCTS.csv.gz

KBKI.csv has every line (code, title_id) down to ten digits, PRODUCTS.csv.gz an electronic catalogue (nama_produk, kbki_id,
nama_klpd, nama_penyedia). Of the catalogue a word is taken that suppliers of two governments or more use and that has no
digit: no name of a product and no brand of one supplier can be read from the table.
"""

import csv
import gzip
import sys
from collections import defaultdict
from pathlib import Path

from exchange.matching.class_words import ABOUT_GOODS, GROUP_COUNTS, title_words
from exchange.matching.phrases import CONTEXT, phrases
from schemas.codes.classes import kbki

OUT = Path(__file__).parent.parent / "exchange/matching/data/class_words.csv"
CATALOGUE_COUNTS = 0.3
# Ten-digit lists of medicines, chemicals and species: a word said once there is a name that no office writes.
NAMES = ("352", "341", "342", "343", "016", "041", "042", "043", "049")


def main(lines: str, products: str) -> None:
    counts: dict[tuple[str, bool], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    with open(lines, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            code = row["code"][:5]
            if code.startswith(ABOUT_GOODS):
                continue
            code = code if kbki(code) and len(code) != 4 else code[:3]
            for word, leads in title_words(row["title_id"]):
                for event in {(word, False), (word, leads)}:
                    counts[event][code] += 1 if len(row["code"]) >= 5 else GROUP_COUNTS
    for word in {word for word, _ in counts}:
        if sum(counts[word, False].values()) < 2 and next(iter(counts[word, False])).startswith(NAMES):
            counts.pop((word, False)), counts.pop((word, True), None)
    for event, codes in catalogue(products).items():
        for code, count in codes.items():
            counts[event][code] += count * CATALOGUE_COUNTS
    for leads in (False, True):
        for event in [event for event in counts if event[1] is leads]:
            for code, count in counts[event].items():
                counts["", leads][code] += count
    with open(OUT, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("word", "within", "leading"))
        for word in sorted({word for word, _ in counts}):
            writer.writerow((word, said(counts.get((word, False), {})), said(counts.get((word, True), {}))))


def catalogue(path: str) -> dict[tuple[str, bool], dict[str, float]]:
    """Event -> code -> by how many suppliers."""
    sellers: dict[tuple[str, bool], dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            code = row["kbki_id"][:5]
            named = [phrase for phrase in phrases(row["nama_produk"]) if phrase.head]
            if not kbki(code) or len(code) < 5 or code.startswith(ABOUT_GOODS) or not named:
                continue
            first = named[0]
            for stem, spelling, weight in zip(first.roots, first.said, first.weights, strict=True):
                for word in spelling.split() if "_" in stem else [spelling]:
                    if weight > CONTEXT and word.isalpha() and len(word) > 1:
                        for leads in {False, stem == first.head and word == spelling.split()[0]}:
                            sellers[word, leads][code].add((row["nama_klpd"], row["nama_penyedia"]))
    shared = {event for event, codes in sellers.items() if len({region for of in codes.values() for region, _ in of}) > 1}
    return {event: {code: float(len(of)) for code, of in sellers[event].items()} for event in shared}


def said(codes: dict[str, float]) -> str:
    return " ".join(code if count == 1 else f"{code}:{round(count, 1):g}" for code, count in sorted(codes.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
