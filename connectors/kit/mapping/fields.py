"""The fields of a mapping: each error is in Indonesian and says what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

_SAYS: dict[str, Any] = {
    "required": "wajib ada",
    "null": "tidak boleh kosong",
    "invalid": "harus teks dalam tanda kutip",
    "type": "harus berupa tabel",
}


class Table(Schema):
    """A table of the mapping; a key that it does not know is an error which names those that it knows."""

    class Meta:  # noqa: D106 - marshmallow's own idiom
        unknown = RAISE

    error_messages = {"type": _SAYS["type"]}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = [each.data_key or name for name, each in self.fields.items()]
        self.error_messages["unknown"] = f"kunci tidak dikenal; yang ada: {', '.join(known)}"


def words(*, required: bool = False, default: str | None = None, least: int = 1, longest: int = 500) -> fields.String:
    """A text between two lengths."""
    said = f"panjangnya harus {least} sampai {longest} huruf"
    given: dict[str, Any] = {"required": True} if required else {"load_default": default}
    return fields.String(validate=validate.Length(least, longest, error=said), error_messages=_SAYS, **given)


def choice(*allowed: str, required: bool = False, default: str | None = None) -> fields.String:
    """One of the listed words."""
    said = f"harus salah satu dari: {', '.join(allowed)}"
    given: dict[str, Any] = {"required": True} if required else {"load_default": default}
    return fields.String(validate=validate.OneOf(allowed, error=said), error_messages=_SAYS, **given)


def whole(least: int, most: int) -> fields.Integer:
    """A whole number between two bounds, or nothing."""
    said = f"harus bilangan bulat {least} sampai {most}"
    says = _without("invalid") | {"invalid": said}
    return fields.Integer(strict=True, load_default=None, validate=validate.Range(least, most, error=said), error_messages=says)


def table(schema: type[Schema], *, required: bool = False) -> fields.Nested:
    """A table inside of a table."""
    given: dict[str, Any] = {"required": True} if required else {"load_default": None}
    return fields.Nested(schema, error_messages=_without("invalid"), **given)


def rows(inner: fields.Field[Any] | type[Schema], most: int, **more: Any) -> fields.List[Any]:
    """A list of at most so many members, and of at least one where it is required."""
    least = 1 if more.get("required") else 0
    fits = validate.Length(least, most, error=f"harus memuat {least} sampai {most} anggota")
    if not more.get("required"):
        more["load_default"] = list
    member = fields.Nested(inner) if isinstance(inner, type) else inner
    return fields.List(member, validate=fits, error_messages=_without("invalid") | {"invalid": "harus berupa daftar"}, **more)


def pairs(values: fields.Field[Any], longest: int = 60) -> fields.Dict:
    """A table whose keys the writer chooses."""
    says = _without("invalid") | {"invalid": _SAYS["type"]}
    return fields.Dict(keys=words(longest=longest), values=values, load_default=dict, error_messages=says)


def _without(name: str) -> dict[str, Any]:
    return {key: said for key, said in _SAYS.items() if key != name}


@dataclass(frozen=True, slots=True)
class Source:
    """
    Where one value comes from and how it is read.

    expressions: the first that says something holds. constant: stands in place of them. codes: a table, or the name of
    one. read, otherwise, split, scale, zone, pattern: as the mapping's documentation says.
    """

    expressions: tuple[str, ...] = ()
    constant: Any = None
    codes: Mapping[str, Any] | str | None = None
    read: str = ""
    otherwise: str = "read"
    split: str | None = None
    scale: Decimal = Decimal(1)
    zone: str = "WIB"
    pattern: str | None = field(default=None, repr=False)


_OPTIONS = ("codes", "otherwise", "split", "scale", "zone", "pattern")


class From(fields.Field[Source]):
    """
    A value's source: an expression, or a table with `from` or `constant` and what else the value can be told.

    reads: names of the readers that may be chosen, the usual one first. options: the further keys that mean something here.
    """

    default_error_messages = {
        "invalid": "harus ungkapan (teks) atau tabel dengan from atau constant",
        "both": "harus memuat from atau constant, tidak keduanya",
        "from": "from harus teks, atau daftar 1 sampai 8 teks",
    }

    def __init__(self, *reads: str, options: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.reads, self.options = reads, options
        kwargs.setdefault("load_default", None)
        if kwargs.get("required"):
            del kwargs["load_default"]
        super().__init__(error_messages=_without("invalid"), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Source:
        usual = self.reads[0] if self.reads else ""
        if isinstance(value, str):
            return Source((value,), read=usual)
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        known = ("from", "constant", *(("read",) if self.reads else ()), *self.options)
        unknown = {name: [f"kunci tidak dikenal; yang ada: {', '.join(known)}"] for name in value if name not in known}
        if unknown:
            raise ValidationError(unknown)
        if ("from" in value) == ("constant" in value):
            raise self.make_error("both")
        return Source(self._expressions(value.get("from")), value.get("constant"), read=self._read(value, usual), **self._given(value))

    def _expressions(self, said: Any) -> tuple[str, ...]:
        if said is None:
            return ()
        many = said if isinstance(said, list) else [said]
        if not 1 <= len(many) <= 8 or not all(isinstance(each, str) for each in many):
            raise ValidationError({"from": [self.default_error_messages["from"]]})
        return tuple(many)

    def _read(self, value: dict[str, Any], usual: str) -> str:
        said = value.get("read", usual)
        if said not in (*self.reads, usual):
            raise ValidationError({"read": [f"harus salah satu dari: {', '.join(self.reads)}"]})
        return str(said)

    def _given(self, value: dict[str, Any]) -> dict[str, Any]:
        """The further keys, each checked."""
        given, wrong = {}, {}
        for name in _OPTIONS:
            if name in value:
                fits, says, convert = _CHECKS[name]
                if fits(value[name]):
                    given[name] = convert(value[name])
                else:
                    wrong[name] = [says]
        if wrong:
            raise ValidationError(wrong)
        return given


def _is_codes(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, dict) and all(isinstance(each, str | bool) for each in value.values()))


def _is_scale(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 10**12


def _is_pattern(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://")) and value.count("{}") == 1


_CHECKS: dict[str, tuple[Any, str, Any]] = {
    "codes": (_is_codes, "harus nama tabel di [codes], atau tabel kata = arti", lambda value: value),
    "otherwise": (lambda value: value in ("read", "nothing", "refuse"), "harus salah satu dari: read, nothing, refuse", str),
    "split": (lambda value: isinstance(value, str) and len(value) == 1, "harus satu tanda, misalnya ;", str),
    "scale": (_is_scale, "harus bilangan di atas 0, paling besar 1000000000000", lambda value: Decimal(str(value))),
    "zone": (lambda value: value in ("WIB", "WITA", "WIT", "UTC"), "harus salah satu dari: WIB, WITA, WIT, UTC", str),
    "pattern": (_is_pattern, "harus alamat https:// dengan {} satu kali", str),
}
