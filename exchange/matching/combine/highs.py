"""The choice of offers as a mixed-integer program, solved by HiGHS; what it answers is checked in whole numbers elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.matching.combine.search import Line

# amounts and prices are scaled to these, so that HiGHS's tolerances (1e-6) are small beside every one of them
_AMOUNT, _PRICE = 1_000.0, 100.0
# a step of unknown price counts as so many times the dearest known one: last to be taken, never free
_UNPRICED = 10.0
# a bound on the work that does not depend on the machine
_NODES = 20_000


def solve(lines: Sequence[Line], amount: int, size: int, *, ceiling: int | None = None, held: int | None = None) -> tuple[int, ...] | None:
    """
    The cheapest `size` offers of as many firms that make `amount`, by floating point arithmetic.

    For N lines there are N shares x and N switches y in {0, 1}: least*y <= x <= most*y, sum x = amount, sum y = size, at
    most one y for each firm, and price*x <= ceiling where there is one (then every price must be known). held: the line whose y is 1.

    Returns:
        Numbers of the lines whose switch is on, upwards; None where HiGHS found none.

    Source:
        Huangfu & Hall (2018), "Parallelizing the dual revised simplex method", Math. Prog. Comp. 10:119-142 (HiGHS).
    """
    if len({line.firm for line in lines}) < size:
        return None
    # asked seldom, and their import costs as much as the service's whole start
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    count, step = len(lines), _AMOUNT / amount
    least = np.array([line.least * step for line in lines])
    most = np.array([line.most * step for line in lines])
    dearest = max((line.price for line in lines if line.price), default=1)
    price = np.array([_UNPRICED if line.price is None else line.price / dearest for line in lines]) * _PRICE
    one = np.eye(count)
    firms = sorted({line.firm for line in lines})
    of_firm = np.array([[float(line.firm == firm) for line in lines] for firm in firms])
    nothing = np.zeros((len(firms), count))
    rows = [
        (np.hstack([one, -np.diag(most)]), -np.inf, 0.0),
        (np.hstack([-one, np.diag(least)]), -np.inf, 0.0),
        (np.hstack([nothing, of_firm]), 0.0, 1.0),
        (np.concatenate([np.ones(count), np.zeros(count)])[None], _AMOUNT, _AMOUNT),
        (np.concatenate([np.zeros(count), np.ones(count)])[None], size, size),
    ]
    if ceiling is not None:
        rows.append((np.concatenate([price, np.zeros(count)])[None], -np.inf, ceiling * step * _PRICE / dearest))
    lowest = np.zeros(2 * count)
    if held is not None:
        lowest[count + held] = 1.0
    answer = milp(
        np.concatenate([price, np.zeros(count)]),
        integrality=np.repeat([0, 1], count),
        bounds=Bounds(lowest, np.concatenate([most, np.ones(count)])),
        constraints=[LinearConstraint(*row) for row in rows],
        options={"mip_rel_gap": 0.0, "node_limit": _NODES},
    )
    if answer.x is None:
        return None
    return tuple(np.flatnonzero(answer.x[count:] > 0.5).tolist())
