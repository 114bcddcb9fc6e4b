"""Adds layers to layers.zip, recorded with Keras 3.16 on its PyTorch backend: python add_cases.py layers.zip

As the others: NAME.init.keras before, NAME.keras after three epochs of SGD(0.05) and mse on all of x, without shuffling.
"""
import io, json, os, sys, tempfile, zipfile
os.environ['KERAS_BACKEND'] = 'torch'
import keras, numpy as np
L = keras.layers
rng = np.random.default_rng(23)
files, cases = {}, []
def npy(a):
    b = io.BytesIO(); np.save(b, np.asarray(a)); return b.getvalue()
def saved(m):
    with tempfile.TemporaryDirectory() as d:
        m.save(f'{d}/m.keras'); return open(f'{d}/m.keras', 'rb').read()
def record(name, layers, x):
    keras.utils.set_random_seed(3)
    m = keras.Sequential([L.Input(x.shape[1:]), *layers])
    m.compile(keras.optimizers.SGD(0.05), 'mse')
    y = m.predict(x, verbose=0)
    t = rng.normal(size=y.shape).astype('f4')
    m.fit(x, t, batch_size=len(x), epochs=4, shuffle=False, verbose=0)  # so that the moving statistics are no longer the first ones
    files[f'{name}.init.keras'] = saved(m)
    loss = m.fit(x, t, batch_size=len(x), epochs=3, shuffle=False, verbose=0).history['loss']
    files.update({f'{name}.keras': saved(m), f'{name}.x0.npy': npy(x), f'{name}.t.npy': npy(t), f'{name}.y0.npy': npy(m.predict(x, verbose=0))})
    cases.append({'name': name, 'inputs': [list(x.shape)], 'outputs': [list(y.shape)], 'kind': 'layer', 'loss': loss})
n = lambda *s: rng.normal(size=s).astype('f4') * 3 + 1
record('renorm', [L.BatchNormalization(renorm=True, renorm_momentum=0.8), L.Dense(1)], n(6, 5))
record('renorm_clipped', [L.BatchNormalization(renorm=True, renorm_clipping={'rmin': 0.5, 'rmax': 1.5, 'dmax': 0.3}, center=False, momentum=0.7), L.Flatten(), L.Dense(2)], n(5, 4, 3, 2))
record('renorm_axis', [L.BatchNormalization(axis=1, scale=False, renorm=True, renorm_clipping={'dmax': 1.0}), L.Flatten(), L.Dense(1)], n(7, 3, 4))
sequence = n(5, 4, 3); sequence[1, 2:] = 0; sequence[3, 1:] = 0
record('renorm_masked', [L.Masking(), L.BatchNormalization(renorm=True), L.LSTM(2)], sequence)
path = sys.argv[1]
with zipfile.ZipFile(path) as z: old = {i.filename: z.read(i) for i in z.infolist()}
index = [c for c in json.loads(old['index.json']) if c['name'] not in {c['name'] for c in cases}] + cases
old.update(files); old['index.json'] = json.dumps(index, indent=1).encode()
with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
    for k, v in old.items(): z.writestr(zipfile.ZipInfo(k, (2026, 1, 1, 0, 0, 0)), v, zipfile.ZIP_DEFLATED)
