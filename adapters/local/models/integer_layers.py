"""Rewrites a model with int8 weights so that it computes with integers.

The package's model converts its weights to floats before it multiplies. Multiplying integers takes about half of the
time (``benchmarks.ingestion``), and passages are found equally well (``benchmarks.retrieval``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto

_ZERO = "zero_of_weights"


def with_integer_layers(model: bytes) -> bytes:
    """The model, changed so that it computes in integers each matrix product that has an int8 weight.

    The other factor is converted to integers, with its own scale, and the product is scaled back. Products without an
    int8 weight stay as they are. The changed model gives the same result on every processor.
    """
    import onnx

    loaded = onnx.load_from_string(model)
    made_by = {output: node for node in loaded.graph.node for output in node.output}
    nodes: list[NodeProto] = []
    weights: set[str] = set()
    sources: set[str] = set()
    for node in loaded.graph.node:
        factors = _int8_factors(node, made_by)
        if factors is None:
            nodes.append(node)
            continue
        weight, scales = factors
        weights.add(weight)
        source, product = node.input[0], node.output[0]
        if source not in sources:
            sources.add(source)
            outputs = [f"{source}_integers", f"{source}_scale", f"{source}_zero"]
            nodes.append(_node("DynamicQuantizeLinear", [source], outputs))
        factors_and_zeros = [f"{source}_integers", weight, f"{source}_zero", _ZERO]
        nodes += [
            _node("MatMulInteger", factors_and_zeros, [f"{product}_integers"]),
            _node("Cast", [f"{product}_integers"], [f"{product}_floats"], to=onnx.TensorProto.FLOAT),
            _node("Mul", [f"{source}_scale", scales], [f"{product}_scale"]),
            _node("Mul", [f"{product}_floats", f"{product}_scale"], [product]),
        ]
    del loaded.graph.node[:]
    loaded.graph.node.extend(nodes)
    _set_weights(loaded.graph, weights, signed=_multiplies_signed_exactly())
    return bytes(loaded.SerializeToString())


def _int8_factors(node: NodeProto, made_by: dict[str, NodeProto]) -> tuple[str, str] | None:
    """The names of the weight and of its scales if the node multiplies with ``Mul(Cast(weight), scales)``; otherwise
    None.
    """
    if node.op_type != "MatMul":
        return None
    scaled = made_by.get(node.input[1])
    if scaled is None or scaled.op_type != "Mul":
        return None
    cast = made_by.get(scaled.input[0])
    if cast is None or cast.op_type != "Cast":
        return None
    return cast.input[0], scaled.input[1]


def _set_weights(graph: GraphProto, weights: set[str], *, signed: bool) -> None:
    """Store the zero point of the weights. Unless ``signed``, shift the weights from -128..127 to 0..255."""
    import numpy as np
    from onnx import numpy_helper

    for stored in graph.initializer:
        if stored.name in weights and not signed:
            moved = numpy_helper.to_array(stored).astype(np.int16) + 128
            stored.CopyFrom(numpy_helper.from_array(moved.astype(np.uint8), stored.name))
    zero = np.array(0, np.int8) if signed else np.array(128, np.uint8)
    graph.initializer.append(numpy_helper.from_array(zero, _ZERO))


def _multiplies_signed_exactly() -> bool:
    """Whether this machine multiplies uint8 by int8 exactly. Processors without VNNI limit sums to 16 bits there
    (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html, "When to use U8U8").
    """
    import numpy as np
    from onnx import TensorProto, helper
    from onnxruntime import InferenceSession

    count = 64
    graph = helper.make_graph(
        [_node("MatMulInteger", ["a", "b"], ["product"])],
        "greatest_product",
        [
            helper.make_tensor_value_info("a", TensorProto.UINT8, [1, count]),
            helper.make_tensor_value_info("b", TensorProto.INT8, [count, count]),
        ],
        [helper.make_tensor_value_info("product", TensorProto.INT32, [1, count])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    greatest = {"a": np.full((1, count), 255, np.uint8), "b": np.full((count, count), 127, np.int8)}
    return bool((session.run(None, greatest)[0] == count * 255 * 127).all())


def _node(kind: str, inputs: list[str], outputs: list[str], *, to: int | None = None) -> NodeProto:
    from onnx import helper

    return helper.make_node(kind, inputs, outputs, to=to)
