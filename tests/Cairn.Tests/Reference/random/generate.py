"""generate.py OUT SEED COUNT [quick]: random compiled models of Keras with the data they are trained on, their history and predictions.
generate.py OUT NAME NAME…: the models of these names again, for OUT/again.json.gz.

Writes OUT/SEED.json.gz. Needs Keras 3.16 with its PyTorch backend. Data come from `uniform` below, which the tests compute too.
Every model is trained a second time from weights that differ in the last bits, unless `quick`; `spread` is how much its results differ.
"""
import base64, gc, gzip, json, os, random, sys, warnings
os.environ.setdefault('KERAS_BACKEND', 'torch')
import numpy as np
import torch
import keras
from keras.src.backend.common.global_state import clear_session
from models import build

warnings.filterwarnings('ignore')

torch.set_num_threads(1)


def uniform(seed, count):
    """Numbers in [0, 1): the finalizer of MurmurHash3 on seed * 1000003 + index, modulo 2**32."""
    h = (np.arange(count, dtype=np.uint64) + np.uint64(seed * 1000003 % 2**32)) & np.uint64(0xffffffff)
    for shift, factor in ((16, 0x85ebca6b), (13, 0xc2b2ae35)):
        h = ((h ^ (h >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xffffffff)
    h ^= h >> np.uint64(16)
    return (h >> np.uint64(8)).astype('f8') / 2**24


def inputs_of(spec, count, seed):
    shape = [count] + spec['shape']
    u = uniform(seed, int(np.prod(shape))).reshape(shape)
    if spec['kind'] == 'tokens':
        return np.floor(u * 12).astype('i4')
    x = (u * 4 - 2).astype('f4')
    if spec.get('padded'):  # The steps from a random one on are zero.
        lengths = 1 + np.floor(uniform(seed + 500, count) * shape[1]).astype(int)
        for i, length in enumerate(lengths):
            x[i, length:] = 0
    return x


def targets_of(spec, count, seed):
    kind, shape = spec['kind'], [count] + spec['shape']
    if kind == 'regression':
        return (uniform(seed, int(np.prod(shape))).reshape(shape) * 3 - 1.5).astype('f4')
    if kind == 'binary':
        return np.floor(uniform(seed, int(np.prod(shape))).reshape(shape) * 2).astype('f4')
    labels = np.floor(uniform(seed, int(np.prod(shape[:-1]))).reshape(shape[:-1]) * shape[-1]).astype('i4')
    return labels if kind == 'labels' else np.eye(shape[-1], dtype='f4')[labels]


def weights_of(shape, seed):
    return (uniform(seed, int(np.prod(shape))).reshape(shape) * 1.8 + 0.2).astype('f4')


def one_or_list(items):
    return items[0] if len(items) == 1 else items


def text(array, dtype='<f4'):
    return base64.b64encode(np.ascontiguousarray(array, dtype=dtype).tobytes()).decode()


def arrays_of(case, key):
    """x, y and sample weights: the arrays of inputs, outputs and weights have the seeds 1, 2, …, 101, …, 201, … after the case's own."""
    seed, count = case['seed'] * 1000 + (300 if key == 'validation' else 0), case[key]
    x = [inputs_of(s, count, seed + 1 + i) for i, s in enumerate(case['inputs'])]
    y = [targets_of(s, count, seed + 101 + i) for i, s in enumerate(case['targets'])]
    sw = [weights_of([count] + s['shape'][:s['weight_rank'] - 1], seed + 201 + i) for i, s in enumerate(case['targets'])] \
        if case['targets'][0].get('weight_rank') else None
    return one_or_list(x), one_or_list(y), one_or_list(sw) if sw else None


def reset(model):
    for layer in model._flatten_layers():
        if getattr(layer, 'stateful', False) and hasattr(layer, 'reset_states'):
            layer.reset_states()


def predict(model, case, x):
    if 'stateful' in case:
        reset(model)
        p = model.predict(x, batch_size=4, verbose=0)
        reset(model)
        return [p.astype('f8')]
    with torch.no_grad():
        p = model(x, training=False)
    return [a.numpy().astype('f8') for a in (p if isinstance(p, list) else [p])]


def train(model, case, w0, o0):
    model.set_weights(w0)
    for variable, value in zip(model.optimizer.variables, o0):
        variable.assign(value)
    x, y, sw = arrays_of(case, 'samples')
    fit = dict(case['fit'])
    if case.get('validation'):
        fit['validation_data'] = tuple(a for a in arrays_of(case, 'validation') if a is not None)
    if case.get('class_weight'):
        fit['class_weight'] = {int(k): v for k, v in case['class_weight'].items()}
    before = predict(model, case, x)
    history = model.fit(x, y, shuffle=False, verbose=0, sample_weight=sw, **fit).history
    return before, history, predict(model, case, x)


def record(seed, quick=False):
    r = random.Random(seed)
    keras.utils.set_random_seed(seed)
    clear_session(free_memory=False)
    model, case = build(r)
    case.update(name=str(seed), seed=seed % 4000000)
    if not model.trainable_weights or model.count_params() > 6000:
        raise ValueError('size')
    # Weights by sample of an output with several positions: an error in Keras, or by chance a wrong broadcast (docs/data.md).
    if any(target.get('weight_rank') == 1 and len(target['shape']) > 1 for target in case['targets']):
        raise ValueError('weights')
    # Half precision is enough for first weights, and takes half the space.
    w0 = [w.astype('f2').astype(w.dtype) if w.dtype == np.float32 else w for w in model.get_weights()]
    model.optimizer.build(model.trainable_variables)
    o0 = [np.array(v.numpy() if hasattr(v, 'numpy') else v) for v in model.optimizer.variables]
    case['model'] = keras.saving.serialize_keras_object(model)
    case['weights'] = text(np.concatenate([w.ravel() for w in w0] or [[]]), '<f2')
    before, history, after = train(model, case, w0, o0)
    if not all(np.isfinite(a).all() and np.abs(a).max(initial=0) < 1e4 for a in before + after + list(map(np.array, history.values()))):
        raise ValueError('not finite')
    case['history'] = {k: [float(v) for v in values] for k, values in history.items()}
    case['before'] = [text(a.ravel()[:24]) for a in before]
    case['after'] = [text(a.ravel()[:24]) for a in after]
    if quick:
        return case
    nudged = [w * (1 + np.float32(2e-7) * np.where(uniform(i, w.size).reshape(w.shape) < 0.5, -1, 1)).astype('f4')
              if w.dtype == np.float32 else w for i, w in enumerate(w0)]
    _, other, later = train(model, case, nudged, o0)
    case['spread'] = max(float(np.max(np.abs(np.array(v) - np.array(other[k])) / (1 + np.abs(np.array(v))))) for k, v in history.items())
    case['prediction_spread'] = max(float(np.max(np.abs(a - b) / (1 + np.abs(a)), initial=0)) for a, b in zip(after, later))
    return case


if __name__ == '__main__':
    out, rest = sys.argv[1], sys.argv[2:]
    os.makedirs(out, exist_ok=True)
    if len(rest) > 1 and int(rest[1]) < 100000:
        first, count, quick = int(rest[0]), int(rest[1]), rest[2:] == ['quick']
        seeds, target = range(first * 100000 + 1, first * 100000 + 100000), f'{out}/{first}.json.gz'
    else:
        seeds, count, quick, target = [int(name) for name in rest], len(rest), False, f'{out}/again.json.gz'
    cases, tried = [], 0
    for seed in seeds:
        tried += 1
        try:
            cases.append(record(seed, quick))
        except Exception as error:
            if os.environ.get('SHOW_REJECTED'):
                print(seed, type(error).__name__, str(error)[:200].replace('\n', ' '))
        if len(cases) == count:
            break
        if tried % 100 == 0:
            gc.collect()
    with open(target + '.part', 'wb') as file:
        file.write(gzip.compress(json.dumps(cases, separators=(',', ':')).encode(), mtime=0))
    os.replace(target + '.part', target)
    print(f'{len(cases)} models of {tried} tried')
