"""Records short training runs with Keras 3.16 on PyTorch (KERAS_BACKEND=torch): python generate.py FOLDER.

Every run has given first weights and nothing random in it. A group of runs is one file FOLDER/GROUP.json.gz: a map from the name of a run to
what ReferenceRun.cs replays.
"""
import gzip, json, math, os, sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import numpy as np
import torch

torch.set_num_threads(1)
import keras
from keras import layers as L, losses, metrics as M, optimizers as O, regularizers as reg, constraints as con

OUT = sys.argv[1]
ONLY = sys.argv[2:]
R = np.random.RandomState(7)
GROUPS, FAILED = {}, []


def numbers(a):
    a = np.asarray(a)
    flat = a.ravel()
    data = [int(v) for v in flat] if a.dtype.kind in "iub" else [float(str(v)) if np.isfinite(v) else str(v).replace("nan", "NaN") for v in flat.astype("float32")]
    return {"shape": list(a.shape), "dtype": str(a.dtype), "data": data}


def flat(variables):
    parts = [np.asarray(keras.ops.convert_to_numpy(v.value)).astype("float32").ravel() for v in variables]
    return np.concatenate(parts) if parts else np.zeros(0, "float32")


def as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


class Tap(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs, self.batches = [], []

    def on_epoch_begin(self, epoch, logs=None):
        self.batches.append([])

    def on_train_batch_end(self, batch, logs=None):
        self.batches[-1].append({k: float(v) for k, v in logs.items()})

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append({
            "epoch": epoch,
            "lr": float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)),
            "iterations": int(keras.ops.convert_to_numpy(self.model.optimizer.iterations)),
        })


def run(name, make, x, y, loss="mse", metrics=None, optimizer=None, group="layers", sample_weight=None, validation=None, compile_args=None, **fit):
    if ONLY and name not in ONLY:
        return
    keras.utils.clear_session()
    keras.utils.set_random_seed(len(name))
    try:
        model = make()
        for v in model.weights:  # biases and the like that are not all zero or one
            a = np.array(keras.ops.convert_to_numpy(v.value))
            if a.ndim == 1 and a.dtype == np.float32 and "normalization/mean" not in v.path and "count" not in v.path:
                d = R.normal(size=a.shape).astype("float32") * 0.1
                v.assign(a + (np.abs(d) if "variance" in v.path else d))
        optimizer = optimizer or O.Adam(0.01)
        model.compile(optimizer=optimizer, loss=loss, metrics=metrics, **(compile_args or {}))
        compile_config = model.get_compile_config()
        arrays = {"w_init": flat(model.weights)}
        xs, ys = as_list(x), as_list(y)
        put = lambda key, values: arrays.update({key if len(values) == 1 else f"{key}{i}": v for i, v in enumerate(values)})
        put("x", xs)
        put("y", ys)
        args = dict(epochs=2, batch_size=7)
        args.update(fit)
        recorded = {**{k: v for k, v in args.items() if k != "class_weight"}, "shuffle": False}
        info = {"model_class": type(model).__name__, "model_config": json.loads(model.to_json())["config"], "compile_config": compile_config, "fit": recorded}
        if "class_weight" in args:
            info["class_weight"] = args["class_weight"]
        if sample_weight is not None:
            put("sample_weight", as_list(sample_weight))
            args["sample_weight"] = sample_weight
        if validation is not None:
            put("x_val", as_list(validation[0]))
            put("y_val", as_list(validation[1]))
            if len(validation) > 2:
                put("sample_weight_val", as_list(validation[2]))
            args["validation_data"] = validation
            info["validation_data"] = True
        tap = Tap()
        h = model.fit(x, y, shuffle=False, verbose=0, callbacks=[tap], **args)
        info.update(epochs=tap.epochs, batch_logs=tap.batches, history={k: [float(v) for v in vs] for k, vs in h.history.items()}, history_epoch=h.epoch, stdout="")
        arrays["w_final"] = flat(model.weights)
        arrays["opt_final"] = flat(model.optimizer.variables)
        put("predictions", as_list(model.predict(x, verbose=0, batch_size=args["batch_size"])))
        evaluated = model.evaluate(x, y, verbose=0, batch_size=args["batch_size"], sample_weight=sample_weight, return_dict=True)
        info["evaluate_after_fit"] = {k: float(v) for k, v in evaluated.items()}
        info["arrays"] = {k: numbers(v) for k, v in arrays.items()}
        GROUPS.setdefault(group, {})[name] = info
    except Exception as e:
        FAILED.append((name, type(e).__name__, str(e)[:200]))


def normal(*shape):
    return R.normal(size=shape).astype("float32").round(3)


def tokens(n=17, t=6, top=9, padded=True):
    x = R.randint(1, top, size=(n, t)).astype("int32")
    if padded:
        for k in range(n):
            x[k, R.randint(1, t + 1):] = 0
    return x


def seq(*layers, shape, dtype=None, batch=None):
    first = L.Input(shape, dtype=dtype) if batch is None else L.Input(batch_shape=(batch, *shape), dtype=dtype)
    return lambda: keras.Sequential([first] + [make() for make in layers])


def head():
    return L.Dense(1)


def spatial_runs():
    n = 17
    series, image, volume = normal(n, 9, 3), normal(n, 6, 7, 3), normal(n, 5, 4, 5, 2)
    y = normal(n, 1)

    def one(name, x, *layers, **kw):
        run(name, seq(*layers, L.Flatten, head, shape=x.shape[1:]), x, y, metrics=["mae"], **kw)

    one("conv1d_strides", series, lambda: L.Conv1D(4, 3, strides=2, activation="tanh"))
    one("conv1d_dilated_causal", series, lambda: L.Conv1D(4, 3, dilation_rate=2, padding="causal", activation="relu", use_bias=False))
    one("conv1d_groups_same", series, lambda: L.Conv1D(6, 2, groups=3, padding="same", strides=2))
    one("conv1d_channels_first", normal(n, 3, 9), lambda: L.Conv1D(4, 3, data_format="channels_first", padding="same"))
    one("conv2d_groups", image, lambda: L.Conv2D(6, (2, 3), groups=3, padding="same", strides=(2, 1), activation="elu"))
    one("conv3d_valid", volume, lambda: L.Conv3D(3, (2, 3, 2), activation="relu"))
    one("conv3d_same_strides", volume, lambda: L.Conv3D(3, 3, strides=(2, 1, 2), padding="same", activation="tanh"))
    one("conv3d_dilated", volume, lambda: L.Conv3D(2, 2, dilation_rate=(2, 1, 2)))
    for padding in ("valid", "same"):
        for strides, dilation in ((1, 1), (2, 1), (3, 1), (1, 2)):
            one(f"conv1d_transpose_{padding}_s{strides}_d{dilation}", series, lambda: L.Conv1DTranspose(2, 3, strides=strides, dilation_rate=dilation, padding=padding))
        one(f"conv2d_transpose_{padding}", image, lambda: L.Conv2DTranspose(2, (3, 2), strides=(2, 3), padding=padding, activation="tanh"))
        one(f"conv3d_transpose_{padding}", volume, lambda: L.Conv3DTranspose(2, (2, 3, 2), strides=(1, 2, 2), padding=padding))
        one(f"depthwise_conv1d_{padding}", series, lambda: L.DepthwiseConv1D(3, depth_multiplier=2, padding=padding, strides=2 if padding == "valid" else 1, activation="tanh"))
        one(f"separable_conv1d_{padding}", series, lambda: L.SeparableConv1D(4, 3, depth_multiplier=2, padding=padding, activation="relu"))
        for d, x, size in ((1, series, 2), (2, image, (2, 3)), (3, volume, (2, 2, 3))):
            for kind in ("Max", "Average"):
                one(f"{kind.lower()}_pooling{d}d_{padding}", x, lambda: getattr(L, f"{kind}Pooling{d}D")(size, padding=padding))
                one(f"{kind.lower()}_pooling{d}d_{padding}_strides1", x, lambda: getattr(L, f"{kind}Pooling{d}D")(size, strides=1, padding=padding))
    one("conv2d_transpose_output_padding", image, lambda: L.Conv2DTranspose(2, 3, strides=2, output_padding=1, padding="same"))
    one("depthwise_conv2d_dilated", image, lambda: L.DepthwiseConv2D(2, dilation_rate=2, depth_multiplier=2))
    one("separable_conv2d_strides", image, lambda: L.SeparableConv2D(3, 3, strides=2, padding="same"))
    for d, x in ((1, series), (2, image), (3, volume)):
        for kind in ("Max", "Average"):
            for keep in (False, True):
                run(f"global_{kind.lower()}_pooling{d}d_{int(keep)}", seq(lambda: getattr(L, f"Global{kind}Pooling{d}D")(keepdims=keep), L.Flatten, head, shape=x.shape[1:]), x, y)
    one("zero_padding1d", series, lambda: L.ZeroPadding1D((1, 2)), lambda: L.Conv1D(2, 3))
    one("zero_padding2d", image, lambda: L.ZeroPadding2D(((1, 0), (2, 1))), lambda: L.Conv2D(2, 3))
    one("zero_padding3d", volume, lambda: L.ZeroPadding3D(((1, 0), (0, 1), (1, 1))), lambda: L.Conv3D(2, 3))
    one("cropping1d", series, lambda: L.Conv1D(2, 1), lambda: L.Cropping1D((1, 2)))
    one("cropping2d", image, lambda: L.Conv2D(2, 1), lambda: L.Cropping2D(((1, 0), (2, 1))))
    one("cropping3d", volume, lambda: L.Conv3D(2, 1), lambda: L.Cropping3D(((1, 0), (0, 1), (1, 1))))
    one("up_sampling1d", series, lambda: L.Conv1D(2, 2), lambda: L.UpSampling1D(2))
    one("up_sampling3d", volume, lambda: L.Conv3D(2, 2), lambda: L.UpSampling3D((2, 1, 2)))
    for how in ("nearest", "bilinear", "bicubic"):  # Keras has no Lanczos on PyTorch
        one(f"up_sampling2d_{how}", image, lambda: L.Conv2D(2, 2), lambda: L.UpSampling2D((2, 3), interpolation=how))
    one("permute_reshape", volume, lambda: L.Permute((3, 1, 4, 2)), lambda: L.Reshape((5, -1)), lambda: L.Dense(3, activation="tanh"))
    one("repeat_vector", normal(n, 4), lambda: L.Dense(3), lambda: L.RepeatVector(3), lambda: L.Conv1D(2, 2))
    one("prelu_shared", image, lambda: L.Conv2D(3, 2), lambda: L.PReLU(shared_axes=[1, 2]))
    one("prelu", series, lambda: L.PReLU(), lambda: L.LeakyReLU(0.2), lambda: L.ELU(0.7), lambda: L.ReLU(1.5, negative_slope=0.1, threshold=0.2), lambda: L.Softmax(axis=1))
    one("adaptive_pooling", image, lambda: L.AdaptiveAveragePooling2D((3, 2)), lambda: L.AdaptiveMaxPooling2D((2, 2)))


def sequence_runs():
    n = 17
    x, ids = normal(n, 6, 3), tokens()
    short = x.copy()
    for k in range(n):
        short[k, R.randint(1, 7):] = 0
    y, ys = normal(n, 1), normal(n, 6, 2)
    cells = {
        "simple_rnn": lambda **k: L.SimpleRNN(4, **k),
        "lstm": lambda **k: L.LSTM(4, **k),
        "gru": lambda **k: L.GRU(4, **k),
        "gru_before": lambda **k: L.GRU(4, reset_after=False, **k),
    }
    for name, cell in cells.items():
        run(f"{name}_sequences", seq(lambda: cell(return_sequences=True), lambda: L.Dense(2), shape=(6, 3)), x, ys, group="sequences")
        run(f"{name}_backwards", seq(lambda: cell(go_backwards=True, return_sequences=True), lambda: cell(go_backwards=True), head, shape=(6, 3)), x, y, group="sequences")
        run(f"{name}_masking", seq(L.Masking, lambda: cell(return_sequences=True), lambda: cell(), head, shape=(6, 3)), short, y, group="sequences")
        run(f"{name}_masking_backwards", seq(L.Masking, lambda: cell(go_backwards=True), head, shape=(6, 3)), short, y, group="sequences")
        run(f"{name}_masked_loss", seq(lambda: L.Embedding(9, 3, mask_zero=True), lambda: cell(return_sequences=True), lambda: L.TimeDistributed(L.Dense(2)), shape=(6,), dtype="int32"), ids, ys, metrics=["mae"], group="sequences")
        if name in ("simple_rnn", "gru_before"):  # Keras' other cells can't train statefully on PyTorch: they change their states in place
            run(f"{name}_stateful", seq(lambda: cell(stateful=True, return_sequences=True), lambda: cell(stateful=True), head, shape=(6, 3), batch=6), x[:12], y[:12], batch_size=6, epochs=3, group="sequences")
        run(f"{name}_settings", seq(lambda: cell(activation="softsign", use_bias=False, kernel_regularizer="l2", recurrent_regularizer=reg.L1(0.01), recurrent_constraint=con.MaxNorm(1.0)), head, shape=(6, 3)), x, y, group="sequences")
        for mode in ("sum", "mul", "ave", "concat"):
            run(f"bidirectional_{name}_{mode}", seq(L.Masking, lambda: L.Bidirectional(cell(return_sequences=True), merge_mode=mode), lambda: L.Bidirectional(cell(), merge_mode=mode), head, shape=(6, 3)), short, y, group="sequences")

        def states():
            i = L.Input((6, 3))
            out, *state = cell(return_state=True, return_sequences=True)(i)
            second = cell(return_sequences=True)(L.Dense(3)(out), initial_state=state)
            return keras.Model(i, [L.Dense(1)(L.Flatten()(second)), L.Dense(2)(state[0])])

        run(f"{name}_states", states, x, [y, normal(n, 2)], group="sequences")

    def separate():
        i = L.Input((6, 3))
        out = L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode=None)(i)
        return keras.Model(i, L.Dense(1)(L.Flatten()(L.Subtract()(out))))

    run("bidirectional_unmerged", separate, x, y, group="sequences")
    run("bidirectional_backward_layer", seq(lambda: L.Bidirectional(L.LSTM(3, return_sequences=True), backward_layer=L.GRU(3, return_sequences=True, go_backwards=True)), lambda: L.Dense(2), shape=(6, 3)), x, ys, group="sequences")
    run("stacked_cells", seq(lambda: L.RNN([L.LSTMCell(3), L.GRUCell(4), L.SimpleRNNCell(2)], return_sequences=True), lambda: L.Dense(2), shape=(6, 3)), x, ys, group="sequences")
    run("time_distributed_convolution", seq(lambda: L.TimeDistributed(L.Conv1D(2, 2)), lambda: L.TimeDistributed(L.Flatten()), lambda: L.GRU(3), head, shape=(4, 5, 2)), normal(n, 4, 5, 2), y, group="sequences")
    run("embedding_settings", seq(lambda: L.Embedding(9, 3, embeddings_regularizer="l2", embeddings_constraint="unit_norm"), L.Flatten, head, shape=(6,), dtype="int32"), tokens(padded=False), y, group="sequences")
    labels = R.randint(0, 3, size=(n, 6)).astype("int32")

    def tagger():
        return seq(lambda: L.Embedding(9, 3, mask_zero=True), lambda: L.LSTM(4, return_sequences=True), lambda: L.Dense(3, activation="softmax"), shape=(6,), dtype="int32")()

    weights = R.uniform(0, 2, size=n).astype("float32").round(2)
    steps = R.uniform(0, 2, size=(n, 6)).astype("float32").round(2)
    sparse = "sparse_categorical_crossentropy"
    run("tagger_masked_accuracy", tagger, ids, labels, sparse, ["accuracy", M.SparseTopKCategoricalAccuracy(2, name="top2")], group="sequences")
    run("tagger_trailing_axis", tagger, ids, labels[..., None], sparse, ["accuracy"], group="sequences")
    run("tagger_one_hot", tagger, ids, np.eye(3, dtype="float32")[labels], "categorical_crossentropy", ["accuracy"], group="sequences")
    run("tagger_step_weights", tagger, ids, labels, sparse, ["accuracy"], sample_weight=steps, compile_args=dict(weighted_metrics=["accuracy"]), group="sequences")
    run("tagger_validation_split", tagger, ids, labels, sparse, ["accuracy"], validation_split=0.3, group="sequences")
    run("tagger_split_step_weights", tagger, ids, labels, sparse, sample_weight=steps, validation_split=0.3, compile_args=dict(weighted_metrics=["accuracy"]), group="sequences")
    run("sequence_regression_sample_weights", seq(lambda: L.GRU(3, return_sequences=True), lambda: L.Dense(2), shape=(6, 3)), x, ys, "mae", ["mse"], sample_weight=steps, group="sequences")
    run("masked_pooling", seq(lambda: L.Embedding(9, 3, mask_zero=True), L.GlobalAveragePooling1D, head, shape=(6,), dtype="int32"), ids, y, group="sequences")
    run("masked_batch_normalization", seq(L.Masking, L.BatchNormalization, lambda: L.LSTM(3), head, shape=(6, 3)), short, y, optimizer=O.SGD(0.05), group="sequences")
    run("lstm_unroll_no_forget_bias", seq(lambda: L.LSTM(3, unit_forget_bias=False, unroll=True, recurrent_activation="hard_sigmoid"), head, shape=(6, 3)), x, y, group="sequences")


def attention_runs():
    n = 17
    x, other, y = normal(n, 5, 4), normal(n, 6, 4), normal(n, 1)

    def attend(layer, **call):
        def make():
            a, b = L.Input((5, 4)), L.Input((6, 4))
            return keras.Model([a, b], L.Dense(1)(L.Flatten()(layer()([L.Dense(4)(a), L.Dense(4)(b)], **call))))
        return make

    def heads(make_layer, *names, **call):
        def make():
            a, b = L.Input((5, 4)), L.Input((6, 4))
            out = make_layer()(L.Dense(4)(a), L.Dense(4)(b), **call)
            return keras.Model([a, b], L.Dense(1)(L.Flatten()(out)))
        return make

    run("attention", attend(lambda: L.Attention()), [x, other], y, group="attention")
    run("attention_scale", attend(lambda: L.Attention(use_scale=True)), [x, other], y, group="attention")
    run("attention_concat", attend(lambda: L.Attention(score_mode="concat", use_scale=True)), [x, other], y, group="attention")
    run("attention_causal", attend(lambda: L.Attention(), use_causal_mask=True), [x, other], y, group="attention")
    run("additive_attention", attend(lambda: L.AdditiveAttention()), [x, other], y, group="attention")
    run("additive_attention_no_scale_causal", attend(lambda: L.AdditiveAttention(use_scale=False), use_causal_mask=True), [x, other], y, group="attention")
    run("multi_head", heads(lambda: L.MultiHeadAttention(2, 3)), [x, other], y, group="attention")
    run("multi_head_value_dim", heads(lambda: L.MultiHeadAttention(2, 3, value_dim=2, output_shape=5, use_bias=False)), [x, other], y, group="attention")
    run("multi_head_causal", heads(lambda: L.MultiHeadAttention(3, 2), use_causal_mask=True), [x, other], y, group="attention")
    run("group_query", heads(lambda: L.GroupQueryAttention(3, 4, 2)), [x, other], y, group="attention")

    def masked(layer):
        def make():
            i = L.Input((6,), dtype="int32")
            e = L.Embedding(9, 4, mask_zero=True)(i)
            h = L.LayerNormalization()(L.Add()([e, layer(e)]))
            return keras.Model(i, L.Dense(2)(h))
        return make

    ids, ys = tokens(), normal(n, 6, 2)
    run("multi_head_masked", masked(lambda e: L.MultiHeadAttention(2, 3)(e, e)), ids, ys, group="attention")
    run("attention_masked", masked(lambda e: L.Attention()([e, e])), ids, ys, group="attention")
    run("additive_attention_masked", masked(lambda e: L.AdditiveAttention()([e, e])), ids, ys, group="attention")
    run("transformer_block", masked(lambda e: L.Dense(4)(L.Dense(7, activation="gelu")(L.RMSNormalization()(L.MultiHeadAttention(2, 2)(e, e, use_causal_mask=True))))), ids, ys, epochs=3, group="attention")

    def two_axes():
        i = L.Input((3, 4, 2))
        return keras.Model(i, L.Dense(1)(L.Flatten()(L.MultiHeadAttention(2, 2, attention_axes=(1, 2))(i, i))))

    run("multi_head_two_axes", two_axes, normal(n, 3, 4, 2), y, group="attention")


def core_runs():
    n = 17
    x, y, image = normal(n, 6), normal(n, 1), normal(n, 4, 3, 6)

    def one(name, *layers, data=x, target=y, **kw):
        run(name, seq(*layers, shape=data.shape[1:]), data, target, group="core", metrics=["mae"], **kw)

    dense = lambda units, **k: (lambda: L.Dense(units, **k))
    for name, layer in {
        "layer_normalization": lambda: L.LayerNormalization(),
        "layer_normalization_axes": lambda: L.LayerNormalization(axis=[1, 2], epsilon=0.01),
        "layer_normalization_no_center": lambda: L.LayerNormalization(center=False),
        "group_normalization": lambda: L.GroupNormalization(3),
        "group_normalization_each": lambda: L.GroupNormalization(-1, scale=False),
        "group_normalization_axis": lambda: L.GroupNormalization(2, axis=1),
        "unit_normalization": lambda: L.UnitNormalization(),
        "unit_normalization_axes": lambda: L.UnitNormalization(axis=[1, 3]),
        "rms_normalization": lambda: L.RMSNormalization(),
        "batch_normalization_axis": lambda: L.BatchNormalization(axis=1, momentum=0.7),
        "batch_normalization_regularized": lambda: L.BatchNormalization(gamma_regularizer="l2", beta_constraint="non_neg", center=True),
    }.items():
        one(name, layer, L.Flatten, head, data=image)
    one("batch_normalization_no_center", dense(5, use_bias=False), lambda: L.BatchNormalization(center=False), dense(1), optimizer=O.SGD(0.1))
    one("einsum_dense", lambda: L.EinsumDense("abcd,de->abce", output_shape=(4, 3, 3), bias_axes="e", activation="relu"), lambda: L.EinsumDense("abce,bcef->af", output_shape=(2,)), head, data=image)
    one("activity_regularization", dense(4, activation="relu"), lambda: L.ActivityRegularization(0.01, 0.02), dense(3, activity_regularizer=reg.L2(0.05)), head, validation_split=0.2)
    for name, regularizer in {"l1": reg.L1(0.02), "l2": reg.L2(0.02), "l1l2": reg.L1L2(0.01, 0.02), "orthogonal_rows": reg.OrthogonalRegularizer(0.05, "rows"), "orthogonal_columns": reg.OrthogonalRegularizer(0.05, "columns")}.items():
        one(f"regularizer_{name}", dense(4, kernel_regularizer=regularizer), head)
    for name, constraint in {"max_norm": con.MaxNorm(0.8), "max_norm_axis": con.MaxNorm(0.5, axis=1), "min_max_norm": con.MinMaxNorm(0.4, 0.7, 0.5), "non_neg": con.NonNeg(), "unit_norm": con.UnitNorm(), "unit_norm_axis": con.UnitNorm(axis=1)}.items():
        one(f"constraint_{name}", dense(4, kernel_constraint=constraint, bias_constraint="non_neg"), head, optimizer=O.Adam(0.1))
    one("constraint_on_convolution", lambda: L.Conv2D(3, 2, kernel_constraint=con.MaxNorm(0.5, axis=[0, 1, 2]), bias_constraint="non_neg"), L.Flatten, head, data=image, optimizer=O.SGD(0.2))
    one("constraint_on_normalization", lambda: L.LayerNormalization(gamma_constraint="non_neg", beta_regularizer="l1"), lambda: L.EinsumDense("abcd,de->abce", output_shape=(4, 3, 2), kernel_constraint="unit_norm"), L.Flatten, head, data=image)

    names = ["relu", "leaky_relu", "relu6", "softmax", "celu", "elu", "selu", "softplus", "softsign", "squareplus", "soft_shrink", "sparse_plus", "silu", "gelu", "tanh", "tanh_shrink", "threshold", "sigmoid", "sparse_sigmoid", "exponential", "hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink", "linear", "mish", "log_softmax", "log_sigmoid", "sparsemax"]

    def activations(chosen):
        def make():
            i = L.Input((6,))
            return keras.Model(i, L.Dense(1)(L.Concatenate()([L.Dense(4, activation=a)(i) for a in chosen])))
        return make

    for k in range(0, len(names), 6):
        chosen = [a for a in names[k:k + 6] if a not in ("threshold", "glu")]
        run(f"activations_{k // 6}", activations(chosen), x, y, group="core")

    def merged():
        i = L.Input((6,))
        a, b, c = (L.Dense(4, activation="tanh")(i) for _ in range(3))
        parts = [L.Add()([a, b, c]), L.Subtract()([a, b]), L.Multiply()([a, b, c]), L.Average()([a, b, c]), L.Maximum()([a, b, c]), L.Minimum()([a, b, c]), L.Dot(1)([a, b]), L.Dot(1, normalize=True)([b, c])]
        return keras.Model(i, L.Dense(1)(L.Concatenate()(parts)))

    run("merging", merged, x, y, epochs=3, group="core")

    def dots():
        a, b = L.Input((3, 4)), L.Input((4, 5))
        h = L.Dot((2, 1))([L.Dense(4)(a), L.Dense(5)(b)])
        return keras.Model([a, b], L.Dense(1)(L.Flatten()(L.Concatenate(axis=1)([h, L.Dense(5)(a)]))))

    run("dot_of_matrices", dots, [normal(n, 3, 4), normal(n, 4, 5)], y, group="core")

    def normalization():
        layer = L.Normalization()
        layer.adapt(x * 3 + 1)
        return keras.Sequential([L.Input((6,)), layer, L.Dense(3, activation="tanh"), L.Dense(1)])

    run("normalization_adapted", normalization, x * 3 + 1, y, group="core")
    one("normalization_given", lambda: L.Normalization(mean=[0.5] * 6, variance=[2.0] * 6), head)
    one("normalization_inverted", lambda: L.Normalization(mean=0.5, variance=2.0, invert=True), head)
    one("rescaling", lambda: L.Rescaling(0.3, offset=-0.1), head)

    def discretization():
        layer = L.Discretization(bin_boundaries=[-0.5, 0.0, 0.7])
        i = L.Input((6,))
        return keras.Model(i, L.Dense(1)(L.Flatten()(L.Embedding(4, 2)(layer(i)))))

    run("discretization", discretization, x, y, group="core")
    for mode in ("one_hot", "multi_hot", "count"):
        data = R.randint(0, 5, size=(n, 1 if mode == "one_hot" else 4)).astype("int32")
        run(f"category_encoding_{mode}", seq(lambda: L.CategoryEncoding(5, output_mode=mode), head, shape=data.shape[1:], dtype="int32"), data, y, group="core")


def model_runs():
    n = 23
    a, b = normal(n, 4), normal(n, 3)
    y0, y1 = normal(n, 1), R.randint(0, 3, n).astype("int32")

    def two():
        i, j = L.Input((4,), name="left"), L.Input((3,), name="right")
        shared = L.Dense(5, activation="tanh", name="shared")
        h = L.Add()([shared(L.Dense(4)(i)), shared(L.Dense(4)(j))])
        inner = keras.Sequential([L.Input((5,)), L.Dense(4, activation="elu"), L.Dense(3)], name="inner")
        return keras.Model([i, j], [L.Dense(1, name="amount")(h), L.Dense(3, activation="softmax", name="kind")(inner(h))])

    both = ["mse", "sparse_categorical_crossentropy"]
    w0, w1 = R.uniform(0, 2, n).astype("float32").round(2), R.uniform(0, 2, n).astype("float32").round(2)
    run("two_outputs", two, [a, b], [y0, y1], both, group="models")
    run("two_outputs_weighted", two, [a, b], [y0, y1], both, [["mae", "mse"], ["accuracy"]], group="models", epochs=3, validation_split=0.3, compile_args=dict(loss_weights=[0.3, 2.0]))
    run("two_outputs_by_name", two, [a, b], [y0, y1], {"kind": both[1], "amount": both[0]}, {"kind": ["accuracy", M.SparseTopKCategoricalAccuracy(2, name="top2")], "amount": "mae"}, group="models", compile_args=dict(loss_weights={"kind": 0.5, "amount": 1.5}, weighted_metrics={"kind": ["accuracy"]}))
    run("two_outputs_sample_weights", two, [a, b], [y0, y1], both, [["mae"], ["accuracy"]], sample_weight=[w0, w1], group="models", compile_args=dict(weighted_metrics=[["mae"], ["accuracy"]]))
    run("two_outputs_one_loss", two, [a, b], [y0, y1], {"amount": "mae", "kind": None}, group="models")
    run("two_outputs_validation_data", two, [a, b], [y0, y1], both, [["mae"], ["accuracy"]], validation=([a[:9], b[:9]], [y0[:9], y1[:9]], [w0[:9], w1[:9]]), group="models")
    run("two_outputs_split_weights", two, [a, b], [y0, y1], both, sample_weight=[w0, w1], validation_split=0.25, group="models")

    def frozen():
        model = two()
        model.get_layer("shared").trainable = False
        model.get_layer("inner").layers[0].trainable = False
        return model

    run("frozen_shared_and_nested", frozen, [a, b], [y0, y1], both, group="models")

    def frozen_normalization():
        m = keras.Sequential([L.Input((4,)), L.Dense(5, use_bias=False), L.BatchNormalization(), L.Dense(1)])
        m.layers[1].trainable = False
        return m

    run("frozen_batch_normalization", frozen_normalization, a, y0, group="models")

    def twice():
        i, j = L.Input((4,)), L.Input((4,))
        tower = keras.Sequential([L.Input((4,)), L.Dense(5, activation="tanh", kernel_regularizer="l2"), L.BatchNormalization(), L.Dense(3)])
        return keras.Model([i, j], L.Dot(1, normalize=True)([tower(i), tower(j)]))

    run("siamese", twice, [a, normal(n, 4)], y0, optimizer=O.SGD(0.05), group="models")


def optimizer_runs():
    n = 29
    x = normal(n, 6)
    y = (np.tanh(x[:, :1] * 1.5) + 0.5 * x[:, 1:2]).astype("float32").round(4)
    mlp = seq(lambda: L.Dense(8, activation="tanh"), lambda: L.Dense(5, activation="tanh"), lambda: L.Dense(1), shape=(6,))
    S = O.schedules
    for name, optimizer in {
        "lamb": O.Lamb(0.01), "lamb_weight_decay": O.Lamb(0.02, beta_1=0.8, weight_decay=0.05),
        "adafactor": O.Adafactor(0.05), "adafactor_fixed_step": O.Adafactor(0.02, relative_step=False, beta_2_decay=-0.6, clip_threshold=0.8),
        "muon": O.Muon(0.02, adam_lr_ratio=0.5), "muon_nesterov_off": O.Muon(0.02, nesterov=False, weight_decay=0.01, ns_steps=4), "muon_excluded": O.Muon(0.02, exclude_layers=["dense_1"]),
        "loss_scale": O.Adam(0.01, loss_scale_factor=256.0), "loss_scale_clipped": O.SGD(0.05, momentum=0.9, loss_scale_factor=8.0, clipnorm=0.1),
        "adam_everything": O.Adam(0.02, amsgrad=True, weight_decay=0.01, global_clipnorm=0.3, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=4),
        "adam_accumulated_ema": O.Adam(0.02, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.9, clipnorm=0.5),
        "adamw_schedule": O.AdamW(S.CosineDecay(0.03, 12, warmup_target=0.05, warmup_steps=3), weight_decay=0.1, clipvalue=0.1),
        "lion_schedule": O.Lion(S.PolynomialDecay(0.01, 9, 0.001, 2.0), weight_decay=0.05),
        "nadam_schedule": O.Nadam(S.ExponentialDecay(0.02, 4, 0.6, staircase=True)),
        "rmsprop_schedule": O.RMSprop(S.PiecewiseConstantDecay([3, 7], [0.02, 0.01, 0.002]), momentum=0.5, centered=True),
        "adagrad_schedule": O.Adagrad(S.InverseTimeDecay(0.1, 3, 0.5), weight_decay=0.01),
        "adadelta_schedule": O.Adadelta(S.CosineDecayRestarts(1.0, 4, 2.0, 0.8, 0.1)),
        "adamax_accumulated": O.Adamax(0.02, gradient_accumulation_steps=3), "ftrl_schedule": O.Ftrl(S.ExponentialDecay(0.1, 5, 0.8), learning_rate_power=-0.4, l1_regularization_strength=0.01),
        "sgd_accumulated_clipped": O.SGD(0.1, momentum=0.9, nesterov=True, gradient_accumulation_steps=2, clipnorm=0.2, weight_decay=0.02),
    }.items():
        run(f"optimizer_{name}", mlp, x, y, optimizer=optimizer, epochs=3, group="optimizers")
    run("optimizer_adafactor_convolution", seq(lambda: L.Reshape((2, 3, 1)), lambda: L.Conv2D(3, 2), L.Flatten, head, shape=(6,)), x, y, optimizer=O.Adafactor(0.05), group="optimizers")
    run("optimizer_muon_embedding", seq(lambda: L.Embedding(9, 4), L.Flatten, head, shape=(6,), dtype="int32"), tokens(n), y, optimizer=O.Muon(0.02), group="optimizers")


def loss_scale_runs():
    n = 29
    x = normal(n, 6)
    y = (np.tanh(x[:, :1] * 1.5) + 0.5 * x[:, 1:2]).astype("float32").round(4)
    mlp = seq(lambda: L.Dense(8, activation="tanh"), lambda: L.Dense(1), shape=(6,))
    S = O.schedules
    # Gradients in the hundreds overflow with so big a scale at first, and again and again since it grows so soon.
    for name, optimizer in {
        "adam": O.Adam(0.02), "sgd_clipped": O.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=0.2, weight_decay=0.02), "globally_clipped": O.SGD(0.1, global_clipnorm=0.3),
        "accumulated": O.SGD(0.002, momentum=0.9, gradient_accumulation_steps=2), "averaged": O.Adam(0.02, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=4),
        "scheduled": O.RMSprop(S.CosineDecay(0.02, 12, warmup_target=0.03, warmup_steps=3), momentum=0.5), "replaces_factor": O.Adamax(0.02, loss_scale_factor=16.0),
    }.items():
        run(f"dynamic_loss_scale_{name}", mlp, x, 64 * y, optimizer=O.LossScaleOptimizer(optimizer, initial_scale=2.0**127, dynamic_growth_steps=3), epochs=4, validation_split=0.2, group="loss_scale")
    run("dynamic_loss_scale_default", mlp, x, y, optimizer=O.LossScaleOptimizer(O.SGD(0.05)), group="loss_scale")


def fit_runs():
    n = 23
    x = normal(n, 5)
    real, flat_real = normal(n, 1), normal(n)
    binary, labels = (x[:, :1] > 0).astype("int32"), R.randint(0, 3, n).astype("int32")
    weights = R.uniform(0, 2, n).astype("float32").round(2)
    net = lambda out=1, act=None: seq(lambda: L.Dense(5, activation="tanh"), lambda: L.Dense(out, activation=act), shape=(5,))
    sigmoid, softmax, sparse = net(1, "sigmoid"), net(3, "softmax"), "sparse_categorical_crossentropy"
    fit = lambda name, *a, **k: run(name, *a, group="fit", **k)
    fit("flat_targets_mse", net(), x, flat_real, "mse", ["mae", "mse", M.RootMeanSquaredError()], validation_split=0.2)
    fit("flat_targets_huber_weights", net(), x, flat_real, losses.Huber(0.5), ["mae"], sample_weight=weights, compile_args=dict(weighted_metrics=["mae"]), validation_split=0.3)
    fit("flat_binary_integers", sigmoid, x, binary[:, 0], "binary_crossentropy", ["accuracy", M.AUC(name="auc"), M.Precision(name="p")])
    fit("binary_integers", sigmoid, x, binary, "binary_crossentropy", ["accuracy", "binary_accuracy", "mse"])
    fit("binary_booleans", sigmoid, x, binary.astype(bool), "binary_crossentropy", ["accuracy"])
    fit("binary_int64_class_weight", sigmoid, x, binary.astype("int64"), "binary_crossentropy", ["accuracy"], class_weight={0: 0.5, 1: 2.0})
    fit("flat_binary_class_weight", sigmoid, x, binary[:, 0], "binary_crossentropy", ["accuracy"], class_weight={0: 0.5, 1: 2.0}, validation_split=0.2)
    fit("sparse_column", softmax, x, labels[:, None], sparse, ["accuracy", "sparse_categorical_accuracy", M.SparseTopKCategoricalAccuracy(2, name="top2")])
    fit("sparse_float_labels", softmax, x, labels.astype("float32"), sparse, ["accuracy"])
    fit("sparse_uint8_labels", softmax, x, labels.astype("uint8"), sparse, ["accuracy"])
    fit("sparse_column_class_weight", softmax, x, labels[:, None], sparse, ["accuracy"], class_weight={0: 1.0, 1: 3.0, 2: 0.2})
    fit("sparse_metric_families", softmax, x, labels, sparse, ["acc", "sparse_categorical_crossentropy"])
    hot = np.eye(3, dtype="float32")[labels]
    fit("one_hot_metrics", softmax, x, hot, "categorical_crossentropy", ["accuracy", M.AUC(name="auc"), M.F1Score(average="macro", name="f1"), M.Precision(class_id=1, name="p1"), M.OneHotMeanIoU(3, name="iou"), "categorical_crossentropy", M.KLDivergence(name="kl")], validation_split=0.3)
    fit("one_hot_integers", softmax, x, hot.astype("int32"), "categorical_crossentropy", ["accuracy"])
    fit("image_labels", lambda: keras.Sequential([L.Input((4, 3, 2)), L.Dense(3, activation="softmax")]), normal(n, 4, 3, 2), R.randint(0, 3, (n, 4, 3)).astype("int32"), sparse, ["accuracy"])
    fit("image_labels_trailing_axis", lambda: keras.Sequential([L.Input((4, 3, 2)), L.Dense(3, activation="softmax")]), normal(n, 4, 3, 2), R.randint(0, 3, (n, 4, 3, 1)).astype("int32"), sparse, ["accuracy"])
    fit("integer_targets_mse", net(), x, R.randint(0, 5, (n, 1)).astype("int32"), "mse", ["mae"])
    fit("double_inputs", net(), x.astype("float64"), real.astype("float64"), "mse", ["mae"])
    fit("integer_inputs", net(), R.randint(0, 5, (n, 5)).astype("int32"), real, "mse", ["mae"])
    fit("metrics_of_regression", net(), x, real, "mse", ["mae", "cosine_similarity", M.R2Score(name="r2")])
    fit("weighted_metrics_twice", net(), x, real, "mse", ["mae", "mse"], sample_weight=weights, compile_args=dict(weighted_metrics=["mae", "mse"]))
    fit("weights_split_remainder", net(), x, real, "mse", ["mae"], sample_weight=weights, validation_split=0.37, batch_size=4, compile_args=dict(weighted_metrics=["mae"]))
    fit("weights_column", net(), x, real, "mse", sample_weight=weights[:, None], compile_args=dict(weighted_metrics=["mae"]))
    fit("weights_and_classes", softmax, x, labels, sparse, ["accuracy"], class_weight={0: 1.0, 1: 3.0, 2: 0.2}, compile_args=dict(weighted_metrics=["accuracy"]), validation_split=0.3)
    fit("steps_over_epochs", net(), x, real, "mse", ["mae"], steps_per_epoch=3, epochs=4, batch_size=5)
    fit("steps_and_validation", net(), x, real, "mse", ["mae"], steps_per_epoch=2, epochs=4, batch_size=5, validation_split=0.3, validation_steps=1, validation_freq=2, validation_batch_size=3)
    fit("validation_frequency_list", net(), x, real, "mse", ["mae"], epochs=6, validation_split=0.3, validation_freq=[2, 5, 6], initial_epoch=1)
    fit("validation_weights", net(), x, real, "mse", ["mae"], validation=(x[:9], real[:9], weights[:9]), validation_batch_size=4, compile_args=dict(weighted_metrics=["mae"]))
    fit("steps_per_execution", net(), x, real, "mse", ["mae"], batch_size=4, epochs=3, compile_args=dict(steps_per_execution=2))
    fit("auto_scaled_adam", net(), x, real, "mse", compile_args=dict(auto_scale_loss=True))
    positive = np.abs(real) + 0.1
    for loss, out, target in (
        ("mean_squared_logarithmic_error", net(1, "softplus"), positive), ("mean_absolute_percentage_error", net(), positive), ("log_cosh", net(), real), ("poisson", net(1, "softplus"), positive),
        ("cosine_similarity", net(3), normal(n, 3)), ("hinge", net(), binary), ("squared_hinge", net(), binary * 2 - 1), ("categorical_hinge", net(3), hot), ("kl_divergence", softmax, hot),
        ("dice", sigmoid, binary.astype("float32")), ("tversky", sigmoid, binary.astype("float32")), ("binary_focal_crossentropy", sigmoid, binary), ("categorical_focal_crossentropy", softmax, hot),
        ("circle", seq(lambda: L.Dense(4), L.UnitNormalization, shape=(5,)), labels),
    ):
        fit(f"loss_{loss}", out, x, target, loss)
    fit("loss_categorical_generalized_cross_entropy", softmax, x, labels, losses.CategoricalGeneralizedCrossEntropy(0.6))
    fit("loss_crossentropy_ignored_class", softmax, x, labels, losses.SparseCategoricalCrossentropy(ignore_class=1), ["accuracy"])
    fit("loss_sum", net(), x, real, losses.MeanSquaredError(reduction="sum"), ["mae"], optimizer=O.SGD(0.005))
    fit("loss_mean_with_sample_weight", net(), x, real, losses.MeanSquaredError(reduction="mean_with_sample_weight"), sample_weight=weights, optimizer=O.SGD(0.05))
    fit("loss_ctc", seq(lambda: L.Dense(5), shape=(8, 3)), normal(n, 8, 3), R.randint(1, 4, (n, 3)).astype("int32"), losses.CTC())


spatial_runs(); sequence_runs(); attention_runs(); core_runs(); model_runs(); optimizer_runs(); fit_runs(); loss_scale_runs()


def encode(o):
    if isinstance(o, dict):
        return {str(k): encode(v) for k, v in o.items()}
    if isinstance(o, (list, tuple)):
        return [encode(v) for v in o]
    if isinstance(o, (np.floating, float)):
        v = float(o)
        return "NaN" if math.isnan(v) else ("Infinity" if v > 0 else "-Infinity") if math.isinf(v) else v
    if isinstance(o, np.integer):
        return int(o)
    return o


for group, runs in GROUPS.items():
    os.makedirs(OUT, exist_ok=True)
    raw = json.dumps(encode(runs), separators=(",", ":")).encode()
    with gzip.GzipFile(f"{OUT}/{group}.json.gz", "wb", mtime=0) as f:
        f.write(raw)
    print(group, len(runs), "runs")
for failure in FAILED:
    print("FAILED", *failure)
