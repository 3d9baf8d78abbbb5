from __future__ import annotations

from exchange.matching.engine import Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer

_CATEGORY = {
    "goods": "pengadaan barang",
    "mixed": "pengadaan gabungan",
    "services": "pengadaan jasa",
    "works": "pekerjaan konstruksi",
    "consulting": "jasa konsultansi",
}
_GOODS_AT = 0.9


class Kind(Criterion):
    """Whether goods are bought at all: works, services, rental, travel and honoraria ask for no product."""

    name = "kind"
    title = "Jenis kebutuhan"
    weight = 3.0
    gate = True

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """What the model leaves of the text's probability for this sort of listing; a caterer's meal is a service and goods alike."""
        if need.kind:
            return self.say(met.sort, f"Permintaan ini berupa {need.kind}, bukan pembelian barang.", need.kind, "barang")
        if need.category is None:
            return self.say(met.sort, "Sumber tidak menyebut jenis pengadaan.", None, "barang")
        said = _CATEGORY[need.category]
        if met.sort >= _GOODS_AT:
            return self.say(met.sort, f"Permintaan ini {said}, dan barang seperti ini dibeli dengan cara itu.", said, "barang")
        return self.say(met.sort, f"Permintaan ini {said}; barang hanya sebagian atau bukan yang dibeli.", said, "barang")
