"""Dashboard and alert rules: they name what the program exposes, fire when they should, and lead to what to do."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from docs.documentation import text_of
from metric_names import used
from prometheus_server import promtool
from register import REPOSITORY

OPERATE = "docs/operate.md"
PROMETHEUS = REPOSITORY / "env" / "prometheus"
ALERTS = [
    rule for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
DASHBOARD = json.loads((REPOSITORY / "env" / "grafana" / "assay.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def named(families: dict[str, str], expressions: list[str]) -> set[str]:
    histograms = {name for name, kind in families.items() if kind == "histogram"}
    return set().union(*(used(expression, histograms) for expression in expressions))


def dashboard_expressions() -> list[str]:
    return [target["expr"] for panel in PANELS for target in panel["targets"]]


def test_the_dashboard_names_metrics_that_there_are_and_all_of_them(families: dict[str, str]) -> None:
    assert named(families, dashboard_expressions()) == set(families)


def test_the_dashboards_variables_are_of_metrics_that_there_are(families: dict[str, str]) -> None:
    queries = [each["query"]["query"] for each in DASHBOARD["templating"]["list"] if each["type"] == "query"]
    names = {re.fullmatch(r"label_values\((\w+), \w+\)", query)[1] for query in queries}
    assert names <= set(families)


def test_the_alerts_name_metrics_that_there_are(families: dict[str, str]) -> None:
    assert named(families, [alert["expr"] for alert in ALERTS]) <= set(families)


def test_no_panel_lies_over_another() -> None:
    covered: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                 for y in range(place["y"], place["y"] + place["h"])}  # fmt: skip
        assert max(x for x, _ in cells) < 24
        assert not covered & cells, panel["title"]
        covered |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_promtool_takes_rules_and_configuration() -> None:
    for what, file in (("rules", "alerts.yml"), ("config", "prometheus.yml")):
        checked = promtool("check", what, PROMETHEUS / file)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_each_alert_fires_when_it_should_and_not_before() -> None:
    tested = promtool("test", "rules", PROMETHEUS / "alerts_test.yml")
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_each_alert_has_such_a_test() -> None:
    tests = {each["name"]: each["promql_expr_test"] for each in
             yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text())["tests"]}  # fmt: skip
    assert set(tests) == {alert["alert"] for alert in ALERTS}
    for name, (before, firing) in tests.items():
        assert before["expr"] == firing["expr"] == 'count by (alertname) (ALERTS{alertstate="firing"})'
        assert "exp_samples" not in before, name
        assert firing["exp_samples"] == [{"labels": f'{{alertname="{name}"}}', "value": 1}]


@pytest.mark.parametrize("alert", ALERTS, ids=[alert["alert"] for alert in ALERTS])
def test_each_alert_says_what_it_is_and_leads_to_what_to_do(alert: dict) -> None:
    assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}
    assert alert["labels"]["severity"] in {"critical", "warning"}
    page, _, anchor = alert["annotations"]["runbook_url"].partition("#")
    assert (page, anchor) == (OPERATE, alert["alert"].lower())
    assert alert["alert"] in HEADING.findall(text_of(OPERATE))


def test_no_alert_is_told_that_there_is_not() -> None:
    told = {heading for heading in HEADING.findall(text_of(OPERATE)) if heading.startswith("Assay")}
    assert told == {alert["alert"] for alert in ALERTS}
