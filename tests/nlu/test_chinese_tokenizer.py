"""Which words a text is cut into, and that names of places beyond the dictionary change none."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import jieba
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from data_checks.findings import entity_finder
from data_checks.lines import read_lines
from nlu.chinese_tokenizer import ChineseTokenizer, tokenizer_with
from nlu.spacy_pipeline import read_dictionary
from nlu.word_frequencies import WordFrequencies, save_words, use_saved_words
from scripts.console import ROOT

NAMES = {name: frequency for name, frequency, _ in read_dictionary(ROOT / "nlu/places/names.txt")}


def dictionary_alone() -> jieba.Tokenizer:
    """Returns a tokenizer that knows the words of `nlu/jieba` and nothing else of ours."""
    tokenizer = jieba.Tokenizer()
    for path in sorted((ROOT / "nlu/jieba").glob("*")):
        tokenizer.load_userdict(str(path))
    return tokenizer


def lines_cut_otherwise(folder: Path) -> list[str]:
    """Returns the training lines whose words change when the extractor is used."""
    find = entity_finder(folder)
    find("我在魔都")
    alone = dictionary_alone()
    texts = [line.text for line in read_lines(ROOT / "data" / "nlu")]
    assert len(texts) > 20_000
    return [text for text in texts if jieba.lcut(text) != alone.lcut(text)]


@pytest.mark.long
def test_names_that_the_extractor_knows_cut_no_training_line_otherwise(tmp_path: Path) -> None:
    # In a process of its own: jieba counts a dictionary again whenever it is loaded again.
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        assert process.submit(lines_cut_otherwise, tmp_path).result() == []


def test_no_name_beyond_the_places_is_in_the_dictionary() -> None:
    words = {
        word for path in (ROOT / "nlu/jieba").glob("*") for word, _, _ in read_dictionary(path)
    }
    assert len(NAMES) > 500
    assert not words & set(NAMES)


def test_a_tokenizer_with_names_knows_them_and_leaves_the_other_alone() -> None:
    before = jieba.lcut("我在于家堡开店")
    tokenizer = tokenizer_with({"于家堡": 100})
    assert "于家堡" in tokenizer.lcut("我在于家堡开店")
    assert "于家堡" not in before
    assert jieba.lcut("我在于家堡开店") == before
    assert tokenizer.lcut("收不到验证码怎么办") == jieba.lcut("收不到验证码怎么办")


def test_lines_to_learn_from_have_the_same_tokens_and_share_them() -> None:
    texts = ["收不到验证码怎么办", "收不到 验证码！", "", "怎么办"]
    kind: Any = ChineseTokenizer
    tokenizer = kind(kind.get_default_config(), None, None)
    lines = [Message({"text": text, "intent": "x"}) for text in texts]
    alone = [Message({"text": text}) for text in texts]
    tokenizer.process_training_data(TrainingData(lines))
    tokenizer.process(alone)
    tokens = [line.get("text_tokens") or [] for line in lines]
    assert tokens == [line.get("text_tokens") or [] for line in alone]
    assert tokens[0][0] is tokens[1][0]


def test_words_that_are_written_down_cut_texts_as_the_dictionaries_do(tmp_path: Path) -> None:
    alone, saved = dictionary_alone(), jieba.Tokenizer()
    assert not use_saved_words(saved, tmp_path)
    save_words(alone, tmp_path)
    assert use_saved_words(saved, tmp_path)
    assert saved.total == alone.total
    assert dict(saved.FREQ) == alone.FREQ
    texts = [line.text for line in islice(read_lines(ROOT / "data" / "nlu"), 0, None, 40)]
    assert len(texts) > 500
    assert [saved.lcut(text) for text in texts] == [alone.lcut(text) for text in texts]
    assert saved.FREQ.get("于家堡") is None
    assert saved.FREQ.get("于家堡", 1) == 1


def test_one_model_after_the_other_has_the_words_that_it_was_trained_with(tmp_path: Path) -> None:
    kind: Any = ChineseTokenizer
    storage, resource = LocalModelStorage(tmp_path), Resource("words")
    config = {**kind.get_default_config(), "dictionary_path": str(ROOT / "nlu/jieba")}
    named = {
        "config": config,
        "model_storage": storage,
        "resource": resource,
        "execution_context": ExecutionContext(GraphSchema({}), node_name="tested"),
    }
    totals = []
    for _ in range(2):  # the second time, jieba has the words of a model
        kind.create(**named).train(TrainingData([]))
        kind.load(**named)
        totals.append(jieba.dt.total)
        assert isinstance(jieba.dt.FREQ, WordFrequencies)
    assert totals[0] == totals[1]
    kind.load(**{**named, "resource": Resource("of_no_words")})
    jieba.add_word("于家堡")  # as Rasa's own component does
    assert not isinstance(jieba.dt.FREQ, WordFrequencies)
    jieba.dt.initialized = False
