"""What in the training lines would mislead training or measuring, a line for each finding."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from data_checks.lines import Question, TrainingLine, bare
from gazetteer.tables import AliasKind, rows
from scripts.console import ROOT

FEWEST_LINES = 200
# Two texts are near when so much of their pairs of characters is the same; shorter ones are
# compared as wholes, as two short texts that share most pairs may well mean different things.
NEAR = 0.75
SHORT = 6
Find = Callable[[str], tuple[list[dict[str, Any]], set[int]]]


def doubled(lines: list[TrainingLine]) -> Iterator[str]:
    """Lines that are there twice, for one intent or for two."""
    first: dict[str, TrainingLine] = {}
    for line in lines:
        other = first.setdefault(line.bare, line)
        if other is line:
            continue
        if other.intent == line.intent:
            yield f"{line.location}: the same line as {other.location}: {line.text}"
        else:
            yield (
                f"{line.location}: {line.intent} here, {other.intent} at {other.location}:"
                f" {line.text}"
            )


def too_few(lines: list[TrainingLine]) -> Iterator[str]:
    """Intents with few lines."""
    for intent, amount in sorted(Counter(line.intent for line in lines).items()):
        if amount < FEWEST_LINES:
            yield f"{intent} has {amount} lines; {FEWEST_LINES} are the least"


def near_measured(lines: list[TrainingLine], questions: list[Question]) -> Iterator[str]:
    """Lines that are, or nearly are, questions that are only to be measured on."""
    asked = {bare(question.text): question.text for question in questions}
    pairs = {text: _pairs(text) for text in asked}
    holding: dict[str, set[str]] = defaultdict(set)
    for text, its_pairs in pairs.items():
        for pair in its_pairs:
            holding[pair].add(text)
    for line in lines:
        if line.bare in asked:
            yield f"{line.location}: a question for measuring only: {line.text}"
            continue
        own = _pairs(line.bare)
        shared = Counter(text for pair in own for text in holding.get(pair, ()))
        for text, amount in shared.items():
            near = amount / len(own | pairs[text])
            if near >= NEAR and min(len(text), len(line.bare)) >= SHORT:
                yield f"{line.location}: too near to a question for measuring ({near:.2f})"


def badly_annotated(
    lines: list[TrainingLine], find: Find, outside: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Places without annotation, and entities that a token breaks so that they are not found.

    The names in `outside`, of places outside the mainland, need no annotation.
    """
    for line in lines:
        found, edges = find(line.text)
        annotated = {(span.start, span.end) for span in line.spans if span.entity == "region"}
        for match in found:
            if match["entity"] != "region" or match["value"] in outside:
                continue
            if (match["start"], match["end"]) not in annotated:
                yield f"{line.location}: the place {match['value']} is not annotated: {line.text}"
        known = {(match["entity"], match["start"], match["end"]) for match in found}
        for span in line.spans:
            # The extractor knows endings that a word may keep a name together with.
            if span not in known and not {span.start, span.end} <= edges:
                word = line.text[span.start : span.end]
                yield f"{line.location}: {word} begins or ends amid a token: {line.text}"


def names_outside() -> frozenset[str]:
    """Returns the names of places outside the mainland."""
    aliases = rows(ROOT / "content" / "place_aliases.tsv", "name", "codes", "kind")
    return frozenset(name for _, (name, _, kind) in aliases if kind == AliasKind.OUTSIDE.value)


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} or {text}


def entity_finder(folder: Path) -> Find:
    """Returns what finds the entities and the edges of tokens in a text, as the pipeline does.

    Args:
        folder: where the components may keep what they learn.
    """
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.nlu.constants import TOKENS_NAMES
    from rasa.shared.nlu.constants import ENTITIES, TEXT
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from nlu.chinese_tokenizer import ChineseTokenizer
    from nlu.entity_extractor import SpacyEntityExtractor
    from nlu.text_normalizer import TextNormalizer

    storage, context = LocalModelStorage(folder), ExecutionContext(GraphSchema({}))
    words = {"dictionary_path": str(ROOT / "nlu" / "jieba")}
    variants = {"variants": str(ROOT / "nlu" / "traditional.txt")}
    entity_config = {
        "entity_config": str(ROOT / "nlu" / "entities.yml"),
        "names": str(ROOT / "nlu" / "places" / "names.txt"),
        "towns": str(ROOT / "nlu" / "places" / "townships.txt"),
        "spellings": str(ROOT / "nlu" / "places" / "pinyin.txt"),
    }
    components: list[Any] = []
    for kind, settings in (
        (TextNormalizer, {**variants, "devices": str(ROOT / "nlu" / "devices.yml")}),
        (ChineseTokenizer, words),
        (SpacyEntityExtractor, {**words, **variants, **entity_config}),
    ):
        config = {**kind.get_default_config(), **settings}
        component = kind.create(config, storage, Resource(kind.__name__), context)
        component.train(TrainingData())
        components.append(component)

    def find(text: str) -> tuple[list[dict[str, Any]], set[int]]:
        message = Message({TEXT: text})
        for component in components:
            component.process([message])
        tokens = message.get(TOKENS_NAMES[TEXT])
        edges = {token.start for token in tokens} | {token.end for token in tokens}
        return message.get(ENTITIES), edges

    return find
