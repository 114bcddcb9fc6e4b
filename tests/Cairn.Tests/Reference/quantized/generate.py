"""Records quantized layers with Keras 3.16 on its PyTorch backend: python generate.py OUT.zip

NAME.keras and NAME.h5 are the quantized model, NAME.x0.npy and NAME.y0.npy inputs and predictions; `loss` holds the losses of three epochs of
SGD(0.05) on NAME.t.npy, which train biases and the layers that are not quantized.
"""
import io, json, os, sys, tempfile, zipfile
os.environ['KERAS_BACKEND'] = 'torch'
import keras, numpy as np
from keras.quantizers import Int4QuantizationConfig, Int8QuantizationConfig, AbsMaxQuantizer
L = keras.layers
rng = np.random.default_rng(29)
cases, files = [], {}
def npy(a):
    b = io.BytesIO(); np.save(b, np.asarray(a)); return b.getvalue()
def saved(m, ext):
    with tempfile.TemporaryDirectory() as d:
        m.save(f'{d}/m.{ext}'); return open(f'{d}/m.{ext}', 'rb').read()
def record(name, layers, x, mode=None, config=None, train=False):
    keras.utils.set_random_seed(7)
    m = keras.Sequential([L.Input(x.shape[1:], dtype=str(x.dtype)), *layers])
    m.predict(x, verbose=0)
    for l in m.layers:
        if not l.name.startswith('plain') and isinstance(l, (L.Dense, L.EinsumDense, L.Embedding)):
            l.quantize(mode, config=config) if config is not None else l.quantize(mode)
    files[f'{name}.x0.npy'] = npy(x)
    files[f'{name}.y0.npy'] = npy(m.predict(x, verbose=0))
    files[f'{name}.keras'] = saved(m, 'keras')
    files[f'{name}.h5'] = saved(m, 'h5')
    case = {'name': name}
    if train:
        t = rng.normal(size=m.output_shape[1:] if False else m.predict(x, verbose=0).shape).astype('f4')
        files[f'{name}.t.npy'] = npy(t)
        m.compile(keras.optimizers.SGD(0.05), 'mse')
        case['loss'] = m.fit(x, t, batch_size=len(x), epochs=3, shuffle=False, verbose=0).history['loss']
    cases.append(case)
n = lambda *s: rng.normal(size=s).astype('f4')
record('dense_int8', [L.Dense(8, activation='relu'), L.Dense(3, use_bias=False)], n(8, 6), 'int8')
record('dense_int8_steps', [L.Dense(5, activation='tanh', name='plain'), L.Dense(4), L.Dense(2)], n(3, 4, 6), 'int8', train=True)
record('dense_int8_weights_only', [L.Dense(5)], n(4, 6), None, Int8QuantizationConfig(activation_quantizer=None))
record('dense_int8_wide', [L.Dense(3)], n(3, 1500), 'int8')
record('dense_int4', [L.Dense(7, activation='relu'), L.Dense(3)], n(8, 6), 'int4')
record('dense_int4_blocks', [L.Dense(5, name='plain'), L.Dense(5), L.Dense(2)], n(6, 10), None, Int4QuantizationConfig(block_size=4), train=True)
record('dense_int4_channels', [L.Dense(5), L.Dense(2)], n(6, 10), None, Int4QuantizationConfig(block_size=None))
record('dense_int4_channels_inputs', [L.Dense(5)], n(6, 10), None, Int4QuantizationConfig(block_size=None, activation_quantizer=AbsMaxQuantizer()))
record('einsum_int8', [L.EinsumDense('abc,cde->abde', output_shape=(4, 2, 3), bias_axes='de')], n(3, 4, 5), 'int8')
record('einsum_int8_sums', [L.EinsumDense('abcd,cde->abe', output_shape=(4, 5), bias_axes='e')], n(3, 4, 5, 2), 'int8')
record('einsum_int8_swapped', [L.EinsumDense('abc,dc->adb', output_shape=(6, 4))], n(3, 4, 5), 'int8')
record('einsum_int8_trained', [L.Dense(4, name='plain'), L.EinsumDense('abx,xy->aby', output_shape=(3, 4), bias_axes='y', activation='relu')], n(2, 3, 5), 'int8', train=True)
record('einsum_int4', [L.EinsumDense('abc,cde->abde', output_shape=(4, 3, 3), bias_axes='de')], n(3, 4, 5), None, Int4QuantizationConfig(block_size=2))
record('einsum_int4_channels', [L.EinsumDense('abcd,cde->abe', output_shape=(4, 3))], n(3, 4, 5, 2), None, Int4QuantizationConfig(block_size=None, activation_quantizer=AbsMaxQuantizer()))
ids = rng.integers(0, 9, size=(6, 4)).astype('int32')
record('embedding_int8', [L.Embedding(9, 5), L.Flatten(), L.Dense(2, name='plain')], ids, 'int8', train=True)
record('embedding_int4', [L.Embedding(9, 5)], ids, None, Int4QuantizationConfig(block_size=2))
record('embedding_int4_channels', [L.Embedding(9, 5)], ids, None, Int4QuantizationConfig(block_size=-1))
for mode in ('float8',):
    m = keras.Sequential([L.Input((6,)), L.Dense(3)]); m.quantize(mode); files[f'{mode}.keras'] = saved(m, 'keras')
files['index.json'] = json.dumps(cases, indent=1).encode()
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    for k, v in files.items(): z.writestr(zipfile.ZipInfo(k, (2026, 1, 1, 0, 0, 0)), v, zipfile.ZIP_DEFLATED)
