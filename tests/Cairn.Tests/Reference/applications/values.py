# Records what small networks of keras.applications give and learn; weights and images follow from a formula (see ApplicationNumbersTests).
# values.py --rounding prints by how much the change of a weight differs at most, as a part of its norm, in float64 and if the last bits of
# the initial weights differ (six times).
import json, math, sys
import numpy as np
import keras
from keras.src.applications import resnet, densenet, nasnet, efficientnet, efficientnet_v2, convnext
import torch
torch.set_num_threads(1)
# oneDNN computes wrong convolutions on some processors.
torch._C._set_mkldnn_enabled(False)
A = keras.applications

def noise(k, n):
    i = np.arange(n, dtype=np.uint64)
    h = ((i * np.uint64(2654435761) + np.uint64(k * 40503 + 12345)) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    h ^= h >> np.uint32(16)
    h = (h.astype(np.uint64) * np.uint64(0x45D9F3B) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    h ^= h >> np.uint32(16)
    return h.astype(np.float64) / 2.0**31 - 1

def fill(model):
    for k, w in enumerate(model.weights):
        shape = tuple(w.shape)
        u = noise(k, int(np.prod(shape))).reshape(shape)
        n = w.name
        if n == "gamma": v = 1 + 0.2 * u
        elif n == "variable": v = 0.5 + 0.2 * u
        elif n in ("beta", "bias", "moving_mean", "mean"): v = 0.1 * u
        elif n in ("moving_variance", "variance"): v = 1 + 0.3 * u
        elif n == "count": continue
        else:
            fan = shape[0] * shape[1] if "depthwise" in n else int(np.prod(shape[:-1]))
            v = math.sqrt(6 / fan) * u
        w.assign(v.astype(np.float32))

def stacks(version, repeats):
    def f(x):
        for i, r in enumerate(repeats):
            if version == 1: x = resnet.stack_residual_blocks_v1(x, 64 << i, r, stride1=1 if i == 0 else 2, name=f"conv{i + 2}")
            else: x = resnet.stack_residual_blocks_v2(x, 64 << i, r, stride1=1 if i == len(repeats) - 1 else 2, name=f"conv{i + 2}")
        return x
    return f

top = dict(weights=None, classes=5, classifier_activation=None)
CASES = {
    "MobileNet": (64, 1, lambda s: A.MobileNet(input_shape=s, alpha=0.25, dropout=0, **top)),
    "MobileNetV2": (64, 1, lambda s: A.MobileNetV2(input_shape=s, alpha=0.35, **top)),
    "MobileNetV3Small": (64, 255, lambda s: A.MobileNetV3Small(input_shape=s, alpha=0.5, dropout_rate=0, **top)),
    "MobileNetV3Large": (64, 255, lambda s: A.MobileNetV3Large(input_shape=s, alpha=0.25, dropout_rate=0, minimalistic=True, **top)),
    "ResNet": (64, 1, lambda s: resnet.ResNet(stacks(1, [1, 2, 1, 1]), False, True, input_shape=s, name="resnet", **top)),
    "ResNetV2": (64, 1, lambda s: resnet.ResNet(stacks(2, [3, 2, 2, 2]), True, True, input_shape=s, name="resnetv2", **top)),
    "VGG16": (64, 1, lambda s: A.VGG16(input_shape=s, include_top=False, pooling="max", weights=None)),
    "InceptionV3": (107, 1, lambda s: A.InceptionV3(input_shape=s, **top)),
    "InceptionResNetV2": (107, 1, lambda s: A.InceptionResNetV2(input_shape=s, **top)),
    "Xception": (71, 1, lambda s: A.Xception(input_shape=s, **top)),
    "DenseNet": (64, 1, lambda s: densenet.DenseNet([2, 3, 2, 1], input_shape=s, **top)),
    "NASNet": (64, 1, lambda s: nasnet.NASNet(input_shape=s, penultimate_filters=192, num_blocks=1, stem_block_filters=8, skip_reduction=False, default_size=64, **top)),
    "NASNetSkips": (64, 1, lambda s: nasnet.NASNet(input_shape=s, penultimate_filters=192, num_blocks=1, stem_block_filters=8, skip_reduction=True, default_size=64, **top)),
    "EfficientNet": (65, 255, lambda s: efficientnet.EfficientNet(0.3, 0.4, 64, dropout_rate=0, drop_connect_rate=0, input_shape=s, **top)),
    "EfficientNetV2": (64, 255, lambda s: efficientnet_v2.EfficientNetV2(0.3, 0.4, 64, dropout_rate=0, drop_connect_rate=0, name="efficientnetv2-b0", input_shape=s, **top)),
    "ConvNeXt": (64, 255, lambda s: convnext.ConvNeXt([1, 1, 2, 1], [4, 8, 12, 16], input_shape=s, name="convnext", **top)),
}
def change(name, floatx, seed=None):
    size, scale, make = CASES[name]
    keras.config.set_floatx(floatx)
    keras.backend.clear_session()
    model = make((size, size, 3))
    fill(model)
    if seed is not None:
        rng = np.random.default_rng(seed)
        for w in model.weights:
            a = np.array(w.numpy())
            if a.dtype == np.float32: w.assign(np.where(rng.random(a.shape) < 0.5, a, np.nextafter(a, np.float32(1e9))).astype(np.float32))
    x = ((noise(1000, 4 * size * size * 3) * 0.5 + 0.5) * scale).astype(np.float32).reshape(4, size, size, 3).astype(floatx)
    before = [np.array(w.numpy()) for w in model.weights]
    model.compile(keras.optimizers.SGD(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.train_on_batch(x, np.array([0, 3, 1, 4]))
    d = [(np.array(w.numpy()).astype(np.float64) - b).reshape(-1) for w, b in zip(model.weights, before)]
    return np.array([float(np.sum(v * noise(k + 5000, v.size))) for k, v in enumerate(d)]), np.array([float(np.linalg.norm(v)) for v in d])

def rounding(name):
    c, n = change(name, "float32")
    others = [change(name, "float64")] + [change(name, "float32", seed) for seed in range(6)]
    print(name, f"{max(np.max((np.abs(c - o) - 1e-4 * n.max()) / np.where(n > 0, n, 1)) for o, _ in others):.4f}", flush=True)

if sys.argv[1:] == ["--rounding"]:
    for name in CASES: rounding(name)
    sys.exit()
only = sys.argv[1:]
result = []
for name, (size, scale, make) in CASES.items():
    if only and name not in only: continue
    keras.backend.clear_session()
    model = make((size, size, 3))
    fill(model)
    if name == "ConvNeXt":
        from keras.src.legacy.saving import legacy_h5_format
        import h5py
        with h5py.File("/tmp/apps/convnext.h5", "w") as f: legacy_h5_format.save_weights_to_hdf5_group(f, model)
        model.save_weights("/tmp/apps/convnext.weights.h5")
    batch = 4
    x = ((noise(1000, batch * size * size * 3) * 0.5 + 0.5) * scale).astype(np.float32).reshape(batch, size, size, 3)
    logits = model.predict(x, verbose=0, batch_size=batch)
    y = np.array([0, 3, 1, 4])
    before = [np.array(w.numpy()) for w in model.weights]
    model.compile(keras.optimizers.SGD(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    loss = model.train_on_batch(x, y)
    change = [float(np.sum((np.array(w.numpy()).astype(np.float64) - b).reshape(-1) * noise(k + 5000, b.size))) for k, (w, b) in enumerate(zip(model.weights, before))]
    norm = [float(np.linalg.norm((np.array(w.numpy()).astype(np.float64) - b).reshape(-1))) for w, b in zip(model.weights, before)]
    result.append({"name": name, "size": size, "scale": scale, "parameters": model.count_params(), "logits": [float(f"{v:.8g}") for v in logits.reshape(-1)[:64]],
        "scaleOfLogits": float(np.abs(logits).max()), "loss": float(loss), "change": [float(f"{v:.6g}") for v in change], "norm": [float(f"{v:.6g}") for v in norm]})
    print(name, model.count_params(), np.abs(logits).max(), loss, len(before), flush=True)
json.dump(result, open("/tmp/apps/values.json" if not only else "/tmp/apps/values-part.json", "w"))
