"""Records small files of real Keras 3.16 (PyTorch backend): layers shared between models, initial states, weights of subclassed models.

    KERAS_BACKEND=torch python generate.py shared.json.gz

Each case holds a file (base64), inputs, and what `predict` gives. A subclassed model is saved as weights alone; the test has the same class.
"""
import base64
import gzip
import json
import os
import sys
import tempfile

import keras
import numpy as np
from keras import Input, Model, Sequential, layers

keras.utils.set_random_seed(7)
random = np.random.default_rng(7)
cases = []


def array(a):
    a = np.asarray(a, dtype="float32")
    return {"shape": list(a.shape), "dtype": "float32", "data": [float(v) for v in a.ravel()]}


def record(name, model, shapes, ending=".keras"):
    x = [random.standard_normal(shape).astype("float32") for shape in shapes]
    y = model.predict(x if len(x) > 1 else x[0], verbose=0)
    y = y if isinstance(y, (list, tuple)) else [y]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model" + ending)
        model.save_weights(path) if ending == ".weights.h5" else model.save(path)
        with open(path, "rb") as file:
            content = base64.b64encode(file.read()).decode()
    cases.append({"name": name, "ending": ending, "file": content, "weights": len(model.weights), "x": [array(a) for a in x], "y": [array(a) for a in y]})


def compiled(model):
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model


# Layers shared between models within a model: Keras 3.16 cannot open these files of its own ("0 variables"), what they predict is known all the same.
d = layers.Dense(3, name="shared")
one, two = Sequential([Input((3,)), d], name="one"), Sequential([Input((3,)), d, layers.Dense(3)], name="two")
x = Input((3,))
record("sequentials that share a layer", compiled(Model(x, layers.Add()([one(x), two(x)]))), [(4, 3)])

d = layers.Dense(2, name="shared")
x, y = Input((4, 3)), Input((3,))
record("a layer alone and in TimeDistributed", Model([x, y], [layers.TimeDistributed(d)(x), d(y)]), [(4, 4, 3), (4, 3)])

inner = Sequential([Input((3,)), layers.Dense(3), layers.BatchNormalization()], name="inner")
one, two = Sequential([Input((3,)), inner], name="one"), Sequential([Input((3,)), inner, layers.Dense(2)], name="two")
record("a model in two models", Sequential([Input((3,)), one, two]), [(4, 3)])

# Initial states.
x, h, c = Input((5, 3)), Input((4,)), Input((4,))
record("LSTM with states", Model([x, h, c], layers.LSTM(4)(x, initial_state=[h, c])), [(3, 5, 3), (3, 4), (3, 4)])
x, h = Input((5, 3)), Input((4,))
record("GRU with states", Model([x, h], layers.GRU(4, return_sequences=True)(x, initial_state=h)), [(3, 5, 3), (3, 4)])
x, states = Input((5, 3)), [[Input((4,)), Input((4,))], [Input((6,)), Input((6,))]]
record(
    "stacked LSTM cells with states", Model([x, *states[0], *states[1]], layers.RNN([layers.LSTMCell(4), layers.LSTMCell(6)])(x, initial_state=states)),
    [(3, 5, 3), (3, 4), (3, 4), (3, 6), (3, 6)])
x, states = Input((5, 3)), [Input((4,)), Input((6,))]
record(
    "stacked GRU cells with states", Model([x, *states], layers.RNN([layers.GRUCell(4), layers.GRUCell(6)])(x, initial_state=states)),
    [(3, 5, 3), (3, 4), (3, 6)])
x, h = Input((5, 3)), [Input((4,)) for _ in range(4)]
record("Bidirectional with states", Model([x, *h], layers.Bidirectional(layers.LSTM(4))(x, initial_state=h)), [(3, 5, 3)] + [(3, 4)] * 4)


# Subclassed models: attributes before and behind "layers", private ones, one layer under two names, a layer made of layers, a model.
class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.second = layers.Dense(4)
        self.first = layers.Dense(5, activation="relu")

    def call(self, x):
        return self.second(self.first(x))


class Attributes(Model):
    def __init__(self):
        super().__init__()
        self.relu_out = layers.Dense(4, activation="relu")
        self.alpha = layers.Dense(4)
        self._hidden = layers.Dense(4)
        self.zeta = self.alpha
        self.norm = layers.BatchNormalization()
        self.output_layer = layers.Dense(2)
        self.block = Block()
        self.tail = Block()

    def call(self, x):
        return self.output_layer(self.tail(self.block(self.norm(self.zeta(self._hidden(self.alpha(self.relu_out(x))))))))


class Behind(Model):
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(2)
        self.model_inside = Attributes()

    def call(self, x):
        return self.out(self.model_inside(x))


record("attributes", Attributes(), [(4, 4)], ".weights.h5")
record("a subclassed model in another", Behind(), [(4, 4)], ".weights.h5")

with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as file:
    file.write(json.dumps(cases).encode())
