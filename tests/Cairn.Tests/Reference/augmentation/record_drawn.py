# What Keras 3.16 on PyTorch makes of images with given random numbers.
# record_drawn.py OUT
import json, sys
import numpy as np
import torch
import keras

rng = np.random.default_rng(7)
cases = []

# On PyTorch, RandomBrightness changes the given images in place, so that RandAugment adds it to all other operations as well. As on the
# other backends, it gets a copy here.
brightened = keras.layers.RandomBrightness.transform_images
keras.layers.RandomBrightness.transform_images = lambda self, images, *args, **kwargs: brightened(self, keras.ops.copy(images), *args, **kwargs)

def numbers(a):
    a = np.asarray(keras.ops.convert_to_numpy(a) if not isinstance(a, np.ndarray) else a)
    return {"shape": list(a.shape), "data": [float(f"{v:.7g}") for v in a.astype("float64").reshape(-1)]}

def images(*shape):
    return (rng.random(shape) * 255).round(2).astype("float32")

def first(x, is_first):
    return np.moveaxis(x, 3, 1) if is_first else x

def tensor(a, dtype="float32"):
    return keras.ops.convert_to_tensor(a, dtype=dtype)

def add(name, config, x, drawn, outputs, **more):
    cases.append({"class": name, "config": config, "x": numbers(x), "drawn": {k: numbers(np.asarray(v)) for k, v in drawn.items()},
                  "outputs": [numbers(y) for y in outputs], **{k: numbers(v) for k, v in more.items()}})

class Given:
    """Replaces draws of a layer by given ones."""
    def __init__(self, layer, uniforms, shuffled=None):
        self.random, self.uniforms, self.shuffled = layer.backend.random, list(uniforms), shuffled

    def __enter__(self):
        self.uniform, self.shuffle = self.random.uniform, self.random.shuffle
        self.random.uniform = lambda *args, **kwargs: tensor(self.uniforms.pop(0))
        self.random.shuffle = lambda *args, **kwargs: tensor(self.shuffled, "int32")

    def __exit__(self, *_):
        self.random.uniform, self.random.shuffle = self.uniform, self.shuffle

labels = np.eye(4, dtype="float32")[[0, 2, 3]]

for is_first in (False, True):
    f = {"data_format": "channels_first"} if is_first else {}
    x = first(images(3, 4, 5, 3), is_first)
    layer = keras.layers.MixUp(alpha=0.4, **f)
    drawn = {"weights": [0.3, 0.9, 0.55], "order": [2, 0, 1]}
    t = {"mix_weight": tensor(drawn["weights"]), "permutation_order": tensor(drawn["order"], "int64")}
    add("MixUp", {"alpha": 0.4, **f}, x, drawn, [layer.transform_images(tensor(x), t)], labels=labels,
        mixed=layer.transform_labels(tensor(labels), t))

    for weights, column, row in (([0.3, 0.9, 0.5], [0.2, 0.7, 1.0], [0.9, 0.1, 0.0]), ([0.0, 1.0, 0.64], [0.0, 0.5, 0.3], [0.0, 0.5, 0.45])):
        x = first(images(3, 6, 5, 2), is_first)
        layer = keras.layers.CutMix(factor=0.7, **f)
        layer._generate_mix_weight = lambda *_: tensor(weights)
        with Given(layer, [column, row], [1, 2, 0]):
            t = layer.get_random_transformation(tensor(x))
        add("CutMix", {"factor": 0.7, **f}, x, {"weights": weights, "column": column, "row": row, "order": [1, 2, 0]},
            [layer.transform_images(tensor(x), t)], labels=labels, mixed=layer.transform_labels(tensor(labels), t))

    for config in ({}, {"interpolation": "nearest", "fill_value": 9.0, "scale": 0.6}):
        x = first(images(3, 5, 6, 2), is_first)
        config = {**config, **f}
        layer = keras.layers.RandomPerspective(**config)
        shifts = (rng.random((3, 4, 2)) - 0.5) * config.get("scale", 1.0)
        with Given(layer, [[0.5, 0.5, 0.5], [0.2, 0.8, 0.4], shifts]):
            t = layer.get_random_transformation(x)
        add("RandomPerspective", config, x, {"chosen": [1, 0, 1], "shifts": shifts}, [layer.transform_images(tensor(x), t)])

for config, shape, strength in (
        ({}, (2, 12, 10, 2), 0.9), ({"fill_mode": "constant", "fill_value": 3.0}, (2, 12, 10, 1), 1.0),
        ({"fill_mode": "nearest", "interpolation": "nearest"}, (2, 10, 12, 1), 1.0), ({"fill_mode": "wrap"}, (2, 12, 10, 1), 0.8),
        ({"fill_mode": "mirror", "value_range": [20, 200]}, (2, 12, 10, 1), 1.0), ({}, (1, 30, 27, 1), 1.0),
        ({"data_format": "channels_first"}, (2, 2, 11, 13), 1.0)):
    x = images(*shape)
    layer = keras.layers.RandomElasticTransform(**config)
    plane = [shape[0]] + list(shape[2:] if "data_format" in config else shape[1:3])
    right, down = rng.normal(size=plane).round(4), rng.normal(size=plane).round(4)
    noise = [tensor(right), tensor(down)]
    chosen = [True] * (shape[0] - 1) + [shape[0] == 1]
    normal, torch.normal = torch.normal, lambda *args, **kwargs: noise.pop(0)
    y = layer.transform_images(tensor(x), {"apply_transform": tensor(chosen, "bool"), "distortion_factor": tensor(strength), "seed": None})
    torch.normal = normal
    add("RandomElasticTransform", config, x, {"chosen": np.asarray(chosen, "float32"), "strength": [strength], "right": right, "down": down}, [y])

def signed(transformation, sign):
    if transformation is not None and "shear_factor" in transformation:
        transformation["shear_factor"] = abs(transformation["shear_factor"]) * sign

# On PyTorch, an affine transform changes its matrix, and RandAugment computes all operations in each turn, so that it rotates as drawn only
# in the first turn.
# All draws of these operations but the sign of the shear are fixed by intervals of width 0, and both signs are recorded. Contrast and
# solarization (5 and 8 of RandAugment, 9 and 4 of AugMix) draw numbers even then.
for is_first in (False, True):
    f = {"data_format": "channels_first"} if is_first else {}
    singles = [({"factor": [0.2, 0.2], **f}, [i]) for i in range(11) if i not in (5, 8)]
    for config, chosen in ([] if is_first else singles) + [
            ({"factor": [0.3, 0.3], **f}, [2, 6, 6]), ({"factor": [0.2, 0.2], "value_range": [0, 300], **f}, [7, 3, 10]),
            ({"factor": [0.25, 0.25], "interpolation": "nearest", **f}, [1, 0]), ({"factor": [0.3, 0.3], **f}, [0, 0])]:
        x = first(images(2, 4, 5, 3), is_first)
        outputs = []
        config = {**config, "num_ops": len(chosen)}
        layer = keras.layers.RandAugment(**config)
        for sign in (1, -1) if 0 in chosen else (1,):
            t = layer.get_random_transformation(x)
            signed(t["transforms"]["random_shear"], sign)
            t["layer_idxes"] = tensor(chosen, "int32")
            outputs.append(layer.transform_images(tensor(x), t))
        add("RandAugment", config, x, {"chosen": chosen}, outputs)

    for all_ops, chains in ((True, [[0, 3], [], [7, 8, 10]]), (False, [[1, 3], [5], [6, 2]])):
        config = {"factor": [0.2, 0.2], "all_ops": all_ops, **f}
        layer = keras.layers.AugMix(**config)
        x = first(images(2, 4, 5, 3), is_first)
        shares, own = [0.2, 0.5, 0.3], 0.35
        outputs = []
        for sign in (1, -1) if all_ops else (1,):
            made = []
            for chain in chains:
                made.append([])
                for i in chain:
                    name = layer._augment_layers[i]
                    t = getattr(layer, name).get_random_transformation(x)
                    signed(t if isinstance(t, dict) else None, sign)
                    made[-1].append({"layer_name": name, "transformation": t})
            outputs.append(layer.transform_images(tensor(x), {
                "chain_mixing_weights": tensor(shares), "weight_sample": tensor(own), "chain_transforms": made}))
        add("AugMix", config, x, {"shares": shares, "own": [own], **{f"chain{i}": c for i, c in enumerate(chains)}}, outputs)

open(sys.argv[1], "w").write("{\"cases\": [\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]}\n")
