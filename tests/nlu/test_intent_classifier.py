"""The network and the classifier around it, on small sets of lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import coo_matrix, csr_matrix

from nlu.blas import blas_threads
from nlu.character_featurizer import CharacterFeaturizer
from nlu.features import rows_of
from nlu.intent_classifier import NETWORK, NetworkIntentClassifier
from nlu.network import (
    Array,
    Settings,
    _Adagrad,
    load_network,
    logits,
    logits_of_one,
    mean_of,
    save_network,
    train_network,
)

SETTINGS = Settings(16, 60, 8, 0.01, 0.2, 0.1, 0.05, 1)
LINES = {
    "code_not_received": ["收不到验证码", "验证码没来", "短信一直不到", "没收到短信", "码没收到"],
    "face_failed": ["刷脸失败", "人脸识别不过", "脸刷不过去", "识别不了我的脸", "刷脸老不过"],
    "out_of_scope": ["今天天气怎样", "讲个笑话", "股票多少钱", "快递到哪了", "附近有饭店吗"],
}


def build(
    lines: dict[str, list[str]], folder: Any, **settings: Any
) -> tuple[Any, NetworkIntentClassifier]:
    """Returns a featurizer, and a classifier as loaded from a model."""
    storage = LocalModelStorage(folder)
    context = ExecutionContext(GraphSchema({}), node_name="tested")
    data = TrainingData(
        [Message({"text": text, "intent": name}) for name, texts in lines.items() for text in texts]
    )
    config = CharacterFeaturizer.get_default_config()
    featurizer = CharacterFeaturizer.create(config, storage, Resource("f"), context)
    featurizer.train(data)
    featurizer.process_training_data(data)
    config = {**NetworkIntentClassifier.get_default_config(), "hidden": 32, **settings}
    resource = Resource("c")
    NetworkIntentClassifier.create(config, storage, resource, context).train(data)
    return featurizer, NetworkIntentClassifier.load(config, storage, resource, context)


def ask(built: tuple[Any, NetworkIntentClassifier], text: str) -> Message:
    message = Message({"text": text})
    for component in built:
        component.process([message])
    return message


def test_a_network_learns_what_a_line_through_zero_cannot() -> None:
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 8, np.float32)
    labels = np.array([0, 1, 1, 0] * 8)
    weights = train_network(csr_matrix(corners), np.zeros((32, 1), np.float32), labels, SETTINGS)
    predicted = logits(weights, csr_matrix(corners), np.zeros((32, 1), np.float32)).argmax(axis=1)
    assert (predicted == labels).all()


def test_a_batch_moves_its_own_features_alone_and_the_often_seen_less_each_time() -> None:
    table = np.zeros((4, 3), np.float32)
    adagrad = _Adagrad(table)
    rows = csr_matrix(np.array([[2, 0, 1, 0]], np.float32))
    slopes = np.array([[1, -1, 1]], np.float32)
    adagrad.move(rows, slopes, 0.5)
    assert np.allclose(table, np.outer([1, 0, 1, 0], [-0.5, 0.5, -0.5]))
    before = table.copy()
    adagrad.move(rows, slopes, 0.5)
    assert np.allclose(table - before, before / np.sqrt(2))


def test_training_can_be_repeated_to_the_last_bit() -> None:
    rng = np.random.default_rng(3)
    rows = csr_matrix(rng.random((40, 12), np.float32))
    dense = rng.random((40, 4), np.float32)
    labels = np.arange(40) % 5
    one, other = (train_network(rows, dense, labels, SETTINGS) for _ in range(2))
    assert all((one[name] == other[name]).all() for name in one)


def test_a_training_does_not_depend_on_the_number_of_threads(tmp_path: Any) -> None:
    """Products of this size are shared among threads where several may be used."""
    rng = np.random.default_rng(7)
    lines = []
    for number in range(800):
        line = Message({"text": str(number), "intent": str(number % 4)})
        dense = rng.standard_normal((1, 512), np.float32)
        line.add_features(Features(dense, FEATURE_TYPE_SENTENCE, "text", "random"))
        sparse = coo_matrix(rng.random((1, 300)) * (rng.random((1, 300)) < 0.1))
        line.add_features(Features(sparse, FEATURE_TYPE_SENTENCE, "text", "random"))
        lines.append(line)
    config = {**NetworkIntentClassifier.get_default_config(), "min_batch": 256, "min_steps": 20}
    context = ExecutionContext(GraphSchema({}), node_name="tested")
    trained = []
    for threads in (1, 2):
        (tmp_path / str(threads)).mkdir()
        storage, resource = LocalModelStorage(tmp_path / str(threads)), Resource("c")
        with blas_threads(threads):
            created = NetworkIntentClassifier.create(config, storage, resource, context)
            created.train(TrainingData(lines))
        with storage.read_from(resource) as folder:
            trained.append(load_network(folder / NETWORK))
    one, other = trained
    assert all((one[name] == other[name]).all() for name in one)


def test_a_network_is_read_nearly_as_it_was_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    weights: dict[str, Array] = {
        "sparse": rng.standard_normal((500, 8)).astype(np.float32),
        "dense": rng.standard_normal((4, 8)).astype(np.float32),
        "hidden": rng.standard_normal(8).astype(np.float32),
        "out": rng.standard_normal((8, 3)).astype(np.float32),
        "bias": rng.standard_normal(3).astype(np.float32),
    }
    weights["sparse"][7] = 0  # of a feature that no line has
    save_network(tmp_path / "n.npz", weights)
    kept = load_network(tmp_path / "n.npz")
    assert kept["sparse"].dtype == np.int8
    largest = np.abs(weights["sparse"]).max(axis=1)
    error = np.abs(kept["sparse"] * kept["scale"][:, None] - weights["sparse"]).max(axis=1)
    assert (error <= largest / 127 / 2 + 1e-6).all()
    columns, values = np.array([3, 7, 400]), np.array([0.5, 0.4, 0.8], np.float32)
    dense = rng.standard_normal(4).astype(np.float32)
    exact, near = (logits_of_one(each, columns, values, dense) for each in (weights, kept))
    assert np.allclose(near, exact, atol=0.1)
    assert not np.array_equal(near, exact)


def test_a_network_of_before_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    shapes = {"sparse": (9, 8), "dense": (4, 8), "hidden": (8,), "out": (8, 3), "bias": (3,)}
    weights: dict[str, Array] = {
        name: rng.standard_normal(shape).astype(np.float16) for name, shape in shapes.items()
    }
    np.savez(tmp_path / "n.npz", columns=np.arange(9), **weights)
    kept = load_network(tmp_path / "n.npz")
    assert (kept["columns"] == np.arange(9)).all()
    columns, values = np.array([3, 7]), np.array([0.5, 0.4], np.float32)
    dense = rng.standard_normal(4).astype(np.float32)
    single = {name: array.astype(np.float32) for name, array in weights.items()}
    expected = logits_of_one(single, columns, values, dense)
    assert np.allclose(logits_of_one(kept, columns, values, dense), expected, atol=1e-4)


def test_a_network_that_is_not_there_or_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"n\.npz"):
        load_network(tmp_path / "n.npz")
    (tmp_path / "n.npz").write_bytes(b"no network")
    with pytest.raises(ValueError, match="pickle"):
        load_network(tmp_path / "n.npz")


def test_one_line_alone_is_told_what_it_is_told_among_others() -> None:
    rng = np.random.default_rng(4)
    rows = csr_matrix(rng.random((40, 12), np.float32) * (rng.random((40, 12)) < 0.3))
    dense = rng.random((40, 4), np.float32)
    weights = train_network(rows, dense, np.arange(40) % 5, SETTINGS)
    together = logits(weights, rows, dense)
    for at, row in enumerate(rows):
        alone = logits_of_one(weights, row.indices, row.data, dense[at])
        assert np.allclose(alone, together[at], atol=1e-4)


def test_features_are_those_that_rasa_would_combine() -> None:
    rng = np.random.default_rng(6)
    lines = []
    for _ in range(5):
        line = Message({"text": "x"})
        for name, width in (("one", 4), ("other", 3)):
            sparse = coo_matrix(rng.random((1, width)) * (rng.random((1, width)) < 0.5))
            line.add_features(Features(sparse, FEATURE_TYPE_SENTENCE, "text", name))
            dense = rng.random((1, 2), np.float32)
            line.add_features(Features(dense, FEATURE_TYPE_SENTENCE, "text", name))
            for kind, attribute in (("sequence", "text"), (FEATURE_TYPE_SENTENCE, "intent")):
                line.add_features(Features(sparse, kind, attribute, name))
        lines.append(line)
    sparse, dense = rows_of(lines)
    for at, line in enumerate(lines):
        expected = line.get_sparse_features("text")[1].features.toarray()
        assert np.allclose(sparse[at].toarray(), expected)
        assert np.allclose(dense[at], line.get_dense_features("text")[1].features[0])
    assert sparse.dtype == dense.dtype == np.float32


def test_the_mean_of_networks_tells_the_mean_of_what_they_tell() -> None:
    rng = np.random.default_rng(5)
    rows = csr_matrix(rng.random((30, 6), np.float32))
    dense = rng.random((30, 3), np.float32)
    labels = np.arange(30) % 3
    networks = [
        train_network(rows, dense, labels, replace(SETTINGS, seed=seed)) for seed in (1, 2, 3)
    ]
    each = [logits(network, rows, dense) for network in networks]
    assert np.allclose(logits(mean_of(*networks), rows, dense), np.mean(each, axis=0), atol=1e-4)
    assert not np.allclose(each[0], each[1], atol=0.1)


def test_lines_are_understood_and_confidences_add_up(tmp_path: Any) -> None:
    built = build(LINES, tmp_path)
    for name, texts in LINES.items():
        for text in texts:
            message = ask(built, text)
            ranking = message.get("intent_ranking")
            assert message.get("intent")["name"] == name
            assert ranking[0] == message.get("intent")
            assert sum(candidate["confidence"] for candidate in ranking) == pytest.approx(1)


def test_an_offset_prefers_an_intent(tmp_path: Any) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    plain = build(LINES, tmp_path / "one")
    raised = build(LINES, tmp_path / "two", offsets={"out_of_scope": 3.0, "unknown": 1.0})

    def outside(built: Any) -> float:
        ranking = ask(built, "手机").get("intent_ranking")
        return float(
            next(
                candidate["confidence"]
                for candidate in ranking
                if candidate["name"] == "out_of_scope"
            )
        )

    assert outside(raised) > outside(plain)


def test_caution_lowers_the_confidence_and_keeps_the_order(tmp_path: Any) -> None:
    rankings = []
    for name, caution in (("plain", 1.0), ("cautious", 2.0)):
        (tmp_path / name).mkdir()
        built = build(LINES, tmp_path / name, caution=caution)
        rankings.append(ask(built, "收不到验证码").get("intent_ranking"))
    plain, cautious = rankings
    assert [candidate["name"] for candidate in plain] == [
        candidate["name"] for candidate in cautious
    ]
    assert cautious[0]["confidence"] < plain[0]["confidence"]


@pytest.mark.parametrize("lines", [{}, {"greet": ["你好"]}], ids=["none", "one intent"])
def test_too_little_to_learn_from_gives_no_intent(lines: Any, tmp_path: Any) -> None:
    message = ask(build(lines, tmp_path), "你好")
    assert message.get("intent") == {"name": None, "confidence": 0.0}


def test_an_empty_text_is_no_intent_more_than_another(tmp_path: Any) -> None:
    ranking = ask(build(LINES, tmp_path), " ").get("intent_ranking")
    assert [candidate["confidence"] for candidate in ranking] == pytest.approx([1 / 3] * 3)


def test_an_intent_with_a_single_line_is_learnt(tmp_path: Any) -> None:
    built = build({**LINES, "greet": ["哈喽"]}, tmp_path, left_out=0.5)
    assert ask(built, "哈喽").get("intent")["name"] == "greet"
