"""Draw the piece of a page that a value makes, beside the one that an ordinary value makes.

Source: WHATWG DOM section 4 (nodes). Limits: the few nodes that show it, not the page.
"""

from __future__ import annotations

from gatelens.languages.html.confinement import Finding
from gatelens.languages.html.elements import HANDLER
from gatelens.languages.html.tags import ELEMENTS, Attribute, tag_at
from gatelens.model.explanation import Explanation, Tree

_SHOWN = 60
_MOST_ATTRIBUTES = 6


def drawn(found: Finding) -> Explanation:
    """Where the value of `found` is read, and the two trees."""
    if found.text[found.start : found.start + 1] == "<" and (element := _element(found)):
        return Explanation(
            "the text of an element",
            Tree("element p", (Tree("text"),)),
            Tree("element p", (element,)),
        )
    context, harmless, label = _PLACES.get(found.place, _OTHER)
    planted = Tree(label, (Tree("code", planted=True, piece=found.evidence[:_SHOWN]),), planted=True)
    return Explanation(
        context, Tree(harmless[0], (Tree(harmless[1]),)), Tree(harmless[0], (Tree(harmless[1]), planted))
    )


def _element(found: Finding) -> Tree | None:
    tag = tag_at(found.text, found.start)
    if tag is None:
        return None
    children = [_attribute(attribute) for attribute in tag.attributes[:_MOST_ATTRIBUTES]]
    if tag.name in ("script", "style") and (content := found.text[tag.end : tag.end + _SHOWN].partition("</")[0]):
        children.append(Tree(tag.name, planted=True, piece=content))
    if tag.spelled in ELEMENTS:
        return Tree(f"element {tag.spelled}", tuple(children), planted=True)
    return Tree("element", tuple(children), planted=True, piece=tag.spelled[:_SHOWN])


def _attribute(attribute: Attribute) -> Tree:
    value = attribute.value
    kind = "event handler" if HANDLER.fullmatch(attribute.name) else "attribute"
    piece = attribute.name if value is None else f"{attribute.name}={value}"
    return Tree(kind, planted=True, piece=piece[:_SHOWN])


type _Drawn = tuple[str, tuple[str, str], str]
"""The context in words, the node and its child where all is well, and the node that the value adds."""

_ATTRIBUTE = ("element input", "attribute value")
_STRING = ("script", "string")
_PLACES: dict[str, _Drawn] = {
    "closes an attribute in double quotes": ("an attribute value in double quotes", _ATTRIBUTE, "attribute"),
    "closes an attribute in single quotes": ("an attribute value in single quotes", _ATTRIBUTE, "attribute"),
    "closes an attribute in backticks": ("an attribute value in backticks", _ATTRIBUTE, "attribute"),
    "ends an attribute without quotes": ("an attribute value without quotes", _ATTRIBUTE, "attribute"),
    "stands among the attributes of a tag": ("a tag, among its attributes", _ATTRIBUTE, "attribute"),
    "closes a script's string in double quotes": ("a string of a script in double quotes", _STRING, "expression"),
    "closes a script's string in single quotes": ("a string of a script in single quotes", _STRING, "expression"),
    "closes a script's string in backticks": ("a template literal of a script", _STRING, "expression"),
    "stands in a template literal": ("a template literal of a script", _STRING, "expression"),
    "is an expression of a script": ("a script, as an expression", ("script", "constant"), "expression"),
    "is the address of a link in Markdown": ("the address of a link", ("attribute href", "address"), "script"),
    "is the address of a link in BBCode": ("the address of a link", ("attribute href", "address"), "script"),
    "is a URL": ("a URL that is followed", ("attribute href", "address"), "script"),
    "stands in a style": ("a style sheet", ("style", "declaration"), "declaration"),
    "stands in a client-side template": ("a client-side template", ("template", "text"), "expression"),
}
_OTHER: _Drawn = ("the text of an element", ("element p", "text"), "markup")
