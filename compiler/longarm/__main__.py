"""`python -m longarm` is `longarm`."""

from __future__ import annotations

from longarm.cli import main

if __name__ == "__main__":
    main()
