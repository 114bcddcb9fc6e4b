"""Embeddings of the nodes of a graph: nodes that random walks visit together come to lie together (node2vec)."""
import keras
import numpy as np
from keras import layers

from draws import Draws

GROUPS, SIZE = 3, 6
NODES = GROUPS * SIZE


def make_graph():
    """Groups in which every node knows every other, and one bridge from each group to the next."""
    neighbors = [[other for other in range(NODES) if other // SIZE == node // SIZE and other != node] for node in range(NODES)]
    for group in range(GROUPS):
        a, b = group * SIZE, ((group + 1) * SIZE + 1) % NODES
        neighbors[a].append(b)
        neighbors[b].append(a)
    return neighbors


def make_pairs(neighbors, walks, steps, window, draws):
    """Pairs of nodes within a window of a walk (label 1), each followed by one of random nodes (label 0)."""
    targets, contexts, labels = [], [], []
    for start in range(NODES * walks):
        walk = [start % NODES]
        while len(walk) < steps:
            walk.append(neighbors[walk[-1]][draws.integer(len(neighbors[walk[-1]]))])
        for i in range(steps):
            for j in range(max(0, i - window), i):
                targets += [walk[i], draws.integer(NODES)]
                contexts += [walk[j], draws.integer(NODES)]
                labels += [1.0, 0.0]
    return np.array(targets), np.array(contexts), np.array(labels, "float32")


def run(epochs=3):
    draws = Draws(13)
    target, context = layers.Input((), dtype="int64"), layers.Input((), dtype="int64")
    embed_item = layers.Embedding(NODES, 8, name="item_embeddings")
    logits = layers.Dot(axes=1, normalize=False)([embed_item(target), embed_item(context)])
    model = keras.Model([target, context], logits)
    draws.set_weights(model)

    model.compile(keras.optimizers.Adam(0.02), keras.losses.BinaryCrossentropy(from_logits=True))
    targets, contexts, labels = make_pairs(make_graph(), 4, 8, 2, draws)
    history = model.fit([targets, contexts], labels, epochs=epochs, shuffle=False, verbose=0).history

    # How alike two nodes of a group are, and two of different groups.
    embeddings = model.get_layer("item_embeddings").get_weights()[0]
    embeddings = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    alike = embeddings @ embeddings.T
    return history["loss"] + [float(alike[2, 3]), float(alike[2, 10])]


if __name__ == "__main__":
    print(run())
