"""YAML files that people write: validated whole; an error names file, line, key and cure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ValidationError

from groundswell_core.errors import InvalidInput
from groundswell_core.labels import Matcher, parse_matchers

Model = TypeVar("Model", bound=BaseModel)
MAXIMUM_BYTES = 4 << 20

_CURES = {
    "extra_forbidden": "no such key here; remove it or correct its spelling",
    "missing": "this key is missing; add it",
}


def _parse_matchers(value: Any) -> Any:
    if isinstance(value, tuple):  # made in code, not read
        return value
    texts = value if isinstance(value, list) else [value]
    try:
        return tuple(matcher for text in texts for matcher in parse_matchers(str(text)))
    except InvalidInput as error:
        raise ValueError(error.message) from None


# A field of matchers: one text, or a list of texts that must all match.
Matchers = Annotated[tuple[Matcher, ...], BeforeValidator(_parse_matchers)]


class _Loader(yaml.SafeLoader):
    """Reads plain data; refuses what expands without end and keys that stand twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuses aliases: ten lines of them make a gigabyte."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                None, None, "write it out: aliases are not read", event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT002
        """Refuses a key that stands twice: one of the two would be lost in silence."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = key_node.value
            if key in seen:
                raise yaml.MarkedYAMLError(None, None, f'"{key}" stands twice', key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: Path, model: type[Model]) -> Model:
    """Returns the file as model; raises InvalidInput with file, line, key and cure."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _invalid(path, 1, f"cannot be read: {error.strerror}; correct the path") from None
    return parse_yaml(data, path, model)


def parse_yaml(data: bytes, path: Path, model: type[Model]) -> Model:
    """Returns the content of a file as model; raises InvalidInput like read_yaml."""
    root, value = _load(data, path)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        lines = [_sentence(path, root, detail) for detail in error.errors(include_input=False)]
        raise InvalidInput("\n".join(lines), reason="BAD_FILE", file=path.name) from None


def _load(data: bytes, path: Path) -> tuple[yaml.Node | None, Any]:
    if len(data) > MAXIMUM_BYTES:
        raise _invalid(path, 1, f"is larger than {MAXIMUM_BYTES} bytes; split it")
    try:
        loader = _Loader(data.decode("utf-8-sig"))
        root = loader.get_single_node()
        return root, {} if root is None else loader.construct_document(root)
    except UnicodeDecodeError:
        raise _invalid(path, 1, "is not UTF-8; save it as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _invalid(path, mark.line + 1 if mark else 1, f"no YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _invalid(path, 1, f"no YAML: {first}") from None


def _invalid(path: Path, line: int, what: str) -> InvalidInput:
    return InvalidInput(f"{path.name}:{line}: {what}", reason="BAD_FILE", file=path.name)


def _sentence(path: Path, root: yaml.Node | None, detail: Any) -> str:
    keys = detail["loc"]
    where = ".".join(str(key) for key in keys) or "the file"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{path.name}:{_line(root, keys)}: {where}: {_CURES.get(detail['type'], message)}"


def _line(node: yaml.Node | None, keys: Sequence[Any]) -> int:
    """Returns the line of a key, or of the nearest thing around it."""
    line = node.start_mark.line + 1 if node else 1
    for key in keys:
        found = _child(node, key)
        if found is None:
            continue  # a missing key, or the name of a union's member, which no file has
        line, node = found
    return line


def _child(node: yaml.Node | None, key: Any) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        value = node.value[key]
        return value.start_mark.line + 1, value
    return None
