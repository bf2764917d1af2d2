"""A model's folder: what ships can be read, and what is wrong is named with its cure."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import yaml

from groundswell_analyzer.models import load_model, load_models, shipped
from groundswell_core.errors import InvalidInput

MOST_BYTES = 3_000_000


@pytest.fixture
def folder(tmp_path):
    """Gives a copy of the shipped model that a test may break."""
    return shutil.copytree(shipped()["news"], tmp_path / "mine")


def edit(folder, **fields):
    file = folder / "card.yaml"
    card = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump(card | fields), encoding="utf-8")


def with_weights(folder, **arrays):
    with np.load(folder / "zh.npz") as archive:
        kept = {name: archive[name] for name in archive.files}
    np.savez(folder / "zh.npz", **(kept | arrays))


def refused(folder):
    with pytest.raises(InvalidInput) as caught:
        load_model(folder)
    assert "make models" in caught.value.message
    return caught.value.message


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_shipped_model_says_what_it_is_and_is_small(name):
    card = load_model(shipped()[name]).card
    assert card.name == name
    assert card.version.startswith(name)
    assert (card.task, card.licence) == ("sentiment", "Apache-2.0")
    assert card.trained_on
    assert 0 < card.metrics["zh_held_out_accuracy"] < 1
    assert sum(file.stat().st_size for file in shipped()[name].iterdir()) < MOST_BYTES


def test_versions_of_shipped_models_differ():
    versions = [load_model(folder).card.version for folder in shipped().values()]
    assert len(versions) == len(set(versions))


def test_a_folder_of_another_format_is_named(folder):
    edit(folder, format=99)
    assert "card.yaml cannot be used: its format is 99" in refused(folder)


@pytest.mark.parametrize("field", ["name", "version", "languages"])
def test_a_card_without_a_field_names_it(folder, field):
    card = yaml.safe_load((folder / "card.yaml").read_text(encoding="utf-8"))
    del card[field]
    (folder / "card.yaml").write_text(yaml.safe_dump(card), encoding="utf-8")
    assert field in refused(folder)


@pytest.mark.parametrize("text", ["{", "- a list", "", "\x00"])
def test_a_card_that_is_no_card_is_named(folder, text):
    (folder / "card.yaml").write_text(text)
    assert "card.yaml" in refused(folder)


@pytest.mark.parametrize(
    ("name", "shape"),
    [("weights", (7, 3)), ("weights", (7, 4)), ("examples", (7, 5)), ("bias", (2,))],
)
def test_weights_of_a_wrong_shape_are_named(folder, name, shape):
    with_weights(folder, **{name: np.zeros(shape, np.float32)})
    assert "zh.npz cannot be used: " in refused(folder)


def test_a_table_that_does_not_fit_the_parts_is_named(folder):
    card = yaml.safe_load((folder / "card.yaml").read_text(encoding="utf-8"))
    card["languages"]["zh"]["table"] = [[1, 0, 0]]
    edit(folder, languages=card["languages"])
    assert "table has the shape (1, 3), not (3, 3)" in refused(folder)


def test_weights_that_are_no_archive_are_named(folder):
    (folder / "zh.npz").write_bytes(b"PK\x03\x04 cut off")
    assert "zh.npz" in refused(folder)


def test_weights_that_are_absent_are_named(folder):
    (folder / "zh.npz").unlink()
    assert "zh.npz" in refused(folder)


def test_weights_that_hold_code_are_refused(folder):
    with_weights(folder, bias=np.array([print], dtype=object))
    assert "zh.npz" in refused(folder)


def test_a_model_that_is_nowhere_is_named_with_those_that_ship():
    with pytest.raises(InvalidInput, match=r'no model "nosuch".*lexicon, news'):
        load_models("nosuch")


def test_a_folder_is_a_model_as_good_as_one_that_ships(folder):
    edit(folder, version="mine-1")
    models = load_models("news", (str(folder),))
    assert [model.card.version for model in models.shadows] == ["mine-1"]


def test_two_models_of_one_version_are_refused(folder):
    with pytest.raises(InvalidInput, match="could not be told apart"):
        load_models("news", (str(folder),))
