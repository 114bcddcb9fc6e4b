"""Records losses and metrics with Keras 3.16 on PyTorch (KERAS_BACKEND=torch): python generate.py FOLDER."""
import gzip, json, math, os, sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import numpy as np
import torch

torch.set_num_threads(1)
import keras
from keras import losses as Ls, metrics as Ms

OUT = sys.argv[1]
R = np.random.RandomState(3)
f32 = lambda a: np.asarray(a, "float32")


def numbers(a):
    a = np.asarray(a)
    encode = lambda v: "NaN" if math.isnan(v) else ("Infinity" if v > 0 else "-Infinity") if math.isinf(v) else float(v)
    return {"shape": list(a.shape), "dtype": str(a.dtype), "data": a.ravel().tolist() if a.dtype.kind in "iu" else [encode(v) for v in a.ravel()]}


def dump(name, cases):
    os.makedirs(OUT, exist_ok=True)
    with gzip.GzipFile(f"{OUT}/{name}.json.gz", "wb", mtime=0) as f:
        f.write(json.dumps({"format": 1, "cases": cases}, separators=(",", ":"), allow_nan=False).encode())
    print(name, len(cases), "cases", sorted({c["class"] for c in cases}))


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def unit(a):
    return f32(a / np.linalg.norm(a, axis=-1, keepdims=True))


def classes(n, c):
    return f32(np.eye(c)[R.randint(0, c, n)])


# Circle and CTC take whole numbers as targets: classes, and sequences whose zeros at the end are padding.
LOSSES = [
    ("Circle", {}, lambda: (R.randint(0, 3, 8).astype("int32"), unit(R.normal(size=(8, 4))))),
    ("Circle", {"gamma": 5.0, "margin": 0.25}, lambda: (np.array([0, 0, 1, 1, 2, 2, 2], "int32"), unit(R.normal(size=(7, 3))))),
    ("CTC", {}, lambda: (np.array([[1, 2, 3], [2, 2, 0], [1, 0, 0]], "int32"), f32(R.normal(size=(3, 7, 5))))),
    ("CategoricalGeneralizedCrossEntropy", {}, lambda: (R.randint(0, 4, 6).astype("int32"), f32(softmax(R.normal(size=(6, 4)))))),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.8}, lambda: (R.randint(0, 3, 5).astype("int32"), f32(softmax(R.normal(size=(5, 3)))))),
]


def losses():
    for name, args, data in LOSSES:
        for reduction in ("sum_over_batch_size", "sum", "none"):
            for weighted in (False, True):
                y_true, y_pred = data()
                weight = f32(R.uniform(0, 2, len(y_true)).round(2)) if weighted else None
                given = torch.tensor(y_pred, requires_grad=True)
                value = getattr(Ls, name)(reduction=reduction, **args)(y_true, given, sample_weight=weight)
                case = {
                    "class": name, "args": args, "reduction": reduction, "y_true": numbers(y_true), "y_pred": numbers(y_pred),
                    "sample_weight": numbers(weight) if weighted else None, "value": numbers(keras.ops.convert_to_numpy(value)),
                }
                if reduction == "sum_over_batch_size":
                    value.backward()
                    case["gradient_wrt_y_pred"] = numbers(given.grad.numpy())
                yield case


binary = lambda n: (f32(R.randint(0, 2, (n, 1))), f32(R.uniform(0, 1, (n, 1)).round(3)))
pairs = lambda n: (f32(R.normal(size=(n, 3)).round(3)), f32(R.normal(size=(n, 3)).round(3)))
labels = lambda n: (R.randint(0, 3, n).astype("int32"), R.randint(0, 3, n).astype("int32"))
scored = lambda n: (R.randint(0, 3, n).astype("int32"), f32(softmax(R.normal(size=(n, 3)))))
onehot = lambda n: (classes(n, 3), f32(softmax(R.normal(size=(n, 3)))))
METRICS = [
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 2]}, labels), ("IoU", {"num_classes": 3, "target_class_ids": [1], "ignore_class": 0, "sparse_y_pred": False}, scored),
    ("MeanIoU", {"num_classes": 3}, labels), ("MeanIoU", {"num_classes": 3, "ignore_class": 2}, labels), ("MeanIoU", {"num_classes": 3, "sparse_y_pred": False}, scored),
    ("BinaryIoU", {}, binary), ("BinaryIoU", {"target_class_ids": [1], "threshold": 0.3}, binary),
    ("OneHotIoU", {"num_classes": 3, "target_class_ids": [0, 1]}, onehot), ("OneHotMeanIoU", {"num_classes": 3}, onehot), ("OneHotMeanIoU", {"num_classes": 3, "ignore_class": 1}, onehot),
    ("PrecisionAtRecall", {"recall": 0.5}, binary), ("PrecisionAtRecall", {"recall": 0.8, "num_thresholds": 20}, binary), ("RecallAtPrecision", {"precision": 0.6}, binary),
    ("RecallAtPrecision", {"precision": 0.99, "num_thresholds": 10}, binary), ("SensitivityAtSpecificity", {"specificity": 0.5}, binary),
    ("SensitivityAtSpecificity", {"specificity": 0.8, "num_thresholds": 1}, binary), ("SpecificityAtSensitivity", {"sensitivity": 0.5}, binary),
    ("SpecificityAtSensitivity", {"sensitivity": 0.9, "num_thresholds": 30}, binary), ("PearsonCorrelation", {}, pairs), ("PearsonCorrelation", {"axis": 0}, pairs),
    ("ConcordanceCorrelation", {}, pairs), ("ConcordanceCorrelation", {"axis": 0}, pairs),
]


def metrics():
    for name, args, data in METRICS:
        for weighted in (False, True):
            # Keras' correlations take one weight for each value that they average, which is not one for each sample along the first axis.
            if weighted and args.get("axis") == 0:
                continue
            metric = getattr(Ms, name)(**args)
            case = {"class": name, "args": args, "data": "", "name": metric.name, "direction": getattr(metric, "_direction", None), "batches": []}
            for n in (6, 9, 4):
                y_true, y_pred = data(n)
                weight = f32(R.uniform(0, 2, n).round(2)) if weighted else None
                metric.update_state(y_true, y_pred, sample_weight=weight)
                case["batches"].append({
                    "y_true": numbers(y_true), "y_pred": numbers(y_pred), "sample_weight": numbers(weight) if weighted else None,
                    "result_after": numbers(keras.ops.convert_to_numpy(metric.result())),
                })
            metric.reset_state()
            case["result_after_reset"] = numbers(keras.ops.convert_to_numpy(metric.result()))
            yield case


dump("losses", list(losses()))
dump("metrics", list(metrics()))
