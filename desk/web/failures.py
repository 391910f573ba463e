"""Errors as answers: a page for people, a problem document (RFC 9457) for programs."""

from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from centre.approvals import NotAllowedError
from centre.errors import BusyError, ContradictionError, InputError, NotPublishedError, PaibanError, StoreError
from centre.library_words import pydantic_words, said_by
from centre.said import Said
from desk.web.ask import ask, language_of
from desk.web.render import page
from desk.wording import LANGUAGES, Words, words

STATUS: list[tuple[type[PaibanError], int]] = [
    (NotAllowedError, 403),
    (InputError, 422),
    (ContradictionError, 422),
    (NotPublishedError, 404),
    (BusyError, 409),
    (StoreError, 503),
    (PaibanError, 500),
]
"""Which error is which answer; the first that fits."""


def handlers(app: FastAPI) -> None:
    """Let every error of the engine and of the framework come out in words."""

    @app.exception_handler(PaibanError)
    def engine(request: Request, error: PaibanError) -> Response:
        status = next(code for kind, code in STATUS if isinstance(error, kind))
        problems = [str(problem) for problem in error.problems] if isinstance(error, InputError) else []
        return _answer(request, status, said_by(error), problems)

    @app.exception_handler(StarletteHTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        if error.status_code == 401 and not _is_api(request):
            return RedirectResponse(f"/sign-in?next={request.url.path}", 303)
        return _answer(request, error.status_code, _detail(error), [], dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> Response:
        found: list[str] = [
            Said("{place}: {allowed}", place=".".join(map(str, each["loc"])), allowed=pydantic_words(each))
            for each in error.errors()
        ]
        return _answer(request, 422, Said.lines(found), found)


def _detail(error: HTTPException) -> str:
    """What an error of the framework says: ours, or the name of its status."""
    detail: Any = error.detail
    if isinstance(detail, Said):
        return detail
    return _TITLES.get(error.status_code) or Said(str(detail))


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _reader(request: Request) -> Words:
    """The words of whoever asks; a site that cannot be read has no say in it."""
    try:
        return words(language_of(request, request.app.state.board.place()))
    except PaibanError:
        return words(LANGUAGES[0])


def _answer(
    request: Request, status: int, detail: str, problems: list[str], headers: dict[str, str] | None = None
) -> Response:
    told = _reader(request)
    detail, problems = told.tell(detail), [told.tell(problem) for problem in problems]
    if _is_api(request):
        title = told.tell(_TITLES.get(status, Said("Error")))
        content: dict[str, Any] = {"title": title, "status": status, "detail": detail}
        if problems:
            content["problems"] = problems
        if status == 401:
            headers = {**(headers or {}), "WWW-Authenticate": "Bearer"}
        return JSONResponse(content, status, headers=headers, media_type="application/problem+json")
    try:
        asked = ask(request)
    except (HTTPException, PaibanError):
        return Response(detail, status, media_type="text/plain")
    return page(asked, "failure.j2", status, code=status, detail=detail, problems=problems)


_TITLES: dict[int, str] = {
    401: Said("Not signed in"), 403: Said("Not allowed"), 404: Said("Not found"), 405: Said("Method not allowed"),
    409: Said("Busy"), 422: Said("Wrong input"), 429: Said("Too many attempts"), 503: Said("Database"),
}  # fmt: skip
