"""Grad-CAM: which parts of an image made the classifier decide."""
import keras
import torch
from keras import layers

from digits import load_digits
from draws import Draws


def make_heatmap(model, image, last_conv_layer):
    grad_model = keras.Model(model.inputs, [model.get_layer(last_conv_layer).output, model.outputs[0]])
    features, predictions = grad_model(image)
    score = predictions[0, predictions[0].argmax()]
    gradients = torch.autograd.grad(score, features)[0]

    # Each channel counts by the mean of its gradients.
    heatmap = (features * gradients.mean(dim=(0, 1, 2))).sum(dim=-1)[0].relu()
    return (heatmap / (heatmap.max() + 1e-7)).detach()


def run(images=128, epochs=3):
    draws = Draws(7)
    model = keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(8, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, activation="relu", padding="same", name="last_conv"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10),
        ]
    )
    draws.set_weights(model)
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x, y = load_digits(images)
    history = model.fit(x, y, epochs=epochs, shuffle=False, verbose=0).history
    heatmap = make_heatmap(model, x[:1], "last_conv")
    return history["loss"] + heatmap.flatten().tolist()


if __name__ == "__main__":
    print(run())
