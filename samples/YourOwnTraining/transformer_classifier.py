"""A transformer that classifies sequences: attention within a custom layer."""
import keras
import numpy as np
from keras import layers

from draws import Draws
from transformer_layers import TokenAndPositionEmbedding, TransformerBlock

WORDS = 20
LENGTH = 12


def make_data(count, draws):
    """Sequences of words, and whether those of the upper half outnumber the others."""
    x = np.array([[draws.integer(WORDS) for _ in range(LENGTH)] for _ in range(count)])
    return x, ((x >= WORDS // 2).sum(axis=1) > LENGTH // 2).astype("int64")


def run(samples=128, epochs=3):
    draws = Draws(11)
    inputs = layers.Input((LENGTH,), dtype="int64")
    x = TokenAndPositionEmbedding(LENGTH, WORDS, 8)(inputs)
    x = TransformerBlock(8, 2, 16)(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(8, activation="relu")(x)
    outputs = layers.Dense(2, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    draws.set_weights(model)

    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = make_data(samples, draws)
    history = model.fit(x, y, epochs=epochs, shuffle=False, verbose=0).history
    return history["loss"] + history["accuracy"]


if __name__ == "__main__":
    print(run())
