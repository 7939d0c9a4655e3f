"""Texts with the shell's separators that are no command lines: pipelines of query languages, lists of names.

Source: Splunk's SPL, Kusto (KQL), Grafana Loki's LogQL and Elastic's ES|QL, whose stages are joined by pipes.
Limits: a stage passes only where it is not certain, as it is with a telling file; a list has three names or more, none
with an argument.
"""

from __future__ import annotations

import re

_STAGE = re.compile(
    r"\|\s*+(?:stats|eventstats|streamstats|tstats|timechart|chart|where|summarize|project(?:-\w++)?+|extend|take|limit"
    r"|dedup|distinct|rex|spath|fields|fillnull|mvexpand|inputlookup|lookup|rare|transaction|makeresults|bucket|regex"
    r"|json|logfmt|line_format|label_format|unwrap|unpack|decolorize|parse(?:-\w++)?+|order\s++by|sort\s++by|mv-expand"
    r"|dissect|grok|keep|enrich|evaluate|render)(?=[\s|]|\Z)",
    re.IGNORECASE,
)
_SHARED = frozenset(
    "count eval fields file filter find fold format get head history join json less look more paste rename replace"
    " return reverse search set sort split stat table tail take tee top type uniq union where".split()
)
"""Words that are stages of such pipelines and commands as well."""

_LIST = re.compile(r"\s*+[A-Za-z][\w.+#-]*+(?:\s?[;,&]\s++[A-Za-z][\w.+#-]*+){2,}+\s*+;?\s*+\Z")


def is_stage(text: str, word: str) -> bool:
    """Whether `word`, which stands behind a pipe in `text`, is a stage of a query: another one is no command."""
    return word.lower() in _SHARED and _STAGE.search(text) is not None


def is_list(text: str) -> bool:
    """Whether `text` is three names or more, with a separator and a space between them: `cp; mv; ln`."""
    return _LIST.match(text) is not None
