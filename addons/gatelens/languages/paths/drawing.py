"""Draw where a path goes from its starting directory, for a person who asks why it was refused."""

from __future__ import annotations

from gatelens.languages.paths.catalogue import Catalogue
from gatelens.languages.paths.reading import Path, read
from gatelens.languages.paths.traversal import Limits, Place, pieces, told
from gatelens.model.explanation import Explanation, Tree

_SHOWN = 4


def drawn(text: str, place: Place, catalogue: Catalogue, limits: Limits) -> Explanation | None:
    """The tree of directories with an ordinary value in it, and with `text`."""
    for piece, share in pieces(text):
        path = read(piece)
        if told(path, place, catalogue, limits, share):
            return Explanation(
                "a file name below a directory of the application",
                Tree("/", (Tree("directory of the application", (Tree("value", planted=True),)),)),
                _attack(path),
            )
    return None


def _attack(path: Path) -> Tree:
    branch: tuple[Tree, ...] = ()
    for name in reversed(path.target[-_SHOWN:]):
        branch = (Tree(name, branch, planted=True),)
    if not path.climbs:
        return Tree("/", branch)
    way = f"{path.climbs} times .."
    return Tree("/", (Tree("directory of the application", (Tree(way, planted=True),)), *branch))
