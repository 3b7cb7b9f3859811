"""`longarm fmt`: lay policies out in the standard form.

A file with mistakes is never touched. A file is replaced as a whole or not at all.
"""

from __future__ import annotations

import os
import shutil
import sys
from difflib import unified_diff
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from longarm.cli.terminal import ExitCode, err, examples, out, show
from longarm_dsl.diagnostics import Diagnostic, has_errors
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.surface.format import format_source
from longarm_dsl.surface.read import MAX_BYTES, bounded_bytes, read_source


@dataclass(frozen=True, slots=True)
class _Result:
    """A text before and after; `after` is None where it has mistakes."""

    name: str
    before: str
    after: str | None
    found: tuple[Diagnostic, ...]

    @property
    def changed(self) -> bool:
        return self.after is not None and self.after != self.before


@click.command(
    epilog=examples(
        "longarm fmt policies/",
        "longarm fmt --check --diff policies/",
        "longarm fmt - < draft.pol",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if something would change.")
@click.option("--diff", is_flag=True, help="Change nothing; print what would change, exit 1.")
@click.option("--stdin-filename", metavar="F", help="The name to show for standard input.")
def command(
    paths: tuple[Path, ...], *, check: bool, diff: bool, stdin_filename: str | None
) -> ExitCode:
    """Lay policies out in the standard form.

    PATHS are files or folders, the current folder if none is given; `-` reads standard
    input and writes to standard output. Texts with mistakes are left as they are (exit 3).
    """
    from_stdin = Path("-") in paths
    if from_stdin and len(paths) > 1:
        raise click.UsageError("`-` stands alone: standard input or files, not both")
    if stdin_filename is not None and not from_stdin:
        raise click.UsageError("`--stdin-filename` stands with `-`")
    if from_stdin:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        result = _formatted(raw, stdin_filename or "<stdin>")
        if not (check or diff) and result.after is not None:
            out(result.after)
        return _report([result], check=check, diff=diff, rewrite=False)
    results: list[_Result] = []
    for path in _files(paths or (Path(),)):
        raw = bounded_bytes(path, MAX_BYTES)
        result = _formatted(raw, str(path))
        results.append(result)
        if result.changed and result.after is not None and not (check or diff):
            _replace(path, result.after.replace("\n", _line_end(raw)))
    return _report(results, check=check, diff=diff, rewrite=not (check or diff))


def _files(paths: tuple[Path, ...]) -> list[Path]:
    """The files named, and the `.pol` files below the folders named, each once, in order."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = sorted(p for p in path.rglob("*.pol") if p.is_file()) if path.is_dir() else [path]
        found.update(dict.fromkeys(inside))
    return list(found)


def _formatted(raw: bytes, name: str) -> _Result:
    source, found = read_source(raw, name)
    if source is None:
        return _Result(name, "", None, found)
    after, problems = format_source(source)
    return _Result(name, source.text, after, (*found, *problems))


def _line_end(raw: bytes) -> str:
    """The line end that the file uses: a checkout on Windows keeps its own."""
    first = raw.find(b"\n")
    return "\r\n" if first > 0 and raw[first - 1 : first] == b"\r" else "\n"


def _replace(path: Path, text: str) -> None:
    target = path.resolve()
    with NamedTemporaryFile("wb", dir=target.parent, prefix=".fmt-", delete=False) as file:
        file.write(text.encode("utf-8"))
    temporary = Path(file.name)
    try:
        shutil.copymode(target, temporary)
        os.replace(temporary, target)  # noqa: PTH105  Path.replace says the same, less plainly
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _report(results: list[_Result], *, check: bool, diff: bool, rewrite: bool) -> ExitCode:
    findings = [d for result in results for d in result.found]
    if findings:
        show(findings)
    changed = [result for result in results if result.changed]
    if diff:
        for result in changed:
            out(_difference(result))
    if check or rewrite:
        verb = "would reformat" if check else "reformatted"
        err("".join(f"{verb} {result.name}\n" for result in changed))
    if has_errors(findings):
        return ExitCode.POLICY
    return ExitCode.FINDINGS if changed and (check or diff) else ExitCode.OK


def _difference(result: _Result) -> str:
    lines = unified_diff(
        result.before.splitlines(keepends=True),
        (result.after or "").splitlines(keepends=True),
        fromfile=result.name,
        tofile=f"{result.name} (formatted)",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline\n" for line in lines)
