"""The workloads of `steps` trained by Keras' fit on PyTorch: one side of `-- steps --keras=PYTHON`, which starts it and tells it when
to run.

KERAS_BACKEND=torch python steps_keras.py WORKLOAD
"""
import os
import resource
import sys
import time

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from keras import layers  # noqa: E402

WARM_UP_RUNS = 3


def mlp(last=None):
    return keras.Sequential([
        keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dropout(0.2), layers.Dense(10, activation=last)])


def bn_mlp():
    penalty = keras.regularizers.L2(1e-4)
    parts = [keras.Input((784,))]
    for _ in range(2):
        parts += [layers.Dense(256, kernel_regularizer=penalty), layers.BatchNormalization(), layers.Activation("relu")]
    return keras.Sequential(parts + [layers.Dense(10, kernel_regularizer=penalty)])


def mlp_20m():
    return keras.Sequential([
        keras.Input((784,)), layers.Dense(4096, activation="relu"), layers.Dense(4096, activation="relu"), layers.Dense(10)])


def tabular():
    features = keras.Input((40,))
    deep = layers.Dense(32, activation="relu")(layers.Dense(64, activation="relu")(features))
    return keras.Model(features, layers.Dense(1)(layers.Concatenate()([features, deep])))


def cnn():
    return keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2), layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2), layers.Flatten(), layers.Dropout(0.5), layers.Dense(10)])


def resnet():
    def normalized(x, filters, kernel, stride):
        return layers.BatchNormalization()(layers.Conv2D(filters, kernel, strides=stride, padding="same")(x))

    def block(x, channels, filters, stride):
        body = layers.Activation("relu")(normalized(x, filters, 3, stride))
        body = normalized(body, filters, 3, 1)
        shortcut = x if channels == filters else normalized(x, filters, 1, stride)
        return layers.Activation("relu")(layers.Add()([body, shortcut]))

    image = keras.Input((32, 32, 3))
    x = layers.Activation("relu")(normalized(image, 16, 3, 1))
    x = block(block(block(x, 16, 16, 1), 16, 32, 2), 32, 64, 2)
    return keras.Model(image, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))


def conv1d():
    return keras.Sequential([
        keras.Input((128, 16)), layers.Conv1D(64, 5, activation="relu"), layers.MaxPooling1D(2), layers.Conv1D(128, 3, activation="relu"),
        layers.GlobalAveragePooling1D(), layers.Dense(10)])


def autoencoder():
    return keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(16, 3, padding="same", activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(8, 3, padding="same", activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2DTranspose(8, 2, strides=2, activation="relu"), layers.Conv2DTranspose(16, 2, strides=2, activation="relu"),
        layers.Conv2D(1, 3, padding="same", activation="sigmoid")])


def recurrent(layer):
    return keras.Sequential([keras.Input((28, 28)), layer(128), layers.Dense(10)])


def transformer():
    sequence = keras.Input((64, 64))
    x = layers.LayerNormalization(epsilon=1e-5)(layers.Add()([sequence, layers.MultiHeadAttention(4, 16)(sequence, sequence)]))
    forward = layers.Dense(64)(layers.Dense(256, activation="relu")(x))
    x = layers.LayerNormalization(epsilon=1e-5)(layers.Add()([x, forward]))
    return keras.Model(sequence, layers.Dense(10)(layers.GlobalAveragePooling1D()(x)))


def embedding():
    return keras.Sequential([
        keras.Input((20,), dtype="int32"), layers.Embedding(100_000, 64), layers.GlobalAveragePooling1D(), layers.Dense(10)])


# The model, the batch size, the steps of an epoch and the shape of a sample, as in Workload.All.cs.
WORKLOADS = {
    "mlp-32": (mlp, 32, 300, (784,)),
    "softmax": (lambda: mlp("softmax"), 32, 300, (784,)),
    "mlp-512": (mlp, 512, 40, (784,)),
    "bn-mlp": (bn_mlp, 128, 50, (784,)),
    "mlp-20m": (mlp_20m, 32, 5, (784,)),
    "tabular": (tabular, 512, 100, (40,)),
    "cnn": (cnn, 32, 30, (28, 28, 1)),
    "resnet": (resnet, 32, 10, (32, 32, 3)),
    "conv1d": (conv1d, 32, 30, (128, 16)),
    "autoencoder": (autoencoder, 32, 30, (28, 28, 1)),
    "lstm": (lambda: recurrent(layers.LSTM), 32, 20, (28, 28)),
    "gru": (lambda: recurrent(layers.GRU), 32, 20, (28, 28)),
    "transformer": (transformer, 32, 20, (64, 64)),
    "embedding": (embedding, 32, 20, (20,)),
}


def main():
    key = sys.argv[1]
    create, batch, steps, sample = WORKLOADS[key]
    random = np.random.default_rng(1)
    shape = (batch * steps, *sample)
    x = random.integers(0, 100_000, shape).astype("int32") if key == "embedding" else random.random(shape, dtype="float32")
    model = create()
    if key == "autoencoder":
        y = x
        model.compile("adam", "mse")
    elif key == "tabular":
        y = random.integers(0, 2, (batch * steps, 1)).astype("float32")
        model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=[keras.metrics.BinaryAccuracy(threshold=0)])
    else:
        y = random.integers(0, 10, batch * steps)
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=key != "softmax"), metrics=["accuracy"])

    def run():
        model.fit(x, y, batch_size=batch, epochs=1, verbose=0)

    for _ in range(WARM_UP_RUNS):
        run()
    print(f"ready {torch.get_num_threads()} threads, Keras {keras.__version__}, PyTorch {torch.__version__}", flush=True)
    for _ in sys.stdin:
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        processor, wall = time.process_time(), time.perf_counter()
        run()
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults
        print(wall * 1000, processor * 1000, float(faults), flush=True)


if __name__ == "__main__":
    main()
