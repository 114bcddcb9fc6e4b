"""Actor and critic in one network with two heads, trained on each episode as a whole."""
import keras
import numpy as np
import torch
from keras import layers

from cart_pole import CartPole
from draws import Draws

GAMMA = 0.99


def run(episodes=8):
    draws = Draws(4)
    environment = CartPole(draws)
    inputs = layers.Input((4,))
    common = layers.Dense(32, activation="relu")(inputs)
    action = layers.Dense(2, activation="softmax")(common)
    critic = layers.Dense(1)(common)
    model = keras.Model(inputs, [action, critic])
    draws.set_weights(model)
    optimizer = keras.optimizers.Adam(0.01)
    huber = keras.losses.Huber()
    results = []

    for episode in range(episodes):
        state, done = environment.reset(), False
        log_probabilities, values, rewards = [], [], []
        while not done and len(rewards) < 200:
            probabilities, value = model(state[None])
            action = int((draws.number() + 1) / 2 > probabilities[0, 0].item())
            log_probabilities.append(probabilities[0, action].log())
            values.append(value[0, 0])
            state, reward, done = environment.step(action)
            rewards.append(reward)

        # What each step was worth: its reward and the discounted ones after it.
        returns, total = [], 0.0
        for reward in reversed(rewards):
            total = reward + GAMMA * total
            returns.insert(0, total)
        returns = (returns - np.mean(returns)) / (np.std(returns) + 1e-7)

        returns = torch.tensor(returns, dtype=torch.float32)
        values = torch.stack(values)
        actor_loss = -(torch.stack(log_probabilities) * (returns - values.detach())).sum()
        critic_loss = huber(returns, values) * len(rewards)
        loss = actor_loss + critic_loss
        gradients = torch.autograd.grad(loss, [w.value for w in model.trainable_weights])
        with torch.no_grad():
            optimizer.apply(gradients, model.trainable_weights)
        results += [len(rewards), loss.item()]

    return results


if __name__ == "__main__":
    print(run())
