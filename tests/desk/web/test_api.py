"""The API keeps the promises of its own OpenAPI document, whatever it is asked."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from desk.access import SCOPES
from desk.actions import open_place
from desk.actions.accounts import accounts_of, add_account, make_token
from desk.web.app import create_app
from desk.web.settings import BoardSettings
from tests.desk.web.conftest import MOMENT, PASSWORD, Clock

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture(scope="module")
def everything(one_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, str]]:
    """A board, and the token of somebody who may do everything."""
    folder = Path(shutil.copytree(one_night, tmp_path_factory.mktemp("api") / "hotline"))
    with open_place(folder, MOMENT) as place:
        owner = add_account(place, "all", PASSWORD, ["head", "planner", "administrator"], "", by="test")
        secret, _ = make_token(place, owner, "schemathesis", list(SCOPES), 30, by="test")
        assert accounts_of(place).all()
    app = create_app(folder, BoardSettings(), Clock())
    yield app, secret
    app.state.jobs.stop()
    app.state.board.close()


def operations(app: FastAPI) -> Iterator[Any]:
    """What the document names; streams without end and jobs in processes of their own are tried elsewhere."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    for result in schema.exclude(path_regex=r"/live/stream|/jobs$").get_all_operations():
        yield result.ok()


def test_every_answer_is_one_that_the_document_promises(everything: tuple[FastAPI, str]) -> None:
    app, secret = everything
    headers = {"Authorization": f"Bearer {secret}"}
    seen, good = 0, set()
    for operation in operations(app):

        @settings(
            max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate], derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case) -> None:
            answer = case.call_and_validate(headers=headers, checks=CHECKS)
            if answer.status_code < 300:
                good.add(f"{case.method} {case.path}")

        holds()
        seen += 1
    assert seen > 30
    assert len(good) > seen / 2, f"tried in earnest: {sorted(good)}"


def test_the_document_names_every_path_with_its_errors(everything: tuple[FastAPI, str]) -> None:
    paths = everything[0].openapi()["paths"]
    assert len(paths) > 25
    for path, methods in paths.items():
        for method, operation in methods.items():
            assert {"401", "403", "422"} <= operation["responses"].keys(), f"{method} {path}"
            assert operation.get("description"), f"{method} {path} says what it does"
