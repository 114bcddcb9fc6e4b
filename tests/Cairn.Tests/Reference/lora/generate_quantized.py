"""Records quantized layers with LoRA with Keras 3.16 on its PyTorch backend: python generate_quantized.py OUT.zip

NAME.init.keras is the quantized model with LoRA before training, NAME.wI.npy all its weights then, NAME.vI.npy after three epochs of SGD(0.05)
on all samples, with the losses in `loss`. NAME.y0.npy and NAME.z0.npy are the predictions before and after. NAME.keras is saved after training
(the adaptation merged and quantized again), and NAME.q0.npy is what Keras predicts after loading it; NAME.h5 has the weights as they are.
"""
import io, json, os, sys, tempfile, zipfile
os.environ['KERAS_BACKEND'] = 'torch'
import keras, numpy as np
from keras.quantizers import Int4QuantizationConfig, AbsMaxQuantizer
L = keras.layers
rng = np.random.default_rng(31)
cases, files = [], {}
def npy(a):
    b = io.BytesIO(); np.save(b, np.asarray(a)); return b.getvalue()
def saved(m, ext):
    with tempfile.TemporaryDirectory() as d:
        m.save(f'{d}/m.{ext}'); return open(f'{d}/m.{ext}', 'rb').read()
def loaded(content):
    with tempfile.TemporaryDirectory() as d:
        open(f'{d}/m.keras', 'wb').write(content); return keras.saving.load_model(f'{d}/m.keras', compile=False)
def record(name, layers, x, mode=None, config=None, rank=2, alpha=None):
    keras.utils.set_random_seed(7)
    m = keras.Sequential([L.Input(x.shape[1:], dtype=str(x.dtype)), *layers])
    m.predict(x, verbose=0)
    for l in m.layers:
        if l.name.startswith('plain') or not isinstance(l, (L.Dense, L.EinsumDense, L.Embedding)): continue
        l.quantize(mode, config=config) if config is not None else l.quantize(mode)
        l.enable_lora(rank, lora_alpha=alpha)
        b = l.lora_embeddings_b if isinstance(l, L.Embedding) else l.lora_kernel_b
        b.assign(rng.normal(size=b.shape) * 0.2)
    files[f'{name}.x0.npy'] = npy(x)
    y = m.predict(x, verbose=0)
    files[f'{name}.y0.npy'] = npy(y)
    files[f'{name}.init.keras'] = saved(m, 'keras')
    for i, w in enumerate(m.weights): files[f'{name}.w{i}.npy'] = npy(w.numpy().astype('f4'))
    t = rng.normal(size=y.shape).astype('f4'); files[f'{name}.t.npy'] = npy(t)
    m.compile(keras.optimizers.SGD(0.05), 'mse')
    loss = m.fit(x, t, batch_size=len(x), epochs=3, shuffle=False, verbose=0).history['loss']
    for i, w in enumerate(m.weights): files[f'{name}.v{i}.npy'] = npy(w.numpy().astype('f4'))
    files[f'{name}.z0.npy'] = npy(m.predict(x, verbose=0))
    files[f'{name}.keras'] = saved(m, 'keras')
    files[f'{name}.h5'] = saved(m, 'h5')
    files[f'{name}.q0.npy'] = npy(loaded(files[f'{name}.keras']).predict(x, verbose=0))
    cases.append({'name': name, 'loss': loss, 'weights': [w.path for w in m.weights]})
n = lambda *s: rng.normal(size=s).astype('f4')
regular = lambda: keras.regularizers.L2(0.05)
record('dense_int8', [L.Dense(8, activation='relu', kernel_regularizer=regular()), L.Dense(3, use_bias=False)], n(8, 6), 'int8', alpha=3)
record('dense_int4', [L.Dense(7, activation='tanh'), L.Dense(2, name='plain')], n(8, 6), 'int4')
record('dense_int4_blocks', [L.Dense(5, name='plain'), L.Dense(5), L.Dense(2)], n(6, 10), None, Int4QuantizationConfig(block_size=4))
record('dense_int4_channels', [L.Dense(5), L.Dense(2)], n(6, 10), None, Int4QuantizationConfig(block_size=None, activation_quantizer=AbsMaxQuantizer()), alpha=1)
record('einsum_int8', [L.EinsumDense('abc,cde->abde', output_shape=(4, 2, 3), bias_axes='de')], n(3, 4, 5), 'int8')
record('einsum_int4', [L.EinsumDense('abc,cde->abde', output_shape=(4, 3, 3), bias_axes='de')], n(3, 4, 5), None, Int4QuantizationConfig(block_size=2), alpha=4)
record('einsum_int4_channels', [L.EinsumDense('abcd,cde->abe', output_shape=(4, 3))], n(3, 4, 5, 2), None, Int4QuantizationConfig(block_size=None))
ids = rng.integers(0, 9, size=(6, 4)).astype('int32')
record('embedding_int8', [L.Embedding(9, 5), L.Flatten(), L.Dense(2, name='plain')], ids, 'int8')
record('embedding_int4', [L.Embedding(9, 5), L.Flatten(), L.Dense(2, name='plain')], ids, None, Int4QuantizationConfig(block_size=2), alpha=2)
record('embedding_int4_channels', [L.Embedding(9, 5), L.Flatten(), L.Dense(2, name='plain')], ids, None, Int4QuantizationConfig(block_size=-1))
files['index.json'] = json.dumps(cases, indent=1).encode()
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    for k, v in files.items(): z.writestr(zipfile.ZipInfo(k, (2026, 1, 1, 0, 0, 0)), v, zipfile.ZIP_DEFLATED)
