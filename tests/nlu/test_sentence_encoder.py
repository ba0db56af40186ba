"""The encoder for one message tells what the package tells, whichever pieces it knows."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from data_checks.lines import read_questions
from nlu.sentence_encoder import SentenceEncoder, package_encoder, pieces_of
from nlu.sentence_featurizer import SentenceFeaturizer

DEVELOPMENT = Path(__file__).with_name("development.tsv")
TEXTS = [question.text for question in read_questions(DEVELOPMENT)][::6]
ODD = ["", " ", "a", "好", "\x00", "😀" * 50, "好" * 300, "qwrtp " * 50, "ﷺ"]


@pytest.mark.parametrize("share", [0, 0.5, 1], ids=["none", "half", "all"])
def test_it_tells_what_the_package_tells(share: float) -> None:
    pieces = [item for item, _ in Counter(chain(*map(pieces_of, TEXTS))).most_common()]
    encoder = SentenceEncoder(np.array(pieces[: int(share * len(pieces))], np.int64))
    encoded = np.array([encoder.encode(text) for text in TEXTS + ODD])
    expected = package_encoder().encode(TEXTS + ODD)
    assert np.abs(encoded - expected).max() < 1e-5
    assert np.abs(encoder.encode_many(TEXTS + ODD) - expected).max() < 1e-5


def test_one_text_changes_nothing_for_the_next() -> None:
    encoder = SentenceEncoder(np.array(pieces_of("收不到验证码"), np.int64))
    before = encoder.encode("收不到验证码")
    encoder.encode("密码忘了怎么办")
    assert (encoder.encode("收不到验证码") == before).all()


def test_a_loaded_featurizer_knows_the_pieces_of_most_lines(tmp_path: Path) -> None:
    storage = LocalModelStorage(tmp_path)
    context = ExecutionContext(GraphSchema({}), node_name="tested")
    usual = set(pieces_of("密码"))
    config = {**SentenceFeaturizer.get_default_config(), "usual_pieces": len(usual)}
    data = TrainingData([Message({"text": text}) for text in ["验证", "密码", "密码。", "没用"]])
    SentenceFeaturizer.create(config, storage, Resource("it"), context).train(data)
    loaded = SentenceFeaturizer.load(config, storage, Resource("it"), context)
    assert set(np.flatnonzero(loaded._encoder._rows >= 0)) == usual
    asked, learnt = Message({"text": "密码忘记了"}), Message({"text": "密码忘记了"})
    loaded.process([asked])
    loaded.process_training_data(TrainingData([learnt]))
    vectors = [message.get_dense_features("text")[1].features for message in (asked, learnt)]
    assert np.abs(vectors[0] - vectors[1]).max() < 1e-5
