"""Deep Q-learning: a network learns from a memory of what happened, with a second one as the target."""
import keras
import numpy as np
import torch
from keras import layers

from cart_pole import CartPole
from draws import Draws

BATCH = 16
GAMMA = 0.97


def make_q():
    return keras.Sequential(
        [
            layers.Input((4,)),
            layers.Dense(24, activation="relu"),
            layers.Dense(24, activation="relu"),
            layers.Dense(2),
        ]
    )


def run(episodes=8):
    draws = Draws(3)
    environment = CartPole(draws)
    q, target = make_q(), make_q()
    draws.set_weights(q)
    target.set_weights(q.get_weights())
    optimizer = keras.optimizers.Adam(0.005, clipnorm=1.0)
    huber = keras.losses.Huber()
    memory, results, steps, epsilon = [], [], 0, 1.0

    for episode in range(episodes):
        state, done, length, losses = environment.reset(), False, 0, []
        while not done and length < 200:
            # A random action at first, later more and more often the best one.
            if (draws.number() + 1) / 2 < epsilon:
                action = draws.integer(2)
            else:
                action = int(q(state[None]).argmax())
            next_state, reward, done = environment.step(action)
            memory.append((state, action, reward, next_state, done))
            state, length, steps = next_state, length + 1, steps + 1
            if len(memory) < BATCH:
                continue

            batch = [memory[draws.integer(len(memory))] for _ in range(BATCH)]
            states, actions, rewards, next_states, dones = (np.array(part) for part in zip(*batch))
            future = target(next_states).detach().amax(1)
            expected = torch.tensor(rewards, dtype=torch.float32) + GAMMA * future * (1 - torch.tensor(dones, dtype=torch.float32))
            value = q(states).gather(1, torch.tensor(actions)[:, None])[:, 0]
            loss = huber(expected, value)
            gradients = torch.autograd.grad(loss, [w.value for w in q.trainable_weights])
            with torch.no_grad():
                optimizer.apply(gradients, q.trainable_weights)
            losses.append(loss.item())
            if steps % 20 == 0:
                target.set_weights(q.get_weights())

        epsilon *= 0.7
        results += [length, float(np.mean(losses or [0]))]

    return results


if __name__ == "__main__":
    print(run())
