"""
The reading of JSON with bounds, and with the faults that JSON of sources has.

What is not UTF-8 is read as `kit/encodings.py` has it. A feed is not lost for one bad member: half a character (a lone
surrogate) becomes U+FFFD, NaN and Infinity become null. A whole number that no 64 bits hold becomes a text of its digits,
since a float would lose the last of them. The answer is archived as it came.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from itertools import accumulate
from typing import Any

import orjson

from connectors.kit.encodings import UTF8, as_utf8
from connectors.kit.errors import TooMuch
from connectors.kit.limits import Limits
from connectors.kit.sniff import BOM, Kind, instead, sniff

_MAYBE_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")
# where a value can begin; inside of a text it costs a slower reading and nothing else
_LONG_NUMBER = re.compile(rb"(?<=[\s:,\[])-?[1-9]\d{18,}(?![\d.eE])")
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
# what every byte is for two quick looks at a body: a digit or not, and what it adds to the nesting
_DIGIT = bytes(48 if 48 <= byte <= 57 else 46 for byte in range(256))
_NINETEEN = b"0" * 19
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_DEEPER = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def read_json(body: bytes, limits: Limits, answer: str | None = None) -> Any:
    """
    The value that a body holds; a byte order mark is passed over.

    Raises:
        SourceError: with the rule of what came instead (`instead`), `too_deep`, `too_large` or `too_many_values`.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = as_utf8(body)
    kind = sniff(body)
    if kind is not Kind.JSON:
        raise instead(kind, answer)
    text = body.removeprefix(BOM).strip(b" \t\r\n\x00")
    _check_count(text, limits, answer)
    value, fault = _parse(text)
    if fault is not None:
        if "recursion" in fault or "depth" in fault or "nested" in fault:
            raise _too_deep(limits, answer)
        raise instead(Kind.TRUNCATED if "unexpected end" in fault else Kind.OTHER, answer)
    if _may_be_deeper(text, limits.depth) and _deeper_than(value, limits.depth):
        raise _too_deep(limits, answer)
    return value


def read_line(line: bytes, limits: Limits) -> Any:
    """
    The value that one line of NDJSON holds.

    Raises:
        ValueError: it holds none, or one that is nested too deeply.
    """
    value, fault = _parse(line)
    if fault is not None:
        raise ValueError("no json")
    if line.count(b"{") + line.count(b"[") > limits.depth and _deeper_than(value, limits.depth):
        raise ValueError("too deep")
    return value


def _check_count(text: bytes, limits: Limits, answer: str | None) -> None:
    """
    Count before anything is built: a value takes up to fifty times the bytes that it is written in.

    Signs inside of texts count as well, which only makes the bound stricter. Values are never more than the commas and
    containers together, and one.
    """
    containers = text.count(b"[") + text.count(b"{")
    if containers > limits.containers:
        raise TooMuch("too_large", "JSON dari sumber berisi terlalu banyak objek dan larik.", answer=answer)
    if containers + text.count(b",") > limits.values:
        raise TooMuch("too_many_values", f"JSON dari sumber berisi lebih dari {limits.values} nilai.", answer=answer)


def _parse(text: bytes) -> tuple[Any, str | None]:
    """The value, or what the parser said; its words may quote the source and stay here."""
    fault = None
    if _NINETEEN not in text.translate(_DIGIT) or not _LONG_NUMBER.search(text):
        try:
            return orjson.loads(text), None
        except orjson.JSONDecodeError as error:
            fault = str(error).lower()
            if "recursion" in fault or "unexpected end" in fault:
                return None, fault
    try:
        value = json.loads(as_utf8(text).decode(UTF8), parse_constant=lambda _: None, parse_int=_whole_number, parse_float=_fraction)
    except RecursionError:
        return None, "recursion"
    except ValueError:
        return None, fault or "no json"
    if _MAYBE_HALF.search(text):
        _make_whole(value)
    return value, None


def _make_whole(value: Any) -> None:
    """Replace each half of a character in the texts and names of a document, in place."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict) and any(map(_HALF.search, each)):
            whole = {_HALF.sub("\ufffd", name): inner for name, inner in each.items()}
            each.clear()
            each.update(whole)
        for place, inner in each.items() if isinstance(each, dict) else enumerate(each):
            if isinstance(inner, str):
                each[place] = _HALF.sub("\ufffd", inner)
            elif isinstance(inner, dict | list):
                waiting.append(inner)


def _whole_number(text: str) -> int | str:
    """A whole number, as its digits where 64 bits do not hold it."""
    if len(text) > 20:
        return text
    number = int(text)
    return number if _SMALLEST <= number <= _LARGEST else text


def _fraction(text: str) -> float | str:
    """A fraction; as it is written where it is too large for one."""
    number = float(text)
    return number if math.isfinite(number) else text


def _too_deep(limits: Limits, answer: str | None) -> TooMuch:
    return TooMuch("too_deep", f"JSON dari sumber bersarang lebih dari {limits.depth} tingkat.", answer=answer)


def _may_be_deeper(text: bytes, depth: int) -> bool:
    """Whether the brackets stand deeper than `depth`, those inside of texts counted as well."""
    steps = map(_DEEPER.__getitem__, text.translate(None, _NO_BRACKETS))
    return max(accumulate(steps), default=0) > depth


def _deeper_than(value: Any, depth: int) -> bool:
    """Whether containers stand more than `depth` inside one another; level by level, without recursion."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        inner = []
        for container in level:
            members = container.values() if isinstance(container, dict) else container
            inner += [member for member in members if isinstance(member, dict | list)]
        if not inner:
            return False
        level = inner
    return bool(level)
