"""Two towers with the same weights tell whether two digits are the same: a contrastive loss as a function."""
import keras
import numpy as np
from keras import layers, ops

from digits import load_digits
from draws import Draws


def euclidean_distance(x, y):
    return ops.sqrt(ops.maximum(ops.sum(ops.square(x - y), axis=1, keepdims=True), 1e-7))


def contrastive_loss(y_true, y_pred, margin=1.0):
    square = ops.square(y_pred)
    margin_square = ops.square(ops.maximum(margin - y_pred, 0))
    return ops.mean((1 - y_true) * square + y_true * margin_square)


def make_pairs(x, y, draws):
    """For each image another one of the same digit (label 0) and one of a different digit (label 1)."""
    left, right, labels = [], [], []
    for i in range(len(x)):
        same = np.flatnonzero(y == y[i])
        other = np.flatnonzero(y != y[i])
        left += [i, i]
        right += [same[draws.integer(len(same))], other[draws.integer(len(other))]]
        labels += [[0.0], [1.0]]
    return x[left], x[right], np.array(labels, "float32")


def run(images=64, epochs=3):
    draws = Draws(5)
    inputs = layers.Input((8, 8, 1))
    x = layers.Conv2D(4, 3, activation="tanh")(inputs)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(10, activation="tanh")(x)
    tower = keras.Model(inputs, x)

    left, right = layers.Input((8, 8, 1)), layers.Input((8, 8, 1))
    distance = euclidean_distance(tower(left), tower(right))
    outputs = layers.Dense(1, activation="sigmoid")(distance)
    model = keras.Model([left, right], outputs)
    draws.set_weights(model)

    model.compile(keras.optimizers.RMSprop(0.003), contrastive_loss, metrics=["accuracy"])
    first, second, labels = make_pairs(*load_digits(images), draws)
    history = model.fit([first, second], labels, batch_size=16, epochs=epochs, shuffle=False, verbose=0).history
    return history["loss"] + history["accuracy"]


if __name__ == "__main__":
    print(run())
