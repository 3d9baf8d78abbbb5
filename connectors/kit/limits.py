"""How much of a source is taken at most; a bound that is passed ends the run with its own rule."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Bounds of one run.

    Seconds: `connect` and `read` for one wait on the network, `total` for one answer with all its tries and pauses,
    `longest_pause` for one pause that a source asks for (Retry-After).
    Bytes: `sent` as they came over the wire, `expanded` after unpacking, `streamed` after unpacking where it is done in
    steps and never stands in memory at once, `ratio` of packed and unpacked (judged from 1 MiB on), `evidence` is what is
    kept of an answer that passed a bound. `entries` are the members of one ZIP archive.
    Values: `containers` are objects and arrays, `values` all that stands in them. In Python a value takes up to fifty
    times the bytes it is written in: an answer at these bounds was measured to fill 1.6 GiB at most, which an office
    machine of 8 GB has left beside a browser. The largest real year of a region known to us has 5,300 rows and some
    300,000 values.
    """

    connect: float = 10.0
    read: float = 30.0
    total: float = 300.0
    longest_pause: float = 60.0
    tries: int = 4
    redirects: int = 3
    sent: int = 64 * MIB
    expanded: int = 128 * MIB
    streamed: int = 2048 * MIB
    ratio: int = 200
    evidence: int = 64 * 1024
    entries: int = 10_000
    depth: int = 64
    containers: int = 2_000_000
    values: int = 8_000_000
    requests: int = 5_000
    pages: int = 2_000
    listings: int = 500_000
