"""What two nodes tell each other of an agreement that both hold: the shared facts, the messages, and what is answered to them."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from schemas.demand import Strict
from schemas.fields import Region, choice

MESSAGE, RECEIPT, VIEW = "exchange-twin/1", "exchange-twin-receipt/1", "exchange-twin-view/1"
# the Dataspace Protocol's words for where a negotiation stands, and what it has no word for: SUSPENDED, ENDED
STATES: Final = (
    "REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED", "SUSPENDED", "ENDED", "TERMINATED",
)  # fmt: skip
KINDS: Final = ("offer", "accept", "refuse", "state", "close")
DOCUMENTS: Final = ("penawaran", "jawaban", "naskah_kb", "kb", "naskah_pks", "pks", "adendum", "penangguhan", "pengakhiran")
DAYS: Final = (
    "penawaran", "jawaban", "kb", "kb_mulai", "kb_berakhir", "pks", "pks_mulai", "pks_berakhir", "adendum", "penangguhan", "pengakhiran",
)  # fmt: skip
RESULTS: Final = ("applied", "repeated", "kept")
UUID = r"^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_HASH, _DAY = r"^[0-9a-f]{64}$", r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$"
_TEXT = r"^[^\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+$"
_LARGEST = 2**31 - 1


def _says(text: str, **more: Any) -> dict[str, Any]:
    return {"description": text, **more}


def _shaped(pattern: str, **more: Any) -> fields.String:
    return fields.String(validate=validate.Regexp(pattern), **more)


def _text(longest: int, **more: Any) -> fields.String:
    return fields.String(validate=[validate.Length(1, longest), validate.Regexp(_TEXT)], **more)


def _number(**more: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(0, _LARGEST), **more)


class TwinObject(Strict):
    """One object of the agreement, with its target where there is one."""

    commodity = _text(200, required=True)
    sector = _text(20)
    kbli = _shaped(r"^\d{2,5}$")
    quantity = _shaped(r"^\d{1,12}(\.\d{1,6})?$", metadata=_says("Exact, of the whole term."))
    unit = _shaped(r"^[0-9A-Z]{1,3}$", metadata=_says("UN/ECE Rec 20."))
    value = _shaped(r"^\d{1,12}(\.\d{1,2})?$", metadata=_says("In rupiah, of the whole term."))
    district = _text(80)


class TwinView(Strict):
    """
    What one side holds of the agreement, and both should hold alike.

    The work of each side at home (terms of reference, reviews, its council) is no part of it.
    """

    instrument = choice("ksdd", required=True)
    state = choice(*STATES, required=True, metadata=_says("Where the agreement stands for that side."))
    documents = fields.Dict(
        keys=choice(*DOCUMENTS), values=_shaped(_HASH), required=True, metadata=_says("SHA-256 of the document that counts, by kind.")
    )
    numbers = fields.Dict(
        keys=_shaped(r"^(penawaran|jawaban|adendum|(kb|pks)/\d{2}(\.\d{2})?)$"),
        values=_text(200),
        required=True,
        metadata=_says("Numbers of letters and documents; of a signed one, each party's own: `kb/36.72`."),
    )
    days = fields.Dict(keys=choice(*DAYS), values=_shaped(_DAY), required=True, metadata=_says("Days of signatures, terms and ends."))
    objects = fields.List(fields.Nested(TwinObject), required=True, validate=validate.Length(0, 200))


class TwinMessage(Strict):
    """
    One message. It is sent as canonical JSON (members sorted, no blanks, UTF-8), which is what is signed.

    Each direction of an agreement counts its own messages; each names the digest of the one before.
    """

    type = choice(MESSAGE, required=True)
    id = _shaped(UUID, required=True)
    twin = _shaped(UUID, required=True, metadata=_says("The agreement, by the name that both nodes use."))
    kind = choice(*KINDS, required=True, metadata=_says("offer, accept and refuse begin it, state tells of a step, close leaves it."))
    number = fields.Integer(strict=True, required=True, validate=validate.Range(1, _LARGEST), metadata=_says("From 1 in each direction."))
    previous = _shaped(r"^([0-9a-f]{64})?$", required=True, metadata=_says("SHA-256 of the message before, empty for the first."))
    sender = Region(required=True)
    receiver = Region(required=True)
    at = _shaped(_MOMENT, required=True, metadata=_says("When it was written, UTC."))
    title = _text(200, required=True, allow_none=True, metadata=_says("Of the case, with an offer."))
    note = _text(2000, required=True, allow_none=True, metadata=_says("In words, for a person."))
    view = fields.Nested(TwinView, required=True, allow_none=True, metadata=_says("What the sender holds at that time."))


class TwinReceipt(Schema):
    """What the receiver did with a message, signed by it: only this tells a sender that a message arrived."""

    type = choice(RECEIPT, required=True)
    twin = fields.String(required=True)
    number = fields.Integer(required=True)
    digest = fields.String(required=True, metadata=_says("SHA-256 of the message as it came."))
    result = choice(*RESULTS, required=True, metadata=_says("Taken; taken before; kept until an earlier one comes (202)."))
    received = fields.Integer(required=True, metadata=_says("Up to which number all messages of the sender were taken."))
    waiting_for = fields.Integer(required=True, allow_none=True, metadata=_says("The number that is missing; null: none."))
    sender = Region(required=True, metadata=_says("Who answers."))
    receiver = Region(required=True, metadata=_says("Who asked."))
    at = fields.String(required=True)


class TwinViewAnswer(Schema):
    """What this node holds of an agreement, signed by it, for the nightly comparison."""

    type = choice(VIEW, required=True)
    twin = fields.String(required=True)
    asked = fields.String(required=True, metadata=_says("The word of chance of the request that is answered."))
    sender = Region(required=True)
    receiver = Region(required=True)
    at = fields.String(required=True)
    sent = fields.Integer(required=True, metadata=_says("Number of the last message that tells of this view."))
    received = fields.Integer(required=True, metadata=_says("Up to which number all messages of the other side were taken."))
    state = fields.String(required=True, metadata=_says("Of the twin here: offered, incoming, open, refused, closed, left."))
    view = fields.Nested(TwinView, required=True, allow_none=True, metadata=_says("Null where no case stands behind it here."))
