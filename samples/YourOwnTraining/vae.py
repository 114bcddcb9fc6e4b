"""A variational autoencoder of digits: an encoder, a decoder, and a loss of two parts in train_step."""
import keras
import torch
from keras import layers

from digits import load_digits
from draws import Draws

LATENT = 2


class VAE(keras.Model):
    def __init__(self, encoder, decoder, draws):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.draws = draws
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_tracker = keras.metrics.Mean(name="kl_loss")
        self.built = True

    def train_step(self, x):
        z_mean, z_log_var = self.encoder(x)
        z = z_mean + torch.exp(0.5 * z_log_var) * torch.tensor(self.draws.array(*z_mean.shape))
        reconstruction = self.decoder(z)
        reconstruction_loss = keras.losses.binary_crossentropy(x, reconstruction).sum(dim=(1, 2)).mean()
        kl_loss = (-0.5 * (1 + z_log_var - z_mean.square() - z_log_var.exp())).sum(dim=1).mean()
        loss = reconstruction_loss + kl_loss

        gradients = torch.autograd.grad(loss, [w.value for w in self.trainable_weights])
        with torch.no_grad():
            self.optimizer.apply(gradients, self.trainable_weights)
        self.reconstruction_tracker.update_state(reconstruction_loss)
        self.kl_tracker.update_state(kl_loss)
        return {"reconstruction_loss": self.reconstruction_tracker.result(), "kl_loss": self.kl_tracker.result()}


def run(images=128, epochs=3):
    draws = Draws(2)
    encoder_inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(16, 3, activation="relu", strides=2, padding="same")(encoder_inputs)
    x = layers.Conv2D(32, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(16, activation="relu")(x)
    z_mean = layers.Dense(LATENT, name="z_mean")(x)
    z_log_var = layers.Dense(LATENT, name="z_log_var")(x)
    encoder = keras.Model(encoder_inputs, [z_mean, z_log_var], name="encoder")

    latent_inputs = keras.Input((LATENT,))
    x = layers.Dense(2 * 2 * 32, activation="relu")(latent_inputs)
    x = layers.Reshape((2, 2, 32))(x)
    x = layers.Conv2DTranspose(32, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Conv2DTranspose(16, 3, activation="relu", strides=2, padding="same")(x)
    decoder_outputs = layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(x)
    decoder = keras.Model(latent_inputs, decoder_outputs, name="decoder")

    draws.set_weights(encoder, decoder)
    vae = VAE(encoder, decoder, draws)
    vae.compile(optimizer=keras.optimizers.Adam(0.003))
    digits, _ = load_digits(images)
    history = vae.fit(digits, batch_size=32, epochs=epochs, shuffle=False, verbose=0).history
    return history["reconstruction_loss"] + history["kl_loss"]


if __name__ == "__main__":
    print(run())
