"""Draw the call that a text makes, beside the string that a value in its place would be."""

from __future__ import annotations

from gatelens.languages.code.chains import Chain, Step
from gatelens.languages.code.injection import code, first_use
from gatelens.languages.code.names import Names
from gatelens.model.explanation import Explanation, Tree

_PIECE = 60
_STEPS = {
    Step.MEMBER: "member",
    Step.INDEX: "element",
    Step.COMPUTED: "computed member",
    Step.CALL: "called with",
    Step.FILTER: "filter",
    Step.BUILTIN: "built-in",
}
_MOST = 8


def explain(text: str, names: Names) -> Explanation | None:
    """The chain that holds the first telling name of `text`, step by step; None where there is none."""
    found = first_use(code(text), names)
    if found is None:
        return None
    start = found.place.start
    string = Tree("string", piece=text[:start][:_PIECE])
    call = tree(text, found.chain, [token.start for token in found.tokens] + [len(text)])
    attack = (string, call) if found.place.is_exit else (call,)
    return Explanation(
        f"an expression: the value {found.place.words}, {found.use.words}",
        Tree("expression", (Tree("string"),)),
        Tree("expression", attack),
    )


def tree(text: str, chain: Chain, starts: list[int]) -> Tree:
    """A chain, with its first steps as branches. `starts` are where the tokens begin in `text`."""
    root = chain.root.text if chain.root is not None else ""
    steps = tuple(
        Tree(
            _STEPS[link.step], planted=True, piece=(link.name or _written(text, link.first, link.last, starts))[:_PIECE]
        )
        for link in chain.links[:_MOST]
    )
    return Tree("call" if chain.has(Step.CALL) else "member", steps, planted=True, piece=root[:_PIECE])


def _written(text: str, first: int, last: int, starts: list[int]) -> str:
    return text[starts[min(first, len(starts) - 1)] : starts[min(last, len(starts) - 1)]]
