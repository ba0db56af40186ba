"""Each kind of feature earns its place, and survives whatever people send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bench.ablation import Gain, measure_features
from nlu.character_featurizer import CharacterFeaturizer
from nlu.features import SharedFeatures, row_of, rows_of
from nlu.pinyin_featurizer import PinyinFeaturizer
from nlu.sentence_featurizer import SentenceFeaturizer

LINES = ["收不到验证码", "验证码收不到了", "刷脸刷不过", "密码忘了怎么办"]


@pytest.fixture(scope="module")
def gains() -> dict[str, Gain]:
    return measure_features()


def test_characters_add_to_words(gains: dict[str, Gain]) -> None:
    words, characters = gains["WordFeaturizer"], gains["CharacterFeaturizer"]
    assert characters.written > words.written + 0.03
    assert characters.mistyped > words.mistyped + 0.03


def test_sound_adds_where_characters_are_mistyped(gains: dict[str, Gain]) -> None:
    assert gains["PinyinFeaturizer"].mistyped > gains["CharacterFeaturizer"].mistyped + 0.01


def test_meaning_adds_most_where_lines_are_few(gains: dict[str, Gain]) -> None:
    assert gains["SentenceFeaturizer"].written > gains["PinyinFeaturizer"].written + 0.03
    assert gains["SentenceFeaturizer"].mistyped > gains["PinyinFeaturizer"].mistyped + 0.03


def sentence_featurizer(
    context: ExecutionContext, folder: Path, **settings: Any
) -> SentenceFeaturizer:
    config = {**SentenceFeaturizer.get_default_config(), **settings}
    return SentenceFeaturizer.create(config, LocalModelStorage(folder), Resource("it"), context)


@pytest.fixture
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), node_name="tested")


@pytest.mark.parametrize("kind", [CharacterFeaturizer, PinyinFeaturizer])
def test_what_is_loaded_gives_the_same(
    kind: type[Any], context: ExecutionContext, tmp_path_factory: pytest.TempPathFactory
) -> None:
    storage = LocalModelStorage(tmp_path_factory.mktemp("model"))
    config = kind.get_default_config()
    data = TrainingData([Message({"text": line, "intent": "x"}) for line in LINES])
    trained = kind.create(config, storage, Resource("one"), context)
    trained.train(data)
    loaded = kind.load(config, storage, Resource("one"), context)
    rows = []
    for component in (trained, loaded):
        message = Message({"text": "验证码没收到"})
        component.process([message])
        rows.append(message.get_sparse_features("text")[1].features.toarray())
    assert rows[0].any()
    assert np.allclose(rows[0], rows[1])
    untrained = kind.load(config, storage, Resource("nothing"), context)
    untrained.process([Message({"text": "x"})])


def test_lines_that_learn_together_have_what_each_would_have_alone(
    context: ExecutionContext, tmp_path: Path
) -> None:
    texts = [*LINES, "", "，", "码码码码", "密码忘了怎么办", "x" * 40]
    storage = LocalModelStorage(tmp_path)
    together = TrainingData(
        [Message({"text": text, "number": str(at)}) for at, text in enumerate(texts)]
    )
    alone = [Message({"text": text}) for text in texts]
    for kind in (CharacterFeaturizer, PinyinFeaturizer, SentenceFeaturizer):
        config = kind.get_default_config()
        component: Any = kind.create(config, storage, Resource(kind.__name__), context)
        component.train(together)
        component.process_training_data(together)
        component.process(alone)
    sparse, dense = rows_of(together.training_examples)
    expected_sparse, expected_dense = rows_of(alone)
    assert np.abs((sparse - expected_sparse).toarray()).max() < 1e-6
    assert np.abs(dense - expected_dense).max() < 1e-5
    for at, (line, single) in enumerate(zip(together.training_examples, alone, strict=True)):
        assert all(isinstance(feature, SharedFeatures) for feature in line.features)
        row = row_of(line)
        assert row.width == row_of(single).width == sparse.shape[1]
        assert (np.sort(row.columns) == np.sort(row_of(single).columns)).all()
        assert np.allclose(np.bincount(row.columns, row.values, row.width), sparse[at].toarray())
        assert (row.dense == dense[at]).all()
        both = line.get_sparse_features("text")[1], single.get_sparse_features("text")[1]
        first, second = (found.features.toarray() for found in both)
        assert np.allclose(first, second, atol=1e-6)
        assert both[0].origin == both[1].origin
    assert together.training_examples[0].get_sparse_features("text")[0] is None


@pytest.mark.parametrize(
    "text", ["", " ", "\ud83d", "\x00", "😀" * 50, "好" * 5_000, "a" * 5_000, "<b>", "ﷺ"]
)
def test_any_text_has_a_vector(text: str, context: ExecutionContext, tmp_path: Path) -> None:
    component = sentence_featurizer(context, tmp_path)
    message = Message({"text": text})
    component.process([message])
    vector = message.get_dense_features("text")[1].features
    assert vector.shape == (1, 512)
    assert np.isclose(np.linalg.norm(vector), 1, atol=1e-3)


def test_the_cache_is_bounded_and_right(context: ExecutionContext, tmp_path: Path) -> None:
    component = sentence_featurizer(context, tmp_path, cache_size=3)
    for text in [*"一二三四五", "一"]:
        message = Message({"text": text})
        component.process([message])
        known = component._encoder.encode(text)
        assert np.allclose(message.get_dense_features("text")[1].features[0], known, atol=1e-5)
    assert len(component._cache) == 3


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="min_ngram"):
        CharacterFeaturizer.validate_config({"min_ngram": 3, "max_ngram": 2})
    with pytest.raises(ValueError, match="positive"):
        SentenceFeaturizer.validate_config(
            {**SentenceFeaturizer.get_default_config(), "cache_size": 0}
        )
