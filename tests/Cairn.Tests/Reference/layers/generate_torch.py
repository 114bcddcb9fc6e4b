"""Records what Keras' own layers compute, those that its NumPy backend can't run: `KERAS_BACKEND=torch python generate_torch.py`, with Keras 3.16 importable.

The form is that of generate.py. Everything is computed in float64; gradients are PyTorch's own, of the sum of all outputs times `cotangents`.
"""
import gzip
import json
import os
import zlib

import keras
import numpy as np
import torch
from keras import layers as L
from keras.src.applications.convnext import LayerScale, StochasticDepth
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
torch.set_default_dtype(torch.float64)

HERE = os.path.dirname(os.path.abspath(__file__))
cases = {}


def pack(a):
    a = np.asarray(a)
    data = a.ravel().tolist()
    if a.dtype.kind == "f":
        data = [float(f"{v:.9g}") for v in data]
    return {"shape": list(a.shape), "data": data, **({"dtype": "int64"} if a.dtype.kind in "iu" else {})}


def plain(t):
    return t.detach().cpu().numpy().copy() if hasattr(t, "detach") else np.asarray(keras.ops.convert_to_numpy(t))


def case(name, make, shape, kind="normal", training=False, call=None, gradients=None, mask=None, several=1):
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    layer = make()
    if kind == "normal":
        x = rng.normal(size=shape)
    elif kind == "pixels":
        x = rng.uniform(0, 255, size=shape)
    else:
        x = rng.integers(*kind, size=shape)
    x = x.astype("float32").astype("float64") if x.dtype.kind == "f" else x
    xs = [x] + [rng.normal(size=shape).astype("float32").astype("float64") for _ in range(several - 1)]
    call = dict(call or {})

    def run(grad):
        t = [torch.tensor(a, requires_grad=grad and a.dtype.kind == "f") for a in xs]
        given = [a.clone() for a in t]  # some layers change what they are given
        given = given[0] if several == 1 else given
        if mask is not None:
            keras.src.backend.set_keras_mask(given, torch.tensor(mask))
        return t, layer(given, training=training, **call) if "training" in layer._call_signature.parameters else layer(given, **call)

    run(False)
    weights = [w for w in layer.weights if "seed" not in w.path]
    for w in weights:
        w.assign((rng.normal(size=tuple(w.shape)) * (0.5 if "kernel" in w.path else 1)).astype("float32"))
    before = [plain(w.value) for w in weights]
    keras.utils.set_random_seed(1)
    t, outputs = run(True)
    outputs = keras.tree.flatten(outputs)
    output_mask = keras.src.backend.get_keras_mask(outputs[0])
    after = [plain(w.value) for w in weights]
    record = {
        "layer": keras.saving.serialize_keras_object(layer),
        "inputs": [pack(a) for a in xs],
        "outputs": [pack(plain(y).astype("float64")) for y in outputs],
        "weights": [{"path": w.path.split("/", 1)[1], "trainable": bool(w.trainable), **pack(b.astype("float32"))} for w, b in zip(weights, before)],
    }
    record["layer"].pop("build_config", None)
    build = layer.get_build_config()
    if build:
        record["build_config"] = json.loads(json.dumps(build))
    if several > 1:
        record["roles"] = ["inputs*"] * several
    if call:
        record["roles"] = ["inputs"]
        record["call"] = call
    if training:
        record["training"] = True
    if mask is not None:
        record["masks"] = [pack(np.asarray(mask).astype("int32"))]
        record["output_mask"] = None if output_mask is None else pack(plain(output_mask).astype("int32"))
    if any(not np.array_equal(a, b) for a, b in zip(after, before)):
        record["weights_after"] = [pack(a) for a in after]
    if gradients:
        record["no_gradients"] = gradients
    else:
        cotangents = [rng.normal(size=tuple(y.shape)).astype("float32").astype("float64") for y in outputs]
        for w in weights:
            w.value.grad = None
        total = sum((y * torch.tensor(c)).sum() for y, c in zip(outputs, cotangents))
        if total.requires_grad:
            total.backward()
        record["cotangents"] = [pack(c) for c in cotangents]
        record["input_gradients"] = [None if x.dtype.kind != "f" else pack(np.zeros(x.shape) if a.grad is None else a.grad.numpy()) for a in t]
        record["weight_gradients"] = [
            None if not w.trainable else pack(np.zeros(tuple(w.shape)) if w.value.grad is None else plain(w.value.grad)) for w in weights
        ]
    text = json.dumps(record, default=lambda o: o.tolist() if hasattr(o, "tolist") else list(o))
    cases[name] = json.loads(text.replace('"float64"', '"float32"'))


def write(file):
    path = os.path.join(HERE, file)
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as out:
        out.write(json.dumps(cases, separators=(",", ":")).encode())
    print(file, len(cases), os.path.getsize(path))
    cases.clear()


def more():
    case("conv_lstm1d", lambda: L.ConvLSTM1D(2, 3), (2, 3, 6, 2))
    case("conv_lstm1d_sequences", lambda: L.ConvLSTM1D(2, 2, strides=2, padding="same", return_sequences=True, go_backwards=True), (2, 3, 5, 2))
    case("conv_lstm2d", lambda: L.ConvLSTM2D(2, 2), (2, 2, 4, 4, 1))
    case("conv_lstm2d_all", lambda: L.ConvLSTM2D(
        2, (2, 3), padding="same", dilation_rate=(1, 2), activation="relu", recurrent_activation="hard_sigmoid", use_bias=False, return_sequences=True,
        return_state=True, kernel_regularizer="l2", activity_regularizer="l1"), (1, 2, 4, 3, 2))
    case("conv_lstm2d_first", lambda: L.ConvLSTM2D(2, 2, data_format="channels_first", unit_forget_bias=False, return_sequences=True), (2, 2, 1, 4, 3))
    case("conv_lstm3d", lambda: L.ConvLSTM3D(2, 2, padding="same", return_state=True), (1, 2, 3, 3, 2, 1))
    case("spectral_normalization", lambda: L.SpectralNormalization(L.Dense(3, name="inner")), (4, 5))
    case("spectral_normalization_training", lambda: L.SpectralNormalization(L.Conv2D(3, 2, name="inner"), power_iterations=2), (2, 4, 4, 2), training=True,
         gradients="the kernel changes with the call")
    case("reversible_embedding", lambda: L.ReversibleEmbedding(5, 3, mask_zero=True, name="table"), (2, 4), kind=(0, 5))
    case("reversible_embedding_reverse", lambda: L.ReversibleEmbedding(5, 3, logit_soft_cap=1.5), (2, 4, 3), call={"reverse": True})
    case("reversible_embedding_untied", lambda: L.ReversibleEmbedding(4, 3, tie_weights=False), (2, 3), call={"reverse": True})
    case("layer_scale", lambda: LayerScale(0.1, 3), (2, 4, 3))
    case("stochastic_depth", lambda: StochasticDepth(0.25), (2, 4, 3))
    case("custom_scale_layer", lambda: CustomScaleLayer(0.17), (2, 3), several=2)
    case("ternary_dense", lambda: L.TernaryDense(3, activation="tanh"), (4, 5))
    case("ternary_dense_threshold", lambda: L.TernaryDense(3, threshold=0.4, use_bias=False), (2, 3, 5))
    case("mel_spectrogram", lambda: L.MelSpectrogram(num_mel_bins=5, fft_length=32, sequence_stride=16, sampling_rate=8000, min_freq=100.0), (2, 100))
    case("mel_spectrogram_power", lambda: L.MelSpectrogram(
        num_mel_bins=4, fft_length=32, sequence_length=24, sequence_stride=10, window="hamming", power_to_db=False, mag_exp=1.5, max_freq=3000.5), (1, 64))
    for mode in ["log", "magnitude", "psd", "real", "imag", "angle", "stft"]:
        # The first windows' imaginary part at frequency 0 has no sign of its own.
        case(f"stft_spectrogram_{mode}", lambda: L.STFTSpectrogram(mode=mode, frame_length=8, frame_step=3), (1, 20, 2))
    case("stft_spectrogram_more", lambda: L.STFTSpectrogram(
        mode="stft", frame_length=6, fft_length=8, window="hamming", periodic=True, scaling="spectrum", padding="same", expand_dims=True), (2, 15, 2))
    case("stft_spectrogram_first", lambda: L.STFTSpectrogram(mode="psd", frame_length=6, scaling=None, data_format="channels_first"), (2, 2, 15))
    for it in ["nearest", "bilinear", "bicubic"]:
        for aa in [False, True]:
            case(f"resizing_{it}{'_antialias' if aa else ''}", lambda: L.Resizing(3, 7, interpolation=it, antialias=aa), (1, 6, 5, 2), kind="pixels")
    case("resizing_crop", lambda: L.Resizing(4, 7, crop_to_aspect_ratio=True), (1, 7, 6, 2), kind="pixels")
    case("resizing_pad", lambda: L.Resizing(5, 9, pad_to_aspect_ratio=True, fill_value=3.5), (1, 6, 6, 1), kind="pixels")
    case("resizing_pad_first", lambda: L.Resizing(9, 4, pad_to_aspect_ratio=True, data_format="channels_first"), (1, 2, 6, 6), kind="pixels")
    case("center_crop", lambda: L.CenterCrop(3, 4), (1, 6, 7, 2), kind="pixels")
    case("center_crop_bigger", lambda: L.CenterCrop(8, 5, data_format="channels_first"), (1, 2, 6, 7), kind="pixels")
    case("auto_contrast", lambda: L.AutoContrast(value_range=(0, 1)), (2, 3, 4, 2))
    case("equalization", lambda: L.Equalization(bins=32), (2, 4, 4, 2), kind="pixels")
    case("equalization_training", lambda: L.Equalization(bins=32), (2, 4, 4, 2), kind="pixels", training=True, gradients="a table of whole steps")
    for fill in ["constant", "nearest", "reflect", "wrap"]:
        for it in ["nearest", "bilinear"]:
            more = {"fill_mode": fill, "interpolation": it, "fill_value": 7.5}
            rest = {"training": True, "kind": "pixels"}
            case(f"random_rotation_{fill}_{it}", lambda: L.RandomRotation((-0.17, -0.17), **more), (1, 5, 6, 2), **rest)
            case(f"random_zoom_{fill}_{it}", lambda: L.RandomZoom((0.35, 0.35), (-0.3, -0.3), **more), (1, 5, 6, 1), **rest)
            case(f"random_translation_{fill}_{it}", lambda: L.RandomTranslation((-0.33, -0.33), (0.45, 0.45), **more), (1, 5, 6, 1), **rest)
    case("random_rotation_first", lambda: L.RandomRotation((0.4, 0.4), data_format="channels_first"), (2, 2, 5, 4), training=True, kind="pixels")
    case("random_zoom_one", lambda: L.RandomZoom((0.2, 0.2)), (2, 5, 4, 2), training=True, kind="pixels")
    case("random_brightness_training", lambda: L.RandomBrightness((0.2, 0.2), value_range=(0, 200)), (2, 3, 3, 2), training=True, kind="pixels")
    case("solarization", lambda: L.Solarization(value_range=(0, 1)), (2, 3, 3, 2), training=True)
    case("random_crop_training", lambda: L.RandomCrop(4, 3), (2, 3, 6, 2), training=True, kind="pixels")
    for name, make in {
        "random_flip": lambda: L.RandomFlip("vertical", seed=3),
        "random_rotation": lambda: L.RandomRotation(0.2, seed=3),
        "random_zoom": lambda: L.RandomZoom(0.3, (-0.2, 0.1), seed=3),
        "random_translation": lambda: L.RandomTranslation(0.2, (0.1, 0.3), seed=3),
        "random_contrast": lambda: L.RandomContrast(0.4, seed=3),
        "random_brightness": lambda: L.RandomBrightness(0.3, seed=3),
        "random_crop": lambda: L.RandomCrop(4, 4, seed=3),
        "random_shear": lambda: L.RandomShear(0.2, 0.1, seed=3),
        "random_hue": lambda: L.RandomHue(0.2, seed=3),
        "random_saturation": lambda: L.RandomSaturation(0.3, seed=3),
        "random_erasing": lambda: L.RandomErasing(0.5, seed=3),
        "random_gaussian_blur": lambda: L.RandomGaussianBlur(0.5, kernel_size=(3, 5), sigma=0.7, seed=3),
        "random_grayscale": lambda: L.RandomGrayscale(0.25, seed=3),
        "random_perspective": lambda: L.RandomPerspective(0.5, scale=0.4, seed=3),
        "random_sharpness": lambda: L.RandomSharpness(0.5, seed=3),
        "random_posterization": lambda: L.RandomPosterization(4, seed=3),
        "random_invert": lambda: L.RandomInvert(0.5, seed=3),
        "random_color_degeneration": lambda: L.RandomColorDegeneration(0.3, seed=3),
        "random_color_jitter": lambda: L.RandomColorJitter(value_range=(0, 255), brightness_factor=0.2, contrast_factor=(0.1, 0.3), seed=3),
        "random_elastic_transform": lambda: L.RandomElasticTransform(0.5, scale=0.3, seed=3),
        "mix_up": lambda: L.MixUp(0.3, seed=3),
        "cut_mix": lambda: L.CutMix(0.5, seed=3),
        "rand_augment": lambda: L.RandAugment(num_ops=3, factor=0.4, seed=3),
        "aug_mix": lambda: L.AugMix(num_chains=2, alpha=0.5, seed=3),
    }.items():
        case(name, make, (1, 4, 4, 3), kind="pixels")


more()
write("more.json.gz")
