"""Records custom layers and models of several inputs and outputs, custom steps with trackers, and callbacks that use such models, with Keras 3.16 on
PyTorch: python classes.py classes.json.gz; and PyTorch modules with changing modes and gradients. Own.cs in the tests has the same classes.
"""
import gzip, json, os, sys
os.environ.setdefault('KERAS_BACKEND', 'torch')
import numpy as np
import torch
torch.set_num_threads(1)
import keras
from keras import layers as L, ops, optimizers as O

R = np.random.RandomState(11)
normal = lambda *shape: R.normal(size=shape).astype('float32').round(3)
numbers = lambda a: {'shape': list(np.shape(a)), 'dtype': 'float32', 'data': [float(str(v)) for v in np.ravel(np.asarray(a, 'f4'))]}
flat = lambda ws: [float(str(np.float32(v))) for w in ws for v in np.ravel(w)]
weights = lambda m: flat(m.get_weights())
def start(m):
    m.set_weights([w if 'moving' in v.path or 'gamma' in v.path else (0.5 * normal(*w.shape)).round(3) for v, w in zip(m.weights, m.get_weights())])
floats = lambda logs: {k: float(v) for k, v in logs.items()}
RUNS = {'models': {}, 'reentrant': {}, 'gan': {}, 'modules': {}}
X, X2, Y, Y2 = normal(23, 4), normal(23, 3), normal(23, 1), normal(23, 2)
SW = np.abs(normal(23)) + np.float32(0.1)
RUNS['data'] = {'x': numbers(X), 'x2': numbers(X2), 'y': numbers(Y), 'y2': numbers(Y2), 'sw': numbers(SW)}


# Layers with several outputs.
class Fork(L.Layer):
    def __init__(self):
        super().__init__(); self.a, self.b = L.Dense(3, activation='tanh'), L.Dense(2)
    def call(self, x): return self.a(x), self.b(x)
class Moments(L.Layer):
    """Three outputs, a weight of its own, and a price."""
    def build(self, shape): self.scale = self.add_weight(name='scale', shape=(shape[-1],), initializer='ones')
    def call(self, x):
        s = x * self.scale
        self.add_loss(0.02 * ops.mean(ops.square(s)))
        return s, ops.mean(s, axis=-1, keepdims=True), ops.max(s, axis=-1, keepdims=True)
class Cross(L.Layer):
    """Two inputs, two outputs."""
    def __init__(self):
        super().__init__(); self.left, self.right = L.Dense(3), L.Dense(3)
    def call(self, inputs):
        a, b = self.left(inputs[0]), self.right(inputs[1])
        return a * b, a + b
class Halves(L.Layer):
    def call(self, x): return ops.split(x, 2, axis=-1)

def fork():
    x = L.Input((4,)); a, b = Fork()(x)
    return keras.Model(x, L.Dense(1)(L.Concatenate()([a, b])))
def fork_outputs():
    x = L.Input((4,)); a, b = Fork()(x)
    return keras.Model(x, [L.Dense(1, name='p')(a), L.Dense(2, name='q')(b)])
def moments():
    x = L.Input((4,)); s, m, t = Moments()(x)
    return keras.Model(x, L.Dense(1)(L.Concatenate()([s, m, t])))
def moments_as_outputs():
    x = L.Input((4,)); s, m, t = Moments()(L.Dense(3)(x))
    return keras.Model(x, [L.Dense(2, name='q')(s), m])
def cross():
    a, b = L.Input((4,)), L.Input((3,)); c, d = Cross()([a, b])
    return keras.Model([a, b], L.Dense(1)(L.Subtract()([c, d])))
def halves_twice():
    x, h = L.Input((4,)), Halves(); a, b = h(x); c, d = h(L.Dense(4, activation='relu')(x))
    return keras.Model(x, L.Dense(1)(L.Concatenate()([L.Multiply()([a, d]), L.Add()([b, c])])))

# Models with several inputs or outputs.
class Two(keras.Model):
    def __init__(self):
        super().__init__(); self.left, self.right, self.head = L.Dense(3, activation='tanh'), L.Dense(3), L.Dense(1)
    def call(self, inputs): return self.head(self.left(inputs[0]) * self.right(inputs[1]))
class Out(keras.Model):
    def __init__(self):
        super().__init__(); self.trunk, self.p, self.q = L.Dense(5, activation='relu'), L.Dense(1), L.Dense(2)
    def call(self, x):
        h = self.trunk(x); return self.p(h), self.q(h)
class Both(keras.Model):
    def __init__(self):
        super().__init__(); self.cross, self.norm, self.p, self.q = Cross(), L.BatchNormalization(), L.Dense(1), L.Dense(2)
    def call(self, inputs, training=False):
        a, b = self.cross(inputs); a = self.norm(a, training=training)
        self.add_loss(0.01 * ops.mean(ops.square(a)))
        return self.p(a), self.q(b)

# Custom steps with trackers.
class Tracked(keras.Model):
    def __init__(self):
        super().__init__(); self.hidden, self.head = L.Dense(4, activation='tanh'), L.Dense(1)
        self.total, self.size = keras.metrics.Mean(name='total'), keras.metrics.Mean(name='size')
    def call(self, x): return self.head(self.hidden(x))
    def compute(self, x, y):
        p = self(x, training=True); return ops.mean(ops.square(p - y)) + 0.1 * ops.mean(ops.abs(p)), p
    def train_step(self, data):
        x, y = map(ops.convert_to_tensor, data[:2])
        self.zero_grad()
        loss, p = self.compute(x, y)
        loss.backward()
        with torch.no_grad():
            self.optimizer.apply([v.value.grad for v in self.trainable_weights], self.trainable_weights)
        return self.track(loss.detach(), p.detach(), x)
    def test_step(self, data):
        x, y = map(ops.convert_to_tensor, data[:2])
        loss, p = self.compute(x, y)
        return self.track(loss.detach(), p.detach(), x)
    def track(self, loss, p, x):
        self.total.update_state(loss); self.size.update_state(ops.abs(p)); return {'total': self.total.result(), 'size': self.size.result()}
class Weighted(Tracked):
    """A tracker whose values have weights, and one that the model lists itself."""
    def track(self, loss, p, x):
        self.total.update_state(loss, sample_weight=ops.shape(x)[0]); self.size.update_state(p, sample_weight=ops.abs(x[:, :1]))
        return {'total': self.total.result(), 'size': self.size.result()}
    @property
    def metrics(self): return [self.total, self.size]
class Unreset(Tracked):
    """Only one of the trackers is listed, and reset."""
    @property
    def metrics(self): return [self.total]

def run(name, make, optimizer, xs, ys, loss='mse', metrics=None, sw=None, **fit):
    keras.utils.clear_session(); keras.utils.set_random_seed(1)
    m = make(); x = xs if len(xs) > 1 else xs[0]; y = ys if len(ys) > 1 else ys[0]
    m([ops.convert_to_tensor(a) for a in xs] if len(xs) > 1 else ops.convert_to_tensor(x)); start(m)
    m.compile(optimizer, loss, metrics=metrics, **fit)
    info = {'w0': weights(m), 'paths': [v.path for v in m.weights]}
    part = lambda a, rows: [v[rows] for v in a] if isinstance(a, list) else a[rows]
    batches = []
    tap = keras.callbacks.LambdaCallback(on_train_batch_end=lambda b, logs: batches.append(floats(logs)))
    tr, te = slice(0, 17), slice(17, None)
    h = m.fit(part(x, tr), part(y, tr), sample_weight=None if sw is None else sw[tr], epochs=3, batch_size=5, shuffle=False, verbose=0, callbacks=[tap], validation_data=(part(x, te), part(y, te)), validation_batch_size=4)
    info.update(history=h.history, batches=batches, w1=weights(m), evaluated=floats(m.evaluate(x, y, batch_size=8, verbose=0, return_dict=True)), trained=floats(m.train_on_batch(part(x, te), part(y, te), return_dict=True)), tested=floats(m.test_on_batch(part(x, te), part(y, te), return_dict=True)))
    p = m.predict(x, batch_size=8, verbose=0)
    info['predictions'] = [flat([a]) for a in (p if isinstance(p, (list, tuple)) else [p])]
    RUNS['models'][name] = info

run('fork', fork, O.SGD(0.05), [X], [Y], metrics=['mae'])
run('fork_outputs', fork_outputs, O.Adam(0.02), [X], [Y, Y2], loss={'p': 'mse', 'q': 'mae'}, loss_weights={'p': 1.0, 'q': 0.5})
run('moments', moments, O.SGD(0.05, momentum=0.9), [X], [Y], metrics=['mae'], sw=SW)
run('moments_as_outputs', moments_as_outputs, O.RMSprop(0.01), [X], [Y2, Y], loss=['mse', 'mse'])
run('cross', cross, O.SGD(0.05), [X, X2], [Y])
run('halves_twice', halves_twice, O.Adam(0.02), [X], [Y])
run('two_inputs', Two, O.SGD(0.05), [X, X2], [Y], metrics=['mae'], sw=SW)
run('two_outputs', Out, O.Adam(0.02), [X], [Y, Y2], loss=['mse', 'mae'], loss_weights=[1.0, 0.5])
run('two_outputs_one_loss', Out, O.SGD(0.05), [X], [Y, Y2])
run('both', Both, O.SGD(0.05, momentum=0.9), [X, X2], [Y, Y2], loss=['mse', 'mse'])
run('tracked', Tracked, O.SGD(0.05), [X], [Y])
run('tracked_adam', Tracked, O.Adam(0.02), [X], [Y])
run('weighted', Weighted, O.SGD(0.05), [X], [Y])
run('unreset', Unreset, O.SGD(0.05), [X], [Y])


# A callback uses the model, which has a layer that adds a loss, batch normalization and validation data.
class Priced(L.Layer):
    def call(self, x):
        self.add_loss(0.05 * ops.mean(ops.square(x))); return x
def priced():
    return keras.Sequential([L.Input((4,)), L.Dense(6, activation='tanh', activity_regularizer=keras.regularizers.L2(0.02)), Priced(), L.BatchNormalization(), L.Dense(1)])
class Acting(keras.callbacks.Callback):
    def __init__(self, what, when, m, other): super().__init__(); self.what, self.when, self.m, self.other, self.logged = what, when, m, other, []
    def act(self, e, b=None):
        m = self.m
        if self.what == 'evaluate': self.logged.append(floats(m.evaluate(X[:9], Y[:9], batch_size=4, verbose=0, return_dict=True)))
        elif self.what == 'test_on_batch': self.logged.append(floats(m.test_on_batch(X[:9], Y[:9], return_dict=True)))
        elif self.what == 'train_on_batch': self.logged.append(floats(m.train_on_batch(X[:9], Y[:9], return_dict=True)))
        elif self.what == 'predict': self.logged.append({'mean': float(np.mean(m.predict(X[:9], verbose=0)))})
        elif self.what == 'other': self.logged.append(floats(self.other.train_on_batch(X[:9], Y[:9], return_dict=True)))
        elif self.what == 'other_frozen':
            m.trainable = False; self.logged.append(floats(self.other.train_on_batch(X[:9], Y[:9], return_dict=True))); m.trainable = True
        elif self.what == 'freeze_norm': m.layers[2].trainable = e != 1
        elif self.what == 'freeze_all': m.trainable = e != 1
        elif self.what == 'freeze_first': m.layers[0].trainable = e != 1
        elif self.what == 'freeze_in_batch': m.layers[0].trainable = b % 2 == 0
    def on_epoch_begin(self, e, logs=None):
        self.e = e
        if self.when == 'epoch_begin': self.act(e)
    def on_epoch_end(self, e, logs=None):
        if self.when == 'epoch_end': self.act(e)
    def on_train_batch_begin(self, b, logs=None):
        if self.when == 'batch_begin': self.act(self.e, b)
    def on_train_batch_end(self, b, logs=None):
        if self.when == 'batch_end': self.act(self.e, b)
    def on_test_end(self, logs=None):
        if self.when == 'test_end' and not getattr(self, 'busy', False): self.busy = True; self.act(0); self.busy = False
OPTIMIZERS = {'sgd': lambda: O.SGD(0.05), 'momentum': lambda: O.SGD(0.05, momentum=0.9), 'adam': lambda: O.Adam(0.02)}
def reentrant(what, when, optimizer):
    keras.utils.clear_session(); keras.utils.set_random_seed(1)
    m = priced(); start(m)
    other = keras.Sequential([L.Input((4,)), m.layers[0], m.layers[2], L.Dense(1, kernel_initializer='ones')])
    m.compile(OPTIMIZERS[optimizer](), 'mse', metrics=['mae']); other.compile(OPTIMIZERS[optimizer](), 'mse')
    info = {'what': what, 'when': when, 'optimizer': optimizer, 'w0': weights(m)}
    c = Acting(what, when, m, other)
    h = m.fit(X, Y, epochs=3, batch_size=8, shuffle=False, verbose=0, callbacks=[c], validation_data=(X[15:], Y[15:]), validation_batch_size=3)
    info.update(history=h.history, w1=weights(m), other=weights(other), logged=c.logged, iterations=int(m.optimizer.iterations))
    RUNS['reentrant'][f'{what}_{when}_{optimizer}'] = info
for what in ('evaluate', 'test_on_batch', 'train_on_batch', 'predict', 'other', 'other_frozen'):
    for when, optimizer in (('epoch_begin', 'adam'), ('batch_end', 'momentum'), ('batch_begin', 'sgd'), ('epoch_end', 'adam'), ('test_end', 'sgd')):
        reentrant(what, when, optimizer)
for what in ('freeze_norm', 'freeze_all', 'freeze_first'):
    for optimizer in OPTIMIZERS: reentrant(what, 'epoch_begin', optimizer)
reentrant('freeze_in_batch', 'batch_begin', 'adam')
reentrant('freeze_in_batch', 'batch_end', 'momentum')


# A GAN whose halves share layers: Fit trains one, a callback the other.
def gan(name, outer, when, toggle, optimizer):
    keras.utils.clear_session(); keras.utils.set_random_seed(1)
    g = keras.Sequential([L.Input((3,)), L.Dense(5, activation='relu'), L.BatchNormalization(), L.Dense(4)])
    d = keras.Sequential([L.Input((4,)), L.Dense(5, activation='tanh'), L.Dense(1)])
    start(g); start(d)
    both = keras.Sequential([L.Input((3,)), g, d])
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    d.compile(OPTIMIZERS[optimizer](), bce)
    if toggle == 'once': d.trainable = False
    both.compile(OPTIMIZERS[optimizer](), bce)
    info = {'outer': outer, 'when': when, 'toggle': toggle, 'optimizer': optimizer, 'g0': weights(g), 'd0': weights(d)}
    ones, halves = np.ones((23, 1), 'f4'), (np.arange(23) % 2).astype('f4')[:, None]
    logged = []
    def inner():
        if outer == 'd':
            if toggle == 'each': d.trainable = False
            logged.append(float(both.train_on_batch(X2[:8], ones[:8])))
            if toggle == 'each': d.trainable = True
        else:
            if toggle == 'each': d.trainable = True
            logged.append(float(d.train_on_batch(X[:8], halves[:8])))
            if toggle == 'each': d.trainable = False
    class C(keras.callbacks.Callback):
        def on_train_batch_end(self, b, logs=None):
            if when == 'batch_end': inner()
        def on_epoch_end(self, e, logs=None):
            if when == 'epoch_end': inner()
    if outer == 'both' and toggle == 'each': d.trainable = False
    try:
        model, x, y = (d, X, halves) if outer == 'd' else (both, X2, ones)
        h = model.fit(x, y, epochs=3, batch_size=8, shuffle=False, verbose=0, callbacks=[C()], validation_data=(x[15:], y[15:]))
        info.update(history=h.history, logged=logged, g1=weights(g), d1=weights(d))
    except Exception as e: info['error'] = f'{type(e).__name__}: {str(e)[:160]}'
    RUNS['gan'][name] = info
for outer in ('d', 'both'):
    for when in ('batch_end', 'epoch_end'):
        for toggle in ('never', 'each', 'once'):
            gan(f'{outer}_{when}_{toggle}', outer, when, toggle, 'sgd' if when == 'batch_end' else 'adam')


# PyTorch modules.
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__(); self.first, self.norm, self.last = torch.nn.Linear(4, 6), torch.nn.BatchNorm1d(6), torch.nn.Linear(6, 1)
    def forward(self, x): return self.last(torch.relu(self.norm(self.first(x))))
def module(name, optimizer, action):
    net = Net()
    with torch.no_grad():
        for p in net.parameters():
            if p is not net.norm.weight: p.copy_(torch.from_numpy((0.5 * normal(*p.shape)).round(3)))
    info = {'w0': flat([p.detach().numpy() for p in net.parameters()])}
    o = (lambda: torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)) if optimizer == 'momentum' else (lambda: torch.optim.SGD(net.parameters(), 0.05))
    o = o(); losses = []; x, y = torch.from_numpy(X), torch.from_numpy(Y)
    net.train()
    for e in range(4):
        action(net, e)
        total = 0.0
        for i in range(0, 23, 8):
            o.zero_grad(set_to_none=True)
            loss = torch.nn.functional.mse_loss(net(x[i:i + 8]), y[i:i + 8]); loss.backward(); o.step()
            total += float(loss) * len(x[i:i + 8])
        losses.append(total / 23)
    info.update(losses=losses, w1=flat([p.detach().numpy() for p in net.parameters()]), mean=flat([net.norm.running_mean.numpy()]), variance=flat([net.norm.running_var.numpy()]))
    net.norm.eval(); net.eval()
    info['predictions'] = flat([net(x).detach().numpy()])
    RUNS['modules'][name] = info
def eval_from(start):
    return lambda net, e: net.norm.eval() if e >= start else None
def grads(which, off):
    def act(net, e):
        for p in getattr(net, which).parameters(): p.requires_grad_(e not in off)
    return act
module('plain', 'sgd', lambda net, e: None)
module('norm_in_evaluation', 'sgd', eval_from(0))
module('norm_in_evaluation_later', 'momentum', eval_from(2))
module('first_frozen', 'sgd', grads('first', (0, 1, 2, 3)))
module('first_frozen_later', 'sgd', grads('first', (2, 3)))
module('last_frozen_between', 'sgd', grads('last', (1, 2)))
module('norm_frozen', 'sgd', grads('norm', (0, 1, 2, 3)))
with gzip.GzipFile(sys.argv[1], 'wb', mtime=0) as f:
    f.write(json.dumps(RUNS, separators=(',', ':')).encode())
for k, v in RUNS.items(): print(k, len(v), {n: r['error'] for n, r in v.items() if isinstance(r, dict) and 'error' in r})
