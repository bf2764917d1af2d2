"""Every overlay is what Kubernetes and the operators accept."""

import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

HERE = Path(__file__).parent
CUSTOM = yaml.safe_load((HERE / "custom_resources.yaml").read_text(encoding="utf-8"))
FOLDERS = ("base", "overlays/local", "overlays/production")


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_manifests_fit_the_schemas_of_kubernetes(folder, render, tmp_path):
    kinds = list(yaml.safe_load_all(render(folder)))
    file = tmp_path / "rendered.yaml"
    file.write_text(yaml.safe_dump_all(item for item in kinds if item["kind"] not in CUSTOM))
    done = subprocess.run(
        [Path(sys.executable).with_name("kubernetes-validate"), "--strict", file],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert "WARN" not in output, output


def test_custom_resources_fit_the_fields_that_their_operators_know(overlay):
    for item in overlay:
        if "." in item["apiVersion"].split("/")[0] and not item["apiVersion"].split("/")[
            0
        ].endswith("k8s.io"):
            schema = CUSTOM[item["kind"]]
            jsonschema.validate(item, schema)


def test_a_misspelt_field_of_a_custom_resource_is_refused():
    scaler = {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "one"},
        "spec": {"scaleTargetReference": {"name": "one"}, "triggers": []},
    }
    with pytest.raises(jsonschema.ValidationError, match="scaleTargetReference"):
        jsonschema.validate(scaler, CUSTOM["ScaledObject"])
