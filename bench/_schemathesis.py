"""
How Schemathesis asks this service: with every check, as one caller after another, with names that exist beside those it makes up.

A generated name is never one of a record, and a schema cannot say which word is a cursor of this node. So in a share of the requests,
where the schema was to be kept, generated places are filled with what exists; what was to break the schema is left as it was.
"""

from __future__ import annotations

import base64
import random
from collections import defaultdict
from typing import Any

import schemathesis
from _asked import Node
from _tally import Tally
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import AcceptedNegativeData, MalformedJson
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import AllowHeaderMismatch, IgnoredAuth, JsonSchemaError, RejectedPositiveData

ALL = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "positive_data_acceptance", "missing_required_header", "unsupported_method",
    "allow_header_conformance", "use_after_free", "ensure_resource_availability", "ignored_auth",
]  # fmt: skip
# What a request that keeps the schema may be told beside the defaults, since no schema can know it: 406 no such representation for this
# Accept, 410 a cursor too old, 412 another version than the record's, 416 a range beyond the end, 422 an Idempotency-Key that stood for
# another request.
TOLD = ["2xx", "3xx", "401", "403", "404", "406", "409", "410", "412", "416", "422", "429"]
PATH, QUERY, HEADER, BODY = ParameterLocation.PATH, ParameterLocation.QUERY, ParameterLocation.HEADER, ParameterLocation.BODY
# path: the names that exist for its parameter
NAMES = {
    "/api/v1/businesses/{ident}": "ident",
    "/api/v1/demands/{ident}": "demand",
    "/api/v1/demands/{ident}/combinations": "demand",
    "/api/v1/matches/{number}": "number",
    "/api/v1/agreements/{ident}": "case",
    "/api/v1/runs/{number}": "run",
    "/api/v1/regions/{code}": "code",
    "/api/v1/products/{sku}": "sku",
    "/api/v1/products/{sku}/demands": "sku",
}
FORMATS = ["json", "ndjson", "csv", "xlsx", "ubl", "jsonld", "dcat"]
# parameters whose values must be those of records, which no schema lists; one of each that there is
VALUES = {
    "district": "Citangkil", "source": "perusahaan", "region": "36.72", "kbli": "25", "hs": "7308", "kbki": "42",
}  # fmt: skip
# beside them those that a tier may not read or not ask by, which is refused in the words of an unknown one
OF_TIERS = {"state", "fields", "facets", "sort", "certificate", "capacity"}
SLUGS = ["tidak-ditemukan", "permintaan-keliru", "perlu-masuk"]


class Caller:
    """Who asks: nobody, a partner with its token, or staff with a session."""

    def __init__(self, name: str, node: Node, *, token: str = "", cookie: str = "", seed: int = 0) -> None:
        self.name, self.node, self.token, self.cookie = name, node, token, cookie
        self.chance = random.Random(f"{seed} {name}")
        self.references = {ident: f"A-{number}" for number, ident in enumerate(node.own.get(name, []))}
        self.cursors: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.tags: dict[str, str] = {}
        self.secrets: list[str] = []
        self.webhooks: list[str] = []
        self.messages: list[str] = []

    def sign(self, case) -> None:
        """Say who asks, in the way that the operation takes."""
        if case.operation.path.startswith("/oauth/"):
            if self.token:
                pair = f"{self.name}:{self.node.secrets[self.name]}"
                case.headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif self.token:
            case.headers["Authorization"] = f"Bearer {self.token}"
        elif self.cookie:
            case.cookies["session"] = self.cookie

    def fill(self, case) -> None:
        """Put what exists where the schema was to be kept."""
        path, method = case.operation.path, case.method.upper()
        if self._keeps(case, PATH) and case.path_parameters:
            self._name(case, path)
        if self._keeps(case, QUERY) and case.query:
            self._query(case, path)
        if self._keeps(case, HEADER):
            self._headers(case, path)
        if self._keeps(case, BODY) and method in {"POST", "PUT"}:
            self._body(case, path)

    @staticmethod
    def _keeps(case, location) -> bool:
        return case.meta is None or not case.meta.is_negative_at(location)

    def _name(self, case, path) -> None:
        if self.chance.random() < 0.25:
            return
        its, pick = case.path_parameters, self.chance.choice
        if path in NAMES:
            (parameter,) = its
            its[parameter] = pick(self.node.names[NAMES[path]])
        elif path.startswith("/api/v1/partner/demands/{ident}"):
            its["ident"] = pick([*self.references, *self.node.own["mitra-public"][:1]] or ["d-0"])
        elif path.startswith("/api/v1/partner/matches/{number}"):
            its["number"] = pick(self.node.matches.get(self.name) or ["1"])
        elif path == "/api/v1/partner/secrets/{ident}":
            its["ident"] = self.secrets.pop() if self.secrets else "0" * 8
        elif path.startswith("/api/v1/partner/webhooks/{ident}"):
            its["ident"] = pick(self.webhooks or ["wh_0"])
            if "message" in its:
                its["message"] = pick(self.messages or ["0"])
        elif path.startswith("/api/v1/publications/{name}"):
            its["name"] = pick(FORMATS)
        elif path == "/problems/{slug}":
            its["slug"] = pick(SLUGS)

    def _query(self, case, path) -> None:
        """What no schema can say: a cursor is a word of this node for the same question, a time has bounds, a value must exist."""
        its, known = case.query, self.cursors[path]
        if {"cursor", "since"} & its.keys():
            if known and self.chance.random() < 0.9:
                case.query = dict(self.chance.choice(known))
                return
            for name in {"cursor", "since"} & its.keys():
                if path != "/api/v1/publications/ubl/changes":
                    del its[name]
        for name in {"changed_since", "updated_since"} & its.keys():
            if not "1970-01-02" < str(its[name]) < "2199":
                its[name] = "2026-01-01T00:00:00Z"
        if isinstance(its.get("q"), str) and path != "/api/v1/regions":  # at least one word of two letters, in any script
            its["q"] = f"{its['q'][:190]} pagar"
        if its.get("sort") in {"relevance", "-relevance"} and "q" not in its:
            del its["sort"]
        for name in VALUES.keys() & its.keys():
            if self.chance.random() < 0.7:
                its[name] = VALUES[name]
        if not self.cookie and path == "/api/v1/products":
            its.pop("state", None)

    def _headers(self, case, path) -> None:
        """Conditions and keys that no generator hits on; only where nothing else was to be wrong."""
        its, dice = case.headers, self.chance.random()
        if "If-Match" in its and dice < 0.7:
            tag = self.tags.get(case.formatted_path.removesuffix("/answer"))
            its["If-Match"] = tag if tag and dice < 0.3 else "*"
        if "Idempotency-Key" in its and self.chance.random() < 0.7:
            its["Idempotency-Key"] = f"{self.chance.getrandbits(128):032x}"
        if case.method.upper() != "GET" or case.meta is None or not case.meta.generation.mode.is_positive:
            return
        if dice < 0.15 and (tag := self.tags.get(case.formatted_path)):
            its["If-None-Match"] = tag
        elif dice < 0.18:
            its["Accept"] = "text/x-tidak-ada"
        elif dice < 0.21 and self.name == "nobody" and path.startswith("/api/"):
            its["Authorization"] = "Bearer tidak-berlaku"
        elif dice < 0.4 and "/publications/" in path:
            its["Accept-Encoding"] = "identity"  # a part of packed bytes cannot be unpacked
            its["Range"] = self.chance.choice(["bytes=0-9", "bytes=100-", "bytes=99999999-"])

    def _body(self, case, path) -> None:
        rows = [case.body] if isinstance(case.body, dict) else []
        if path == "/api/v1/partner/webhooks" and rows:
            rows[0]["url"] = f"https://m-{self.chance.getrandbits(32):08x}.contoh.go.id/webhook"  # which hosts are public, no schema says
        if path.endswith("/bulk") and rows and isinstance(case.body.get("demands"), list):
            rows = [row for row in case.body["demands"] if isinstance(row, dict)]
        for row in rows if "/partner/demands" in path else ():
            if "region" in row:  # a partner asks for its own region alone, which the contract says in words
                row["region"] = "33.74"
            reference = self.references.get(case.path_parameters.get("ident", ""))
            if reference:
                row["reference"] = reference
            if not str(row.get("reference") or "x").isprintable():  # as the contract says in words
                row["reference"] = f"acak-{self.chance.getrandbits(32):08x}"
            if row.get("published_at") and not "1900-01-02" < str(row["published_at"]) < "2200":
                row["published_at"] = "2026-01-01T00:00:00Z"
            for period in (row.get("periods") or {}).values():  # which of two days is later, no schema says
                if isinstance(period, dict) and period.get("start") and period.get("end"):
                    period["end"] = max(period["start"], period["end"])

    def excuses(self, failure, case, response) -> bool:
        """
        Whether a failure is none, for a reason that the contract states in words and no check can read.

        A value that no record has is refused by design, with the nearest one (so for a tier's words). A bulk request takes or refuses each
        row by itself: rows that break the schema are refused within a 200. Forms may bear name and secret themselves. A part of a document
        (206) is no document. OPTIONS at `bulk` names what `{ident}` beside it takes too, since that is where another method would go.
        Where a session may stand for a token the check takes the session away, of which a partner has none, and leaves it its token.
        """
        path = case.operation.path
        if isinstance(failure, RejectedPositiveData) and response.status_code == 400 and case.operation.method.upper() == "GET":
            told = {fault["parameter"] for fault in response.json().get("errors", [])}
            return bool(told) and told <= VALUES.keys() | OF_TIERS | {"producer", "cluster"}
        if response.status_code == 206 and isinstance(failure, MalformedJson | JsonSchemaError):
            return True
        if isinstance(failure, AllowHeaderMismatch) and path.endswith("/bulk"):
            return not failure.missing_methods
        if isinstance(failure, AcceptedNegativeData) and path.endswith("/bulk"):
            return response.json()["counts"].get("refused", 0) > 0
        if isinstance(failure, IgnoredAuth) and path.startswith("/api/v1/agreements"):
            return bool(self.token)
        return (
            isinstance(failure, IgnoredAuth) and path.startswith("/oauth/") and isinstance(case.body, dict) and "client_secret" in case.body
        )

    def learn(self, case, response) -> None:
        """Remember names, cursors and versions that an answer gave."""
        if b"<cbc:VersionID>" in response.content[:4000]:
            version = response.content.partition(b"<cbc:VersionID>")[2].partition(b"<")[0].decode()
            self.cursors["/api/v1/publications/ubl/changes"].append({"since": version})
        if response.status_code == 202 and "message" in response.json():
            self.messages.append(response.json()["message"])
        if response.status_code not in {200, 201} or response.headers.get("content-type") != ["application/json"]:
            return
        path, told = case.operation.path, response.json()
        if tag := response.headers.get("etag"):
            self.tags[case.formatted_path] = tag[0]
        if not isinstance(told, dict):
            return
        if isinstance(told.get("next"), str):
            name = "since" if path == "/api/v1/changes" else "cursor"
            self.cursors[path].append({**case.query, name: told["next"]})
        if path == "/api/v1/partner/demands" and case.method.upper() == "POST":
            self.references[told["ident"]] = told["reference"]
        if path.endswith("/bulk"):
            self.references |= {one["ident"]: one["reference"] for one in told["items"] if "ident" in one}
        if path == "/api/v1/partner/webhooks" and case.method.upper() == "POST":
            self.webhooks.append(told["ident"])
        if path == "/api/v1/partner/secrets" and case.method.upper() == "POST":
            self.secrets.append(told["ident"])


def run(base: str, document: dict[str, Any], caller: Caller, examples: int, seed: int, tally: Tally, phases: list[str]) -> None:
    """Have Schemathesis ask as one caller: `examples` generated cases at most for each operation, and those that the phases make."""
    config = SchemathesisConfig.from_dict({
        "seed": seed,
        "suppress-health-check": ["all"],
        "generation": {"mode": "all", "max-examples": examples, "no-shrink": True, "database": "none", "allow-x00": False},
        "phases": {name: {"enabled": name in phases} for name in ("examples", "coverage", "fuzzing", "stateful")},
        "checks": {name: {"enabled": True} for name in ALL} | {
            "positive_data_acceptance": {"enabled": True, "expected-statuses": TOLD},
            "missing_required_header": {"enabled": True, "expected-statuses": ["400", "401", "403", "406", "415", "422", "428"]},
            "negative_data_rejection": {
                "enabled": True,
                "expected-statuses": ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429"],
            },
        },
        "continue-on-failure": True,
        "request-timeout": 60,
        "warnings": False,
        "base-url": base,
    })  # fmt: skip
    schemathesis.hooks.unregister_all()
    schemathesis.auths.unregister()

    @schemathesis.hook
    def before_call(context, case, kwargs):  # noqa: ARG001 - these names are how Schemathesis knows its hooks
        caller.fill(case)

    @schemathesis.hook
    def filter_failure(context, failure, case, response):  # noqa: ARG001
        return not caller.excuses(failure, case, response)

    @schemathesis.hook
    def after_call(context, case, response):  # noqa: ARG001
        caller.learn(case, response)

    if caller.token or caller.cookie:

        @schemathesis.auth(refresh_interval=None)
        class Signing:
            def get(self, case, context):
                return caller

            def set(self, case, data, context):
                caller.sign(case)

    schema = schemathesis.openapi.from_dict(document, config=config)
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished | events.FuzzScenarioFinished):
            tally.add(caller.name, event.recorder)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            found = getattr(event, "value", None) or getattr(event, "exception", None)
            tally.errors.append(f"{caller.name} {getattr(event, 'label', '')}: {str(found)[:500]}")
