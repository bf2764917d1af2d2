"""A stage plugin that is installed for the length of a test."""

from __future__ import annotations

import sys

import pytest

METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Gives what installs a distribution of one module, visible to worker processes too."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def put(name, code):
        module = name.replace("-", "_")
        monkeypatch.delitem(sys.modules, module, raising=False)
        (tmp_path / f"{module}.py").write_text(code)
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(METADATA.format(name=name))
        (info / "entry_points.txt").write_text(f"[groundswell]\nstages = {module}\n")

    return put
