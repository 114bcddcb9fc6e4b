"""Records layers that GPTQ, AWQ and ternary quantization packed, with Keras 3.16 on its PyTorch backend: python generate_packed.py OUT.zip

NAME.keras, NAME.h5 and NAME.weights.h5 are the quantized model, NAME.x0.npy and NAME.y0.npy inputs and predictions; `loss` holds the losses of three
epochs of SGD(0.05) on NAME.t.npy, which train biases and the layers that are not quantized.
"""
import io, json, os, sys, tempfile, zipfile
os.environ['KERAS_BACKEND'] = 'torch'
import keras, numpy as np
from keras.quantizers import GPTQConfig, AWQConfig
L = keras.layers
rng = np.random.default_rng(31)
cases, files = [], {}
def npy(a):
    b = io.BytesIO(); np.save(b, np.asarray(a)); return b.getvalue()
def saved(m, ext, save=None):
    with tempfile.TemporaryDirectory() as d:
        (save or m.save)(f'{d}/m.{ext}'); return open(f'{d}/m.{ext}', 'rb').read()
def finish(name, m, x):
    for w in m.weights:
        if w.path.endswith('bias'): w.assign(rng.normal(size=w.shape).astype('f4') * 0.1)
    y = m.predict(x, verbose=0)
    files[f'{name}.x0.npy'], files[f'{name}.y0.npy'] = npy(x), npy(y)
    files[f'{name}.keras'], files[f'{name}.h5'] = saved(m, 'keras'), saved(m, 'h5')
    files[f'{name}.weights.h5'] = saved(m, 'weights.h5', m.save_weights)
    t = rng.normal(size=y.shape).astype('f4')
    files[f'{name}.t.npy'] = npy(t)
    m.compile(keras.optimizers.SGD(0.05), 'mse')
    cases.append({'name': name, 'loss': m.fit(x, t, batch_size=len(x), epochs=3, shuffle=False, verbose=0).history['loss']})
def calibrated(name, make, block, **settings):
    keras.utils.set_random_seed(7)
    embedding, inner = L.Embedding(12, 6, name='embedding'), keras.Sequential(block, name='block')
    m = keras.Sequential([L.Input((8,), dtype='int32'), embedding, inner, L.GlobalAveragePooling1D(), L.Dense(2, name='head')])
    data = [rng.integers(0, 12, size=(1, 8)).astype('int32') for _ in range(6)]
    config = make(dataset=data, tokenizer=lambda text: text, num_samples=6, sequence_length=8,
        quantization_layer_structure={'pre_block_layers': [embedding], 'sequential_blocks': [inner]}, **settings)
    m.quantize(config=config, verbose=False)
    finish(name, m, np.concatenate(data))
dense = lambda: [L.Dense(9, activation='relu'), L.Dense(7, use_bias=False), L.Dense(6)]
for bits in (2, 3, 4, 8):
    calibrated(f'gptq_{bits}', GPTQConfig, dense(), weight_bits=bits, group_size=4)
calibrated('gptq_whole', GPTQConfig, dense(), weight_bits=4, group_size=-1, symmetric=True)
calibrated('gptq_ordered', GPTQConfig, dense(), weight_bits=4, group_size=2, activation_order=True)
einsum = lambda: [L.EinsumDense('abc,cde->abde', output_shape=(None, 2, 3), bias_axes='de', activation='tanh'), L.EinsumDense('abde,def->abf', output_shape=(None, 9), bias_axes='f'), L.EinsumDense('abf,fg->abg', output_shape=(None, 5))]
for bits in (2, 3, 4):
    calibrated(f'gptq_einsum_{bits}', GPTQConfig, einsum(), weight_bits=bits, group_size=4)
calibrated('awq', AWQConfig, dense(), group_size=4, num_grid_points=4)
calibrated('awq_whole', AWQConfig, dense(), group_size=-1, num_grid_points=4)
calibrated('awq_einsum', AWQConfig, einsum(), group_size=2, num_grid_points=4)
def ternary(name, layers, x):
    keras.utils.set_random_seed(7)
    m = keras.Sequential([L.Input(x.shape[1:]), *layers])
    for l in m.layers:
        if l.name != 'plain' and isinstance(l, L.Dense): l.quantize('ternary')
    finish(name, m, x)
n = lambda *s: rng.normal(size=s).astype('f4')
ternary('ternary', [L.Dense(5, activation='relu'), L.Dense(3, use_bias=False)], n(6, 7))
ternary('ternary_steps', [L.Dense(10, name='plain'), L.Dense(4, activation='tanh'), L.Dense(2)], n(3, 4, 6))
files['index.json'] = json.dumps(cases, indent=1).encode()
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    for k, v in files.items(): z.writestr(zipfile.ZipInfo(k, (2026, 1, 1, 0, 0, 0)), v, zipfile.ZIP_DEFLATED)
