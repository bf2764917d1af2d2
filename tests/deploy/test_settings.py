"""A mistyped variable is ignored at run time, so it must not reach a manifest."""

import importlib
import re
from pathlib import Path

import pytest
import yaml

from groundswell_core.settings import ServiceSettings, setting_names
from groundswell_notifier.routes_file import read_routes

ROOT = Path(__file__).parents[2]
ALSO = {"GROUNDSWELL_SECRETS_DIR"}


def settings_of(workload):
    """Returns the settings class of the service that a workload runs."""
    module = importlib.import_module(f"groundswell_{workload.partition('-')[0]}.settings")
    (kind,) = (
        item
        for item in vars(module).values()
        if isinstance(item, type)
        and issubclass(item, ServiceSettings)
        and item.__module__ == module.__name__
    )
    return kind


def environment(overlay, deployment):
    """Returns the variables that a Deployment's container gets."""
    maps = {
        item["metadata"]["name"]: item["data"] for item in overlay if item["kind"] == "ConfigMap"
    }
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    merged = {}
    for source in container["envFrom"]:
        merged |= maps[source["configMapRef"]["name"]]
    return merged


def test_every_variable_of_the_manifests_is_a_setting_of_its_service(overlay, deployments):
    for name, deployment in deployments.items():
        known = set(setting_names(settings_of(name))) | ALSO
        assert set(environment(overlay, deployment)) <= known, name


def test_the_values_of_the_manifests_pass_the_settings_own_rules(overlay, deployments, monkeypatch):
    for name, deployment in deployments.items():
        with monkeypatch.context() as patch:
            for variable, value in environment(overlay, deployment).items():
                if variable not in ALSO:
                    patch.setenv(variable, value)
            settings_of(name)()


def test_files_that_settings_name_are_mounted(overlay, deployments):
    for name, deployment in deployments.items():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        mounts = tuple(mount["mountPath"] for mount in container["volumeMounts"])
        for variable, value in environment(overlay, deployment).items():
            if value.startswith("/"):
                assert value.startswith(mounts), (name, variable, value)


def test_the_routing_tree_that_is_mounted_can_be_read(overlay, tmp_path):
    for item in overlay:
        text = item.get("data", {}).get("routes.yaml") if item["kind"] == "ConfigMap" else None
        if text:
            (tmp_path / "desk-signing-key").write_text("made up")
            path = tmp_path / "routes.yaml"
            path.write_text(text.replace("/run/groundswell/secrets", str(tmp_path)))
            assert read_routes(path).receivers


def test_scalers_read_topics_and_groups_that_exist(overlay):
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("core/src", "services")
        for path in (ROOT / folder).rglob("*.py")
    )
    for item in overlay:
        if item["kind"] == "ScaledObject":
            (trigger,) = item["spec"]["triggers"]
            assert f'"{trigger["metadata"]["topic"]}"' in code
            assert trigger["metadata"]["consumerGroup"] in code


def test_alert_rules_use_metrics_that_exist_and_runbooks_that_are_written(overlay):
    metrics = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("core/src", "services")
        for path in (ROOT / folder).rglob("*.py")
    )
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in (ROOT / "docs/operations.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    }
    rules = [item for item in overlay if item["kind"] == "PrometheusRule"]
    for rule in (
        rule for item in rules for group in item["spec"]["groups"] for rule in group["rules"]
    ):
        for metric in re.findall(r"groundswell_\w+", rule["expr"]):
            assert f'"{metric}"' in metrics, metric
        assert rule["annotations"]["runbook"].partition("#")[2] in headings


@pytest.mark.parametrize("service", ["collector", "analyzer", "notifier", "coordinator", "console"])
def test_an_image_installs_its_service_and_runs_it_without_root(service):
    text = (ROOT / f"services/{service}/Dockerfile").read_text(encoding="utf-8")
    assert f"./protos ./core ./services/{service}" in text
    assert "--require-hashes" in text
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert f'ENTRYPOINT ["python", "-m", "groundswell_{service}"]' in text


@pytest.mark.parametrize("service", ["collector", "analyzer", "notifier", "coordinator", "console"])
def test_an_image_holds_no_embedded_server(service):
    text = (ROOT / f"requirements/{service}.txt").read_text(encoding="utf-8")
    assert "fiftyone" not in text
    assert "calfkit" not in text


def test_every_file_that_a_kustomization_names_is_there():
    for path in (ROOT / "deploy/k8s").rglob("kustomization.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for name in [*content.get("resources", []), *content.get("components", [])]:
            assert (path.parent / name).exists(), (path, name)
