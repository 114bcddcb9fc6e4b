"""A U-Net marks the pixels of a digit in a noisy image: down, up, and across."""
import keras
from keras import layers

from digits import load_digits
from draws import Draws


def conv_block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)


def make_unet():
    inputs = keras.Input((8, 8, 1))
    x, skips = inputs, []
    for filters in (8, 16):
        x = conv_block(x, filters)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = conv_block(x, 32)
    for filters, skip in zip((16, 8), reversed(skips)):
        x = layers.Conv2DTranspose(filters, 3, strides=2, padding="same")(x)
        x = layers.Concatenate()([x, skip])
        x = conv_block(x, filters)
    outputs = layers.Conv2D(1, 1, activation="sigmoid")(x)
    return keras.Model(inputs, outputs)


def run(images=64, epochs=3):
    draws = Draws(15)
    model = make_unet()
    draws.set_weights(model)
    x, _ = load_digits(images)
    mask = (x > 0.5).astype("float32")
    noisy = x + 0.3 * draws.array(*x.shape)
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(noisy, mask, batch_size=16, epochs=epochs, shuffle=False, verbose=0).history
    return history["loss"] + history["accuracy"]


if __name__ == "__main__":
    print(run())
