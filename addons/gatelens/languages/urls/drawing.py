"""Draw the parts of a URL as its readers find them, for a person who asks why it was refused."""

from __future__ import annotations

from gatelens.languages.urls.parsing import Url, authority, parse
from gatelens.model.explanation import Explanation, Tree

_SHOWN = 80
_MOST_OTHERS = 3


def url_drawn(context: str, text: str) -> Explanation:
    """An ordinary URL in `context`, and `text`."""
    url = parse(text) or authority(text.lstrip("/\\ "))
    harmless = Tree("URL", (Tree("scheme https"), Tree("host"), Tree("path", (Tree("value", planted=True),))))
    return Explanation(context, harmless, Tree("URL", tuple(_parts(url))))


def _parts(url: Url) -> list[Tree]:
    parts = []
    if url.scheme:
        parts.append(Tree(f"scheme {url.scheme}", planted=True))
    if url.user:
        parts.append(Tree("user information in front of the host", planted=True))
    if url.host:
        parts.append(Tree(f"host {url.host[:_SHOWN]}", planted=True))
    parts += [Tree(f"host {host[:_SHOWN]} for other readers", planted=True) for host in url.others[:_MOST_OTHERS]]
    if url.port:
        parts.append(Tree(f"port {url.port}", planted=True))
    if url.rest:
        parts.append(Tree(f"rest {url.rest[:_SHOWN]}", planted=True))
    return parts
