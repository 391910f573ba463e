"""What stands in deploy/ can be read, and speaks of commands, options and metrics that exist."""

import configparser
import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from desk.cli.app import app
from streams.endpoint import answers
from streams.metrics import METRICS

DEPLOY = Path(__file__).parents[2] / "deploy"
NAMES = {metric.name: metric for metric in METRICS}


def known_options(verb: str) -> set[str]:
    command = get_command(app).commands[verb]
    return {option for parameter in command.params for option in parameter.opts}


def check_command(words: list[str]) -> None:
    assert words[0] in get_command(app).commands
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert options <= known_options(words[0]), options


def test_every_panel_of_the_dashboard_shows_metrics_that_exist_by_labels_they_have():
    board = json.loads((DEPLOY / "grafana" / "floor.json").read_text("utf-8"))
    seen = set()
    for panel in board["panels"]:
        for target in panel["targets"]:
            names = re.findall(r"paiban_\w+", target["expr"])
            assert names, target
            assert set(names) <= NAMES.keys()
            seen |= set(names)
            labels = re.findall(r"by \((\w+)\)", target["expr"]) + re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])
            assert set(labels) <= {"instance", *(NAMES[name].label for name in names)}, target
    assert seen == NAMES.keys()
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in board["panels"]]
    assert len(set(places)) == len(places)


def test_the_compose_file_runs_commands_that_exist():
    found = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text("utf-8"))
    services = found["services"]
    for name in ("watch-1", "watch-2"):
        words = shlex.split(services[name]["command"])
        check_command(words)
        assert words[words.index("--instance") + 1] == name
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source.startswith("./site") or source in found["volumes"] or (DEPLOY / "compose" / source).exists()
    scraped = yaml.safe_load((DEPLOY / "compose" / "prometheus.yaml").read_text("utf-8"))
    targets = scraped["scrape_configs"][0]["static_configs"][0]["targets"]
    assert [target.partition(":")[0] for target in targets] == ["watch-1", "watch-2"]


def test_the_image_holds_every_package():
    text = (DEPLOY / "compose" / "Dockerfile").read_text("utf-8")
    for package in ("centre", "forecasts", "scheduler", "streams", "store", "desk"):
        assert f"COPY {package} {package}" in text


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").iterdir()), ids=lambda path: path.name)
def test_units_are_whole_and_start_what_exists(unit):
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str
    parsed.read_string(unit.read_text("utf-8"))
    assert parsed["Unit"]["Description"]
    if unit.suffix == ".timer":
        assert (unit.with_suffix(".service")).exists()
        return
    words = shlex.split(parsed["Service"]["ExecStart"])
    assert words[0].endswith("/paiban")
    check_command(words[1:])


def test_the_manifests_are_whole_and_probe_what_is_answered():
    documents = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "paiban.yaml").read_text("utf-8")))
    assert all({"apiVersion", "kind", "metadata"} <= document.keys() for document in documents)
    by_kind = {document["kind"]: document for document in documents}
    watcher = by_kind["StatefulSet"]["spec"]
    assert watcher["selector"]["matchLabels"] == watcher["template"]["metadata"]["labels"]
    assert watcher["serviceName"] == by_kind["Service"]["metadata"]["name"]
    (container,) = watcher["template"]["spec"]["containers"]
    check_command(container["args"])
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"] in answers(None)
    (night,) = by_kind["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    check_command(night["args"])
