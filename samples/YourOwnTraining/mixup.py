"""Mixup: the network learns from mixtures of two images and of their labels."""
import keras
import numpy as np
from keras import layers

from digits import load_digits
from draws import Draws


def mix_up(x, y, draws):
    """Mixes each sample with another one; the shares are uniform, which is the beta distribution for alpha = 1."""
    partner = np.array([draws.integer(len(x)) for _ in range(len(x))])
    share = (draws.array(len(x)) + 1) / 2
    x_share, y_share = share.reshape(-1, 1, 1, 1), share.reshape(-1, 1)
    return x * x_share + x[partner] * (1 - x_share), y * y_share + y[partner] * (1 - y_share)


def run(images=128, epochs=3):
    draws = Draws(16)
    model = keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    draws.set_weights(model)
    model.compile(keras.optimizers.Adam(0.01), "categorical_crossentropy", metrics=["accuracy"])
    x, y = load_digits(images)
    y = keras.utils.to_categorical(y, 10)

    losses = []
    for _ in range(epochs):
        # New mixtures for each epoch.
        mixed_x, mixed_y = mix_up(x, y, draws)
        losses += model.fit(mixed_x, mixed_y, shuffle=False, verbose=0).history["loss"]
    return losses + model.evaluate(x, y, verbose=0)


if __name__ == "__main__":
    print(run())
