"""A small vocabulary for the tests of this folder."""

from __future__ import annotations

from gatelens.languages.html.vocabulary import Vocabulary

SMALL = Vocabulary(
    {"opens a dialog": ["alert", "print()"], "runs a text as code": ["eval", "Function"], "sends data out": ["fetch"]},
    {"reads cookies": ["document.cookie"], "writes into the page": ["innerHTML"]},
    hosts=["films.example"],
    properties=["getElementById"],
    everyday=["sends data out", "writes into the page"],
)
