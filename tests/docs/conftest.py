"""What the tests of the documents share."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def readmes():
    """Gives both READMEs by language."""
    return {
        "en": (ROOT / "README.md").read_text(encoding="utf-8"),
        "zh": (ROOT / "README.zh-CN.md").read_text(encoding="utf-8"),
    }


@pytest.fixture(scope="session")
def targets():
    """Gives the targets of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
