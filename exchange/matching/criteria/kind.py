from __future__ import annotations

from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer

_CATEGORY = {
    "goods": (1.0, "pengadaan barang"),
    "mixed": (0.8, "pengadaan gabungan"),
    "services": (0.55, "pengadaan jasa"),
    "works": (0.05, "pekerjaan konstruksi"),
    "consulting": (0.02, "jasa konsultansi"),
}
_NO_GOODS = 0.08
_FOOD_SERVICE = "56"


class Kind(Criterion):
    """Whether goods are bought at all: works, services, rental, travel and honoraria ask for no product."""

    name = "kind"
    title = "Jenis kebutuhan"
    weight = 3.0
    gate = True

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """By what the text says first, then by the listing's category; a caterer's meal is a service and goods alike."""
        if need.kind:
            return self.say(_NO_GOODS, f"Permintaan ini berupa {need.kind}, bukan pembelian barang.", need.kind, "barang")
        if need.category is None:
            return self.say(None, "Sumber tidak menyebut jenis pengadaan.", None, "barang")
        score, said = _CATEGORY[need.category]
        code = offer.codes.get("KBLI", ("", ""))[0]
        if need.category == "services" and code.startswith(_FOOD_SERVICE):
            return self.say(1.0, "Jasa boga memang dibeli sebagai jasa.", said, "jasa boga")
        if score == 1.0:
            return self.say(1.0, "Permintaan ini pengadaan barang.", said, "barang")
        return self.say(score, f"Permintaan ini {said}; barang hanya sebagian atau bukan yang dibeli.", said, "barang")
