"""The words and facts of the assistant, read from `content/` and checked by their shapes.

Folders may be laid over `content/`, such as one with the words of a tenant, or with a draft: their
files have the same names and hold only what is said otherwise. What stands under a name replaces
what is below it; under a list of `name: value`, name by name. What comes out is checked as a whole,
and a problem is told with the file in which it stands.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import ScalarToken

from content_loader.drafts import with_draft
from content_loader.files import Files
from content_loader.shapes import CLAIM, DEVICE_GONE, MENU, Content, Spoken
from gazetteer.places import Gazetteer
from serving.shaped import described, location, problem_of
from serving.tenants import folder_of_all

FOLDER = Path(__file__).resolve().parent.parent / "content"
Tables = tuple[tuple[str, int, int], ...]
_Path = tuple[str | int, ...]  # the topic first
TOPICS = tuple(Files.model_fields)
LOCAL = "local"  # the topic that a folder laid over replaces as a whole
_MAY_BE_CUT = re.compile(r"^[^#\n]*[^#\s] +#", re.MULTILINE)
_NOTHING_LOCAL: Mapping[str, Any] = {"questions": {}, "bureaus": {}}


class ContentError(ValueError):
    """A content file that cannot be used; the message names file, line and field."""


def load(
    folder: Path = FOLDER, *over: Path, inherits_local: bool = True, draft: str = ""
) -> Content:
    """Reads and checks all files of `folder`, and of what is laid over it.

    Args:
        folder: which has all files.
        over: folders that may have some of them, the one that is looked at last on top; one that
            is not there says nothing.
        inherits_local: whether the operator's own questions and facts of `folder` stand where no
            folder over it has any; else there are none.
        draft: what is to be taken in the place of what stands there, as `drafts.py` writes it.

    Raises:
        ContentError: if a file is missing, is no YAML, or breaks its shape or a reference, or if a
            folder over it has a file that nothing reads.
    """
    folders = [folder, *over]
    documents = {topic: _laid_over(topic, folders, inherits_local) for topic in TOPICS}
    problems = [*_unread(over)]
    if problems:
        raise ContentError("\n".join(problems))
    if draft:
        try:
            documents = with_draft(documents, draft)
        except ValueError as error:
            raise ContentError(str(error)) from error
    try:
        files = Files.model_validate(documents)
        wrong = [*_wrong_references(files)]
    except ValidationError as error:
        wrong = [problem_of(found) for found in error.errors(include_url=False)]
    if wrong:
        raise ContentError("\n".join(_described(folders, wrong)))
    try:
        gazetteer = _gazetteer(folder, _tables(folder))
    except (OSError, ValueError) as error:
        raise ContentError(str(error)) from error
    for code, note in gazetteer.notes.items():
        if note not in files.bureau.notes:
            raise ContentError(f"{folder.name}/bureau_names.tsv:1: {code}: no note {note!r}")
    unknown = [code for code in files.local.bureaus if gazetteer.by_code(code) is None]
    if unknown:
        where: list[tuple[_Path, str]] = [
            (("local", "bureaus", code), f"there is no place with the code {code}")
            for code in unknown
        ]
        raise ContentError("\n".join(_described(folders, where)))
    return Content(
        ways=files.recover.ways,
        troubles=files.diagnose.troubles,
        answers=files.answer.answers,
        chitchat=files.chitchat.chitchat,
        scam=files.safety.scam,
        systems=files.answer.systems,
        system_choices=files.answer.other_systems.choices,
        warnings=files.safety.warnings,
        buttons=files.buttons.buttons,
        menu=files.buttons.menu,
        meanings=files.buttons.meanings,
        local_questions=files.local.questions,
        local_facts=files.local.bureaus,
        practical=files.answer.practical,
        practical_same=files.answer.practical_same,
        terms=files.answer.terms,
        own_names=files.answer.other_systems.own_names,
        screens=files.recover.screens,
        facts=files.case.facts,
        telltales=files.picture.telltales,
        frauds=files.picture.frauds,
        known_errors=files.picture.errors,
        trouble_words=files.picture.troubles,
        place_roles=files.bureau.roles,
        texts=dict(_sentences(documents)),
        gazetteer=gazetteer,
    )


@lru_cache(maxsize=4)
def _gazetteer(folder: Path, _: Tables) -> Gazetteer:
    """Returns the gazetteer of a folder: one for all that is laid over it."""
    return Gazetteer.load(folder)


def _tables(folder: Path) -> Tables:
    """Returns what tells whether a table of a folder has changed."""
    stats = [(path.name, path.stat()) for path in sorted(folder.glob("*.tsv"))]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


def _laid_over(topic: str, folders: Sequence[Path], inherits_local: bool) -> Any:
    """Returns what stands in the files of a topic, each laid over the one before."""
    files = _files(folders, topic)
    if topic == LOCAL and not inherits_local and files[0].parent == folders[0]:
        return _NOTHING_LOCAL
    document = _read(files[0])
    for path in files[1:]:
        document = merged(document, _read(path))
    return document


def merged(below: Any, above: Any) -> Any:
    """Returns a document with another laid over it; an empty one changes nothing."""
    if above is None:
        return below
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    changed = {
        # What is emptied is told, not taken for what is below.
        key: value if value is None else merged(below.get(key), value)
        for key, value in above.items()
    }
    return {**below, **changed}


def _unread(over: Sequence[Path]) -> Iterator[str]:
    """Yields which files of folders laid over nothing reads, such as one with a slip in its name.

    What begins with a dot, or has another ending than those of YAML, is left to editors' programs.
    """
    for folder in over:
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            is_ours = path.suffix in (".yml", ".yaml") and not path.name.startswith(".")
            if is_ours and (path.suffix == ".yaml" or path.stem not in TOPICS):
                known = ", ".join(f"{topic}.yml" for topic in TOPICS)
                yield f"{_shown(path)}:1: (whole file): is none of {known}"


def _shown(path: Path) -> str:
    """Returns how a file is called in messages: with its folder, and whose that is."""
    *_, above, owner, folder, name = ("", "", "", *path.parts)
    return (
        f"{above}/{owner}/{folder}/{name}" if above == folder_of_all().name else f"{folder}/{name}"
    )


def _read(path: Path, with_lines: bool = False) -> Any:
    """Returns what stands in a file; with lines it takes fifteen times as long."""
    where = _shown(path)
    try:
        text = path.read_text(encoding="utf-8")
        read = YAML(typ="rt" if with_lines else "safe").load(text)
        line = _cut_line(text)
    except FileNotFoundError as error:
        raise ContentError(f"{where}:1: the file is missing") from error
    except MarkedYAMLError as error:
        if not with_lines:
            return _read(path, with_lines=True)  # says better where it is broken
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(f"{where}:{line}: not valid YAML: {error.problem}") from error
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise ContentError(f"{where}:1: cannot be read: {error}") from error
    if line:
        raise ContentError(
            f"{where}:{line}: what stands after a space and # is not read; put the text in quotes"
        )
    return read


def _cut_line(text: str) -> int:
    """Returns the line of a text without quotes that is cut by `#`, which begins a comment; or 0.

    Beside a name or a number, which are in ASCII, a comment is meant as one. Only if there may be
    one are the tokens looked at, as that takes far longer than to read a file.
    """
    if not _MAY_BE_CUT.search(text):
        return 0
    rows = text.splitlines()
    for token in YAML(typ="safe", pure=True).scan(text):
        if isinstance(token, ScalarToken) and token.plain and not token.value.isascii():
            end = token.end_mark
            if "".join(rows[end.line : end.line + 1])[end.column :].lstrip().startswith("#"):
                return int(end.line) + 1
    return 0


def _wrong_references(files: Files) -> Iterator[tuple[_Path, str]]:
    """Yields where a name stands that nothing has, and what is wrong with it."""
    screens, troubles = files.recover.screens, files.diagnose.troubles
    buttons = {*files.buttons.buttons, *files.buttons.meanings}
    ways = files.recover.ways
    named: list[tuple[_Path, str, str, Container[str]]] = []  # path, kind, name, those there are

    def names_trouble(name: str | None, *path: str | int) -> None:
        if name is not None:
            named.append((path, "trouble", name, troubles))

    for name, way in ways.items():
        names_trouble(way.failed, "recover", "ways", name, "failed")
        for index, step in enumerate(way.steps):
            for trouble in step.troubles:
                names_trouble(trouble, "recover", "ways", name, "steps", index, "troubles")
    for name, screen in screens.items():
        names_trouble(screen.trouble, "recover", "screens", name, "trouble")
    for name, facts in files.case.facts.items():
        for value, fact in facts.items():
            names_trouble(fact.trouble, "case", "facts", name, value, "trouble")
    for name in files.picture.troubles:
        names_trouble(name, "picture", "troubles", name)
    for number, error in enumerate(files.picture.errors):
        kind, _, means = error.means.rpartition(":")
        where: _Path = ("picture", "errors", number, "means")
        named.append((where, kind or "trouble", means, screens if kind else troubles))
    for name, same in files.answer.practical_same.items():
        named.append((("answer", "practical_same", name), "answer", same, files.answer.answers))
    situations = {*ways, *troubles, DEVICE_GONE, CLAIM}
    explanations = {"answers": files.answer.answers, "practical": files.answer.practical}
    for group, answers in explanations.items():
        for name, explanation in answers.items():
            for situation in explanation.at:
                where = ("answer", group, name, "at", situation)
                named.append((where, "situation", situation, situations))
    spoken: list[tuple[_Path, Spoken]] = [(("safety", "scam"), files.safety.scam)]
    spoken += [(("answer", "answers", name), said) for name, said in files.answer.answers.items()]
    spoken += [(("answer", "practical", name), s) for name, s in files.answer.practical.items()]
    spoken += [(("chitchat", "chitchat", name), s) for name, s in files.chitchat.chitchat.items()]
    spoken += [(("local", "questions", name), s) for name, s in files.local.questions.items()]
    offered = {*buttons, MENU}
    for where, said in spoken:
        named += [((*where, "buttons"), "button", button, offered) for button in said.buttons]
    for number, button in enumerate(files.buttons.menu):
        named.append((("buttons", "menu", number), "button for the menu", button, buttons))
    asked: dict[str, str] = {}
    for name, question in files.local.questions.items():
        for wording in question.wordings:
            if asked.setdefault(wording, name) != name:
                place = ("local", "questions", name, "wordings")
                yield place, f"'{wording}' stands under '{asked[wording]}', too"
    for where, kind, name, known in named:
        if name not in known:
            yield where, f"there is no {kind} named '{name}'"
    for name, failure in troubles.items():
        where, after = ("diagnose", "troubles", name), failure.after
        if not failure.immediate and not failure.causes:
            yield (*where, "causes"), "is empty, which only an immediate trouble may be"
        if after and after["step"] > len(ways[after["way"]].steps):
            yield (*where, "after", "step"), f"the way '{after['way']}' has fewer steps"
        if name not in files.buttons.meanings:
            yield ("buttons", "meanings"), f"the trouble '{name}' of diagnose.yml has no line here"


def _described(folders: Sequence[Path], problems: list[tuple[_Path, str]]) -> list[str]:
    """Returns problems with their files and lines, in order."""
    topics = {str(path[0]) for path, _ in problems}
    documents = {
        topic: [(path, _read(path, with_lines=True)) for path in _files(folders, topic)[::-1]]
        for topic in topics
    }
    said = []
    for (topic, *inside), problem in problems:
        # Where most of the path is found, and of several the one on top.
        _, line, path = max(
            ((*location(document, inside), path) for path, document in documents[str(topic)]),
            key=lambda found: found[0],
        )
        said.append(f"{_shown(path)}:{line}: {described(inside, problem)}")
    return sorted(said)


def _files(folders: Sequence[Path], topic: str) -> list[Path]:
    """Returns the files that a topic is read from, the one on top last."""
    below, *over = (folder / f"{topic}.yml" for folder in folders)
    there = [path for path in over if path.is_file()]
    return there[-1:] if topic == LOCAL and there else [below, *there]


def _sentences(documents: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    def walk(path: str, node: Any) -> Iterator[tuple[str, str]]:
        if isinstance(node, str):
            yield path, node
        elif isinstance(node, Mapping):
            for key, child in node.items():
                yield from walk(f"{path}.{key}", child)

    yield from walk("bureau", documents["bureau"])
    yield from walk("navigate", documents["navigate"])
    answers = {k: v for k, v in documents["picture"].items() if k not in ("errors", "troubles")}
    yield from walk("picture", answers)
    yield from walk("case", {k: v for k, v in documents["case"].items() if k != "facts"})
    yield from walk("triage", documents["recover"]["triage"])
    yield from walk("other_systems", documents["answer"]["other_systems"])
