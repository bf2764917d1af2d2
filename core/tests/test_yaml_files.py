from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from groundswell_core.errors import InvalidInput
from groundswell_core.yaml_files import parse_yaml, read_yaml


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    size: int = 1


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    items: tuple[Item, ...] = ()


def refusal(text: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        parse_yaml(text.encode(), Path("some/folder/things.yaml"), Whole)
    return caught.value.message


def test_a_good_file_is_read_and_an_empty_one_takes_the_defaults():
    whole = parse_yaml(b"items:\n- name: a\n- {name: b, size: 2}\n", Path("x.yaml"), Whole)
    assert whole.items == (Item(name="a"), Item(name="b", size=2))
    assert parse_yaml(b"", Path("x.yaml"), Whole) == Whole()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("items:\n- name: a\n  colour: red\n", "things.yaml:3: items.0.colour: no such key here"),
        ("items:\n- size: 3\n", "things.yaml:2: items.0.name: this key is missing"),
        ("items:\n- name: a\n  size: big\n", "things.yaml:3: items.0.size: Input should be"),
        ("items:\n- name: a\n  name: b\n", 'things.yaml:3: no YAML: "name" stands twice'),
        ("items: [\n", "things.yaml:2: no YAML:"),
        ("a: &x [1]\nb: *x\n", "things.yaml:2: no YAML: write it out"),
        ("[" * 5000, "things.yaml:1: no YAML:"),
        ("just words", "things.yaml:1: the file:"),
    ],
    ids=["unknown", "missing", "type", "twice", "syntax", "alias", "nested", "scalar"],
)
def test_a_bad_file_is_refused_with_file_line_key_and_cure(text, said):
    assert refusal(text).startswith(said)


def test_every_mistake_of_a_file_is_named_at_once():
    assert len(refusal("items:\n- size: 3\n- colour: red\n").splitlines()) == 3


def test_a_file_that_is_missing_or_not_utf8_is_named(tmp_path):
    with pytest.raises(InvalidInput, match=r"things\.yaml:1: cannot be read"):
        read_yaml(tmp_path / "things.yaml", Whole)
    (tmp_path / "things.yaml").write_bytes("名字: 一".encode("gbk"))
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_yaml(tmp_path / "things.yaml", Whole)
