"""What every part of the API may answer beside what was asked for."""

from typing import Any

from pydantic import BaseModel, Field


class ProblemDocument(BaseModel):
    """An error in words (RFC 9457)."""

    title: str
    status: int
    detail: str
    problems: list[str] = Field(default_factory=list)


def _answer(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    return {
        "description": description,
        "model": ProblemDocument,
        "content": {"application/problem+json": {"schema": schema}},
    }


ANSWERS: dict[int | str, dict[str, Any]] = {
    401: _answer("Nobody is signed in, or the token does not hold."),
    403: _answer("Not allowed to whoever asks."),
    404: _answer("There is no such thing."),
    409: _answer("Somebody else is at it, or was faster."),
    422: _answer("The input is wrong; every problem is named."),
    503: _answer("The database does not answer."),
}
