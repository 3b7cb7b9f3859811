"""The differential command: random laws and the shipped packs through both forms."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_command_finds_no_disagreement_and_says_what_it_compared(tmp_path: Path) -> None:
    """What is run for 120 seconds by hand, for a few here."""
    command = [sys.executable, "-m", "tests.differential", "--seconds", "6", "--to", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.strip().splitlines()[-1]
    counts = re.search(
        r"([\d,]+) policies, ([\d,]+) cases, ([\d,]+) decisions .*, ([\d,]+) unknown facts, "
        r"([\d,]+) members compared, 0 disagreements",
        last,
    )
    assert counts is not None, last
    assert all(int(count.replace(",", "")) > 0 for count in counts.groups())
    assert list(tmp_path.iterdir()) == []
