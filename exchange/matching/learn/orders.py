"""
The weights of the order model, learned from the orders of all regions of a folder.

    python3 -m exchange.matching.learn.orders VERSION FOLDER > exchange/matching/data/models/VERSION.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from exchange.matching.order_learning import learn_orders
from exchange.matching.purchases import read_orders


def main() -> None:
    """Write the model to standard output."""
    if len(sys.argv) != 3:
        sys.exit("usage: python3 -m exchange.matching.learn.orders VERSION FOLDER")
    shops, orders = read_orders(Path(sys.argv[2]))
    inputs = [shops[order.plan.region].inputs(order.plan) for order in orders]
    model = learn_orders(sys.argv[1], inputs, [order.places for order in orders])
    told = {"version": model.version, "weights": model.weights, "learned_from": f"{len(orders)} plans of {len(shops)} regions"}
    json.dump(told, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
