"""Records models with mixed precision policies: python generate.py (Keras 3.16, KERAS_BACKEND=torch, on the CPU)."""

import json
import os

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
from keras import layers

HERE = os.path.dirname(os.path.abspath(__file__))


def models(policy):
    dense = keras.Sequential(
        [
            layers.Input((6,)),
            layers.Dense(16, activation="relu", dtype=policy),
            layers.BatchNormalization(dtype=policy),
            layers.Dense(8, activation="tanh", dtype=policy),
            layers.LayerNormalization(dtype=policy),
            layers.Dense(3, activation="softmax", dtype="float32"),
        ]
    )
    image = layers.Input((8, 8, 2))
    x = layers.Conv2D(4, 3, padding="same", dtype=policy)(image)
    y = layers.Conv2D(4, 3, padding="same", activation="relu", dtype=policy)(x)
    x = layers.Add(dtype=policy)([x, y])
    x = layers.MaxPooling2D(2, dtype=policy)(x)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    x = layers.Dense(3, activation="softmax", dtype=policy)(x)
    image = keras.Model(image, x)
    sequence = keras.Sequential(
        [
            layers.Input((5,), dtype="int32"),
            layers.Embedding(11, 8, dtype=policy),
            layers.LSTM(6, return_sequences=True, dtype=policy),
            layers.GlobalAveragePooling1D(dtype=policy),
            layers.Dense(3, activation="softmax", dtype="float32"),
        ]
    )
    return {"dense": dense, "image": image, "sequence": sequence}


def main():
    for policy in ["mixed_bfloat16", "mixed_float16"]:
        keras.utils.set_random_seed(7)
        for name, model in models(policy).items():
            rng = np.random.default_rng(3)
            shape = model.input_shape[1:]
            x = rng.integers(0, 11, (16, *shape)) if name == "sequence" else rng.normal(size=(16, *shape))
            x = x.astype("float32")
            y = rng.integers(0, 3, (16, 1)).astype("float32")
            path = os.path.join(HERE, f"{name}-{policy}")
            model.save(path + ".keras")
            before = np.asarray(model.predict(x, verbose=0), "float32")
            optimizer = keras.optimizers.SGD(0.1)
            if policy == "mixed_float16":
                optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=1024, dynamic_growth_steps=3)
            model.compile(optimizer, "sparse_categorical_crossentropy")
            history = model.fit(x, y, batch_size=8, epochs=4, shuffle=False, verbose=0)
            after = np.asarray(model.predict(x, verbose=0), "float32")
            with open(path + ".json", "w") as file:
                json.dump(
                    {
                        "shape": [16, *shape],
                        "x": x.flatten().tolist(),
                        "y": y.flatten().tolist(),
                        "before": before.flatten().tolist(),
                        "loss": history.history["loss"],
                        "after": after.flatten().tolist(),
                        "scale": float(optimizer.dynamic_scale) if policy == "mixed_float16" else None,
                    },
                    file,
                )


main()
