"""
Flask-smorest as this service wants it: the one module that mends what it does otherwise.

Mended: exact decimals documented as numbers; errors as {code, status, message}; 405 without Allow; headers of None;
bodies of another type answered 422; unknown and repeated query parameters ignored; 422 where the address is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any, ClassVar, NoReturn, TypeVar, cast

from flask import Flask, Response, request
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException, NotAcceptable, UnsupportedMediaType

from exchange.api import problems
from exchange.errors import BadRequest
from schemas.examples import examples_of
from schemas.fields import Exact, Region
from schemas.wire import Problem

VERSION = "1.0.0"
View = TypeVar("View", bound=Callable[..., Response])
_LONGEST_KNOWN, _MOST_KNOWN = 200, 1000  # bytes of a query, and queries, that are kept as they were read
_WRITES = frozenset({"POST", "PUT", "PATCH"})


class StrictParser(FlaskParser):
    """Reads arguments; what it does not know or cannot read is a 400 that names the nearest right word."""

    DEFAULT_VALIDATION_STATUS = HTTPStatus.BAD_REQUEST
    _loaded: ClassVar[dict[tuple[Schema, bytes], dict[str, Any]]] = {}
    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": RAISE}

    def parse(self, argmap: Any, req: Any = None, **how: Any) -> Any:
        """What was asked; of a query that was read without fault before, by the same schema, what was read then."""
        if how.get("location") != "query" or not isinstance(argmap, Schema):
            return super().parse(argmap, req, **how)
        asked = argmap, request.query_string
        known = self._loaded.get(asked)
        if known is None:
            known = super().parse(argmap, req, **how)
            if len(asked[1]) <= _LONGEST_KNOWN:
                if len(self._loaded) >= _MOST_KNOWN:
                    self._loaded.clear()
                self._loaded[asked] = known
        return {name: value[:] if isinstance(value, list) else value for name, value in known.items()}

    def load_querystring(self, req: Any, schema: Schema) -> Any:
        """The query's parameters; one that stands twice is refused, since either value could be the meant one."""
        twice = sorted(name for name, values in req.args.lists() if len(values) > 1)
        if twice:
            refuse([fault(name, "Parameter ini diberikan lebih dari sekali.") for name in twice])
        return super().load_querystring(req, schema)

    def handle_error(self, error: ValidationError, req: Any, schema: Schema, **_: Any) -> NoReturn:
        """Every fault of the request at once, in Indonesian."""
        listed = []
        for location, messages in _by_location(error).items():
            given = req.args if location in {"query", "querystring"} else {}
            for name, said in messages.items() if isinstance(messages, dict) else [(location, messages)]:
                listed.append(_fault_of(str(name), said, given.get(name), schema))
        refuse(listed)


def _by_location(error: ValidationError) -> dict[str, Any]:
    return error.messages if isinstance(error.messages, dict) else {"query": error.messages}


def refuse(faults: list[dict[str, str]]) -> NoReturn:
    """Answer 400 with these faults; the first one is the detail."""
    first = faults[0]
    mend = f"Mungkin maksudnya {first['nearest']}." if "nearest" in first else "Parameter yang dikenal dan nilainya ada di /docs."
    raise BadRequest(f"{first['parameter']}: {first['detail']}", mend=mend, errors=faults)


def fault(parameter: str, detail: str, nearest: str | None = None) -> dict[str, str]:
    """One thing that is wrong, in the members of the `Fault` schema; parameter names are cut to 80 characters."""
    told = {"parameter": parameter[:80], "detail": detail}
    return told | {"nearest": nearest} if nearest else told


def nearest(word: str, known: Any) -> str | None:
    """The known word that looks most like this one; None where none is near."""
    found = get_close_matches(word.lower()[:80], list(known), n=1, cutoff=0.5)
    return found[0] if found else None


def _fault_of(name: str, said: Any, given: Any, schema: Schema) -> dict[str, str]:
    field = schema.load_fields.get(name)
    if field is None:
        known = sorted(schema.load_fields)
        return fault(name, f"Parameter tidak dikenal. Yang dikenal: {', '.join(known) or 'tidak ada'}.", nearest(name, known))
    inner = field.inner if isinstance(field, fields.List) else field
    for rule in inner.validators:
        if isinstance(rule, validate.OneOf) and isinstance(given, str):
            choices = [str(choice) for choice in rule.choices]
            parts = given.split(",") if inner is not field else [given]
            wrong = next((part for part in parts if part not in choices), given)
            return fault(name, f"Harus salah satu dari: {', '.join(choices)}.", nearest(wrong, choices))
    if "wanted" in field.metadata:
        return fault(name, str(field.metadata["wanted"]))
    return fault(name, "; ".join(map(str, said)) if isinstance(said, list) else str(said))


class Query(Schema):
    """Base of a route's query parameters; without members it refuses every parameter."""


class Blueprint(SmorestBlueprint):  # type: ignore[misc]
    """
    A blueprint with the strict parser and the guards of what comes in.

    answers: the media types that its routes speak; where empty the view itself answers for Accept. takes: those of what is sent to it.
    """

    ARGUMENTS_PARSER = StrictParser()

    def __init__(
        self,
        name: str,
        description: str,
        prefix: str = "",
        *,
        answers: tuple[str, ...] = ("application/json",),
        takes: tuple[str, ...] = ("application/json",),
    ) -> None:
        super().__init__(name, "exchange.api", url_prefix=prefix or None, description=description)
        self._media, self._takes = answers, takes
        self._negotiating: set[str] = set()
        self.before_request(self._guard)

    def reads(
        self,
        rule: str,
        query: type[Schema],
        answer: type[Schema] | dict[str, Any],
        *,
        staff: bool = False,
        scopes: tuple[str, ...] | None = None,
        negotiates: bool = False,
        marks: dict[str, Any] | None = None,
        **said: Any,
    ) -> Callable[[View], View]:
        """
        One thing to read: GET on `rule`.

        query: its parameters; the view gets them loaded, first. answer: what 200 sends. staff: documented as needing a
        session; scopes: as needing a token with these, None where none is needed. negotiates: the view itself answers for Accept.
        marks: words for openapi.finish (x-conditional, x-problems). said: more of the answer's documentation.
        """
        notes = {"x-staff-only": staff, "x-paged": isinstance(answer, type) and answer.__name__.endswith("Page")}
        notes |= ({} if scopes is None else {"x-scopes": list(scopes)}) | (marks or {})

        def decorate(view: View) -> View:
            if negotiates:
                self._negotiating.add(f"{self.name}.{view.__name__}")
            documented = self.doc(**notes)(self.response(HTTPStatus.OK, answer, **said)(view))
            return cast(View, self.route(rule, methods=["GET"])(self.arguments(query(), location="query")(documented)))

        return decorate

    def writes(
        self,
        rule: str,
        method: str,
        body: type[Schema] | None,
        answer: type[Schema] | None,
        *,
        status: int = 200,
        scopes: tuple[str, ...] | None = (),
        keyed: bool | None = True,
        matched: bool = False,
        marks: dict[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """
        One thing that partners change; the view does it by `writing.write`.

        body: what is sent, None for nothing; the view reads it itself. answer: what `status` sends. keyed, matched: whether the
        request bears an Idempotency-Key (as `writing.write` takes it) and an If-Match. scopes: None where no token is asked for.
        """
        notes: dict[str, Any] = {"x-keyed": keyed, "x-matched": matched} | (marks or {})
        notes |= {} if scopes is None else {"x-scopes": list(scopes)}
        if body is not None:
            notes["requestBody"] = {"required": True, "content": {"application/json": {"schema": body} | examples_of(body)}}

        def decorate(view: View) -> View:
            documented = self.doc(**notes)(self.response(status, answer)(view))
            return cast(View, self.route(rule, methods=[method])(documented))

        return decorate

    def submits(
        self, rule: str, form: type[Schema], answer: type[Schema] | None, media: str, wrong: type[Schema]
    ) -> Callable[[View], View]:
        """A form that is posted, whose errors are as another standard states them (`wrong`): 400 and 401."""
        fault = {"application/json": {"schema": wrong}}
        unread = {problems.MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        notes: dict[str, Any] = {
            "x-form": True,
            "requestBody": {"required": True, "content": {media: {"schema": form} | examples_of(form)}},
            "responses": {
                "400": {"description": "The request cannot be understood; a problem where no text can be read.", "content": fault | unread},
                "401": {"description": "Name or secret do not fit.", "content": fault},
            },
        }

        def decorate(view: View) -> View:
            documented = self.doc(**notes)(self.response(HTTPStatus.OK, answer)(view))
            return cast(View, self.route(rule, methods=["POST"])(documented))

        return decorate

    def _guard(self) -> None:
        if request.method in _WRITES and not self._is_taken(request.mimetype) and _bears_body():
            raise UnsupportedMediaType
        if request.endpoint in self._negotiating:
            return
        if self._media and request.accept_mimetypes and not request.accept_mimetypes.best_match([*self._media, problems.MEDIA]):
            raise NotAcceptable

    def _is_taken(self, media: str) -> bool:
        return media in self._takes or ("application/json" in self._takes and media.endswith("+json"))


def _bears_body() -> bool:
    """Whether something is sent, by the headers: what is refused is not read first."""
    return bool(request.content_length) or "Transfer-Encoding" in request.headers


class Api(SmorestApi):  # type: ignore[misc]
    """Errors as problem details, decimals as strings, region codes with their shape."""

    ERROR_SCHEMA = Problem

    def __init__(self, app: Flask, info: dict[str, Any]) -> None:
        app.config.update(API_TITLE="Trade exchange", API_VERSION=VERSION, OPENAPI_VERSION="3.1.0")
        super().__init__(app, spec_kwargs={"info": info})
        self._undocumented: list[Blueprint] = []
        converter = self.ma_plugin.converter
        converter.attribute_functions = [
            _numbers_only(each) if each.__name__ == "field2range" else each for each in converter.attribute_functions
        ]
        converter.add_attribute_function(_exact)
        converter.add_attribute_function(_region)

    def register_blueprint(self, blp: Blueprint) -> None:
        """Hang a blueprint's operations into the app; what is documented of them is worked out by `document_blueprints`."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._undocumented.append(blp)

    def document_blueprints(self) -> None:
        """Put what is documented of the operations that were hung in since the last call into `spec`."""
        waiting, self._undocumented = self._undocumented, []
        for blp in waiting:
            blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
            self.spec.tag({"name": blp.name, "description": blp.description})

    def handle_http_exception(self, error: HTTPException) -> Any:
        """Keeps the error's headers and its method list, and speaks problem details."""
        return problems.of_http(error)


def _numbers_only(bounds: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Bounds of numbers say nothing about decimals that travel as strings."""

    def told(field: fields.Field[Any], **kwargs: Any) -> dict[str, Any]:
        return {} if isinstance(field, Exact) else bounds(field, **kwargs)

    return told


def _exact(_converter: Any, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    if not isinstance(field, Exact):
        return {}
    least = [rule.min for rule in field.validators if isinstance(rule, validate.Range)]
    sign = "" if least and least[0] is not None and least[0] >= 0 else "-?"
    pattern = field.metadata.get("pattern", rf"^{sign}\d+(\.\d+)?$")
    return {"type": ["string", "null"] if field.allow_none else "string", "format": "decimal", "pattern": pattern}


def _region(_converter: Any, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    return {"pattern": r"^\d{2}(\.\d{2})?$"} if isinstance(field, Region) else {}
