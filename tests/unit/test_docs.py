"""The documentation holds: what it shows parses, runs and resolves.

Fences of `docs/` and of the pages of diagnostics:

- `pol`: parses. `pol-expression`: each line is a condition or term of the shipped vocabulary.
- `console`: `$ longarm …` with its output, run in a folder that holds the files which the page
  says to save (`Save … as `name`:` before a fence).
- `pycon`: run by doctest, one page in one session, in such a folder.
- `yaml`, `json` and `ini`: not run, unless saved.

Run as a program, this file writes the outputs into the pages anew.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import click
import pytest

from longarm.cli import run
from longarm.cli.group import VERBS, LazyGroup, shared_options
from longarm.pipeline import load
from longarm_dsl.catalogue import KINDS, page
from longarm_dsl.core.check import check
from longarm_dsl.core.from_surface import compile_modules
from longarm_dsl.core.sources import Module
from longarm_dsl.diagnostics import Diagnostic
from longarm_dsl.source import Source
from longarm_dsl.surface.ast import File
from longarm_dsl.surface.keywords import CLAUSES
from longarm_dsl.surface.parser import parse, parse_expression

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(p for p in DOCS.rglob("*.md") if not p.is_relative_to(DOCS / "diagnostics"))
LANGUAGE = sorted((DOCS / "language").glob("*.md"))
DIAGNOSTICS = DOCS / "language" / "diagnostics.md"


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: its kind, its text, the paragraph before it, and where the text starts."""

    kind: str
    text: str
    before: str
    start: int


_FENCE = re.compile(r"^```(?P<kind>[a-z-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def fences(text: str) -> list[Fence]:
    """The fenced blocks of a page."""
    found: list[Fence] = []
    end = 0
    for m in _FENCE.finditer(text):
        before = text[end : m.start()].strip().rpartition("\n\n")[2]
        found.append(Fence(m["kind"], m["text"], before, m.start("text")))
        end = m.end()
    return found


def name_of(path: Path) -> str:
    """A page by its path below `docs`."""
    return str(path.relative_to(DOCS))


# ── texts ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_pol_parses(path: Path) -> None:
    for fence in fences(path.read_text("utf-8")):
        assert fence.kind, f"{path.name}: a fence says what it holds"
        if fence.kind == "pol":
            _, found = parse(Source(path.name, fence.text))
            assert [f"{d.message}: {d.primary.span.text}" for d in found] == []


@pytest.fixture(scope="module")
def packs() -> tuple[Module, ...]:
    """The installed packs."""
    modules, found = load()
    assert not found
    return modules


def test_expressions_mean_something(packs: tuple[Module, ...]) -> None:
    lines = [
        line
        for path in PAGES
        for fence in fences(path.read_text("utf-8"))
        if fence.kind == "pol-expression"
        for line in fence.text.splitlines()
    ]
    assert len(lines) > 50
    for line in lines:
        assert parse_expression(Source("line", line))[0] is not None, line
    text = "use common.trade\n" + "\n".join(
        f"let line_{n} = {line}" for n, line in enumerate(lines)
    )
    made = _module("cn.draft", text)
    _, _, found = compile_modules([*packs, made])
    wrong = [d for d in found if d.primary.span.source.name == made.source.name]
    assert [f"{d.message}: {d.primary.span.text}" for d in wrong] == []


def _module(name: str, text: str) -> Module:
    source = Source("draft.pol", text)
    tree, _ = parse(source)
    return Module(name, source, tree, lambda _: None)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nothing_points_outside(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"(?:^|[\s(`\"'])/(?:work|tmp|root|home|opt|usr)\b", text)
    assert "../shared" not in text
    assert all(
        len(line) <= 130 for line in re.sub(_FENCE, "", text).splitlines() if "|" not in line
    )


# ── links ────────────────────────────────────────────────────────────────────

_LINK = re.compile(r"\[[^\]]+\]\((?P<to>[^)\s]+)\)")


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as MkDocs makes them."""
    found: set[str] = set()
    for line in re.sub(_FENCE, "", path.read_text("utf-8")).splitlines():
        if line.startswith("#"):
            title = line.lstrip("#").strip()
            own = re.search(r"\{ *#([a-z-]+) *\}", title)
            plain = re.sub(r"[^\w\s-]", "", title.lower())
            found.add(own[1] if own else re.sub(r"[\s-]+", "-", plain).strip("-"))
    return found


@pytest.mark.parametrize("path", [*PAGES, ROOT / "README.md"], ids=lambda p: p.name)
def test_links_resolve(path: Path) -> None:
    for link in _LINK.finditer(re.sub(_FENCE, "", path.read_text("utf-8"))):
        target, _, anchor = link["to"].partition("#")
        if target.startswith("https://"):
            continue
        page_ = (path.parent / target) if target else path
        assert page_.exists(), f"{path.name}: {link['to']}"
        if anchor:
            assert anchor in anchors(page_), f"{path.name}: {link['to']}"


def test_the_menu_names_every_page_once() -> None:
    menu = re.findall(r": ([a-z/_-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    assert len(menu) == len(set(menu))
    wanted = {name_of(p) for p in PAGES if p.parent.name != "decisions"}
    assert set(menu) == wanted | {"decisions/index.md"}


# ── what is said of the language and the commands ────────────────────────────


def test_every_keyword_is_documented() -> None:
    text = "\n".join(p.read_text("utf-8") for p in LANGUAGE)
    words = {*CLAUSES, *(clause for clauses in CLAUSES.values() for clause in clauses)}
    grammar = (ROOT / "dsl/longarm_dsl/grammar/longarm.lark").read_text("utf-8")
    words |= set(re.findall(r'"([a-z_]+)"', grammar))
    shown = "\n".join(re.findall(r"`[^`\n]+`", re.sub(_FENCE, "", text)))
    shown += "\n".join(f.text for p in LANGUAGE for f in fences(p.read_text("utf-8")))
    assert {w for w in words if not re.search(rf"\b{w}\b", shown)} == set()


def test_every_command_and_option_has_its_section() -> None:
    text = (DOCS / "commands.md").read_text("utf-8")
    sections = dict(
        re.findall(r"^## longarm (\w+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    )
    assert set(sections) == set(VERBS)
    group = LazyGroup("longarm")
    context = click.Context(group)
    shared = {o.name for o in shared_options()}
    for verb in group.list_commands(context):
        command = group.get_command(context, verb)
        assert command is not None
        for param in command.params:
            if isinstance(param, click.Option) and param.name not in shared:
                assert f"`{param.opts[0]}" in sections[verb], (verb, param.opts)


def listed_diagnostics() -> str:
    """The page that lists every diagnostic."""
    rows = [
        f"| [{k.name}](../diagnostics/{k.name}.md) | {k.severity} | {k.summary} |" for k in KINDS
    ]
    head = (
        "# What the checker says\n\n"
        "An error means that the text has no meaning yet; a warning that it has one nobody can want;\n"
        "a note is a remark. Each page shows what to avoid, what to prefer, and why;\n"
        "`longarm explain NAME` prints it.\n\n"
        "| name | severity | said of |\n| --- | --- | --- |\n"
    )
    return head + "\n".join(rows) + "\n"


def test_every_diagnostic_is_listed() -> None:
    assert DIAGNOSTICS.read_text("utf-8") == listed_diagnostics()


# ── pages of diagnostics ─────────────────────────────────────────────────────

NOT_ALONE = {
    "ambiguous-name": "two other modules declare the name",
    "bidirectional-control": "the character is shown as its number",
    "case-without-expectation": "a test run says it, not the checker",
    "conflicting-amendments": "the second amendment stands in another file",
    "cyclic-events": "the circle closes in other files",
    "event-before-target": "the target stands in another file",
    "event-without-effect": "the target stands in another file",
    "failed-property": "a test run says it, not the checker",
    "file-too-large": "it would not fit on a page",
    "malformed-case": "reading cases says it",
    "malformed-fact": "reading cases says it",
    "malformed-table": "its table stands in the shipped pack",
    "negated-status": "the status is declared and established elsewhere",
    "nested-too-deeply": "it would not fit on a page",
    "no-cases": "a test run says it, not the checker",
    "not-utf8": "the bytes are shown as their numbers",
    "self-defeating-set": "the set stands in another file",
    "stale": "only `check --stale` says it",
    "unknown-fact": "reading cases says it",
    "unmet-expectation": "a test run says it, not the checker",
    "untested-property": "a test run says it, not the checker",
}
"""Pages whose Avoid section does not bring its diagnostic about by itself, and why."""

_DRAFT = (
    'instrument draft "Draft"\n  regime cn\n  authority MOFCOM\n  issued 2025-10-09\n'
    "  verified 2026-11-21\n\n"
)
_USES = "use common.trade\n"


def section(name: str, title: str) -> str:
    """The `pol` fence of a section of a diagnostic's page."""
    text = page(name)
    assert text is not None
    found = re.search(rf"^## {title}\n\n```pol\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", [k.name for k in KINDS])
def test_what_to_prefer_parses(name: str) -> None:
    _, found = parse(Source("prefer.pol", section(name, "Prefer")))
    assert [d.message for d in found] == []


def test_what_to_avoid_brings_the_diagnostic_about(packs: tuple[Module, ...]) -> None:
    vocabulary = [m for m in packs if m.name == "common.trade"]
    silent: set[str] = set()
    for name in (k.name for k in KINDS):
        text = section(name, "Avoid")
        _, found = parse(Source("avoid.pol", text))
        if any(d.name == name for d in found):
            continue
        wholes = (_USES + text, _DRAFT + _USES + text)
        if not any(name in _said(vocabulary, whole) for whole in wholes):
            silent.add(name)
    assert silent == set(NOT_ALONE)


def _said(vocabulary: list[Module], text: str) -> set[str]:
    """The names of what is found in a text, or in what it is put beside."""
    program, sources, problems = compile_modules([*vocabulary, _module("cn.draft", text)])
    return {d.name for d in (*problems, *check(program, sources))}


# ── commands with their output ───────────────────────────────────────────────

_SAVE = re.compile(r"\bSave (?:it|this|the case|them|the cases)?[^`]*as `(?P<name>[\w.]+)`")


def played(text: str) -> str:
    """A page with the outputs of its commands as they are now."""
    parsed: dict[str, tuple[File, tuple[Diagnostic, ...]]] = {}

    def once(source: Source) -> tuple[File, tuple[Diagnostic, ...]]:
        # The packs are the same for every command of a page.
        if not source.name.startswith(str(ROOT)):
            return parse(source)
        if source.text not in parsed:
            parsed[source.text] = parse(source)
        return parsed[source.text]

    pieces: list[str] = []
    end = 0
    with (
        TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        patch("longarm.pipeline.parse", once),
    ):
        for fence in fences(text):
            if save := _SAVE.search(fence.before):
                Path(save["name"]).write_text(fence.text, "utf-8")
            if fence.kind == "console":
                pieces += [text[end : fence.start], _session(fence.text)]
                end = fence.start + len(fence.text)
    return "".join(pieces) + text[end:]


def _session(text: str) -> str:
    """The commands of a fence, each with what it prints."""
    shown: list[str] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            shown += [line, *_printed(line.removeprefix("$ ")).splitlines()]
    return "\n".join(line.rstrip() for line in shown) + "\n"


def _printed(command: str) -> str:
    """What a command prints, both streams in the order of writing."""
    line, _, target = command.partition(" > ")
    program, *args = line.split()
    if program == "cat":
        return Path(args[0]).read_text("utf-8")
    assert program == "longarm", command
    both = io.StringIO()
    with contextlib.redirect_stdout(both), contextlib.redirect_stderr(both):
        run(args)
    if target:
        Path(target).write_text(both.getvalue(), "utf-8")
        return ""
    return both.getvalue()


def settled(text: str) -> str:
    """A page without what every change of the packs moves: their number and digest."""
    text = re.sub(r"\bin [0-9]+ files\b", "in N files", text)
    return re.sub(r"^(law \S+) [0-9a-f]{12},", r"\1 …,", text, flags=re.MULTILINE)


PLAYED = [p for p in PAGES if "```console" in p.read_text("utf-8")]


@pytest.mark.parametrize("path", PLAYED, ids=name_of)
def test_commands_print_what_the_page_shows(path: Path) -> None:
    text = path.read_text("utf-8")
    os.environ.pop("FORCE_COLOR", None)
    message = "the outputs moved: `python tests/unit/test_docs.py` writes them anew"
    assert settled(played(text)) == settled(text), message


# ── examples in Python ───────────────────────────────────────────────────────

EXAMPLES = [p for p in PAGES if "```pycon" in p.read_text("utf-8")]


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_examples_answer_what_the_page_shows(path: Path) -> None:
    session: dict[str, object] = {"__name__": "__main__"}
    runner = doctest.DocTestRunner()
    said = io.StringIO()
    count = 0
    with TemporaryDirectory() as folder, contextlib.chdir(folder):
        for fence in fences(path.read_text("utf-8")):
            if save := _SAVE.search(fence.before):
                Path(save["name"]).write_text(fence.text, "utf-8")
            if fence.kind == "pycon":
                test = doctest.DocTestParser().get_doctest(fence.text, session, path.name, None, 0)
                count += len(test.examples)
                runner.run(test, out=said.write, clear_globs=False)
                session = test.globs
    assert said.getvalue() == ""
    assert count


if __name__ == "__main__":
    for each in PLAYED:
        each.write_text(played(each.read_text("utf-8")), "utf-8")
    DIAGNOSTICS.write_text(listed_diagnostics(), "utf-8")
    sys.exit()
