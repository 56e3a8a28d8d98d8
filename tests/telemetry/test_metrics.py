"""The metrics, as Prometheus and the readers of its two forms take them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import pytest
import requests
import yaml
from client import new_id
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_string_to_metric_families as text_families
from prometheus_server import PrometheusServer, promtool
from register import REPOSITORY, Parts, Program, Register, wait_for

OPEN_METRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
UNITS = ("seconds", "bytes")

Samples = dict[str, float]


def samples_of(program: Register | Program) -> Samples:
    """By name and sorted labels: `name{label=value,…}`."""
    text = requests.get(program.metrics_url + "/metrics", headers=OPEN_METRICS, timeout=30).text
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()) if value)
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def test_both_forms_say_the_same(metrics_urls: list[str], families: dict[str, str]) -> None:
    for url in metrics_urls:
        open_metrics = requests.get(url + "/metrics", headers=OPEN_METRICS, timeout=30)
        text = requests.get(url + "/metrics", timeout=30)
        assert open_metrics.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
        assert text.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        names = {
            sample.name for family in text_string_to_metric_families(open_metrics.text) for sample in family.samples
        }
        assert names == {sample.name for family in text_families(text.text) for sample in family.samples}
    assert families


def test_open_metrics_says_types_and_units(register: Register, families: dict[str, str]) -> None:
    text = requests.get(register.metrics_url + "/metrics", headers=OPEN_METRICS, timeout=30).text
    for family in text_string_to_metric_families(text):
        assert family.type in {"counter", "gauge", "histogram", "info"}, family.name
        unit = family.name.rpartition("_")[2]
        assert family.unit == (unit if unit in UNITS else ""), family.name
    assert families


def test_promtool_finds_nothing_to_say(metrics_urls: list[str], families: dict[str, str]) -> None:
    for url in metrics_urls:
        checked = promtool("check", "metrics", input=requests.get(url + "/metrics", timeout=30).text)
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    assert families


def test_a_request_is_measured_by_route_and_part(fresh_register: Register) -> None:
    client = fresh_register.client()
    absent = new_id()
    client.get(f"/patient/{absent}")
    found = samples_of(fresh_register)
    for part, route in (("gateway", "/patient/{patientId}"), ("patients", "/api/patient/{id}")):
        labels = f"http_request_method=GET,http_response_status_code=404,http_route={route},part={part}"
        assert found[f"http_server_request_duration_seconds_count{{{labels}}}"] == 1
        sizes = f"http_request_method=GET,http_route={route},part={part}"
        assert found[f"http_server_request_body_size_bytes_sum{{{sizes}}}"] == 0
        assert found[f"http_server_response_body_size_bytes_sum{{{sizes}}}"] > 0
        assert found[f"http_server_active_requests{{part={part}}}"] == 0
    assert absent not in "".join(found)


def test_what_the_register_holds_is_told(fresh_register: Register) -> None:
    client = fresh_register.client()
    before = samples_of(fresh_register)
    for _ in range(3):
        client.create_patient()
    wait_for(
        lambda: samples_of(fresh_register)["assay_audit_tree_size"] == before["assay_audit_tree_size"] + 3,
        "three records",
    )
    signed = wait_for(
        lambda: (
            (now := samples_of(fresh_register))["assay_audit_checkpoint_size"] == now["assay_audit_tree_size"] and now
        ),
        "a checkpoint over them",
    )
    assert signed["assay_audit_appended_records_total"] == before["assay_audit_appended_records_total"] + 3
    assert signed["assay_audit_checkpoint_timestamp_seconds"] >= before["assay_audit_checkpoint_timestamp_seconds"]
    database = fresh_register.data / "audit" / "audit.db"
    size = "assay_store_size_bytes{file=database,store=audit}"
    wait_for(lambda: samples_of(fresh_register)[size] == database.stat().st_size, "the database's size")
    assert signed["assay_disk_left_seconds{store=audit}"] == math.inf
    assert signed["assay_readiness"] == 0
    assert signed["assay_gateway_subscriptions{state=active}"] == 1


def test_a_group_commit_is_measured(fresh_register: Register) -> None:
    before = samples_of(fresh_register)
    fresh_register.client().create_patient()
    after = samples_of(fresh_register)
    for store in ("audit", "patients"):
        for name in ("batch_operations", "duration_seconds", "sync_duration_seconds", "queue_wait_seconds"):
            key = f"assay_group_commit_{name}_count{{store={store}}}"
            assert after[key] > before[key], key
        key = f"assay_group_commit_duration_seconds_sum{{store={store}}}"
        assert 0 < after[key] - before[key] < 30
        assert after[f"assay_group_commit_queue_length{{store={store}}}"] == 0


def test_calls_between_parts_are_measured(fresh_parts: Parts) -> None:
    client = fresh_parts.client()
    client.get(f"/patient/{new_id()}")
    labels = "http_request_method=GET,http_response_status_code=404,peer_service=patients"
    found = samples_of(fresh_parts.gateway)
    assert found[f"http_client_request_duration_seconds_count{{{labels}}}"] == 1
    assert found["http_client_open_connections{peer_service=patients}"] >= 1
    fresh_parts.patients.kill()
    client.get(f"/patient/{new_id()}")
    found = samples_of(fresh_parts.gateway)
    failed = [value for name, value in found.items() if "duration_seconds_count{error_type" in name]
    assert sum(failed) >= 1


@pytest.fixture(scope="module")
def prometheus(
    tmp_path_factory: pytest.TempPathFactory, metrics_urls: list[str], families: dict[str, str]
) -> Iterator[PrometheusServer]:
    """Under the configuration that env/ has, but for the addresses, and how often."""
    assert families
    directory = tmp_path_factory.mktemp("prometheus")
    configuration = yaml.safe_load((REPOSITORY / "env/prometheus/prometheus.yml").read_text())
    configuration["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    configuration["rule_files"] = [str(REPOSITORY / "env/prometheus/alerts.yml")]
    targets = [url.removeprefix("http://") for url in metrics_urls]
    configuration["scrape_configs"][0]["static_configs"] = [{"targets": targets}]
    file = directory / "prometheus.yml"
    file.write_text(yaml.safe_dump(configuration))
    server = PrometheusServer(directory, file)
    yield server
    server.stop()


def test_prometheus_scrapes_all(prometheus: PrometheusServer, metrics_urls: list[str]) -> None:
    wait_for(lambda: len(prometheus.query('up{job="assay"} == 1')) == len(metrics_urls), "all to be scraped")
    wait_for(lambda: len(prometheus.query("assay_build_info")) == len(metrics_urls), "all to be known")
    absent = 'http_server_request_duration_seconds_count{http_response_status_code="404"}'
    assert wait_for(lambda: prometheus.query(absent), "the requests that the fixture sent")


def test_prometheus_takes_the_form_of_open_metrics(prometheus: PrometheusServer) -> None:
    """Only that form has units."""
    name = "http_server_request_duration_seconds"
    told = wait_for(lambda: prometheus.get("metadata", metric=name).get(name), "its metadata")
    assert {(each["type"], each["unit"]) for each in told} == {("histogram", "seconds")}


def test_prometheus_evaluates_every_alert(prometheus: PrometheusServer) -> None:
    def rules() -> list[dict]:
        return [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]

    wait_for(lambda: all(rule["health"] != "unknown" for rule in rules()), "the rules to be evaluated")
    assert [rule["name"] for rule in rules() if rule["health"] != "ok"] == []


def expressions() -> list[str]:
    """Of the dashboard, as Grafana sends them."""
    dashboard = json.loads((REPOSITORY / "env/grafana/assay.json").read_text())
    return [
        target["expr"].replace("$instance", ".*").replace("$part", ".*").replace("$__rate_interval", "1m")
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
    ]


def test_prometheus_answers_every_panel(prometheus: PrometheusServer) -> None:
    assert len(expressions()) > 50
    for expression in expressions():
        prometheus.query(expression)
