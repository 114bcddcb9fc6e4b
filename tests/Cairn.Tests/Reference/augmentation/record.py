# What Keras 3.16 makes of images in training where nothing is left to chance: intervals without width, and both signs where one is drawn.
# record.py OUT
import json, sys
import numpy as np
import keras

x = (np.random.default_rng(5).random((2, 4, 5, 3)) * 255).round(2).astype("float32")
unit = (x / 255).astype("float32")
cases = []

def add(name, config, images="x", signs=None, first=False):
    layer = getattr(keras.layers, name)(**config)
    data = {"x": x, "unit": unit}[images]
    data = np.moveaxis(data, 3, 1) if first else data
    made = []
    for sign in signs or [None]:
        if sign is None:
            y = layer(data, training=True)
        else:
            drawn = layer.get_random_transformation(data, training=True)
            key = "factor" if name == "RandomHue" else "shear_factor"
            drawn[key] = abs(drawn[key]) * sign
            y = layer.transform_images(keras.ops.convert_to_tensor(data), drawn)
        made.append([float(f"{v:.7g}") for v in np.asarray(keras.ops.convert_to_numpy(y)).reshape(-1)])
    cases.append({"class": name, "config": config, "images": images, "channelsFirst": first, "outputs": made})

for first in (False, True):
    f = {"data_format": "channels_first"} if first else {}
    add("RandomGrayscale", {"factor": 1.0, **f}, first=first)
    add("RandomInvert", {"factor": [1.0, 1.0], **f}, first=first)
    add("RandomColorDegeneration", {"factor": [0.3, 0.3], **f}, first=first)
    add("RandomSharpness", {"factor": [0.8, 0.8], **f}, first=first)
    add("RandomSaturation", {"factor": [0.7, 0.7], **f}, first=first)
    add("RandomHue", {"factor": [0.6, 0.6], **f}, signs=[1, -1], first=first)
    add("RandomShear", {"x_factor": [0.4, 0.4], "y_factor": [0.2, 0.2], **f}, signs=[1, -1], first=first)
    add("RandomGaussianBlur", {"factor": [1.0, 1.0], "sigma": [0.8, 0.8], **f}, first=first)
    add("RandomPosterization", {"factor": [3, 3], **f}, first=first)
add("RandomGrayscale", {"factor": 0.0})
add("RandomInvert", {"factor": [1.0, 1.0], "value_range": [0, 1]}, "unit")
add("RandomColorDegeneration", {"factor": [-0.9, -0.9], "value_range": [0, 1]}, "unit")
add("RandomSharpness", {"factor": [0.1, 0.1], "value_range": [0, 1]}, "unit")
add("RandomSaturation", {"factor": [0.2, 0.2], "value_range": [0, 1]}, "unit")
add("RandomHue", {"factor": [0.9, 0.9], "value_range": [0, 1]}, "unit", signs=[1, -1])
add("RandomPosterization", {"factor": [5, 5], "value_range": [0, 1]}, "unit")
add("RandomGaussianBlur", {"factor": [1.0, 1.0], "sigma": [0.5, 0.5], "kernel_size": 5})
for mode in ("wrap", "nearest", "constant"):
    add("RandomShear", {"x_factor": [0.5, 0.5], "interpolation": "nearest" if mode == "wrap" else "bilinear", "fill_mode": mode, "fill_value": 7.0}, signs=[1, -1])
add("RandomColorJitter", {"brightness_factor": [0.1, 0.1], "contrast_factor": [0.0, 0.0], "saturation_factor": [0.4, 0.4]})
out = {"x": [float(v) for v in x.reshape(-1)], "unit": [float(v) for v in unit.reshape(-1)], "cases": cases}
open(sys.argv[1], "w").write("{\"x\": " + json.dumps(out["x"]) + ",\n\"unit\": " + json.dumps(out["unit"]) + ",\n\"cases\": [\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]}\n")
