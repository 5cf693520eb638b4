"""The model as an ONNX graph, in onnxruntime's fused operators, made from the weights.

One text a run and no padding: there is no mask to compute, and a text's vector does not depend on
the company it was embedded in (dynamic quantisation takes one scale a tensor, so a batch would).
Batches gained little either: on one thread, 12 words went 602/s alone and 639/s by 32, 100 words 101/s and 58/s.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from app.adapters.embedding.weights import DIMENSION, EPSILON, HEADS, LAYERS
from app.ports.models import Vector

Precision = Literal["int8", "fp32"]

_FUSED = "com.microsoft"
_OPSETS = (("", 17), (_FUSED, 1))
_IR_VERSION = 9  # of the time of opset 17: older runtimes read it


def minilm_graph(weights: Mapping[str, Vector], precision: Precision) -> bytes:
    """A serialised model: `ids` int64 (1, tokens) to `states` float32 (1, tokens, DIMENSION)."""
    steps = _Steps(weights)
    linear, words = (steps.int8_linear, steps.int8_words) if precision == "int8" else (steps.linear, steps.words)
    states = _embeddings(steps, words())
    for layer in range(LAYERS):
        states = _layer(steps, states, f"encoder.layer.{layer}.", linear)
    steps.add("Identity", [states], "states")
    serialised: bytes = steps.model().SerializeToString()
    return serialised


def _embeddings(steps: "_Steps", words: str) -> str:
    steps.add("Shape", ["ids"], "length", start=1, end=2)
    start = steps.constant("start", np.array([0]))
    table = steps.tensor("embeddings.position_embeddings.weight")
    places = steps.add("Slice", [table, start, "length", start], "places")
    kind = steps.constant("kind", steps.weights["embeddings.token_type_embeddings.weight"][0])
    total = steps.add("Add", [words, steps.add("Add", [places, kind], "placed")], "total")
    return steps.normalise(total, "embeddings.LayerNorm")


def _layer(steps: "_Steps", states: str, at: str, linear: "_Linear") -> str:
    weights = steps.weights
    parts = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
    weight, bias = (np.concatenate([weights[f"{part}.{kind}"] for part in parts]) for kind in ("weight", "bias"))
    sizes = steps.constant(f"{at}sizes", np.array([DIMENSION] * 3))
    steps.split(linear(states, f"{at}joined", weight, bias), sizes, parts)
    context = steps.fused("MultiHeadAttention", parts, f"{at}context", num_heads=HEADS)
    states = _add_and_normalise(steps, states, context, f"{at}attention.output", linear)

    name = f"{at}intermediate.dense"
    inner = linear(states, name, weights[f"{name}.weight"], weights[f"{name}.bias"])
    inner = steps.fused("Gelu", [inner], f"{name}.gelu")
    return _add_and_normalise(steps, states, inner, f"{at}output", linear)


def _add_and_normalise(steps: "_Steps", states: str, branch: str, name: str, linear: "_Linear") -> str:
    dense = linear(branch, f"{name}.dense", steps.weights[f"{name}.dense.weight"], steps.weights[f"{name}.dense.bias"])
    return steps.normalise(steps.add("Add", [states, dense], f"{name}.sum"), f"{name}.LayerNorm")


_Linear = Callable[[str, str, Vector, Vector], str]


class _Steps:
    """Nodes and constants as they are added; each adder answers the name of its output."""

    def __init__(self, weights: Mapping[str, Vector]) -> None:
        self.weights = weights
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def tensor(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def add(self, operator: str, inputs: list[str], output: str, **attributes: float) -> str:
        self._node(operator, inputs, output, "", attributes)
        return output

    def fused(self, operator: str, inputs: list[str], output: str, **attributes: float) -> str:
        self._node(operator, inputs, output, _FUSED, attributes)
        return output

    def _node(self, operator: str, inputs: list[str], output: str, domain: str, attributes: dict[str, float]) -> None:
        node = helper.make_node(operator, inputs, [output], domain=domain)
        node.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())
        self._nodes.append(node)

    def split(self, joined: str, sizes: str, outputs: list[str]) -> None:
        self._nodes.append(helper.make_node("Split", [joined, sizes], outputs, axis=-1))

    def normalise(self, states: str, name: str) -> str:
        # Not SkipLayerNormalization, which would add as well: it takes three times as long on a CPU.
        scale, shift = self.tensor(f"{name}.weight"), self.tensor(f"{name}.bias")
        return self.add("LayerNormalization", [states, scale, shift], f"{name}.normal", epsilon=EPSILON)

    def linear(self, states: str, name: str, weight: Vector, bias: Vector) -> str:
        product = self.add("MatMul", [states, self.constant(f"{name}.weight", weight.T)], f"{name}.product")
        return self.add("Add", [product, self.constant(f"{name}.bias", bias)], f"{name}.shifted")

    def int8_linear(self, states: str, name: str, weight: Vector, bias: Vector) -> str:
        small, scale = _int8(weight)
        turned = self.constant(f"{name}.weight", small.T)
        scales, shift = self.constant(f"{name}.scale", scale.ravel()), self.constant(f"{name}.bias", bias)
        symmetric = ""  # no zero point
        return self.fused("DynamicQuantizeMatMul", [states, turned, scales, symmetric, shift], f"{name}.product")

    def words(self) -> str:
        return self.add("Gather", [self.tensor("embeddings.word_embeddings.weight"), "ids"], "words")

    def int8_words(self) -> str:
        small, scale = _int8(self.weights["embeddings.word_embeddings.weight"])
        picked = self.add("Gather", [self.constant("words.weight", small), "ids"], "words.picked")
        floats = self.add("Cast", [picked], "words.floats", to=TensorProto.FLOAT)
        scales = self.add("Gather", [self.constant("words.scale", scale), "ids"], "words.scales")
        return self.add("Mul", [floats, scales], "words")

    def model(self) -> ModelProto:
        ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])
        states = helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "tokens", DIMENSION])
        graph = helper.make_graph(self._nodes, "minilm", [ids], [states], self._constants)
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)


def _int8(weight: Vector) -> tuple[NDArray[np.int8], Vector]:
    """The rows as int8 and the scale that each is multiplied with, shape (rows, 1)."""
    scale: Vector = np.maximum(np.abs(weight).max(axis=1, keepdims=True), np.float32(1e-12)) / np.float32(127)
    return np.rint(weight / scale).astype(np.int8), scale
