"""Small classifiers as PyTorch, Keras (tf2onnx) and others write them, and what ONNX Runtime's Python package computes
with them, for libs/onnx-import and the import of apps/training-service. Needs onnx 1.23 and onnxruntime 1.30.
"""

import base64
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from fixture import ROOT, write

FOLDER = ROOT / "libs/onnx-import/fixtures"
SIZE = 16
rng = np.random.default_rng(11)
images = rng.normal(size=(3, SIZE, SIZE, 3)).astype(np.float32)


def weights(name, *shape, dtype=np.float32):
    scale = 1 / np.sqrt(max(1, np.prod(shape[1:])))
    return numpy_helper.from_array((rng.normal(size=shape) * scale).astype(dtype), name)


def constant(name, values, dtype=np.int64):
    return numpy_helper.from_array(np.asarray(values, dtype), name)


def node(op, inputs, output, **attributes):
    return helper.make_node(op, inputs.split(), [output], name=f"node_{output}", **attributes)


def conv(x, w, output):
    return node("Conv", f"{x} {w} {w}_bias", output, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2])


def save(name, nodes, initializers, shape, output, output_shape, input_name="input", opset=17, dtype=TensorProto.FLOAT, domains=()):
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(input_name, dtype, shape)],
        [helper.make_tensor_value_info(output, dtype, output_shape)],
        initializers,
    )
    imports = [helper.make_opsetid("", opset), *(helper.make_opsetid(d, 1) for d in domains)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=8, producer_name="oracle")
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / f"{name}.onnx")
    return model


def compute(name, values, nhwc=False, one_by_one=False):
    """The named values for the three images, by ONNX Runtime, with the graph otherwise as it is."""
    model = onnx.load(FOLDER / f"{name}.onnx")
    known = {output.name for output in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=value) for value in values if value not in known)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    half = session.get_inputs()[0].type == "tensor(float16)"
    x = images if nhwc else images.transpose(0, 3, 1, 2)
    x = x.astype(np.float16) if half else x
    batches = [x[i : i + 1] for i in range(3)] if one_by_one else [x]
    runs = [session.run(values, {session.get_inputs()[0].name: batch}) for batch in batches]
    joined = [np.concatenate([run[i] for run in runs]).astype(np.float32) for i in range(len(values))]
    return {value: encode(array.reshape(3, -1)) for value, array in zip(values, joined)}


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array, np.float32).tobytes()).decode()


FOLDER.mkdir(parents=True, exist_ok=True)
N = ["batch", 3, SIZE, SIZE]
convs = lambda dtype=np.float32: [weights("c1", 8, 3, 3, 3, dtype=dtype), weights("c1_bias", 8, dtype=dtype), weights("c2", 12, 8, 3, 3, dtype=dtype), weights("c2_bias", 12, dtype=dtype)]
trunk = lambda x: [conv(x, "c1", "h1"), node("Relu", "h1", "a1"), conv("a1", "c2", "h2"), node("Relu", "h2", "features")]

# As torch.onnx.export writes a network with a hidden linear layer: Gemm with transposed weights.
gemm = [
    *trunk("input"),
    node("GlobalAveragePool", "features", "pool"),
    node("Flatten", "pool", "flat", axis=1),
    node("Gemm", "flat fc1 fc1_bias", "fc1_out", transB=1),
    node("Relu", "fc1_out", "hidden"),
    node("Gemm", "hidden fc2 fc2_bias", "scores", transB=1),
]
heads = lambda dtype=np.float32: [weights("fc1", 10, 12, dtype=dtype), weights("fc1_bias", 10, dtype=dtype), weights("fc2", 3, 10, dtype=dtype), weights("fc2_bias", 3, dtype=dtype)]
save("gemm", gemm, [*convs(), *heads()], N, "scores", ["batch", 3])

# The same in half precision.
save("half", gemm, [*convs(np.float16), *heads(np.float16)], N, "scores", ["batch", 3], dtype=TensorProto.FLOAT16)

# MatMul and Add, softmax at the end, and names that our own files use for something else.
save(
    "softmax",
    [
        *trunk("images"),
        node("ReduceMean", "features", "pooled", axes=[2, 3], keepdims=0),
        node("MatMul", "pooled k1", "m1"),
        node("Add", "m1 b1", "s1"),
        node("Elu", "s1", "relevant_layer"),
        node("MatMul", "relevant_layer k2", "m2"),
        node("Add", "b2 m2", "dense"),
        node("Softmax", "dense", "logits", axis=-1),
    ],
    [*convs(), weights("k1", 12, 6), weights("b1", 6), weights("k2", 6, 3), weights("b2", 3)],
    N,
    "logits",
    ["batch", 3],
    input_name="images",
)

# As tf2onnx writes Keras' Dense(1, sigmoid): channels last, transposed inside.
save(
    "keras-sigmoid",
    [
        node("Transpose", "input_1", "nchw", perm=[0, 3, 1, 2]),
        *trunk("nchw"),
        node("GlobalAveragePool", "features", "pool"),
        node("Squeeze", "pool squeeze_axes", "flat"),
        node("MatMul", "flat k1", "m1"),
        node("Add", "m1 b1", "dense"),
        node("Sigmoid", "dense", "predictions"),
    ],
    [*convs(), constant("squeeze_axes", [2, 3]), weights("k1", 12, 1), weights("b1", 1)],
    ["unk__1", SIZE, SIZE, 3],
    "predictions",
    ["unk__1", 1],
    input_name="input_1",
)

# Exported for one image: the flattening states the batch.
fixed = lambda extra=(): [
    *trunk("input"),
    *extra,
    node("Reshape", "features flat_shape", "flat"),
    node("Gemm", "flat fc1 fc1_bias", "fc1_out", transB=1),
    node("Relu", "fc1_out", "hidden"),
    node("Gemm", "hidden fc2 fc2_bias", "scores", transB=1),
]
wide = lambda: [*convs(), constant("flat_shape", [1, 192]), weights("fc1", 10, 192), weights("fc1_bias", 10), weights("fc2", 3, 10), weights("fc2_bias", 3)]
save("fixed-batch", fixed(), wide(), [1, 3, SIZE, SIZE], "scores", [1, 3])

# Exported for one image, with a token that is joined to each: nothing to be done.
save(
    "stuck-batch",
    [
        *trunk("input"),
        node("Reshape", "features token_shape", "positions"),
        node("Concat", "token positions", "sequence", axis=2),
        node("ReduceMean", "sequence", "mean", axes=[2], keepdims=0),
        node("Gemm", "mean fc fc_bias", "scores", transB=1),
    ],
    [*convs(), constant("token_shape", [1, 12, 16]), weights("token", 1, 12, 1), weights("fc", 3, 12), weights("fc_bias", 3)],
    [1, 3, SIZE, SIZE],
    "scores",
    [1, 3],
)

# Normalises over the whole batch: an image's answer depends on its neighbours.
save(
    "batch-statistics",
    [
        *trunk("input"),
        node("ReduceMean", "features", "centre", axes=[0, 2, 3], keepdims=1),
        node("Sub", "features centre", "centred"),
        node("Relu", "centred", "a3"),
        node("GlobalAveragePool", "a3", "pool"),
        node("Flatten", "pool", "flat", axis=1),
        node("Gemm", "flat fc fc_bias", "scores", transB=1),
    ],
    [*convs(), weights("fc", 3, 12), weights("fc_bias", 3)],
    N,
    "scores",
    ["batch", 3],
)

# Attention over channels, whose vectors are no layer, and a 1 x 1 convolution as the last linear layer.
save(
    "attention",
    [
        *trunk("input"),
        node("GlobalAveragePool", "features", "squeezed"),
        node("Conv", "squeezed se se_bias", "excited", kernel_shape=[1, 1]),
        node("Sigmoid", "excited", "gates"),
        node("Mul", "features gates", "gated"),
        node("GlobalAveragePool", "gated", "pool"),
        node("Conv", "pool head head_bias", "maps", kernel_shape=[1, 1]),
        node("Flatten", "maps", "scores", axis=1),
    ],
    [*convs(), weights("se", 12, 12, 1, 1), weights("se_bias", 12), weights("head", 3, 12, 1, 1), weights("head_bias", 3)],
    N,
    "scores",
    ["batch", 3],
)

# Class maps averaged at the end: no layer is a vector.
save(
    "class-maps",
    [
        *trunk("input"),
        node("Conv", "features head head_bias", "maps", kernel_shape=[1, 1]),
        node("GlobalAveragePool", "maps", "averages"),
        node("Flatten", "averages", "scores", axis=1),
    ],
    [*convs(), weights("head", 3, 12, 1, 1), weights("head_bias", 3)],
    N,
    "scores",
    ["batch", 3],
)

# Weights in a file of their own, which nobody sent.
model = onnx.load(FOLDER / "gemm.onnx")
onnx.save_model(model, FOLDER / "external.onnx", save_as_external_data=True, location="external.data", size_threshold=0)
pathlib.Path(FOLDER / "external.data").unlink()

write(
    "libs/onnx-import/fixtures/activations.json",
    {
        "size": SIZE,
        "images": encode(images),
        "models": {
            "gemm": compute("gemm", ["hidden", "pool", "scores", "fc1_out"]),
            "half": compute("half", ["hidden", "pool", "scores"]),
            "softmax": compute("softmax", ["relevant_layer", "pooled", "dense"]),
            "keras-sigmoid": compute("keras-sigmoid", ["flat", "dense"], nhwc=True),
            "fixed-batch": compute("fixed-batch", ["hidden", "scores"], one_by_one=True),
            "attention": compute("attention", ["pool", "scores"]),
        },
    },
    packages=("numpy", "onnx", "onnxruntime"),
)
