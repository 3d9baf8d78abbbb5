"""What can be sent as it stands: the examples of the contract, made up, each of which a test sends to a running service."""

from __future__ import annotations

from typing import Any

_PANELS: dict[str, Any] = {
    "reference": "PB-2027-014",
    "title": "Pagar besi hollow untuk pasar rakyat, 240 m2",
    "description": "Tinggi 1,8 m, rangka hollow 40x40, cat dasar dan cat akhir, terpasang.",
    "buyer": {"name": "Dinas Perdagangan Kota Contoh", "unit": "Bidang Pasar"},
    "category": "goods",
    "items": [
        {
            "position": 1,
            "text": "pagar besi hollow terpasang",
            "quantity": {"amount": "240", "unit": "MTK", "said": "240 m2"},
            "classifications": [{"scheme": "KBLI", "code": "25111", "edition": "2020"}],
        }
    ],
    "budget": {"amount": "186000000", "currency": "IDR", "basis": "owner_estimate"},
    "periods": {"contract": {"start": "2027-02-01", "end": "2027-04-30", "precision": "day"}},
    "eligibility": {"domestic_product": True, "small_business": True},
    "status": "open",
}
_SCHOOL: dict[str, Any] = {
    "reference": "PB-2027-015",
    "title": "Meja dan kursi untuk 40 siswa",
    "buyer": {"name": "Dinas Pendidikan Kota Contoh"},
    "items": [{"position": 1, "text": "meja belajar", "quantity": {"amount": "40", "unit": "C62", "said": "40 buah"}}],
    "periods": {"selection": {"start": "2027-03-01", "precision": "month"}},
}

# schema of a request's body: its examples by name
EXAMPLES: dict[str, dict[str, dict[str, Any]]] = {
    "BroughtDemand": {
        "full": {"summary": "A demand with all that matching reads.", "value": _PANELS},
        "least": {
            "summary": "As little as can be said.",
            "value": {"reference": "P-1", "title": "Kanopi", "buyer": {"name": "Kantor Contoh"}},
        },
    },
    "DemandRows": {
        "two": {"summary": "Two at once, each taken or refused by itself.", "value": {"demands": [_PANELS, _SCHOOL]}},
    },
    "MatchAnswer": {
        "interested": {"summary": "Tell the office to go on.", "value": {"answer": "interested"}},
        "declined": {"summary": "Say why not; the office learns from it.", "value": {"answer": "declined", "reason": "Di atas pagu kami."}},
        "ordered": {
            "summary": "Ordered, with the value.",
            "value": {"answer": "ordered", "value": {"amount": "182500000", "currency": "IDR"}},
        },
    },
    "DealAnswer": {
        "declined": {"summary": "Say why not.", "value": {"answer": "declined", "reason": "Di atas pagu kami."}},
        "ordered": {
            "summary": "Order some of the first line.",
            "value": {
                "answer": "ordered",
                "order": {"number": "027/PO/2026", "date": "2026-11-23", "lines": [{"position": 1, "quantity": "60"}]},
            },
        },
    },
    "TwinMessage": {
        "offer": {
            "summary": "The first message of an agreement: its canonical bytes are sent and signed.",
            "value": {
                "type": "exchange-twin/1",
                "id": "urn:uuid:0b0f2f4e-52c5-4b0a-9a53-2f5a3a0c1d11",
                "twin": "urn:uuid:7d1f6a9e-8f0b-4a53-8c0e-6a1f5c2f7b22",
                "kind": "offer",
                "number": 1,
                "previous": "",
                "sender": "33.74",
                "receiver": "36.72",
                "at": "2026-11-27T02:00:00Z",
                "title": "Pemenuhan pagar sekolah",
                "note": None,
                "view": {
                    "instrument": "ksdd",
                    "state": "OFFERED",
                    "documents": {"penawaran": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
                    "numbers": {"penawaran": "500/12/2026"},
                    "days": {"penawaran": "2026-11-20"},
                    "objects": [{"commodity": "Pagar besi hollow", "kbli": "25111", "quantity": "2400", "unit": "MTK"}],
                },
            },
        },
    },
    "NewWebhookForm": {
        "all": {
            "summary": "Be told of everything that this partner may be told of.",
            "value": {
                "url": "https://dagang.kota-contoh.go.id/webhook",
                "events": [
                    "match.new",
                    "demand.withdrawn",
                    "agreement.stage_changed",
                    "deal.offered",
                    "deal.revised",
                    "deal.delivered",
                    "deal.closed",
                    "deal.cancelled",
                ],
            },
        },
    },
    "TokenForm": {
        "all": {
            "summary": "All scopes that the partner has; name and secret in the form.",
            "value": {"grant_type": "client_credentials", "client_id": "kota-contoh", "client_secret": "…"},
        },
    },
    "RevokedForm": {
        "own": {"summary": "End one token.", "value": {"token": "…", "client_id": "kota-contoh", "client_secret": "…"}},
    },
}


def examples_of(body: type[Any]) -> dict[str, Any]:
    """The examples of a request's body as a media type of the contract holds them; empty where there are none."""
    found = EXAMPLES.get(body.__name__)
    return {"examples": found} if found else {}
