"""`python -m gatelens.bench proxy` (the default), `… decoders` or `… fuzz`, each with its own options."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> None:
    """Run the bench that the first argument names."""
    match arguments:
        case ["decoders", *rest]:
            from gatelens.bench.decoders import main as run
        case ["fuzz", *rest]:
            from gatelens.bench.fuzz import main as run
        case ["proxy", *rest] | rest:
            from gatelens.bench.proxy import main as run
    run(rest)


if __name__ == "__main__":
    main(sys.argv[1:])
