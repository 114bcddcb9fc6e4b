"""Records graphs of layers as Keras orders, names and writes them, and what they compute: `KERAS_BACKEND=numpy python generate.py`, Keras 3.16.

Each case is a model's JSON (layers in Keras' order), the names of its weights in Keras' order, their numbers (one flat list), inputs of two
samples and the outputs. Models are drawn at random: layers with several inputs, shared layers, models within models, several inputs and
outputs, inputs that lead nowhere, layers that are called outside of the model as well.
"""
import gzip
import json
import os

import keras
import numpy as np
from keras import layers as L

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH = 3


def graph(rng, depth):
    """A random model whose tensors all have the shape (None, WIDTH) or (None, 2 * WIDTH)."""
    inputs = [L.Input((WIDTH,)) for _ in range(rng.integers(1, 4))]
    tensors = list(inputs)
    shared = [L.Dense(WIDTH, activation="tanh") for _ in range(2)]
    models = [graph(rng, depth - 1) for _ in range(rng.integers(0, 2))] if depth else []
    pick = lambda: tensors[rng.integers(max(0, len(tensors) - 6), len(tensors))] if rng.random() < 0.6 else tensors[rng.integers(len(tensors))]
    for _ in range(rng.integers(2, 20)):
        kind = rng.integers(0, 8)
        if kind <= 1:
            tensors.append(L.Dense(WIDTH, use_bias=bool(rng.integers(2)))(pick()))
        elif kind == 2:
            tensors.append(shared[rng.integers(2)](pick()))
        elif kind == 3:
            tensors.append(L.Activation("relu")(pick()))
        elif kind == 4:
            layer = [L.Add, L.Multiply, L.Maximum, L.Average][rng.integers(4)]()
            tensors.append(layer([pick() for _ in range(rng.integers(2, 4))]))
        elif kind == 5:
            tensors.append(L.Subtract()([pick(), pick()]))
        elif kind == 6:
            tensors.append(L.Dense(WIDTH)(L.Concatenate()([pick(), pick()])))
        elif models:
            model = models[rng.integers(len(models))]
            given = [pick() for _ in model.inputs]
            out = model(given if isinstance(model.input, list) else given[0])
            tensors.extend(out if isinstance(out, list) else [out])
    late = tensors[len(inputs):] or tensors
    outputs = [late[-1]] + [late[rng.integers(len(late))] for _ in range(rng.integers(0, 3))]
    return keras.Model(
        inputs if len(inputs) > 1 or rng.random() < 0.5 else inputs[0], outputs if len(outputs) > 1 or rng.random() < 0.5 else outputs[0])


def record(model, rng, inputs):
    for w in model.weights:
        w.assign(rng.normal(size=w.shape).astype("float32") * 0.7)
    ys = model(inputs if isinstance(model.input, list) else inputs[0])
    return {
        "model": json.loads(model.to_json()),
        "weights": [w.path for w in model.weights],
        "numbers": [float(f"{v:.9g}") for w in model.weights for v in np.asarray(w).ravel()],
        "inputs": [[float(f"{v:.9g}") for v in x.ravel()] for x in inputs],
        "outputs": [[float(f"{v:.9g}") for v in np.asarray(y, "float64").ravel()] for y in keras.tree.flatten(ys)],
    }


def masked():
    """Models in whose files Keras writes the operations that make masks."""
    words = lambda: L.Input((4,), dtype="int32")
    a = words()
    yield "mask_lstm", keras.Model(a, L.Dense(1)(L.LSTM(3)(L.Embedding(9, 3, mask_zero=True)(a))))
    a, table = words(), L.Embedding(9, 3, mask_zero=True)
    both = L.Add()([L.GRU(3, return_sequences=True)(table(a)), table(a)])
    yield "mask_merge", keras.Model(a, L.GlobalAveragePooling1D()(both))
    a, b, table = words(), words(), L.Embedding(9, 3, mask_zero=True)
    yield "mask_concatenate", keras.Model([a, b], L.SimpleRNN(3)(L.Concatenate(axis=1)([table(a), table(b)])))
    a = words()
    steps = L.Masking(0.0)(L.Embedding(9, 3)(a))
    yield "mask_masking", keras.Model(a, L.LSTM(2)(L.Bidirectional(L.GRU(2, return_sequences=True))(steps)))
    a, table = words(), L.Embedding(9, 4, mask_zero=True)
    e = table(a)
    yield "mask_attention", keras.Model(a, L.GlobalAveragePooling1D()(L.MultiHeadAttention(2, 3)(e, e)))
    a = words()
    inner_in = L.Input((4, 3))
    inner = keras.Model(inner_in, L.LSTM(2)(inner_in), name="inner")
    yield "mask_inner", keras.Model(a, inner(L.Embedding(9, 3, mask_zero=True)(a)))
    a = words()
    sequence, state = L.GRU(3, return_sequences=True, return_state=True)(L.Embedding(9, 3, mask_zero=True)(a))
    yield "mask_state", keras.Model(a, L.GRU(3)(sequence, initial_state=state))


def operators():
    """Models with operators between tensors of equally many axes."""
    a, b = L.Input((3,)), L.Input((3,))
    x = L.Dense(3)(a)
    yield "operator_chain", keras.Model([a, b], L.Dense(2)((x + b) * a - x))
    yield "operator_extremes", keras.Model([a, b], [keras.ops.maximum(a, b), keras.ops.minimum(x, b)])


cases = {}
for seed in range(60):
    keras.utils.clear_session()
    rng = np.random.default_rng(seed)
    model = graph(rng, 2)
    cases[f"graph_{seed}"] = record(model, rng, [rng.normal(size=(2, WIDTH)).astype("float32") for _ in model.inputs])

masks = {}
for name, model in masked():
    rng = np.random.default_rng(len(masks))
    masks[name] = record(model, rng, [np.array([[3, 5, 0, 0], [1, 0, 7, 2]])] * len(model.inputs))

rest = {name: record(model, np.random.default_rng(1), [np.random.default_rng(i).normal(size=(2, 3)).astype("float32") for i in range(2)]) for name, model in operators()}
for name, group in (("graphs", cases), ("masks", masks), ("operators", rest)):
    with open(os.path.join(HERE, name + ".json.gz"), "wb") as f:
        f.write(gzip.compress(json.dumps(group).encode(), 9, mtime=0))
    print(name, len(group), sum(len(c["model"]["config"]["layers"]) for c in group.values()))
