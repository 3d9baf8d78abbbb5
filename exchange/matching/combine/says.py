"""What is said of a combination or of why there is none, in Indonesian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from exchange.matching.amounts import number, rupiah

_NUMBERS = {2: "Dua", 3: "Tiga", 4: "Empat", 5: "Lima"}


def together(
    rows: Sequence[tuple[str, Decimal, Decimal]],
    amount: Decimal,
    unit: str,
    *,
    total: Decimal | None,
    unpriced: Sequence[str],
    days: int | None,
    no_lead: Sequence[str],
    ceiling: Decimal | None,
    within: bool | None,
) -> str:
    """
    The shares (firm, amount, per cent) of 2 to 5 firms in one sentence, then cost, ceiling and time, each as far as known.

    unpriced, no_lead: names of the firms whose price or lead time is unknown; within: whether the cost keeps to the ceiling.
    """
    parts = [f"{firm} {number(part)} {unit} ({number(percent)} %)" for firm, part, percent in rows]
    said = [f"{_NUMBERS[len(rows)]} usaha bersama memenuhi {number(amount)} {unit}: {listed(parts)}"]
    if total is None:
        said.append(f"harga {listed(unpriced)} belum dicatat, sehingga biaya seluruhnya belum diketahui")
        if ceiling is not None:
            said.append(f"pagu {rupiah(ceiling)} belum dapat diuji")
    else:
        kept = within and ceiling is not None
        said.append(f"biaya seluruhnya {rupiah(total)}, dalam pagu {rupiah(ceiling)}" if kept else f"biaya seluruhnya {rupiah(total)}")
    if days is None:
        said.append(f"lama pengerjaan {listed(no_lead)} belum dicatat")
    else:
        said.append(f"paling lama {days} hari")
    return "; ".join(said) + "."


def alone(firm: str) -> str:
    """That one firm can do it."""
    return f"{firm} sanggup memenuhinya sendiri."


def unfit(left_out: Mapping[str, int]) -> str:
    """That the offer which must have a share can have none."""
    return f"usaha ini sendiri tidak dapat ikut{_left_out(left_out)}"


def few(count: int, left_out: Mapping[str, int]) -> str:
    """That fewer than two firms can take part."""
    able = "hanya satu usaha yang dapat ikut" if count else "tidak ada usaha yang dapat ikut"
    return f"{able}{_left_out(left_out)}"


def capacity(largest: Sequence[int], amount: int, left_out: Mapping[str, int]) -> str:
    """That the largest firms make too little, and how much of what is asked, rounded down."""
    who = "lima usaha terbesar" if len(largest) == max(_NUMBERS) else f"{_NUMBERS[len(largest)].lower()} usaha yang ada"
    return f"kapasitas {who} hanya {sum(largest) * 100 // amount} % dari yang diminta{_left_out(left_out)}"


def minimum_order(left_out: Mapping[str, int]) -> str:
    """That the minimum orders do not fit together."""
    return f"pesanan minimum usaha yang ada tidak dapat digabung menjadi jumlah yang diminta{_left_out(left_out)}"


def ceiling(most: Decimal, cheapest: Decimal | None, left_out: Mapping[str, int]) -> str:
    """That the cheapest combination is above the ceiling; that the known prices do not make one where `cheapest` is None."""
    if cheapest is None:
        return f"tidak ada gabungan yang terbukti dalam pagu {rupiah(most)}: harga sebagian usaha belum dicatat{_left_out(left_out)}"
    return f"gabungan termurah bernilai {rupiah(cheapest)}, di atas pagu {rupiah(most)}{_left_out(left_out)}"


def listed(parts: Sequence[str]) -> str:
    """`a`, `a dan b`, `a, b, dan c`."""
    if len(parts) < 3:
        return " dan ".join(parts)
    return f"{', '.join(parts[:-1])}, dan {parts[-1]}"


def _left_out(counts: Mapping[str, int]) -> str:
    said = [f"{count} usaha tidak dihitung: {why}" for why, count in sorted(counts.items())]
    return f" ({'; '.join(said)})" if said else ""
