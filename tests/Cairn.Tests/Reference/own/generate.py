"""Records what the code of users' own classes gives in Keras 3.16 on PyTorch (KERAS_BACKEND=torch): python generate.py FOLDER."""
import gzip, json, os, sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import numpy as np
import torch

torch.set_num_threads(1)
import keras
from keras import layers as L, ops, optimizers as O

OUT = sys.argv[1]
R = np.random.RandomState(5)
numbers = lambda a: {"shape": list(np.shape(a)), "dtype": str(np.asarray(a).dtype), "data": [float(str(v)) for v in np.ravel(a)]}
weights = lambda model: [numbers(keras.ops.convert_to_numpy(v.value)) for v in model.weights]
normal = lambda *shape: R.normal(size=shape).astype("float32").round(3)


class Priced(L.Layer):
    def call(self, x):
        self.add_loss(0.05 * ops.mean(ops.square(x)))
        return x


class PricedModel(keras.Model):
    """Half as much in training, and a price on what is within."""

    def __init__(self):
        super().__init__()
        self.hidden = L.Dense(5, activation="tanh", activity_regularizer=keras.regularizers.L2(0.02), kernel_regularizer=keras.regularizers.L1(0.01))
        self.head = L.Dense(1)

    def call(self, x, training=False):
        h = self.hidden(x)
        self.add_loss(0.01 * ops.sum(ops.square(h)))
        return self.head(0.5 * h if training else h)


class TwoInputs(keras.Model):
    def __init__(self):
        super().__init__()
        self.left, self.right, self.head = L.Dense(4, activation="tanh"), L.Dense(3), L.Dense(2)

    def call(self, inputs):
        a, b = inputs
        return self.head(ops.concatenate([self.left(a), self.right(b)], axis=1))


def plain():
    return keras.Sequential([L.Input((4,)), L.Dense(6, activation="tanh"), L.Dense(1)])


def priced_layer():
    return keras.Sequential([L.Input((4,)), L.Dense(5, activation="tanh", activity_regularizer=keras.regularizers.L2(0.02)), Priced(), L.Dense(1)])


RUNS = {}


def run(name, make, optimizer, xs, y, loss="mse"):
    keras.utils.clear_session()
    keras.utils.set_random_seed(len(name))
    model = make()
    model(xs if len(xs) > 1 else xs[0])
    for v in model.weights:
        if len(v.shape) == 1:
            v.assign(0.1 * normal(*v.shape))
    model.compile(optimizer, loss, metrics=["mae"])
    info = {"x": [numbers(x) for x in xs], "y": numbers(y), "w_init": weights(model)}
    x = xs if len(xs) > 1 else xs[0]
    part = lambda rows: [a[rows] for a in xs] if len(xs) > 1 else xs[0][rows]
    batches = []
    tap = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: batches.append({k: float(v) for k, v in logs.items()}))
    history = model.fit(part(slice(0, 24)), y[:24], epochs=3, batch_size=7, shuffle=False, verbose=0, callbacks=[tap], validation_data=(part(slice(24, None)), y[24:]), validation_batch_size=3)
    info.update(history=history.history, batches=batches, w_final=weights(model), predictions=numbers(model.predict(x, verbose=0, batch_size=8)))
    info["evaluated"] = {k: float(v) for k, v in model.evaluate(x, y, verbose=0, batch_size=8, return_dict=True).items()}
    RUNS[name] = info


x, y = normal(31, 4), normal(31, 1)
run("priced layer", priced_layer, O.SGD(0.05, momentum=0.9), [x], y)
run("priced model", PricedModel, O.Adam(0.02), [x], y)
run("module", plain, O.Adam(0.02, clipnorm=0.5), [x], y)
run("module of two inputs", TwoInputs, O.RMSprop(0.01), [x, normal(31, 3)], normal(31, 2))
os.makedirs(OUT, exist_ok=True)
with gzip.GzipFile(f"{OUT}/own.json.gz", "wb", mtime=0) as f:
    f.write(json.dumps(RUNS, separators=(",", ":")).encode())
