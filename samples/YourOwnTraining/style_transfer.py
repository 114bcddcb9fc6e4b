"""The content of one image in the style of another: an optimizer changes the image itself."""
import keras
import torch
from keras import layers

from digits import load_digits
from draws import Draws


def gram_matrix(features):
    flat = features[0].reshape(-1, features.shape[-1])
    return flat.T @ flat


def compute_loss(extractor, combination, content, style):
    *styles, contents = extractor(torch.cat([content, style, combination]))
    loss = 0.1 * (contents[2] - contents[0]).square().sum()
    for layer in styles:
        loss = loss + (gram_matrix(layer[1:2]) - gram_matrix(layer[2:3])).square().mean() / 2
    x = combination
    variation = (x[:, 1:, :-1] - x[:, :-1, :-1]).square() + (x[:, :-1, 1:] - x[:, :-1, :-1]).square()
    return loss + 0.01 * (variation + 1e-6).pow(1.25).sum()


def run(iterations=8):
    draws = Draws(8)
    inputs = layers.Input((8, 8, 1))
    style_1 = layers.Conv2D(8, 3, activation="relu", padding="same", name="style_1")(inputs)
    style_2 = layers.Conv2D(8, 3, activation="relu", padding="same", strides=2, name="style_2")(style_1)
    content = layers.Conv2D(16, 3, activation="relu", padding="same", name="content")(style_2)
    model = keras.Model(inputs, content)
    draws.set_weights(model)
    extractor = keras.Model(inputs, [layer.output for layer in model.layers[1:]])

    images = torch.tensor(load_digits(2)[0])
    content_image, style_image = images[:1], images[1:]
    combination = keras.Variable(content_image.clone())
    optimizer = keras.optimizers.SGD(
        keras.optimizers.schedules.ExponentialDecay(0.05, decay_steps=4, decay_rate=0.9)
    )
    losses = []
    for _ in range(iterations):
        loss = compute_loss(extractor, combination.value, content_image, style_image)
        gradients = torch.autograd.grad(loss, combination.value)
        with torch.no_grad():
            optimizer.apply(gradients, [combination])
        losses.append(loss.item())

    return losses + combination.value[0, 4].flatten().tolist()


if __name__ == "__main__":
    print(run())
