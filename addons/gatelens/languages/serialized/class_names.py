"""Names of classes: how the formats spell them, and which of them do more than hold data when they are built.

Source: CWE-502; the published gadget chains of Java, .NET and PHP libraries tell which classes matter, and rules list
them. The spellings: Java's descriptors (JVMS 4.3), .NET's assembly-qualified names, `clr-namespace:` of XAML, the
namespaces of .NET's SOAP encoding.
Limits: a class that no rule names is a stranger, not a danger: only formats that are of objects alone are stopped
whatever the class.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

MOST_CHARACTERS = 4_096
"""A longer text is no name; what it may hold besides is looked at as another format."""

_NAME = re.compile(
    r"\s*+(?:clr-namespace:|https?://schemas\.microsoft\.com/clr/(?:nsassem|ns)/)?+"
    r"[\[L]{0,64}+([A-Za-z_$][\w$]*+(?:[.\\/+$][A-Za-z_$][\w$-]*+)*+)(?:`\d{1,3}+)?+\s*+(?:[;,\[/ ][^\r\n<>{}()]*+)?+\Z"
)


class Classes:
    """Listed classes. `gadgets` are names by what building or calling them does, in words; a name is a class, a package
    (`a.b.*`) or a class in any package (`*.A`: libraries are repackaged). Of `platforms` (packages) all classes but
    `data` are no business of a client that names a type."""

    def __init__(
        self, gadgets: Mapping[str, Iterable[str]], platforms: Iterable[str] = (), data: Iterable[str] = ()
    ) -> None:
        by_name = {plain(name): words for words, names in gadgets.items() for name in names}
        self._exact = {name: words for name, words in by_name.items() if not name.endswith(".*")}
        self._packages = {name[:-1]: words for name, words in by_name.items() if name.endswith(".*")}
        self._platforms = tuple(plain(name).removesuffix("*").removesuffix(".") + "." for name in platforms)
        listed = [plain(name) for name in data]
        self._data = frozenset(name for name in listed if not name.endswith(".*"))
        self._data_packages = tuple(name[:-1] for name in listed if name.endswith(".*"))

    def effect(self, name: str) -> str:
        """What the class `name` does beyond holding data, in words; empty where no rule tells."""
        name = plain(name)
        found = self._exact.get(name)
        if found is None and "." in name:
            last = name.rpartition(".")[2]
            found = self._exact.get(f"*.{last}") or self._exact.get("*." + last.rpartition("$")[2])
        if found is None:
            end = name.rfind(".")
            while found is None and end > 0:
                found = self._packages.get(name[: end + 1])
                end = name.rfind(".", 0, end)
        if found is None and "$" in name:
            found = self._exact.get(name.partition("$")[0])
        return found or ""

    def of_platform(self, name: str) -> bool:
        """Whether `name` is a class of a platform or library, and not one of data."""
        name = plain(name)
        if not name.startswith(self._platforms):
            return False
        return name not in self._data and not name.startswith(self._data_packages)


class Known(Struct, frozen=True):
    """The classes that rules list, of each group of languages by itself, since their packages have like names."""

    compiled: Classes
    python: Classes
    scripts: Classes
    type_keys: frozenset[str]


def plain(name: str) -> str:
    """A name as it is compared: in lower case, with dots."""
    return name.lower().replace("\\", ".").replace("/", ".").replace("+", "$").strip(".")


def class_name(text: str) -> str:
    """The class that the whole of `text` names, as any of the formats spells it; empty where it names none."""
    found = _NAME.match(text) if len(text) <= MOST_CHARACTERS else None
    return found[1] if found else ""
