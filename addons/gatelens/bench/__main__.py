"""`python -m gatelens.bench proxy` (the default), `… decoders`, `… inspectors`, `… fuzz` or `… score`, with options."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> None:
    """Run the bench that the first argument names."""
    match arguments:
        case ["decoders", *rest]:
            from gatelens.bench.decoders import main as run
        case ["inspectors", *rest]:
            from gatelens.bench.inspectors import main as run
        case ["fuzz", *rest]:
            from gatelens.bench.fuzz import main as run
        case ["score", *rest]:
            from gatelens.bench.score import main as run
        case ["proxy", *rest] | rest:
            from gatelens.bench.proxy import main as run
    run(rest)


if __name__ == "__main__":
    main(sys.argv[1:])
