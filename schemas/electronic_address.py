"""Electronic addresses of parties, as Peppol names them: a scheme of its list and an identifier in it."""

from __future__ import annotations

import re


def endpoint(text: str) -> str:
    """`scheme:ident` of the list of electronic addresses; a GLN (0088) has its check digit proved; raises ValueError."""
    scheme, _, ident = text.strip().partition(":")
    if not re.fullmatch("[0-9]{4}", scheme) or not re.fullmatch(r"[!-~]{1,50}", ident):
        raise ValueError(text)
    if scheme == "0088":
        weights = (1, 3) * 6
        if not re.fullmatch("[0-9]{13}", ident) or -sum(w * int(d) for w, d in zip(weights, ident[:12], strict=True)) % 10 != int(
            ident[12]
        ):
            raise ValueError(text)
    return f"{scheme}:{ident}"


def endpoints(text: str) -> str:
    """`partner=scheme:ident`, several with a comma between them, each partner once; raises ValueError."""
    pairs = [part.partition("=")[::2] for part in text.split(",") if part.strip()]
    names = [name.strip() for name, _ in pairs]
    if not all(names) or len(set(names)) < len(names):
        raise ValueError(text)
    return ", ".join(f"{name}={endpoint(address)}" for name, (_, address) in zip(names, pairs, strict=True))
