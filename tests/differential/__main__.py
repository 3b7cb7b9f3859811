"""`python -m tests.differential --seconds N`: the reference against the compiled functions.

Exits with 1 where they disagree, and writes each disagreement as a page of
`dsl/conformance`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / name) for name in ("tests", "dsl", "compiler", "policies")]

from differential.forms import Compiled  # noqa: E402  the path comes first
from differential.pages import FOLDER  # noqa: E402  as above
from differential.running import Run  # noqa: E402  as above


def main() -> int:
    """Run for some seconds, say what was compared."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.differential",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n  python -m tests.differential --seconds 120\n"
        "  python -m tests.differential --seconds 60 --seed 7 --random",
    )
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=0)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--packs", action="store_true", help="only the installed packs")
    only.add_argument("--random", action="store_true", help="only random policies")
    parser.add_argument("--to", type=Path, default=FOLDER, help="where disagreements are written")
    args = parser.parse_args()
    run = Run(Compiled, args.seed, not args.packs, not args.random, args.to)
    run.until(args.seconds)
    sys.stdout.write(f"seed {args.seed}; {run.summary()}\n")
    return 1 if run.counts.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
