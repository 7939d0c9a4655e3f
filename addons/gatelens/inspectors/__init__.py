"""Layer 2: the checks. One module a check; its name is the name in rule files and of its test.

A module here defines two classes, and that is all it takes to be found:

* `Params`, a frozen msgspec Struct: the check's parameters, their validation, defaults and schema at once;
* `Inspector`, built with all rules that name the module, with one method, `inspect(view)`.

An inspector with `triggers` is called only when one of them was hit in the shared scan; one without is called for
every message of its phases; a rule for another phase is refused.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from msgspec import Struct

from gatelens.inspection import Inspector


def names() -> Iterator[str]:
    """The names of all inspectors, sorted: the modules of this package."""
    return iter(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def params_of(name: str) -> type[Struct]:
    """The Params class of inspector `name`. Raises KeyError for a name that is no module here."""
    return _module(name).Params  # type: ignore[attr-defined,no-any-return]  # every module here defines it: test_layout


def inspector_of(name: str) -> type[Inspector]:
    """The Inspector class of `name`. Raises KeyError for a name that is no module here."""
    return _module(name).Inspector  # type: ignore[attr-defined,no-any-return]  # every module here defines it: test_layout


def _module(name: str) -> object:
    if name not in names():
        raise KeyError(name)
    return importlib.import_module(f"{__name__}.{name}")
