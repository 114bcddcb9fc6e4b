"""Records what real Keras 3.16 (PyTorch) does when a callback uses the model that is being trained. Usage: generate.py FOLDER (which holds x.npy, y.npy and model_init.keras); cases.json holds the result with x and y."""
import json, sys, warnings
import numpy as np, keras
warnings.simplefilter('ignore')
p = sys.argv[1]; x, y = np.load(f'{p}/x.npy'), np.load(f'{p}/y.npy'); out = {}
L = keras.layers
def other_on(m):
    o = keras.Sequential([L.Input((4,)), m.layers[0], L.Dense(1, kernel_initializer='ones')]); o.compile(keras.optimizers.SGD(0.05), 'mse'); return o
def case(name, optimizer=None, before=None, batch_begin=None, batch_end=None, epoch_begin=None, epoch_end=None, test_begin=None):
    m = keras.models.load_model(f'{p}/model_init.keras', compile=False)
    m.compile(optimizer or keras.optimizers.SGD(0.05), 'mse', metrics=['mae'])
    state = before(m) if before else None
    class C(keras.callbacks.Callback):
        def on_epoch_begin(self, e, logs=None): self.e = e; epoch_begin and epoch_begin(m, e, state)
        def on_epoch_end(self, e, logs=None): epoch_end and epoch_end(m, e, state)
        def on_train_batch_begin(self, b, logs=None): batch_begin and batch_begin(m, self.e, b, state)
        def on_train_batch_end(self, b, logs=None): batch_end and batch_end(m, self.e, b, state)
        def on_test_begin(self, logs=None):
            if test_begin and not getattr(self, 'busy', False):
                self.busy = True; test_begin(m, state); self.busy = False
    try:
        h = m.fit(x, y, epochs=4, batch_size=16, shuffle=False, validation_data=(x[40:], y[40:]), verbose=0, callbacks=[C()]).history
        out[name] = {'history': h, 'weights': [float(v) for w in m.get_weights() for v in np.asarray(w).ravel()], 'iterations': int(m.optimizer.iterations)}
    except Exception as e: out[name] = {'error': type(e).__name__ + ': ' + str(e)[:160]}
ev = lambda m: m.evaluate(x[:20], y[:20], verbose=0)
case('evaluate_in_epoch_begin', epoch_begin=lambda m, e, s: ev(m))
case('evaluate_in_batch_end', batch_end=lambda m, e, b, s: b == 1 and ev(m))
case('evaluate_in_test_begin', test_begin=lambda m, s: ev(m))
case('test_on_batch_in_test_begin', test_begin=lambda m, s: m.test_on_batch(x[:20], y[:20]))
case('train_on_batch_in_batch_end', batch_end=lambda m, e, b, s: b == 2 and m.train_on_batch(x[:20], y[:20]))
case('train_another_that_shares', before=other_on, epoch_end=lambda m, e, s: s.train_on_batch(x[:20], y[:20]))
def frozen_other(m, e, s):
    m.layers[0].trainable = False; s.train_on_batch(x[:20], y[:20]); m.layers[0].trainable = True
case('train_another_with_the_shared_layer_frozen', before=other_on, epoch_end=frozen_other)
def toggle(m, e, s):
    if e == 1: m.layers[0].trainable = False
    if e == 3: m.layers[0].trainable = True
case('freeze_and_thaw', epoch_begin=toggle)
case('freeze_and_thaw_adam', keras.optimizers.Adam(0.02), epoch_begin=toggle)
case('freeze_and_thaw_adamw_ema', keras.optimizers.AdamW(0.02, weight_decay=0.1, use_ema=True, ema_momentum=0.9), epoch_begin=toggle)
def in_batch(m, e, b, s):
    if e == 0 and b == 1: m.layers[1].trainable = False
    if e == 2 and b == 0: m.layers[1].trainable = True
case('freeze_in_a_batch', keras.optimizers.SGD(0.05, momentum=0.9), batch_begin=in_batch)
case('freeze_all', epoch_begin=lambda m, e, s: e == 2 and setattr(m, 'trainable', False))
case('fit_in_epoch_end', epoch_end=lambda m, e, s: m.fit(x[:20], y[:20], batch_size=20, verbose=0))
case('compile_in_epoch_end', epoch_end=lambda m, e, s: e == 1 and m.compile(keras.optimizers.SGD(0.05), 'mse', metrics=['mae']))
def freeze_first(m): m.layers[0].trainable = False
case('thaw_what_was_frozen', before=freeze_first, epoch_begin=lambda m, e, s: e == 1 and setattr(m.layers[0], 'trainable', True))
case('all_frozen_from_the_start', before=lambda m: setattr(m, 'trainable', False))
json.dump(out, open(f'{p}/more.json', 'w'), indent=1)
print({k: v.get('error', 'ok') for k, v in out.items()})
