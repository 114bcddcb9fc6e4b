"""Random numbers that the C# samples draw as well (Draws.cs), so that both train alike."""
import numpy as np


class Draws:
    """A linear congruential generator."""

    def __init__(self, seed):
        self.state = seed

    def number(self):
        """A number from -1 to 1."""
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return (self.state >> 8) / 2**23 - 1

    def integer(self, below):
        return int((self.number() + 1) / 2 * below)

    def array(self, *shape):
        return np.array([self.number() for _ in range(np.prod(shape))], "float32").reshape(shape)

    def set_weights(self, *models):
        """Draws the kernels of models, uniform within the root of 3 / inputs; biases and the like stay as they are."""
        for model in models:
            for weight in model.weights:
                if len(weight.shape) > 1:
                    weight.assign(self.array(*weight.shape) * np.float32(np.sqrt(3 / np.prod(weight.shape[:-1]))))
