"""The YAML files of the coordinator: good ones, bad ones, and the repository's own."""

from pathlib import Path

import pytest

from groundswell_coordinator.departments import read_departments
from groundswell_coordinator.rules import SERIOUS, read_rules
from groundswell_core.errors import InvalidInput

CONFIG = Path(__file__).parents[3] / "config"


def test_the_files_of_the_repository_are_good_and_say_what_the_defaults_say():
    assert read_rules(CONFIG / "incidents.yaml") == SERIOUS.rules == read_rules(None)
    departments = read_departments(CONFIG / "departments.yaml")
    names = {one.name for one in departments}
    assert all(one.parent in {"", *names} for one in departments)
    led = [category for one in departments for category in one.categories]
    assert len(led) == len(set(led))
    assert read_departments(None) == []


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (read_rules, "rules:\n- name: a\n", "x.yaml:2: rules.0.matchers: this key is missing"),
        (
            read_rules,
            "rules:\n- name: a\n  matchers: 'level='\n",
            "x.yaml:3: rules.0.matchers: no matcher can be read",
        ),
        (
            read_rules,
            "rules:\n- {name: a, matchers: ''}\n- {name: a, matchers: ''}\n",
            "rules named twice: a",
        ),
        (
            read_rules,
            "rules:\n- name: a\n  matchers: ''\n  departement: x\n",
            "x.yaml:4: rules.0.departement: no such key",
        ),
        (
            read_departments,
            "departments:\n- id: Health\n  display_name: x\n",
            "x.yaml:2: departments.0.id: String should match pattern",
        ),
        (
            read_departments,
            "departments:\n- id: health\n",
            "x.yaml:2: departments.0.display_name: this key is missing",
        ),
        (read_departments, "departments: {", "no YAML"),
    ],
)
def test_a_bad_file_is_refused_with_file_line_key_and_cure(tmp_path, read, text, said):
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        read(path)
    assert said in caught.value.message
