"""Errors as answers: a page for people, a problem document (RFC 9457) for programs."""

from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from centre.approvals import NotAllowedError
from centre.errors import BusyError, ContradictionError, InputError, NotPublishedError, PaibanError, StoreError
from desk.web.ask import ask
from desk.web.render import page

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
        text = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
        return _answer(request, status, text, problems)

    @app.exception_handler(StarletteHTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        if error.status_code == 401 and not _is_api(request):
            return RedirectResponse(f"/sign-in?next={request.url.path}", 303)
        return _answer(request, error.status_code, str(error.detail), [], dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> Response:
        found = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors()]
        return _answer(request, 422, "; ".join(found), found)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _answer(
    request: Request, status: int, detail: str, problems: list[str], headers: dict[str, str] | None = None
) -> Response:
    if _is_api(request):
        content: dict[str, Any] = {"title": _TITLES.get(status, "Error"), "status": status, "detail": detail}
        if problems:
            content["problems"] = problems
        if status == 401:
            headers = {**(headers or {}), "WWW-Authenticate": "Bearer"}
        return JSONResponse(content, status, headers=headers, media_type="application/problem+json")
    try:
        asked = ask(request)
    except (HTTPException, PaibanError):
        return Response(detail, status, media_type="text/plain")
    return page(asked, "failure.j2", status, code=status, detail=asked.words.tell(detail), problems=problems)


_TITLES = {
    401: "Not signed in", 403: "Not allowed", 404: "Not found", 405: "Method not allowed", 409: "Busy",
    422: "Wrong input", 429: "Too many attempts", 503: "Database",
}  # fmt: skip
