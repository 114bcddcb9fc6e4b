"""A GAN that draws digits: two models and two optimizers in one train_step."""
import keras
import torch
from keras import layers

from digits import load_digits
from draws import Draws

LATENT = 16


class GAN(keras.Model):
    def __init__(self, discriminator, generator, draws):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.draws = draws
        self.d_loss_tracker = keras.metrics.Mean(name="d_loss")
        self.g_loss_tracker = keras.metrics.Mean(name="g_loss")
        self.built = True

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn

    def train_step(self, real):
        count = real.shape[0]

        # The discriminator learns that generated images are 1 and real ones 0.
        generated = self.generator(torch.tensor(self.draws.array(count, LATENT))).detach()
        labels = torch.cat([torch.ones(count, 1), torch.zeros(count, 1)])
        d_loss = self.loss_fn(labels, self.discriminator(torch.cat([generated, real])))
        weights = self.discriminator.trainable_weights
        gradients = torch.autograd.grad(d_loss, [w.value for w in weights])
        with torch.no_grad():
            self.d_optimizer.apply(gradients, weights)

        # The generator learns to make images that are taken for real.
        generated = self.generator(torch.tensor(self.draws.array(count, LATENT)))
        g_loss = self.loss_fn(torch.zeros(count, 1), self.discriminator(generated))
        weights = self.generator.trainable_weights
        gradients = torch.autograd.grad(g_loss, [w.value for w in weights])
        with torch.no_grad():
            self.g_optimizer.apply(gradients, weights)

        self.d_loss_tracker.update_state(d_loss)
        self.g_loss_tracker.update_state(g_loss)
        return {"d_loss": self.d_loss_tracker.result(), "g_loss": self.g_loss_tracker.result()}


def run(images=128, epochs=3):
    draws = Draws(1)
    discriminator = keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(16, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(32, 3, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.GlobalMaxPooling2D(),
            layers.Dense(1),
        ]
    )
    generator = keras.Sequential(
        [
            layers.Input((LATENT,)),
            layers.Dense(2 * 2 * 16),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((2, 2, 16)),
            layers.Conv2DTranspose(16, 4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid"),
        ]
    )
    draws.set_weights(discriminator, generator)
    gan = GAN(discriminator, generator, draws)
    gan.compile(
        d_optimizer=keras.optimizers.Adam(0.003),
        g_optimizer=keras.optimizers.Adam(0.003),
        loss_fn=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    x, _ = load_digits(images)
    history = gan.fit(x, batch_size=32, epochs=epochs, shuffle=False, verbose=0).history
    return history["d_loss"] + history["g_loss"]


if __name__ == "__main__":
    print(run())
