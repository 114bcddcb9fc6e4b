"""Records float8 layers with Keras 3.16 on its PyTorch backend: python generate_float8.py OUT.zip

Of each case, NAME.plain.keras is the model before quantization, NAME.keras and NAME.h5 the quantized one. NAME.x0.npy and NAME.y0.npy are inputs
and predictions. `loss` holds the losses of three epochs on NAME.t.npy; NAME.trained.keras and NAME.trained.weights.h5 are the model after them, NAME.y1.npy its
predictions, and `more` the losses of two further epochs.
rounding.npz holds float32 numbers and what PyTorch rounds them to.
"""
import io, json, os, sys, tempfile, zipfile
os.environ['KERAS_BACKEND'] = 'torch'
import keras, numpy as np, torch
from keras.dtype_policies import QuantizedFloat8DTypePolicy
L, O = keras.layers, keras.optimizers
rng = np.random.default_rng(43)
cases, files = [], {}
def npy(a):
    b = io.BytesIO(); np.save(b, np.asarray(a)); return b.getvalue()
def saved(m, ext, save=None):
    with tempfile.TemporaryDirectory() as d:
        (save or m.save)(f'{d}/m.{ext}'); return open(f'{d}/m.{ext}', 'rb').read()
def record(name, model, x, optimizer, quantize=lambda m: m.quantize('float8', verbose=False), batch=None, loss='mse', scale=1, h5=True, reload=False):
    keras.utils.set_random_seed(7)
    m = model()
    xs = x if isinstance(x, list) else [x]
    m.predict(x, verbose=0)
    for w in m.weights:
        if w.path.endswith('bias'): w.assign(rng.normal(size=w.shape).astype('f4') * 0.1)
    files[f'{name}.plain.keras'] = saved(m, 'keras')
    quantize(m)
    for i, v in enumerate(xs): files[f'{name}.x{i}.npy'] = npy(v)
    y = m.predict(x, verbose=0)
    paths = [w.path for w in m.weights]
    files[f'{name}.y0.npy'] = npy(y)
    files[f'{name}.keras'] = saved(m, 'keras')
    if h5: files[f'{name}.h5'] = saved(keras.models.load_model(io_file(files[f'{name}.keras'])), 'h5')
    # Keras can't read this state of an optimizer if the scales are the last weights of a layer, as they are after quantize.
    if reload: m = keras.models.load_model(io_file(files[f'{name}.keras']))
    t = (scale * rng.normal(size=y.shape)).astype('f4')
    files[f'{name}.t.npy'] = npy(t)
    m.compile(optimizer(), loss)
    batch = batch or len(t)
    fit = lambda epochs: m.fit(x, t, batch_size=batch, epochs=epochs, shuffle=False, verbose=0).history['loss']
    case = {'name': name, 'batch': batch, 'paths': paths}
    case['loss'] = fit(3)
    files[f'{name}.trained.keras'] = saved(m, 'keras')
    files[f'{name}.trained.weights.h5'] = saved(m, 'weights.h5', m.save_weights)
    files[f'{name}.y1.npy'] = npy(m.predict(x, verbose=0))
    case['more'] = fit(2)
    cases.append(case)
def io_file(data):
    f = tempfile.NamedTemporaryFile(suffix='.keras', delete=False); f.write(data); f.close(); return f.name
n = lambda *s: rng.normal(size=s).astype('f4')
seq = lambda shape, *layers: lambda: keras.Sequential([L.Input(shape), *layers])

record('dense', seq((6,), L.Dense(8, activation='relu'), L.Dense(3, use_bias=False)), n(8, 6), lambda: O.SGD(0.05))
record('dense_adam', seq((6,), L.Dense(8, activation='gelu'), L.Dense(3)), n(12, 6), lambda: O.Adam(0.01), batch=4)
record('steps', seq((4, 5), L.Dense(6, activation='tanh'), L.Dense(2)), n(5, 4, 5), lambda: O.Adam(0.01))
record('regularized', seq((5,), L.Dense(6, activation='relu', kernel_regularizer='l2', kernel_constraint='max_norm'), L.Dense(2, bias_regularizer='l1')), n(6, 5), lambda: O.SGD(0.05, momentum=0.9))
record('einsum', seq((4, 5), L.EinsumDense('abc,cde->abde', output_shape=(4, 2, 3), bias_axes='de')), n(3, 4, 5), lambda: O.SGD(0.1))
record('einsum_sums', seq((4, 5, 2), L.EinsumDense('abcd,cde->abe', output_shape=(4, 5), bias_axes='e', activation='tanh'), L.EinsumDense('abc,dc->adb', output_shape=(6, 4))), n(3, 4, 5, 2), lambda: O.Adam(0.01))
record('saturated', seq((6,), L.Dense(5), L.Dense(2)), (n(6, 6) * 300).astype('f4'), lambda: O.SGD(1e-6), scale=1e4)
record('zeros', seq((4,), L.Dense(3, activation='relu'), L.Dense(2)), np.zeros((4, 4), 'f4'), lambda: O.SGD(0.1))
def nested():
    inner = keras.Sequential([L.Input((5,)), L.Dense(6, activation='relu'), L.Dense(5)], name='inner')
    x = L.Input((5,)); return keras.Model(x, L.Dense(2)(L.Add()([inner(x), x])))
record('nested', nested, n(6, 5), lambda: O.Adam(0.02))
def shared():
    a, b, d = L.Input((5,)), L.Input((5,)), L.Dense(4, activation='tanh')
    return keras.Model([a, b], L.Dense(2)(L.Concatenate()([d(a), d(b)])))
record('shared', shared, [n(6, 5), n(6, 5)], lambda: O.SGD(0.05))
def frozen():
    m = keras.Sequential([L.Input((5,)), L.Dense(6, activation='relu'), L.Dense(2)]); m.layers[0].trainable = False; return m
record('frozen', frozen, n(6, 5), lambda: O.SGD(0.1))
record('some', seq((5,), L.Dense(6, activation='relu', name='plain'), L.Dense(2)), n(6, 5), lambda: O.SGD(0.1), quantize=lambda m: m.quantize('float8', filters='^dense', verbose=False))
record('clipped', seq((5,), L.Dense(6, activation='relu'), L.Dense(2)), n(6, 5), lambda: O.AdamW(0.02, weight_decay=0.1, global_clipnorm=0.5))
record('averaged', seq((5,), L.Dense(6, activation='relu'), L.Dense(2)), n(6, 5), lambda: O.SGD(0.05, use_ema=True, ema_momentum=0.5))
record('scaled', seq((5,), L.Dense(6, activation='relu'), L.Dense(2)), n(6, 5), lambda: O.SGD(0.05, loss_scale_factor=1024.0))
def short(policy):
    return lambda m: None
record('history', lambda: keras.Sequential([L.Input((5,)), L.Dense(6, activation='relu', dtype=QuantizedFloat8DTypePolicy('float8', 'float32', amax_history_length=2)), L.Dense(2, dtype=QuantizedFloat8DTypePolicy('float8', 'float32', amax_history_length=1))]), n(12, 5), lambda: O.SGD(0.05), quantize=short(0), batch=4)
record('named', lambda: keras.Sequential([L.Input((5,)), L.Dense(6, activation='relu', dtype='float8_from_float32'), L.Dense(2, dtype='float8_from_float32')]), n(6, 5), lambda: O.Adam(0.02), quantize=short(0))
for kind in ('bfloat16', 'float16'):
    p = f'mixed_{kind}'
    record(p, lambda: keras.Sequential([L.Input((5,)), L.Dense(6, activation='relu', dtype=p), L.Dense(2, dtype=p), L.Activation('linear', dtype='float32')]), n(8, 5), lambda: O.SGD(0.05))
for name, o in (('rmsprop', lambda: O.RMSprop(0.01)), ('adafactor', lambda: O.Adafactor(0.05)), ('muon', lambda: O.Muon(0.02)), ('lion', lambda: O.Lion(0.01)), ('lamb', lambda: O.Lamb(0.02)), ('ftrl', lambda: O.Ftrl(0.05)), ('nadam', lambda: O.Nadam(0.01)), ('adagrad', lambda: O.Adagrad(0.05)), ('adadelta', lambda: O.Adadelta(0.5)), ('adamax', lambda: O.Adamax(0.02))):
    record(name, seq((5,), L.Dense(6, activation='relu'), L.Dense(2)), n(6, 5), o, h5=False, reload=name == 'adafactor')
record('accumulated', seq((5,), L.Dense(6, activation='relu'), L.Dense(2)), n(9, 5), lambda: O.SGD(0.05, gradient_accumulation_steps=2), batch=3, reload=True)

# All numbers of both formats, the middles between neighbours and the float32 beside those, and random ones.
parts = []
for kind, most in ((torch.float8_e4m3fn, 448), (torch.float8_e5m2, 57344)):
    every = torch.arange(256, dtype=torch.uint8).view(kind).float().numpy()
    every = np.unique(every[np.isfinite(every)])
    middle = (every[:-1] + every[1:]) / 2
    parts += [every, middle, np.nextafter(middle, np.float32(np.inf)), np.nextafter(middle, np.float32(-np.inf)), np.nextafter(every, np.float32(np.inf)), np.nextafter(every, np.float32(-np.inf)), (rng.normal(size=500) * 10.0 ** rng.uniform(-7, 5, size=500)).astype('f4')]
parts += [np.array([0.0, -0.0, 1e-45, -1e-45, 1e-38, 3e38, -3e38, np.inf, -np.inf, np.nan], 'f4')]
x = np.concatenate(parts).astype('f4')
files['rounding.x.npy'] = npy(x)
for kind, most in (('e4m3fn', 448), ('e5m2', 57344)):
    files[f'rounding.{kind}.npy'] = npy(torch.from_numpy(x).clip(-most, most).to(getattr(torch, f'float8_{kind}')).float().numpy())
files['index.json'] = json.dumps(cases, indent=1).encode()
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    for k, v in files.items(): z.writestr(zipfile.ZipInfo(k, (2026, 1, 1, 0, 0, 0)), v, zipfile.ZIP_DEFLATED)
