"""The model on onnxruntime. Its graph is made once from the weights and kept in a cache folder."""

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
import structlog

from app.adapters.embedding.weights import read_weights
from app.ports.models import Vector

_log = structlog.get_logger(__name__)

# A change of graph.py that changes what is stored gets a new number.
_PREFIX = "minilm-int8-1-"


class OnnxMiniLm:
    name = "onnxruntime-int8"

    def __init__(self, graph: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # texts run side by side instead, which is faster and fair
        options.enable_mem_pattern = False  # patterns are kept per length and texts have many
        # The graph is written in the operators that measured best; fusing further would undo that.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def token_states(self, ids: Sequence[int]) -> Vector:
        """The last layer's state of each token, shape (tokens, DIMENSION). Safe in threads."""
        states: Vector = self._session.run(["states"], {"ids": np.array([ids], np.int64)})[0][0]
        return states


def open_onnx(folder: Path, cache: Path) -> OnnxMiniLm:
    return OnnxMiniLm(_kept_graph(cache) or _build(folder, cache))


def _kept_graph(cache: Path) -> bytes | None:
    """The kept graph whose bytes still have the sha256 in its name."""
    for path in sorted(cache.glob(f"{_PREFIX}*.onnx")):
        graph = path.read_bytes()
        if path.name == _file_name(graph):
            return graph
        _log.warning("embedding.kept_graph_damaged", file=path.name)
        path.unlink(missing_ok=True)
    return None


def _build(folder: Path, cache: Path) -> bytes:
    from app.adapters.embedding.graph import minilm_graph  # noqa: PLC0415 - onnx is only needed to build

    graph = minilm_graph(read_weights(folder), "int8")
    try:
        _keep(graph, cache)
    except OSError as error:
        _log.warning("embedding.graph_not_kept", error=str(error))
    return graph


def _keep(graph: bytes, cache: Path) -> None:
    """Renames a finished file into place: readers and a second builder see the whole of it or nothing."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".minilm-") as folder:
        part = Path(folder) / "graph"
        part.write_bytes(graph)
        part.replace(cache / _file_name(graph))


def _file_name(graph: bytes) -> str:
    return f"{_PREFIX}{hashlib.sha256(graph).hexdigest()}.onnx"
