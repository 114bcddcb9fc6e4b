"""A network that knows 0 to 4 learns 5 to 9: a new head on the frozen layers, which are tuned afterwards."""
import keras
from keras import layers

from digits import load_digits
from draws import Draws


def run(images=192, epochs=3):
    draws = Draws(10)
    x, y = load_digits(images)
    source = keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(16, activation="relu", name="features"),
            layers.Dense(5, activation="softmax"),
        ]
    )
    draws.set_weights(source)
    source.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    pretraining = source.fit(x[y < 5], y[y < 5], epochs=epochs, shuffle=False, verbose=0).history

    base = keras.Model(source.inputs, source.get_layer("features").output)
    base.trainable = False
    inputs = keras.Input((8, 8, 1))
    outputs = layers.Dense(5, activation="softmax", name="head")(base(inputs, training=False))
    model = keras.Model(inputs, outputs)
    draws.set_weights(model.get_layer("head"))
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    frozen = model.fit(x[y >= 5], y[y >= 5] - 5, epochs=epochs, shuffle=False, verbose=0).history

    base.trainable = True
    model.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", metrics=["accuracy"])
    tuned = model.fit(x[y >= 5], y[y >= 5] - 5, epochs=epochs, shuffle=False, verbose=0).history
    return pretraining["loss"] + frozen["loss"] + tuned["loss"] + tuned["accuracy"]


if __name__ == "__main__":
    print(run())
