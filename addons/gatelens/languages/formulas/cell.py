"""Find a value that a spreadsheet takes for a formula and that then runs a program, fetches something or sends data.

A cell is a formula where it begins with `=`, `+`, `-` or `@`. Numbers, telephone numbers, names with `@` and sums of
numbers are such cells too, and harmless: what counts is that a name is called which reaches beyond the table, or that
another program is asked by dynamic data exchange.
Source: CWE-1236; OWASP, CSV Injection; the function lists of Excel, LibreOffice Calc and Google Sheets; [MS-XLS].
Limits: within a value, a cell is looked for behind a `;`, a comma or a tab of its first line. Formulas of functions
that only compute pass, and links to an address that is written out do.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from gatelens.model.confirmed import Confirmed

_MOST_READ = 4_096
_MOST_CELLS = 32
_MOST_EVIDENCE = 160
# Control characters, quotes and spaces before the sign are taken off by one program or another.
_CELL = re.compile(r"(?:\A|[\t;,])[\s\"'\ufeff]{0,16}(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
_SIGNS = re.compile(r"[=+\-@\s\uff1d\uff0b\uff0d\uff20(]+")
_DDE = re.compile(
    r"[^\r\n|\s]{0,200}?(?:\A|[=+\-@(,;*/^&)])\s*'?[\w.$\\:/\-]+'?\s*\|\s*'[^'\r\n]{0,400}'!(?:''|'?\$?[A-Z]{1,3}\$?\d|'?_xl|'?R\d+C\d)"
    r"|DDE(?:AUTO)?\s*\(\s*[\"']",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&|\bCONCAT|\bTEXTJOIN|\bJOIN\s*\(|[(,;]\s*\$?[A-Z]{1,3}\$?\d{1,5}\b", re.IGNORECASE)
_CALL = re.compile(r"\b([A-Z][A-Z0-9_.]{1,40})\s*\(", re.IGNORECASE)


def acting_cell(text: str, acting: AbstractSet[str], sending: AbstractSet[str]) -> Confirmed | None:
    """The cell within `text` that acts: asks another program, calls one of the functions `acting`, or one of `sending`
    with what other cells hold (both in upper case)."""
    text = text[:_MOST_READ]
    for count, cell in enumerate(_CELL.finditer(text)):
        if count == _MOST_CELLS or "\n" in text[: cell.start()].strip():
            return None
        signs = _SIGNS.match(text, cell.end())
        if signs is None:
            continue
        formula = text[signs.end() : signs.end() + 1_024].partition("\n")[0]
        evidence = text[cell.end() : cell.end() + _MOST_EVIDENCE]
        if _DDE.match(formula):
            return Confirmed(evidence, "a cell that is a formula: asks another program (DDE)")
        for call in _CALL.finditer(formula):
            name = call[1].upper()
            if not _is_formula(signs[0], formula[: call.start()]):
                break
            if name in acting:
                return Confirmed(evidence, "a cell that is a formula: calls a function that reaches beyond the table")
            if name in sending and _REFERENCE.search(formula, call.end()):
                return Confirmed(evidence, "a cell that is a formula: puts what other cells hold into an address")
    return None


def _is_formula(signs: str, before: str) -> bool:
    """Whether what stands before a call may be a part of a formula, rather than words of a sentence."""
    return "=" in signs or "\uff1d" in signs or " " not in before.strip()
