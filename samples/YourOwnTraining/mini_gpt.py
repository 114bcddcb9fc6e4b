"""A small GPT: attention that looks back only learns to continue a text, letter by letter."""
import keras
import numpy as np
from keras import layers

from draws import Draws
from transformer_layers import TokenAndPositionEmbedding, TransformerBlock

TEXT = "the rain falls on the stone and the stone lies in the rain and the wind goes over the stone and over the rain. "
LETTERS = sorted(set(TEXT))
LENGTH = 16


class TextGenerator(keras.callbacks.Callback):
    """Continues a text with the likeliest letters at the end of the training."""

    def __init__(self, start, count):
        super().__init__()
        self.tokens = [LETTERS.index(letter) for letter in start]
        self.count = count

    def on_train_end(self, logs=None):
        for _ in range(self.count):
            window = self.tokens[-LENGTH:]
            padded = np.array([window + [0] * (LENGTH - len(window))])
            logits = self.model.predict(padded, verbose=0)
            self.tokens.append(int(logits[0, len(window) - 1].argmax()))

    @property
    def text(self):
        return "".join(LETTERS[token] for token in self.tokens)


def run(epochs=4):
    draws = Draws(12)
    inputs = layers.Input((LENGTH,), dtype="int64")
    x = TokenAndPositionEmbedding(LENGTH, len(LETTERS), 16)(inputs)
    x = TransformerBlock(16, 2, 32, causal=True)(x)
    outputs = layers.Dense(len(LETTERS))(x)
    model = keras.Model(inputs, outputs)
    draws.set_weights(model)

    tokens = np.array([LETTERS.index(letter) for letter in TEXT])
    x = np.array([tokens[i : i + LENGTH] for i in range(len(tokens) - LENGTH)])
    y = np.array([tokens[i + 1 : i + LENGTH + 1] for i in range(len(tokens) - LENGTH)])
    generator = TextGenerator("the rain", 20)
    model.compile(keras.optimizers.SGD(0.2), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(x, y, epochs=epochs, shuffle=False, verbose=0, callbacks=[generator]).history
    return history["loss"] + generator.tokens


if __name__ == "__main__":
    print(run())
