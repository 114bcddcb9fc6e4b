"""Records layers with LoRA with Keras 3.16 on its PyTorch backend: python generate.py OUT.zip

NAME.init.keras is the model before training (the adaptation merged), NAME.keras and NAME.h5 after three epochs of SGD(0.05) or Adam
on all samples; NAME.aI.npy and NAME.bI.npy are the factors of the I-th adapted layer before training, NAME.AI.npy and NAME.BI.npy after.
"""
import io, json, os, sys, tempfile, zipfile
os.environ['KERAS_BACKEND'] = 'torch'
import keras, numpy as np
L = keras.layers
rng = np.random.default_rng(17)
cases, files = [], {}
def npy(a):
    b = io.BytesIO(); np.save(b, np.asarray(a)); return b.getvalue()
def model_bytes(m, ext):
    with tempfile.TemporaryDirectory() as d:
        m.save(f'{d}/m.{ext}'); return open(f'{d}/m.{ext}', 'rb').read()
def factors(l): return (l.lora_embeddings_a, l.lora_embeddings_b) if isinstance(l, L.Embedding) else (l.lora_kernel_a, l.lora_kernel_b)
def record(name, model, x, rank, alpha=None, optimizer='sgd', random_b=True):
    keras.utils.set_random_seed(5)
    adapted = [l for l in model.layers if hasattr(l, 'enable_lora') and not l.name.startswith('plain')]
    for l in adapted: l.enable_lora(rank, lora_alpha=alpha)
    for l in adapted:
        if random_b: factors(l)[1].assign(rng.normal(size=factors(l)[1].shape) * 0.1)
    files[f'{name}.x0.npy'] = npy(x)
    for i, l in enumerate(adapted):
        files[f'{name}.a{i}.npy'], files[f'{name}.b{i}.npy'] = (npy(w.numpy()) for w in factors(l))
    y = model.predict(x, verbose=0)
    files[f'{name}.y0.npy'] = npy(y)
    files[f'{name}.init.keras'] = model_bytes(model, 'keras')
    # the frozen weights without the adaptation, in the order of model.weights
    for i, w in enumerate(model.weights): files[f'{name}.w{i}.npy'] = npy(w.numpy())
    t = rng.normal(size=y.shape).astype('f4'); files[f'{name}.t.npy'] = npy(t)
    model.compile(keras.optimizers.SGD(0.05) if optimizer == 'sgd' else keras.optimizers.Adam(0.02), 'mse')
    loss = model.fit(x, t, batch_size=len(x), epochs=3, shuffle=False, verbose=0).history['loss']
    for i, w in enumerate(model.weights): files[f'{name}.v{i}.npy'] = npy(w.numpy())
    files[f'{name}.z0.npy'] = npy(model.predict(x, verbose=0))
    files[f'{name}.keras'] = model_bytes(model, 'keras')
    files[f'{name}.h5'] = model_bytes(model, 'h5')
    cases.append({'name': name, 'optimizer': optimizer, 'rank': rank, 'alpha': alpha, 'layers': [l.name for l in adapted], 'loss': loss})
S = keras.Sequential
n = lambda *s: rng.normal(size=s).astype('f4')
record('dense', S([L.Input((6,)), L.Dense(5, activation='tanh', name='a'), L.Dense(2, name='plain')]), n(8, 6), 2)
record('dense_regularized', S([L.Input((6,)), L.Dense(5, kernel_regularizer=keras.regularizers.L2(0.1), name='a'), L.Dense(2, name='b', use_bias=False)]), n(8, 6), 3, 1, 'adam')
record('einsum', S([L.Input((4, 6)), L.EinsumDense('abc,cde->abde', output_shape=(4, 2, 3), bias_axes='de', name='a'), L.Flatten(), L.Dense(1, name='plain')]), n(5, 4, 6), 2, 4.0)
record('embedding', S([L.Input((4,), dtype='int32'), L.Embedding(9, 3, name='e'), L.Flatten(), L.Dense(1, name='plain')]), rng.integers(0, 9, size=(8, 4)).astype('i4'), 2, 3, 'adam')
record('conv1d', S([L.Input((7, 4)), L.Conv1D(6, 3, groups=2, padding='causal', name='c'), L.Flatten(), L.Dense(1, name='plain')]), n(4, 7, 4), 2)
record('conv2d', S([L.Input((6, 5, 2)), L.Conv2D(3, 3, strides=2, activation='relu', name='c'), L.Flatten(), L.Dense(2, name='d')]), n(4, 6, 5, 2), 2, 5)
record('conv3d', S([L.Input((3, 4, 3, 2)), L.Conv3D(2, 2, name='c'), L.Flatten(), L.Dense(1, name='plain')]), n(3, 3, 4, 3, 2), 1)
files['index.json'] = json.dumps(cases, indent=1).encode()
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    for k, v in files.items(): z.writestr(zipfile.ZipInfo(k, (2026, 1, 1, 0, 0, 0)), v, zipfile.ZIP_DEFLATED)
