"""The words and facts of the assistant, read from `content/` and checked by its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from content_loader.shapes import (
    MENU,
    PLACEHOLDER,
    Cause,
    Content,
    Fact,
    KnownError,
    Screen,
    Spoken,
    Step,
    System,
    Trouble,
    Way,
)
from gazetteer.places import Gazetteer

FOLDER = Path(__file__).resolve().parent.parent / "content"
TOPICS = (
    "recover",
    "diagnose",
    "answer",
    "safety",
    "bureau",
    "navigate",
    "chitchat",
    "case",
    "picture",
    "buttons",
)


class ContentError(ValueError):
    """A content file that cannot be used; the message names file, line and field."""


def load(folder: Path = FOLDER) -> Content:
    """Reads and checks all files of `folder`.

    Raises:
        ContentError: if a file is missing, is no YAML, or breaks the schema or a reference.
    """
    documents = {topic: _read(folder / f"{topic}.yml") for topic in TOPICS}
    _check_schema(folder, documents)
    _check_references(folder, documents)
    recover, diagnose, answer = (documents[t] for t in ("recover", "diagnose", "answer"))
    try:
        gazetteer = Gazetteer.load(folder)
    except (OSError, ValueError) as error:
        raise ContentError(str(error)) from error
    for code, note in gazetteer.notes.items():
        if note not in documents["bureau"]["notes"]:
            raise ContentError(f"{folder.name}/bureau_names.tsv:1: {code}: no note {note!r}")
    return Content(
        ways={
            name: Way(**{**way, "steps": tuple(Step(**step) for step in way["steps"])})
            for name, way in recover["ways"].items()
        },
        troubles={
            name: Trouble(
                **{**trouble, "causes": tuple(Cause(**cause) for cause in trouble["causes"])}
            )
            for name, trouble in diagnose["troubles"].items()
        },
        answers={name: Spoken(**entry) for name, entry in answer["answers"].items()},
        chitchat={
            name: Spoken(**entry) for name, entry in documents["chitchat"]["chitchat"].items()
        },
        scam=Spoken(**documents["safety"]["scam"]),
        systems=tuple(System(**system) for system in answer["systems"]),
        system_choices=answer["other_systems"]["choices"],
        warnings=documents["safety"]["warnings"],
        buttons=documents["buttons"]["buttons"],
        menu=documents["buttons"]["menu"],
        meanings=documents["buttons"]["meanings"],
        practical={name: Spoken(**entry) for name, entry in answer["practical"].items()},
        practical_same=answer["practical_same"],
        screens={name: Screen(**screen) for name, screen in recover["screens"].items()},
        facts={
            name: {value: Fact(**fields) for value, fields in values.items()}
            for name, values in documents["case"]["facts"].items()
        },
        telltales=documents["picture"]["telltales"],
        frauds=documents["picture"]["frauds"],
        known_errors=[KnownError(**entry) for entry in documents["picture"]["errors"]],
        trouble_words=documents["picture"]["troubles"],
        place_roles=documents["bureau"]["roles"],
        texts=dict(_sentences(documents)),
        gazetteer=gazetteer,
    )


def _read(path: Path) -> Any:
    where = f"{path.parent.name}/{path.name}"
    try:
        return YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ContentError(f"{where}:1: the file is missing") from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(f"{where}:{line}: not valid YAML: {error.problem}") from error
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise ContentError(f"{where}:1: cannot be read: {error}") from error


def _check_schema(folder: Path, documents: Mapping[str, Any]) -> None:
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    validator_class = jsonschema.validators.extend(
        jsonschema.Draft7Validator, {"placeholders": _check_placeholders}
    )
    problems = []
    for topic, document in documents.items():
        topic_schema = {
            "$ref": f"#/definitions/{topic}",
            "definitions": schema["definitions"],
        }
        for error in validator_class(topic_schema).iter_errors(document):
            path = list(error.absolute_path)
            problems.append(_describe(folder, topic, document, path, error.message))
    if problems:
        raise ContentError("\n".join(sorted(problems)))


def _check_placeholders(
    _validator: object, allowed: Sequence[str], text: object, _schema: object
) -> Iterator[jsonschema.ValidationError]:
    if isinstance(text, str):
        for name in PLACEHOLDER.findall(text):
            if name not in allowed:
                known = ", ".join(f"{{{placeholder}}}" for placeholder in allowed) or "none"
                yield jsonschema.ValidationError(
                    f"unknown placeholder {{{name}}}; allowed here: {known}"
                )


def _check_references(folder: Path, documents: Mapping[str, Any]) -> None:
    buttons = {*documents["buttons"]["buttons"], *documents["buttons"]["meanings"]}
    known = {
        "screen": set(documents["recover"]["screens"]),
        "trouble": set(documents["diagnose"]["troubles"]),
        "button": buttons | {MENU},
        "button for the menu": buttons,
    }
    problems = []

    def expect(kind: str, topic: str, path: list[str | int], name: str) -> None:
        if name not in known[kind]:
            message = f"there is no {kind} named '{name}'"
            problems.append(_describe(folder, topic, documents[topic], path, message))

    for way_name, way in documents["recover"]["ways"].items():
        if "failed" in way:
            expect("trouble", "recover", ["ways", way_name, "failed"], way["failed"])
        for index, step in enumerate(way["steps"]):
            for trouble in step["troubles"]:
                expect(
                    "trouble", "recover", ["ways", way_name, "steps", index, "troubles"], trouble
                )
    for name, trouble in documents["diagnose"]["troubles"].items():
        after = trouble.get("after")
        if after and after["step"] > len(documents["recover"]["ways"][after["way"]]["steps"]):
            message = f"the way '{after['way']}' has fewer steps"
            path = ["troubles", name, "after", "step"]
            problems.append(_describe(folder, "diagnose", documents["diagnose"], path, message))
    spoken: list[tuple[str, list[str | int], Any]] = [
        ("safety", ["scam"], documents["safety"]["scam"]),
        *(
            ("answer", ["answers", name], entry)
            for name, entry in documents["answer"]["answers"].items()
        ),
        *(
            ("chitchat", ["chitchat", name], entry)
            for name, entry in documents["chitchat"]["chitchat"].items()
        ),
        *(
            ("answer", ["practical", name], entry)
            for name, entry in documents["answer"]["practical"].items()
        ),
    ]
    for name, same in documents["answer"]["practical_same"].items():
        if same not in documents["answer"]["answers"]:
            message = f"there is no answer named '{same}'"
            path = ["practical_same", name]
            problems.append(_describe(folder, "answer", documents["answer"], path, message))
    for name, facts in documents["case"]["facts"].items():
        for value, fact in facts.items():
            if "trouble" in fact:
                path = ["facts", name, value, "trouble"]
                expect("trouble", "case", path, fact["trouble"])
    for name, screen in documents["recover"]["screens"].items():
        if "trouble" in screen:
            expect("trouble", "recover", ["screens", name, "trouble"], screen["trouble"])
    for number, entry in enumerate(documents["picture"]["errors"]):
        kind, _, screen = entry["means"].rpartition(":")
        expect("screen" if kind else "trouble", "picture", ["errors", number, "means"], screen)
    for name in documents["picture"]["troubles"]:
        expect("trouble", "picture", ["troubles", name], name)
    for topic, path, entry in spoken:
        for button in entry["buttons"]:
            expect("button", topic, [*path, "buttons"], button)
    for index, button in enumerate(documents["buttons"]["menu"]):
        expect("button for the menu", "buttons", ["menu", index], button)
    for name in known["trouble"] - set(documents["buttons"]["meanings"]):
        message = f"the trouble '{name}' of diagnose.yml has no line here"
        problems.append(_describe(folder, "buttons", documents["buttons"], ["meanings"], message))
    if problems:
        raise ContentError("\n".join(sorted(problems)))


def _describe(
    folder: Path, topic: str, document: Any, path: Sequence[str | int], message: str
) -> str:
    line = 1
    node: Any = document
    for key in path:
        try:
            position: Any = node.lc  # of ruamel.yaml's containers
            location = position.key(key) if isinstance(node, Mapping) else position.item(key)
            line = location[0] + 1
            node = node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    dotted = ".".join(str(key) for key in path) or "(whole file)"
    # A schema message may quote the whole offending value; its beginning says enough.
    shortened = message if len(message) < 240 else f"{message[:120]} ... {message[-100:]}"
    return f"{folder.name}/{topic}.yml:{line}: {dotted}: {shortened}"


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
