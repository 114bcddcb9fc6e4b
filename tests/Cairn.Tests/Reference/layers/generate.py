"""Records what Keras' own layers compute: run as `KERAS_BACKEND=numpy python generate.py`, with Keras 3.16 importable.

Each case is a layer's serialised object, its inputs and weights (random, float32 numbers), and what came out. Gradients are central
differences of Keras' function in float64: of the sum of all outputs times the numbers in `cotangents`.
Arrays are {"shape", "data"} with flat data in C order.
"""
import gzip
import json
import os
import sys
import zlib

import keras
import numpy as np
from keras import layers as L
from keras.src import backend
from keras.src.backend.numpy import nn
from keras.src.backend.common import dtypes

# Outside of TensorFlow Keras computes in float32 at most; NumPy can do better, which the differences need.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"


class Double:
    """NumPy for Keras' attention, which brings its scores to float32."""

    float32 = np.float64

    def __getattr__(self, name):
        return getattr(np, name)


nn.np = Double()
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")

HERE = os.path.dirname(os.path.abspath(__file__))
cases = {}


def pack(a, decimals=None):
    a = np.asarray(a)
    data = a.ravel().tolist()
    if a.dtype.kind == "f":
        data = [float(f"{v:.9g}") for v in data]
    return {"shape": list(a.shape), "data": data, **({"dtype": "int64"} if a.dtype.kind in "iu" else {})}


def numbers(rng, shape, kind):
    if kind == "normal":
        return rng.normal(size=shape).astype("float32").astype("float64")
    if kind == "positive":
        return (np.abs(rng.normal(size=shape)) + 0.5).astype("float32").astype("float64")
    if isinstance(kind, tuple):
        return rng.integers(kind[0], kind[1], size=shape)
    raise ValueError(kind)


def flat(outputs):
    return [np.asarray(o, "float64") for o in keras.tree.flatten(outputs)]


def case(name, make, inputs, call=None, kind="normal", training=False, masks=None, gradients=None, roles=None, prepare=None):
    """`inputs` is a list of shapes; `roles` the parameter each is given for ("inputs*" makes a list); `call` plain values; `gradients` says why there are none."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    layer = make()
    kinds = kind if isinstance(kind, list) else [kind] * len(inputs)
    xs = [numbers(rng, shape, k) for shape, k in zip(inputs, kinds)]
    ms = [None if m is None else np.asarray(m, bool) for m in (masks or [None] * len(xs))]
    call = dict(call or {})

    def run(values):
        values = [np.array(v) for v in values]
        for v, m in zip(values, ms):
            backend.set_keras_mask(v, m)
        extra = {"training": True} if training else {}
        if roles is None:
            return layer(values[0], **call, **extra), values
        args = {}
        for role, v in zip(roles, values):
            if role.endswith("*"):
                args.setdefault(role[:-1], []).append(v)
            else:
                args[role] = v
        first = args.pop(next(iter(args)))
        return layer(first, **args, **call, **extra), values

    if prepare:
        prepare(layer, xs)
    run(xs)
    for w in layer.weights:
        if "seed" in w.path:
            continue
        k = "positive" if "variance" in w.path else "normal"
        if "int" in str(w.dtype):
            continue
        if not prepare:
            w.assign(numbers(rng, tuple(w.shape), k) * (0.5 if "kernel" in w.path else 1))
    weights = [w for w in layer.weights if "seed" not in w.path]
    before = [np.array(w) for w in weights]

    def restore():
        for w, v in zip(weights, before):
            w.assign(v)

    restore()
    outputs, given = run(xs)
    mask = backend.get_keras_mask(keras.tree.flatten(outputs)[0])
    after = [np.array(w) for w in weights]
    ys = flat(outputs)
    record = {
        "layer": keras.saving.serialize_keras_object(layer),
        "inputs": [pack(x) for x in xs],
        "outputs": [pack(y) for y in ys],
        "weights": [{"path": w.path.split("/", 1)[1], "trainable": bool(w.trainable), **pack(b.astype("float32"))} for w, b in zip(weights, before)],
    }
    record["layer"].pop("build_config", None)
    build = layer.get_build_config()
    if build:
        record["build_config"] = json.loads(json.dumps(build))
    if roles:
        record["roles"] = roles
    if call:
        record["call"] = call
    if training:
        record["training"] = True
    if masks:
        record["masks"] = [None if m is None else pack(m.astype("int32")) for m in ms]
        record["output_mask"] = None if mask is None else pack(np.asarray(mask).astype("int32"))
    if any(not np.array_equal(a, b) for a, b in zip(after, before)):
        record["weights_after"] = [pack(a) for a in after]
    if gradients:
        record["no_gradients"] = gradients
    else:
        cotangents = [numbers(rng, y.shape, "normal") for y in ys]

        def value(values):
            restore()
            return sum(float((o * c).sum()) for o, c in zip(flat(run(values)[0]), cotangents))

        def differences(array, set_):
            h, g = 1e-5, np.zeros(array.shape)
            for i in np.ndindex(*array.shape):
                v = array[i]
                array[i] = v + h
                set_()
                up = value(xs)
                array[i] = v - h
                set_()
                down = value(xs)
                array[i] = v
                set_()
                g[i] = (up - down) / (2 * h)
            return g

        record["cotangents"] = [pack(c) for c in cotangents]
        record["input_gradients"] = [pack(differences(x, lambda: None)) if k == "normal" else None for x, k in zip(xs, kinds)]
        weight_gradients = []
        for i, w in enumerate(weights):
            weight_gradients.append(pack(differences(before[i], lambda: None)) if w.trainable else None)
        record["weight_gradients"] = weight_gradients
    text = json.dumps(record, default=lambda o: o.tolist() if hasattr(o, "tolist") else list(o))
    record = json.loads(text.replace('"float64"', '"float32"'))
    cases[name] = record


def write(file):
    path = os.path.join(HERE, file)
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as out:
        out.write(json.dumps(cases, separators=(",", ":")).encode())
    print(file, len(cases), os.path.getsize(path))
    cases.clear()


def core():
    case("dense", lambda: L.Dense(3, activation="tanh"), [(2, 4)])
    case("dense_sequence_no_bias", lambda: L.Dense(3, use_bias=False), [(2, 3, 4)])
    case("einsum_dense", lambda: L.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d"), [(2, 3, 4)])
    case("einsum_dense_left", lambda: L.EinsumDense("...x,xy->...y", 3, bias_axes="y", activation="sigmoid"), [(2, 3, 4)])
    case("einsum_dense_right", lambda: L.EinsumDense("ab...,bc->ac...", 3, bias_axes="c"), [(2, 4, 3, 2)])
    case("einsum_dense_bias_inside", lambda: L.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="d"), [(2, 3, 4)])
    case("einsum_dense_swap", lambda: L.EinsumDense("abc,bd->adc", (2, 4), bias_axes="dc"), [(2, 3, 4)])
    case("embedding", lambda: L.Embedding(5, 3), [(2, 4)], kind=(0, 5))
    case("activation", lambda: L.Activation("gelu"), [(2, 5)])
    case("relu", lambda: L.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.2), [(3, 6)])
    case("leaky_relu", lambda: L.LeakyReLU(negative_slope=0.15), [(3, 6)])
    case("elu", lambda: L.ELU(alpha=0.7), [(3, 6)])
    case("prelu", lambda: L.PReLU(shared_axes=[1]), [(2, 3, 4)])
    case("prelu_all", lambda: L.PReLU(), [(2, 3, 4)])
    case("softmax", lambda: L.Softmax(), [(2, 5)])
    case("softmax_axis", lambda: L.Softmax(axis=1), [(2, 3, 4)])
    case("softmax_axes", lambda: L.Softmax(axis=(1, 2)), [(2, 3, 4)])
    case("identity", lambda: L.Identity(), [(2, 3)])
    case("flatten", lambda: L.Flatten(), [(2, 3, 4)])
    case("flatten_channels_first", lambda: L.Flatten(data_format="channels_first"), [(2, 3, 4, 2)])
    case("reshape", lambda: L.Reshape((-1, 2)), [(2, 3, 4)])
    case("permute", lambda: L.Permute((3, 1, 2)), [(2, 3, 4, 2)])
    case("repeat_vector", lambda: L.RepeatVector(3), [(2, 4)])
    case("rescaling", lambda: L.Rescaling(0.5, offset=-1.0), [(2, 4)])
    case("activity_regularization", lambda: L.ActivityRegularization(0.1, 0.2), [(2, 4)])
    for rate_layer in ("Dropout", "GaussianDropout", "AlphaDropout"):
        case(rate_layer.lower(), lambda: getattr(L, rate_layer)(0.3), [(2, 4)])
    case("gaussian_noise", lambda: L.GaussianNoise(0.3), [(2, 4)])
    case("spatial_dropout1d", lambda: L.SpatialDropout1D(0.3), [(2, 3, 4)])
    case("spatial_dropout2d", lambda: L.SpatialDropout2D(0.3), [(2, 3, 4, 2)])
    case("spatial_dropout3d", lambda: L.SpatialDropout3D(0.3), [(2, 3, 2, 2, 2)])


def normalization():
    for training in (False, True):
        t = "_training" if training else ""
        case("batch_normalization" + t, lambda: L.BatchNormalization(), [(4, 3)], training=training)
        case("batch_normalization_image" + t, lambda: L.BatchNormalization(momentum=0.9, epsilon=0.01), [(2, 3, 2, 2)], training=training)
        case("batch_normalization_axis1" + t, lambda: L.BatchNormalization(axis=1, center=False), [(2, 3, 4)], training=training)
        case("batch_normalization_no_scale" + t, lambda: L.BatchNormalization(scale=False), [(4, 3)], training=training)
    case("layer_normalization", lambda: L.LayerNormalization(), [(2, 3, 4)])
    case("layer_normalization_axis1", lambda: L.LayerNormalization(axis=1, epsilon=0.01), [(2, 3, 4)])
    case("layer_normalization_axes", lambda: L.LayerNormalization(axis=[1, 2], scale=False), [(2, 3, 4)])
    case("layer_normalization_apart", lambda: L.LayerNormalization(axis=[1, 3]), [(2, 3, 2, 4)])
    case("layer_normalization_rms", lambda: L.LayerNormalization(rms_scaling=True), [(2, 3, 4)])
    case("layer_normalization_rms_axis1", lambda: L.LayerNormalization(axis=1, rms_scaling=True), [(2, 3, 4)])
    case("group_normalization", lambda: L.GroupNormalization(groups=2), [(2, 3, 4)])
    case("group_normalization_axis1", lambda: L.GroupNormalization(groups=3, axis=1, center=False), [(2, 6, 2, 2)])
    case("group_normalization_instance", lambda: L.GroupNormalization(groups=-1, epsilon=0.01), [(2, 3, 2, 4)])
    case("rms_normalization", lambda: L.RMSNormalization(), [(2, 3, 4)])
    case("rms_normalization_axes", lambda: L.RMSNormalization(axis=[1, 2], epsilon=1e-3), [(2, 3, 4)])
    case("unit_normalization", lambda: L.UnitNormalization(), [(2, 3, 4)])
    case("unit_normalization_axes", lambda: L.UnitNormalization(axis=[1, 2]), [(2, 3, 4)])


def spatial():
    shapes = {1: (2, 7, 4), 2: (1, 5, 4, 4), 3: (1, 4, 3, 4, 4)}
    first = {1: (2, 4, 7), 2: (1, 4, 5, 4), 3: (1, 4, 4, 3, 4)}
    for r in (1, 2, 3):
        conv = getattr(L, f"Conv{r}D")
        k = [3, 2, 2][:r] if r > 1 else 3
        case(f"conv{r}d", lambda: conv(2, k), [shapes[r]])
        case(f"conv{r}d_same_strides", lambda: conv(2, k, strides=2, padding="same", activation="relu"), [shapes[r]])
        case(f"conv{r}d_dilation_groups", lambda: conv(4, 2, dilation_rate=2, groups=2, use_bias=False), [shapes[r]])
        case(f"conv{r}d_same_dilation", lambda: conv(1, 2, dilation_rate=2, padding="same"), [shapes[r]])
        case(f"conv{r}d_channels_first", lambda: conv(2, k, padding="same", data_format="channels_first"), [first[r]])
        back = getattr(L, f"Conv{r}DTranspose")
        small = {1: (2, 4, 2), 2: (1, 3, 2, 2), 3: (1, 2, 2, 3, 2)}[r]
        case(f"conv{r}d_transpose", lambda: back(2, k), [small])
        case(f"conv{r}d_transpose_strides", lambda: back(2, k, strides=2), [small])
        case(f"conv{r}d_transpose_same", lambda: back(2, k, strides=2, padding="same"), [small])
        case(f"conv{r}d_transpose_same_even", lambda: back(2, 4 if r == 1 else 2, strides=2, padding="same"), [small])
        case(f"conv{r}d_transpose_output_padding", lambda: back(2, 3, strides=2, padding="same", output_padding=1), [small])
        case(f"conv{r}d_transpose_valid_padding", lambda: back(2, 3, strides=2, output_padding=1), [small])
        case(f"conv{r}d_transpose_dilation", lambda: back(1, 2, dilation_rate=2), [small])
        case(f"conv{r}d_transpose_first", lambda: back(2, 3, strides=2, padding="same", data_format="channels_first"), [(small[0], small[-1], *small[1:-1])])
        for kind in ("Max", "Average"):
            pool = getattr(L, f"{kind}Pooling{r}D")
            n = f"{kind.lower()}_pooling{r}d"
            case(n, lambda: pool(2), [shapes[r]])
            case(n + "_same", lambda: pool(pool_size=3, strides=2, padding="same"), [shapes[r]])
            case(n + "_strides", lambda: pool(pool_size=2, strides=1), [shapes[r]])
            case(n + "_channels_first", lambda: pool(2, padding="same", data_format="channels_first"), [first[r]])
            glob = getattr(L, f"Global{kind}Pooling{r}D")
            case("global_" + n, lambda: glob(), [shapes[r]])
            case("global_" + n + "_keepdims", lambda: glob(keepdims=True, data_format="channels_first"), [first[r]])
            adapt = getattr(L, f"Adaptive{kind}Pooling{r}D")
            case("adaptive_" + n, lambda: adapt(2), [shapes[r]])
            case("adaptive_" + n + "_channels_first", lambda: adapt(3 if r == 1 else (3, 2, 2)[:r], data_format="channels_first"), [first[r]])
        pads = [2, ((1, 0), (0, 2)), ((1, 0), (0, 2), (1, 1))][r - 1]
        case(f"zero_padding{r}d", lambda: getattr(L, f"ZeroPadding{r}D")(pads), [shapes[r]])
        crops = [(1, 2), ((1, 0), (0, 2)), ((1, 0), (0, 1), (1, 1))][r - 1]
        case(f"cropping{r}d", lambda: getattr(L, f"Cropping{r}D")(crops), [shapes[r]])
        case(f"up_sampling{r}d", lambda: getattr(L, f"UpSampling{r}D")(2), [shapes[r]])
    case("conv1d_causal", lambda: L.Conv1D(2, 3, padding="causal", dilation_rate=2), [shapes[1]])
    for r in (1, 2):
        depth = getattr(L, f"DepthwiseConv{r}D")
        case(f"depthwise_conv{r}d", lambda: depth(3, depth_multiplier=2), [shapes[r]])
        case(f"depthwise_conv{r}d_same", lambda: depth(2, strides=2, padding="same", activation="tanh"), [shapes[r]])
        case(f"depthwise_conv{r}d_dilation", lambda: depth(2, dilation_rate=2, data_format="channels_first", use_bias=False), [first[r]])
        sep = getattr(L, f"SeparableConv{r}D")
        case(f"separable_conv{r}d", lambda: sep(3, 3, depth_multiplier=2), [shapes[r]])
        case(f"separable_conv{r}d_same", lambda: sep(2, 2, strides=2, padding="same", use_bias=False), [shapes[r]])
        case(f"separable_conv{r}d_first", lambda: sep(2, 2, data_format="channels_first", activation="relu"), [first[r]])


def attention():
    rows = [[1, 1, 0], [1, 0, 0]]
    four = [[1, 1, 1, 0], [1, 0, 1, 0]]
    qv = ["query", "value"]
    mha = L.MultiHeadAttention
    case("multi_head_attention", lambda: mha(2, 3), [(2, 3, 4), (2, 4, 5)], roles=qv)
    case("multi_head_attention_key", lambda: mha(2, 3, value_dim=2, output_shape=5), [(2, 3, 4), (2, 4, 5), (2, 4, 3)], roles=[*qv, "key"])
    case("multi_head_attention_causal", lambda: mha(2, 3, use_bias=False), [(2, 3, 4), (2, 3, 4)], roles=qv, call={"use_causal_mask": True})
    case("multi_head_attention_causal_cross", lambda: mha(2, 3), [(2, 3, 4), (2, 5, 4)], roles=qv, call={"use_causal_mask": True})
    case("multi_head_attention_scores", lambda: mha(2, 3), [(2, 3, 4), (2, 4, 4)], roles=qv, call={"return_attention_scores": True, "use_causal_mask": True})
    case("multi_head_attention_mask", lambda: mha(2, 3), [(2, 3, 4), (2, 4, 4), (2, 3, 4)], kind=["normal", "normal", (0, 2)], roles=[*qv, "attention_mask"])
    case("multi_head_attention_mask_scores", lambda: mha(2, 3), [(2, 3, 4), (2, 4, 4), (2, 3, 4)], kind=["normal", "normal", (0, 2)], roles=[*qv, "attention_mask"], call={"return_attention_scores": True})
    case("multi_head_attention_mask_heads", lambda: mha(2, 3), [(2, 3, 4), (2, 4, 4), (2, 2, 3, 4)], kind=["normal", "normal", (0, 2)], roles=[*qv, "attention_mask"], gradients="where all of a row is masked, adding to its scores (as PyTorch does) and replacing them have other slopes")
    case("multi_head_attention_padding", lambda: mha(2, 3), [(2, 3, 4), (2, 4, 4)], roles=qv, masks=[rows, four], gradients="where all of a row is masked, adding to its scores (as PyTorch does) and replacing them have other slopes")
    case("multi_head_attention_padding_scores", lambda: mha(2, 3), [(2, 3, 4), (2, 4, 4)], roles=qv, masks=[None, four], call={"return_attention_scores": True})
    case("multi_head_attention_window", lambda: mha(1, 3, sliding_window=2), [(2, 5, 4), (2, 5, 4)], roles=qv, call={"use_causal_mask": True})
    case("multi_head_attention_gate", lambda: mha(2, 3, use_gate=True, value_dim=4), [(2, 3, 4), (2, 4, 4)], roles=qv)
    case("multi_head_attention_dropout", lambda: mha(2, 3, dropout=0.4), [(2, 3, 4), (2, 3, 4)], roles=qv)
    case("multi_head_attention_images", lambda: mha(2, 3), [(2, 2, 3, 4), (2, 3, 2, 4)], roles=qv)
    case("multi_head_attention_axes", lambda: mha(2, 3, attention_axes=2), [(2, 2, 3, 4), (2, 2, 4, 4)], roles=qv)
    case("multi_head_attention_axes_mask", lambda: mha(2, 3, attention_axes=(2, 1)), [(2, 2, 3, 4), (2, 2, 3, 4), (2, 3, 2, 3, 2)], kind=["normal", "normal", (0, 2)], roles=[*qv, "attention_mask"], call={"return_attention_scores": True})
    case("multi_head_attention_output_axes", lambda: mha(2, 3, output_shape=(2, 3)), [(2, 3, 4), (2, 4, 4)], roles=qv)
    gqa = L.GroupQueryAttention
    case("group_query_attention", lambda: gqa(3, 4, 2), [(2, 3, 4), (2, 5, 4)], roles=qv)
    case("group_query_attention_key", lambda: gqa(3, 4, 1, use_bias=False), [(2, 3, 4), (2, 5, 4), (2, 5, 6)], roles=[*qv, "key"], call={"use_causal_mask": True})
    case("group_query_attention_scores", lambda: gqa(2, 2, 2), [(2, 3, 4), (2, 4, 4)], roles=qv, masks=[rows, four], call={"return_attention_scores": True})
    case("group_query_attention_gate", lambda: gqa(2, 4, 2, use_gate=True, sliding_window=2), [(2, 3, 4), (2, 3, 4)], roles=qv, masks=[rows, rows], gradients="where all of a row is masked, adding to its scores (as PyTorch does) and replacing them have other slopes")
    for layer, n in ((L.Attention, "attention"), (L.AdditiveAttention, "additive_attention")):
        two = ["inputs*", "inputs*"]
        case(n, lambda: layer(), [(2, 3, 4), (2, 5, 4)], roles=two)
        case(n + "_key", lambda: layer(use_scale=True), [(2, 3, 4), (2, 5, 3), (2, 5, 4)], roles=[*two, "inputs*"])
        case(n + "_scores", lambda: layer(use_scale=False), [(2, 3, 4), (2, 5, 4)], roles=two, call={"return_attention_scores": True, "use_causal_mask": True})
        case(n + "_masks", lambda: layer(use_scale=True, dropout=0.3), [(2, 3, 4), (2, 4, 4)], roles=two, masks=[rows, four], call={"use_causal_mask": True})
        case(n + "_explicit_masks", lambda: layer(), [(2, 3, 4), (2, 4, 4), (2, 3), (2, 4)], kind=["normal", "normal", (0, 2), (0, 2)], roles=[*two, "mask*", "mask*"])
    case("attention_concat", lambda: L.Attention(score_mode="concat"), [(2, 3, 4), (2, 5, 4)], roles=["inputs*", "inputs*"])
    case("attention_concat_scale", lambda: L.Attention(score_mode="concat", use_scale=True), [(2, 3, 4), (2, 5, 4)], roles=["inputs*", "inputs*"])


def merging():
    two = ["inputs*", "inputs*"]
    first, second = [[1, 1, 0], [0, 1, 0]], [[0, 1, 0], [1, 1, 1]]
    for n in ("add", "multiply", "average", "maximum", "minimum"):
        make = getattr(L, n.capitalize())
        case(n, lambda: make(), [(2, 3, 4)] * 3, roles=["inputs*"] * 3)
        case(n + "_broadcast", lambda: make(), [(2, 1, 4), (2, 3, 1)], roles=two)
        case(n + "_ranks", lambda: make(), [(2, 4), (2, 3, 4)], roles=two)
        case(n + "_masks", lambda: make(), [(2, 3, 4), (2, 3, 4)], roles=two, masks=[first, second])
        case(n + "_one_mask", lambda: make(), [(2, 3, 4), (2, 3, 4)], roles=two, masks=[None, second])
    case("subtract", lambda: L.Subtract(), [(2, 3, 4), (2, 3, 4)], roles=two)
    case("subtract_masks", lambda: L.Subtract(), [(2, 3, 4), (2, 3, 1)], roles=two, masks=[first, second])
    case("concatenate", lambda: L.Concatenate(), [(2, 3, 4), (2, 3, 2), (2, 3, 1)], roles=["inputs*"] * 3)
    case("concatenate_axis", lambda: L.Concatenate(axis=1), [(2, 3, 4), (2, 2, 4)], roles=two)
    case("concatenate_masks", lambda: L.Concatenate(), [(2, 3, 4), (2, 3, 2)], roles=two, masks=[first, second])
    case("concatenate_one_mask", lambda: L.Concatenate(axis=1), [(2, 3, 4), (2, 3, 4)], roles=two, masks=[first, None])
    case("dot", lambda: L.Dot(axes=1), [(2, 4), (2, 4)], roles=two)
    case("dot_axes", lambda: L.Dot(axes=(1, 2)), [(2, 3, 5), (2, 4, 3)], roles=two)
    case("dot_normalize", lambda: L.Dot(axes=-1, normalize=True), [(2, 3, 4), (2, 5, 4)], roles=two)
    case("dot_ranks", lambda: L.Dot(axes=(2, 1)), [(2, 3, 4), (2, 4)], roles=two)
    case("dot_four_axes", lambda: L.Dot(axes=(2, -1)), [(2, 3, 4, 2), (2, 5, 3, 4)], roles=two, masks=[first, None])


def preprocessing():
    case("normalization", lambda: L.Normalization(mean=[1.0, 2.0], variance=[4.0, 0.25]), [(3, 2)])
    case("normalization_scalar", lambda: L.Normalization(mean=3.0, variance=2.0, axis=None), [(3, 2)])
    case("normalization_invert", lambda: L.Normalization(mean=[1.0, 2.0, 0.5], variance=[4.0, 0.0, 1.0], axis=1, invert=True), [(2, 3, 2)])
    case("normalization_adapted", lambda: L.Normalization(), [(5, 3)], prepare=lambda layer, xs: layer.adapt(xs[0].astype("float32")))
    case("normalization_adapted_axes", lambda: L.Normalization(axis=(1, 2)), [(5, 3, 2)], prepare=lambda layer, xs: layer.adapt(xs[0].astype("float32")))
    case("normalization_adapted_all", lambda: L.Normalization(axis=None), [(5, 3, 2)], prepare=lambda layer, xs: layer.adapt(xs[0].astype("float32")))
    for mode in ("multi_hot", "one_hot", "count"):
        case(f"category_encoding_{mode}", lambda: L.CategoryEncoding(num_tokens=4, output_mode=mode), [(3, 1) if mode == "one_hot" else (3, 5)], kind=(0, 4), gradients="the output steps")
    case("category_encoding_one_hot_steps", lambda: L.CategoryEncoding(num_tokens=4, output_mode="one_hot"), [(2, 3)], kind=(0, 4), gradients="the output steps")
    case("category_encoding_count_weights", lambda: L.CategoryEncoding(num_tokens=4, output_mode="count"), [(3, 5), (3, 5)], kind=[(0, 4), "normal"], roles=["inputs", "count_weights"], gradients="the output steps")
    for mode in ("int", "one_hot", "multi_hot", "count"):
        case(f"discretization_{mode}", lambda: L.Discretization(bin_boundaries=[-0.5, 0.0, 1.0], output_mode=mode), [(3, 4)], gradients="the output steps")
    case("discretization_adapted", lambda: L.Discretization(num_bins=4), [(30, 2)], prepare=lambda layer, xs: layer.adapt(xs[0].astype("float32")), gradients="the output steps")
    case("discretization_adapted_coarse", lambda: L.Discretization(num_bins=3, epsilon=0.1), [(40, 3)], prepare=lambda layer, xs: layer.adapt(xs[0].astype("float32")), gradients="the output steps")
    case("discretization_adapted_batches", lambda: L.Discretization(num_bins=5, epsilon=0.05), [(60, 2)], prepare=lambda layer, xs: layer.adapt([b for b in np.split(xs[0].astype("float32"), 3)]), gradients="the output steps")


def recurrent():
    rows = [[[1, 1, 0, 1], [1, 0, 0, 0]]]
    for n in ("SimpleRNN", "GRU", "LSTM"):
        layer, word = getattr(L, n), n.lower()
        case(word, lambda: layer(3), [(2, 4, 2)])
        case(word + "_sequences", lambda: layer(3, return_sequences=True, go_backwards=True), [(2, 4, 2)])
        case(word + "_state", lambda: layer(2, return_state=True, return_sequences=True, use_bias=False), [(2, 4, 3)])
        case(word + "_mask", lambda: layer(3, return_sequences=True, activation="relu"), [(2, 4, 2)], masks=rows)
        case(word + "_mask_last", lambda: layer(3), [(2, 4, 2)], masks=rows)
        case(word + "_zero_output", lambda: layer(3, return_sequences=True, zero_output_for_mask=True), [(2, 4, 2)], masks=rows)
        case("bidirectional_" + word, lambda: L.Bidirectional(layer(2, return_sequences=True)), [(2, 4, 3)])
    case("gru_reset_before", lambda: L.GRU(3, reset_after=False, recurrent_activation="hard_sigmoid"), [(2, 4, 2)])
    case("lstm_plain_forget", lambda: L.LSTM(3, unit_forget_bias=False), [(2, 4, 2)])
    case("bidirectional_sum", lambda: L.Bidirectional(L.LSTM(2), merge_mode="sum"), [(2, 4, 3)])
    case("bidirectional_mask", lambda: L.Bidirectional(L.GRU(2), merge_mode="ave"), [(2, 4, 3)], masks=rows)
    case("rnn_cells", lambda: L.RNN([L.SimpleRNNCell(3), L.LSTMCell(2)]), [(2, 4, 2)])
    case("rnn_gru_cell", lambda: L.RNN(L.GRUCell(3), return_sequences=True), [(2, 4, 2)])
    case("time_distributed", lambda: L.TimeDistributed(L.Dense(3, activation="tanh")), [(2, 4, 2)])
    case("time_distributed_conv", lambda: L.TimeDistributed(L.Conv1D(2, 2)), [(2, 3, 4, 2)])
    case("masking", lambda: L.Masking(0.0), [(2, 4, 2)])


def activations():
    from keras.src.activations import ALL_OBJECTS_DICT

    for n in sorted(ALL_OBJECTS_DICT):
        if n != "threshold":
            case("activation_" + n, lambda: L.Activation(n), [(4, 6)])


def thing(name, obj, shape=(4, 3), call=lambda obj, x: obj(x)):
    x = numbers(np.random.default_rng(zlib.crc32(name.encode())), shape, "normal")
    y = np.asarray(call(obj, x))
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(obj)))
    cases[name] = {"object": config, "input": pack(x), "output": pack(np.asarray(y, "float64"))}


def objects():
    from keras import constraints as C, initializers as I, regularizers as R

    thing("L1", R.L1(0.02))
    thing("L2", R.L2(0.03), (2, 3, 2))
    thing("L1L2", R.L1L2(0.1, 0.2))
    thing("OrthogonalRegularizer rows", R.OrthogonalRegularizer(0.5))
    thing("OrthogonalRegularizer columns", R.OrthogonalRegularizer(0.5, mode="columns"))
    thing("MaxNorm", C.MaxNorm(1.0))
    thing("MaxNorm axes", C.MaxNorm(1.5, axis=[0, 1]), (2, 3, 4))
    thing("MinMaxNorm", C.MinMaxNorm(0.5, 1.0, rate=0.7, axis=1))
    thing("NonNeg", C.NonNeg())
    thing("UnitNorm", C.UnitNorm(axis=1))
    first = lambda obj, x: obj(x.shape)
    thing("Zeros", I.Zeros(), call=first)
    thing("Ones", I.Ones(), call=first)
    thing("Constant", I.Constant(0.3), call=first)
    thing("Identity", I.Identity(), call=first)
    for side in ("real", "imag"):
        for scaling in ("density", "spectrum", None):
            thing(f"STFT {side} {scaling}", I.STFT(side, "hann", scaling, True), (8, 1, 5), call=first)
    thing("STFT hamming", I.STFT("real", "hamming", "density", False), (7, 1, 4), call=first)
    thing("STFT plain", I.STFT("imag", None), (6, 1, 4), call=first)


def configs():
    """Serialised losses, metrics, optimizers, schedules and initializers: with defaults, and with every number, flag and word changed."""
    import inspect

    needed = {"num_classes": 3, "target_class_ids": [0, 2], "recall": 0.4, "precision": 0.6, "sensitivity": 0.3, "specificity": 0.7,
              "initial_learning_rate": 0.1, "decay_steps": 20, "decay_rate": 0.8, "first_decay_steps": 10, "boundaries": [5, 9], "values": [0.1, 0.05, 0.01]}
    words = {"reduction": "sum", "mode": "fan_out", "distribution": "uniform", "curve": "PR", "summation_method": "minoring", "average": "macro",
             "class_aggregation": "variance_weighted_average", "side": "imag", "window": "hamming", "scaling": "spectrum"}
    skipped = {"dtype", "name", "fn", "num_thresholds", "label_weights", "num_labels", "thresholds", "multi_label", "from_logits_axis", "kwargs"}

    def changed(key, default):
        if key in words:
            return words[key]
        if isinstance(default, bool):
            return not default
        if isinstance(default, int):
            return default + 1
        if isinstance(default, float):
            return default * 0.5 if default else 0.25
        return None

    for module in (keras.losses, keras.metrics, keras.optimizers, keras.optimizers.schedules, keras.initializers):
        title = module.__name__.split(".")[-1]
        for n in sorted(dir(module)):
            cls = getattr(module, n)
            if not inspect.isclass(cls) or cls.__name__ != n or n in ("Loss", "Metric", "Optimizer", "LearningRateSchedule", "Initializer", "MeanMetricWrapper", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap"):
                continue
            parameters = inspect.signature(cls.__init__).parameters
            base = {k: needed[k] for k, p in parameters.items() if k in needed and (p.default is p.empty or p.default is None)}
            other = {k: changed(k, p.default) for k, p in parameters.items() if k not in skipped and k not in base and p.default is not p.empty}
            other = {k: v for k, v in other.items() if v is not None}
            other.pop("weight_decay", None)
            for kind, arguments in (("defaults", base), ("changed", {**base, **other})):
                try:
                    obj = cls(**arguments)
                except (TypeError, ValueError) as error:
                    print("left out:", title, n, kind, error)
                    continue
                cases[f"{title} {n} {kind}"] = json.loads(json.dumps(keras.saving.serialize_keras_object(obj), default=float).replace('"float64"', '"float32"'))


if __name__ == "__main__":
    for part in sys.argv[1:] or ["core", "normalization", "spatial", "attention", "merging", "preprocessing", "activations", "objects", "recurrent", "configs"]:
        globals()[part]()
        write(part + ".json.gz")
