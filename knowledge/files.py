"""Reading the knowledge files: YAML checked against a schema, with errors that name file, line and reason."""

from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.errors import KnowledgeError

DATA = Path(str(files("knowledge")))
"""The folder that holds the knowledge files."""

Model = TypeVar("Model", bound=BaseModel)


class Part(BaseModel):
    """A part of a knowledge file: a name that it does not know is refused, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same result, ten times as fast where libyaml is there


def read_yaml(path: Path, model: type[Model]) -> Model:
    """The file's single document as `model`; raises KnowledgeError with file, line and reason."""
    document, node = _parse(path)
    return _validate(path, document, node, model)


def read_yaml_list(path: Path, model: type[Model]) -> list[Model]:
    """The file's list of entries, each as `model`; raises KnowledgeError with file, line and reason."""
    document, node = _parse(path)
    if not isinstance(document, list) or not isinstance(node, yaml.SequenceNode):
        raise KnowledgeError(f"{path.name}, line 1: expected a list of entries (each starting with '- ').")
    return [_validate(path, entry, child, model) for entry, child in zip(document, node.value, strict=True)]


def broken(path: Path, location: tuple[int | str, ...], reason: str) -> KnowledgeError:
    """The error for a rule that spans entries or files: names the file, the line of `location` and the reason."""
    _, node = _parse(path)
    where = ".".join(str(part) for part in location)
    return KnowledgeError(f"{path.name}, line {_line_of(node, location)}: {where}: {reason}.")


def _parse(path: Path) -> tuple[Any, yaml.Node]:
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        document = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise KnowledgeError(f"{path.name}, line {line}: not valid YAML: {error.problem}.") from error
    except OSError as error:
        raise KnowledgeError(f"{path.name} cannot be read: {error.strerror}.") from error
    if node is None:
        raise KnowledgeError(f"{path.name}, line 1: the file is empty.")
    return document, node


def _validate(path: Path, document: Any, node: yaml.Node, model: type[Model]) -> Model:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        line = _line_of(node, first["loc"])
        raise KnowledgeError(f"{path.name}, line {line}: {where or model.__name__}: {first['msg']}.") from error


def _line_of(node: yaml.Node, location: tuple[int | str, ...]) -> int:
    """The line of the deepest part of `location` that the document really has."""
    for part in location:
        child = _child(node, part)
        if child is None:
            break
        node = child
    return node.start_mark.line + 1


def _child(node: yaml.Node, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child: yaml.Node = node.value[part]
        return child
    return None
