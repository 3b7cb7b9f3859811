"""The `--update` of `longarm test`: shows what would change, and writes it once that is approved."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from longarm.cli.terminal import err, out

if TYPE_CHECKING:
    from longarm.expecting import CaseRun


def update(runs: Sequence[CaseRun], *, yes: bool) -> bool:
    """Write what failed as it was decided; whether nothing that failed is left as it was.

    Raises OSError for a file that cannot be written.
    """
    from longarm.cli.writing import replace_file  # noqa: PLC0415  few runs write
    from longarm.render.common import plural, visible  # noqa: PLC0415  same
    from longarm.updating import is_still, updates  # noqa: PLC0415  same

    made, left = updates(runs)
    for each in made:
        lines = unified_diff(
            each.before.splitlines(), each.after.splitlines(), each.file, each.file, lineterm=""
        )
        out("".join(f"{visible(line)}\n" for line in lines))
    for file in left:
        err(f"left as it is: {visible(file.file)}: {visible(file.why)}\n")
    if not made:
        return not left
    count = plural(sum(each.changed for each in made), "expectation")
    files = plural(len(made), "file")
    if not yes and not sys.stdin.isatty():
        err(f"nothing is written: --yes writes {count} in {files} anew\n")
        return False
    if not yes and not click.confirm(f"write {count} in {files} anew?", err=True):
        return False
    changed = [each for each in made if not is_still(each)]
    for each in changed:
        err(f"left as it is: {visible(each.file)}: it was changed in the meantime\n")
    written = [each for each in made if each not in changed]
    for each in written:
        replace_file(Path(each.file), each.after)
    if written:
        count = plural(sum(each.changed for each in written), "expectation")
        err(f"{count} in {plural(len(written), 'file')} written anew: review them as law\n")
    return not left and not changed
