"""Read a YAML 1.2 file and remember where each value stands.

Source: YAML 1.2.2 core schema (so `no` is a text, not false). Aliases, tags and several documents are refused: a rule
file says what it means in one place.
"""

from __future__ import annotations

from collections.abc import Iterable

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from gatelens.ruleset.faults import Fault, RulesetError

type Yaml = bool | int | float | str | list[Yaml] | dict[str, Yaml] | None
type Path = tuple[str | int, ...]

_PLAIN_TAGS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_MAX_BYTES = 1024 * 1024


class Source:
    """A file's data, and the line and column of every key and value in it."""

    def __init__(self, file: str, data: Yaml, places: dict[Path, tuple[int, int]]) -> None:
        self.file = file
        self.data = data
        self._places = places

    def fault(self, path: Path, seen: str, allowed: str) -> Fault:
        """A Fault at `path`, or at the nearest place above that the file has."""
        known = path
        while known and known not in self._places:
            known = known[:-1]
        line, column = self._places.get(known, (1, 1))
        return Fault(self.file, line, column, dotted(path), seen, allowed)

    def line(self, path: Path) -> int:
        """The line, from 1, of the value at `path`; 1 where the file has no such value."""
        return self._places.get(path, (1, 1))[0]


def dotted(path: Iterable[str | int]) -> str:
    """`params.patterns[0]` for ("params", "patterns", 0)."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read(file: str, raw: bytes) -> Source:
    """Parse `raw`. Raises RulesetError with the one fault that stopped the parser, or all of ours."""
    if len(raw) > _MAX_BYTES:
        raise RulesetError([Fault(file, 1, 1, "", f"a file of {len(raw)} bytes", f"at most {_MAX_BYTES}")])
    try:
        node = YAML(typ="safe", pure=True).compose(raw.decode())
    except UnicodeDecodeError as error:
        raise RulesetError([Fault(file, 1, 1, "", f"no UTF-8 at byte {error.start}", "UTF-8")]) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise RulesetError([Fault(file, line, column, "", str(error.problem), "YAML 1.2")]) from error
    except (YAMLError, RecursionError) as error:
        raise RulesetError([Fault(file, 1, 1, "", type(error).__name__, "YAML 1.2")]) from error
    builder = _Builder(file)
    data = builder.build(node, ()) if node is not None else None
    if builder.faults:
        raise RulesetError(builder.faults)
    return Source(file, data, builder.places)


class _Builder:
    def __init__(self, file: str) -> None:
        self.faults: list[Fault] = []
        self.places: dict[Path, tuple[int, int]] = {}
        self._file = file
        self._open: set[int] = set()

    def build(self, node: Node, path: Path) -> Yaml:
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self.places[path] = line, column
        if id(node) in self._open:
            self.faults.append(Fault(self._file, line, column, dotted(path), "an alias", "the value itself"))
            return None
        self._open.add(id(node))
        if not isinstance(node, ScalarNode) and str(node.tag) not in _PLAIN_TAGS:
            self.faults.append(
                Fault(self._file, line, column, dotted(path), f"the tag {node.tag}", "plain YAML values")
            )
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Yaml]:
        built: dict[str, Yaml] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if key in built:
                self.faults.append(Fault(self._file, line, column, dotted((*path, key)), "given twice", "once"))
            built[key] = self.build(value_node, (*path, key))
        return built

    def _scalar(self, node: ScalarNode, path: Path) -> Yaml:
        text = str(node.value)
        kind = str(node.tag).rpartition(":")[2]
        try:
            if kind == "null":
                return None
            if kind == "bool":
                return text.lower() == "true"
            if kind == "int":
                return int(text.replace("_", ""), 0)
            if kind == "float":
                return float(text.replace("_", ""))
        except ValueError:
            pass
        if kind in {"str", "int", "float", "timestamp"}:
            return text
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self.faults.append(Fault(self._file, line, column, dotted(path), f"the tag {node.tag}", "plain YAML values"))
        return None
