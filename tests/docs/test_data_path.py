"""The block "the data's path" names functions that exist."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE = re.compile(
    r"^(?:\s*\d+\s|\s{3})?\s*(?P<place>(?:core|collector|analyzer|notifier|coordinator|plugins)/[\w/.]+)?"
    r"\s+(?P<name>[A-Z]\w+\.\w+|[a-z_]+)\((?P<arguments>[\w, ]*)\)\s"
)


def block(text):
    """Returns the lines of the block."""
    start = text.index("<!-- tests/docs")
    return text[start:].split("```")[1].splitlines()[1:]


def steps(text):
    """Yields (place, function, arguments) of each line that names one."""
    place = None
    for line in block(text):
        found = LINE.match(line)
        if found:
            place = found["place"] or place
            yield place, found["name"], tuple(re.findall(r"\w+", found["arguments"]))


STEPS = list(steps((ROOT / "README.md").read_text(encoding="utf-8")))


def module_of(place):
    """Returns the module that a place in the tree is."""
    first, _, rest = place.partition("/")
    package = f"groundswell_{rest}" if first == "plugins" else f"groundswell_{first}.{rest}"
    return importlib.import_module(package.removesuffix(".py").replace("/", "."))


def with_children(module):
    """Yields a module and, for a package, what is inside."""
    yield module
    if hasattr(module, "__path__"):
        for child in pkgutil.iter_modules(module.__path__, module.__name__ + "."):
            yield importlib.import_module(child.name)


def functions(module, name):
    """Yields functions and methods of that name that the module defines."""
    owner, _, bare = name.rpartition(".")
    for part in with_children(module):
        for holder in (part, *(item for item in vars(part).values() if inspect.isclass(item))):
            if owner and getattr(holder, "__name__", "") != owner:
                continue
            item = vars(holder).get(bare)
            if inspect.isfunction(item):
                yield item


def test_the_block_has_all_ten_steps():
    numbers = re.findall(
        r"^ ?(\d+) ", "\n".join(block((ROOT / "README.md").read_text())), re.MULTILINE
    )
    assert [int(number) for number in numbers] == list(range(1, 11))
    assert len(STEPS) == 13


@pytest.mark.parametrize(("place", "name", "arguments"), STEPS, ids=[step[1] for step in STEPS])
def test_a_function_of_the_path_exists_and_takes_what_the_block_says(place, name, arguments):
    found = list(functions(module_of(place), name))
    assert found, f"{place} has no {name}"
    taken = [set(inspect.signature(item).parameters) for item in found]
    assert any(set(arguments) <= parameters for parameters in taken), (arguments, taken)


def test_both_languages_show_the_same_path(readmes):
    assert list(steps(readmes["zh"])) == list(steps(readmes["en"]))
