"""Fixtures every package may use: the real servers, named by environment variables."""

import os
import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest


def _server(variable: str, name: str, how: str) -> str:
    """The address in `variable`; without it a laptop skips, CI fails: a green CI has seen the server."""
    return os.environ.get(variable) or _missing(f"needs a real {name}: set {variable} ({how})")


def _missing(reason: str) -> NoReturn:
    if os.environ.get("PAIBAN_CI") or os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def kafka_bootstrap() -> str:
    """host:port of a real Apache Kafka broker. Topics are the test's own to name and to make."""
    return _server("PAIBAN_TEST_KAFKA", "Apache Kafka broker", "deploy/kafka-local/broker start")


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """SQLAlchemy URL of a real PostgreSQL database. Schemas in it are the test's own to name and to make."""
    return _server("PAIBAN_TEST_POSTGRESQL", "PostgreSQL", "postgresql+psycopg://user:password@host/database")


@pytest.fixture(scope="session")
def kcat() -> str:
    """The path of kcat, which reads and writes Kafka without a line of ours or of our client's."""
    return shutil.which("kcat") or _missing("needs kcat, an independent Kafka client (Debian: apt-get install kcat)")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--house-rules", metavar="FILE", help="Run the tests that prove house rules, and write the table of them."
    )


_passed: dict[str, bool] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --house-rules only what proves a rule is run."""
    if config.getoption("--house-rules"):
        wanted = {test for tests in _house_rules().proofs().values() for test in tests}
        left = [item for item in items if item.nodeid.partition("[")[0] not in wanted]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    name = report.nodeid.partition("[")[0]
    if report.when == "call" or report.failed:
        _passed[name] = _passed.get(name, True) and report.passed


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the table where asked; after a run of every proof see that docs/ rests on none that failed."""
    if hasattr(session.config, "workerinput"):
        return
    rules, file = _house_rules(), session.config.getoption("--house-rules")
    passed = {name for name, good in _passed.items() if good}
    if file:
        Path(file).write_text(rules.table(passed), encoding="utf-8")
        return
    named = rules.documented()
    if named <= set(_passed) and not named <= passed:
        print("\nA row of the table of house rules rests on what failed:", ", ".join(sorted(named - passed)))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _house_rules() -> ModuleType:
    spec = spec_from_file_location("house_rules", Path(__file__).parent / "house_rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; the tests in a browser drive it."""
    return shutil.which("chromium") or _missing("needs Chromium (Debian: apt-get install chromium fonts-noto-cjk)")
