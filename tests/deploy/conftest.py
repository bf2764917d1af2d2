"""Renders the overlays once."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
OVERLAYS = ("local", "production")


@pytest.fixture(scope="session")
def kubectl():
    """Gives the path of kubectl, which brings kustomize."""
    found = shutil.which("kubectl")
    if not found:
        pytest.skip("kubectl is not on the PATH: the manifests cannot be rendered")
    return found


@pytest.fixture(scope="session")
def render(kubectl):
    """Gives a function that renders one folder of deploy/k8s."""
    done = {}

    def rendered(folder):
        if folder not in done:
            done[folder] = subprocess.run(
                [kubectl, "kustomize", str(ROOT / "deploy/k8s" / folder)],
                check=True,
                capture_output=True,
                text=True,
                timeout=60,
            ).stdout
        return done[folder]

    return rendered


@pytest.fixture(scope="session", params=OVERLAYS)
def overlay(request, render):
    """Gives the objects of each overlay in turn."""
    return [item for item in yaml.safe_load_all(render(f"overlays/{request.param}")) if item]


@pytest.fixture(scope="session")
def deployments(overlay):
    """Gives the Deployments of an overlay by name."""
    return {item["metadata"]["name"]: item for item in overlay if item["kind"] == "Deployment"}
