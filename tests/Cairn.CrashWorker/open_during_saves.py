"""open_during_saves.py FOLDER COUNT: opens files with h5py and with Keras while `Cairn.CrashWorker saves` writes them in FOLDER.

Prints how many opens were refused or found a file that can't be read. Needs h5py and Keras 3; ends the worker by a file `stop`.
"""
import collections, os, sys, time
os.environ.setdefault('KERAS_BACKEND', 'torch')
import h5py
import keras

folder, count = sys.argv[1], int(sys.argv[2])
path = lambda name: os.path.join(folder, name)
while not all(os.path.exists(path(name)) for name in ('model.keras', 'model.h5', 'model.weights.h5')):
    time.sleep(.01)
empty = keras.Sequential([keras.Input([8]), keras.layers.Dense(64, activation='relu'), keras.layers.Dense(1)])


def read(name):
    with h5py.File(path(name), 'r') as file:
        file.visititems(lambda key, item: item[()] if isinstance(item, h5py.Dataset) else None)


ways = {
    'h5py, model.h5': lambda: read('model.h5'),
    'h5py, model.weights.h5': lambda: read('model.weights.h5'),
    'Keras load_model, model.keras': lambda: keras.models.load_model(path('model.keras')),
    'Keras load_model, model.h5': lambda: keras.models.load_model(path('model.h5'), compile=False),
    'Keras load_weights, model.weights.h5': lambda: empty.load_weights(path('model.weights.h5')),
}
refused = collections.Counter()
for i in range(count):
    for way, act in ways.items():
        try:
            act()
        except Exception as error:
            refused[way] += 1
            if refused[way] <= 3:
                print(way, type(error).__name__, str(error)[:200])
open(path('stop'), 'w').close()
for way in ways:
    print(f'{way}: {refused[way]} of {count} refused')
