"""A pole on a cart, which is pushed to the left or to the right to keep the pole up (Barto, Sutton and Anderson, 1983)."""
import math

import numpy as np


class CartPole:
    def __init__(self, draws):
        self.draws = draws

    def reset(self):
        self.state = [0.05 * self.draws.number() for _ in range(4)]
        return np.array(self.state, "float32")

    def step(self, action):
        """Pushes to the left (0) or right (1). Returns the state, the reward and whether the pole fell."""
        x, speed, angle, turn = self.state
        force = 10.0 if action == 1 else -10.0
        push = (force + 0.05 * turn * turn * math.sin(angle)) / 1.1
        turn_change = (9.8 * math.sin(angle) - math.cos(angle) * push) / (0.5 * (4 / 3 - 0.1 * math.cos(angle) * math.cos(angle) / 1.1))
        speed_change = push - 0.05 * turn_change * math.cos(angle) / 1.1
        self.state = [x + 0.02 * speed, speed + 0.02 * speed_change, angle + 0.02 * turn, turn + 0.02 * turn_change]
        fell = abs(self.state[0]) > 2.4 or abs(self.state[2]) > 12 * math.pi / 180
        return np.array(self.state, "float32"), 1.0, fell
