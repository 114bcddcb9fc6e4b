"""generate.py: what Keras 3.16 with its PyTorch backend computes in corners; writes its files here.

models: like those of ../random/generate.py. A batch of one sample, strided kernels of one, losses on images, weights by position,
attention. batches: the logs of train_on_batch and test_on_batch. ties: gradients where losses, activations and layers have a bend.
"""
import gzip, json, os, sys
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, '..', 'random'))
import numpy as np
import torch
import keras
from keras import layers as L, losses
import generate as g


# PyTorch's own kernels fail on views such as a cropped image ("grad_weight must be contiguous"); a copy has the same values.
for kernel in ('conv1d', 'conv2d', 'conv3d', 'conv_transpose1d', 'conv_transpose2d', 'conv_transpose3d'):
    original = getattr(torch.nn.functional, kernel)
    setattr(torch.nn.functional, kernel, lambda x, w, *rest, f=original, **more: f(x.contiguous(), w.contiguous(), *rest, **more))


def write(name, content):
    with open(os.path.join(here, name + '.json.gz'), 'wb') as file:
        file.write(gzip.compress(json.dumps(content, separators=(',', ':')).encode(), mtime=0))
    print(name, len(content))


def recorded(name, number, model, target, samples=9, class_weight=None, **fit):
    """A model with its training; `target` is the kind of targets and, for labels, whether there are weights by sample or position."""
    kinds = {1: 'vector', 2: 'sequence', 3: 'image', 4: 'volume'}
    case = {
        'name': name, 'seed': number, 'attention_with_mask': False, 'samples': samples,
        'fit': {'epochs': 2, 'batch_size': 4, **fit},
        'inputs': [{'kind': kinds[len(i.shape) - 1], 'shape': list(i.shape[1:])} for i in model.inputs],
        'targets': [{'shape': list(model.outputs[0].shape[1:]), **target}]}
    weights = [g.weights_of(w.shape, 900 + i) * (1 - 2 * np.round(g.uniform(800 + i, w.size).reshape(w.shape))) * .5
               if 'variance' not in v.path and 'gamma' not in v.path else w for i, (v, w) in enumerate(zip(model.weights, model.get_weights()))]
    w0 = [w.astype('f2').astype('f4') for w in weights]
    model.optimizer.build(model.trainable_variables)
    o0 = [np.array(v.numpy() if hasattr(v, 'numpy') else v) for v in model.optimizer.variables]
    case['model'] = keras.saving.serialize_keras_object(model)
    case['weights'] = g.text(np.concatenate([w.ravel() for w in w0]), '<f2')
    if class_weight:  # Keras' documentation promises weights by position, its code fails: the sample weights that they mean.
        x, y, _ = g.arrays_of(case, 'samples')
        classes = y if target['kind'] == 'labels' else y[..., 0] if y.shape[-1] == 1 else y.argmax(-1)
        table = np.array([class_weight.get(c, 1.) for c in range(10)])
        case_for_keras, arrays = dict(case), (x, y, table[classes.astype(int)].astype('f4'))
        original, g.arrays_of = g.arrays_of, lambda c, key: arrays
        before, history, after = g.train(model, case_for_keras, w0, o0)
        g.arrays_of = original
        case['class_weight'] = {str(k): v for k, v in class_weight.items()}
    else:
        before, history, after = g.train(model, case, w0, o0)
    assert all(v < 60 for values in history.values() for v in values), f'{name} explodes: {history}'
    case['history'] = {k: [float(v) for v in values] for k, values in history.items()}
    case['before'], case['after'] = ([g.text(a.ravel()[:24]) for a in p] for p in (before, after))
    return case


def compiled(inputs, output, loss='mse', optimizer=None, metrics=None):
    model = keras.Model(inputs, output)
    model.compile(optimizer or keras.optimizers.SGD(0.01), loss, metrics=metrics)
    return model


def models():
    cases = []

    def add(name, build, target, shape, **options):
        keras.backend.clear_session()
        i = keras.Input(shape)
        loss = options.pop('loss', 'mse')
        metrics = options.pop('metrics', None)
        labels = options.pop('labels', False)
        case = recorded(name, 7000 + len(cases), compiled(i, build(i), loss, metrics=metrics), target, **options)
        if labels:  # Keras on PyTorch fails with labels of images ("grad_input must be contiguous"); the loss of one-hot targets is the same.
            case['targets'][0]['kind'] = 'labels'
            case['model']['compile_config']['loss'] = keras.losses.serialize(losses.SparseCategoricalCrossentropy(loss.from_logits))
        cases.append(case)

    regression = {'kind': 'regression'}
    # The last batch of 9 samples in batches of 4 is one sample.
    normalizations = {
        'batch_normalization': ([3], lambda i: L.Dense(2)(L.BatchNormalization()(L.Dense(4)(i)))),
        'batch_normalization_first': ([3], lambda i: L.Dense(2)(L.BatchNormalization(momentum=.8)(i))),
        'batch_normalization_of_images': ([4, 4, 2], lambda i: L.Dense(1)(L.Flatten()(L.BatchNormalization()(L.Conv2D(3, 2)(i))))),
        'batch_normalization_of_pixels': ([1, 1, 3], lambda i: L.Flatten()(L.BatchNormalization()(L.Conv2D(2, 1)(i)))),
        'batch_normalization_of_axis_1': ([3, 4], lambda i: L.Dense(1)(L.Flatten()(L.BatchNormalization(axis=1)(L.Dense(2)(i))))),
        'batch_normalization_of_volumes': ([2, 3, 2, 2], lambda i: L.Dense(1)(L.Flatten()(L.BatchNormalization()(L.Conv3D(2, 2)(i))))),
        'batch_normalization_twice': ([3], lambda i: (lambda n, d: L.Dense(1)(n(d(n(d(i))))))(L.BatchNormalization(), L.Dense(3))),
        'batch_normalization_in_time': ([3, 2], lambda i: L.Dense(1)(L.Flatten()(L.TimeDistributed(L.BatchNormalization())(L.Dense(2)(i))))),
        'batch_normalization_unscaled': ([3], lambda i: L.Dense(1)(L.BatchNormalization(center=False, scale=False)(L.Dense(4, 'tanh')(i)))),
        'layer_normalization': ([3], lambda i: L.Dense(1)(L.LayerNormalization()(L.Dense(3)(i)))),
        'group_normalization': ([3, 3, 4], lambda i: L.Dense(1)(L.Flatten()(L.GroupNormalization(2)(L.Conv2D(4, 2)(i))))),
        'group_normalization_first': ([4, 4, 4], lambda i: L.Dense(1)(L.Flatten()(L.GroupNormalization(2)(i)))),
        'group_normalization_behind_pooling': ([6, 6, 4], lambda i: L.Dense(1)(L.Flatten()(L.GroupNormalization(4)(L.MaxPooling2D()(i))))),
        'group_normalization_behind_cropping': ([5, 5, 2], lambda i: L.Dense(1)(L.Flatten()(L.GroupNormalization(1)(L.Cropping2D(1)(i))))),
        'group_normalization_behind_upsampling': ([2, 2, 4], lambda i: L.Dense(1)(L.Flatten()(L.GroupNormalization(2)(L.UpSampling2D()(i))))),
        'unit_normalization': ([3], lambda i: L.Dense(1)(L.UnitNormalization()(L.Dense(3)(i)))),
        'rms_normalization': ([3], lambda i: L.Dense(1)(L.RMSNormalization()(L.Dense(3)(i)))),
    }
    for name, (shape, build) in normalizations.items():
        add(f'one sample: {name}', build, regression, shape, samples=9)

    strided = {
        'conv2d_1x1_stride_2': ([60, 60, 8], lambda i: L.GlobalAveragePooling2D()(L.Conv2D(16, 1, strides=2, padding='same')(i))),
        'conv2d_1x1_stride_2_of_3_channels': ([56, 56, 3], lambda i: L.GlobalAveragePooling2D()(L.Conv2D(4, 1, strides=2, padding='same')(i))),
        'conv2d_1x1_stride_2_of_4_channels': ([58, 58, 4], lambda i: L.GlobalMaxPooling2D()(L.Conv2D(4, 1, strides=2)(i))),
        'conv2d_1x1_stride_3': ([30, 30, 4], lambda i: L.GlobalAveragePooling2D()(L.Conv2D(4, 1, strides=3, activation='relu')(i))),
        'conv2d_1x1_stride_2_1': ([14, 9, 3], lambda i: L.GlobalAveragePooling2D()(L.Conv2D(4, 1, strides=(2, 1), padding='same')(i))),
        'conv2d_1x1_in_groups': ([12, 12, 4], lambda i: L.GlobalAveragePooling2D()(L.Conv2D(4, 1, strides=2, groups=2)(i))),
        'conv1d_1_stride_2': ([31, 4], lambda i: L.GlobalAveragePooling1D()(L.Conv1D(3, 1, strides=2, padding='same')(i))),
        'conv3d_1_stride_2': ([8, 8, 8, 3], lambda i: L.GlobalAveragePooling3D()(L.Conv3D(3, 1, strides=2)(i))),
        'separable_stride_2': ([16, 16, 4], lambda i: L.GlobalAveragePooling2D()(L.SeparableConv2D(3, 1, strides=2, padding='same')(i))),
        'depthwise_1x1_stride_2': ([16, 16, 4], lambda i: L.GlobalAveragePooling2D()(L.DepthwiseConv2D(1, strides=2)(i))),
        'transpose_1x1_stride_2': ([12, 12, 4], lambda i: L.GlobalAveragePooling2D()(L.Conv2DTranspose(3, 1, strides=2, padding='same')(i))),
        'transpose_behind_cropping': ([7, 7, 3], lambda i: L.GlobalAveragePooling2D()(L.Conv2DTranspose(3, 3)(L.Cropping2D(1)(i)))),
        'transpose_behind_permute': ([3, 6, 5], lambda i: L.GlobalAveragePooling2D()(L.Conv2DTranspose(2, 2, strides=2)(L.Permute((2, 3, 1))(i)))),
        'transpose_1d_behind_cropping': ([7, 3], lambda i: L.GlobalAveragePooling1D()(L.Conv1DTranspose(3, 3)(L.Cropping1D(1)(i)))),
    }
    for name, (shape, build) in strided.items():
        add(f'strides: {name}', build, regression, shape, samples=3)

    for name, shape in {'of_vectors': [3], 'of_sequences': [4, 3], 'of_images': [4, 3, 2], 'of_volumes': [2, 3, 2, 2]}.items():
        for logits in (False, True):
            build = lambda i: L.Dense(3, activation=None if logits else 'softmax')(L.Dense(4, activation='tanh')(i))
            suffix = name + ('_from_logits' if logits else '')
            if len(shape) < 3:
                add(f'segmentation: labels_{suffix}', build, {'kind': 'labels'}, shape, metrics=['accuracy'],
                    loss=losses.SparseCategoricalCrossentropy(from_logits=logits))
            else:
                add(f'segmentation: labels_{suffix}', build, {'kind': 'classes'}, shape, labels=True,
                    loss=losses.CategoricalCrossentropy(from_logits=logits))
            add(f'segmentation: classes_{suffix}', build, {'kind': 'classes'}, shape, loss=losses.CategoricalCrossentropy(from_logits=logits))
    for loss in ('BinaryCrossentropy', 'BinaryFocalCrossentropy', 'Dice'):
        add(f'segmentation: {loss}', lambda i: L.Conv2D(1, 3, padding='same', activation='sigmoid')(i), {'kind': 'binary'}, [4, 4, 2],
            loss=getattr(losses, loss)())
    add('segmentation: convolutions', lambda i: L.Conv2D(3, 1)(L.Conv2DTranspose(3, 3, strides=2, padding='same')(
        L.Conv2D(4, 3, strides=2, padding='same', activation='relu')(i))), {'kind': 'classes'}, [6, 6, 2], labels=True,
        loss=losses.CategoricalCrossentropy(from_logits=True))

    table = {0: .5, 1: 3.}
    for name, shape in {'of_vectors': [3], 'of_sequences': [4, 3], 'of_images': [3, 3, 2]}.items():
        add(f'class weights: binary_{name}', lambda i: L.Dense(1, activation='sigmoid')(i), {'kind': 'binary'}, shape,
            loss='binary_crossentropy', class_weight=table)
        add(f'class weights: classes_{name}', lambda i: L.Dense(3, activation='softmax')(i), {'kind': 'classes'}, shape,
            loss='categorical_crossentropy', class_weight=table)
    return cases


def own_attention():
    """An attention layer between two dense ones; the tests compose it inside a layer of their own."""
    cases = []
    for name, make in {
        'MultiHeadAttention': lambda: L.MultiHeadAttention(2, 3), 'Attention': lambda: L.Attention(use_scale=True),
        'AdditiveAttention': lambda: L.AdditiveAttention(), 'GroupQueryAttention': lambda: L.GroupQueryAttention(3, 2, 1),
    }.items():
        keras.backend.clear_session()
        i = keras.Input([4, 3])
        layer = make()
        x = layer([i, i]) if name in ('Attention', 'AdditiveAttention') else layer(i, i)
        cases.append(recorded(name, 7500 + len(cases), compiled(i, L.Dense(2)(x)), {'kind': 'regression'}))
    return cases


def batches():
    """The logs of train_on_batch and test_on_batch, call by call."""
    keras.backend.clear_session()
    i = keras.Input([3])
    model = compiled(i, L.Dense(1, activation='sigmoid')(i), 'binary_crossentropy', metrics=['accuracy', 'mae'])
    w0 = [w.astype('f4') for w in (np.array([[.5], [-.25], [.125]]), np.array([.25]))]
    model.set_weights(w0)
    calls = []
    for number, what in enumerate(['train', 'train', 'test', 'train', 'test', 'test', 'weighted', 'train']):
        case = {'seed': 7600 + number, 'samples': 5, 'inputs': [{'kind': 'vector', 'shape': [3]}], 'targets': [{'kind': 'binary', 'shape': [1]}]}
        x, y, _ = g.arrays_of(case, 'samples')
        weight = g.weights_of([5], case['seed'] * 1000 + 201) if what == 'weighted' else None
        logs = model.test_on_batch(x, y, return_dict=True) if what == 'test' else model.train_on_batch(x, y, weight, return_dict=True)
        calls.append({**case, 'call': what, 'logs': {k: float(v) for k, v in logs.items()}})
    return calls


def ties():
    def gradient(f, x):
        x = torch.tensor(x, dtype=torch.float32, requires_grad=True)
        f(x).sum().backward()
        return x.grad.flatten().tolist()

    cases = []
    signs = [[1., -1., 0., .5], [0., 1., 1., 0.], [0., 0., 0., 0.], [1., 1., 1., 1.]]
    predictions = [signs, [[0., 0., 0., 0.], [1., 1., 1., 1.], [0., 1., 0., 1.], [1., 0., 0., 1.]],
                   [[1e-7, 1 - 1e-7, 1., 0.], [.5, .5, .5, .5], [0., 0., 0., 0.], [2., 0., -2., 1.]],
                   [[0., 0., 0., 0.], [2., 0., 1., -1.], [1., -1., .5, -.5], [0., 2., 0., 1.]]]
    for loss in [losses.MeanAbsoluteError(), losses.MeanAbsolutePercentageError(), losses.MeanSquaredLogarithmicError(), losses.Hinge(),
                 losses.SquaredHinge(), losses.CategoricalHinge(), losses.Huber(), losses.Huber(.5), losses.LogCosh(), losses.Poisson(),
                 losses.KLDivergence(), losses.BinaryCrossentropy(), losses.BinaryCrossentropy(from_logits=True),
                 losses.BinaryCrossentropy(label_smoothing=.2), losses.BinaryFocalCrossentropy(), losses.CategoricalCrossentropy(),
                 losses.CategoricalFocalCrossentropy(), losses.CosineSimilarity(), losses.Dice(), losses.Tversky(),
                 losses.CategoricalGeneralizedCrossEntropy()]:
        for p in predictions:
            sparse = isinstance(loss, losses.CategoricalGeneralizedCrossEntropy)
            y = np.clip(signs, 0, 1).tolist() if 'entropy' in loss.name or 'kl' in loss.name or loss.name == 'poisson' else signs
            t = torch.tensor([1, 0, 3, 2] if sparse else y)
            try:
                value = gradient(lambda x: loss(t, x), p)
            except RuntimeError:  # PyTorch refuses probabilities out of [0, 1].
                continue
            if all(map(np.isfinite, value)):
                cases.append({'loss': keras.losses.serialize(loss), 'y': t.flatten().tolist(), 'p': np.ravel(p).tolist(), 'gradient': value})
    for from_logits in (False, True):
        loss = losses.SparseCategoricalCrossentropy(from_logits=from_logits)
        for p in predictions:
            value = gradient(lambda x: loss(torch.tensor([1, 0, 3, 2]), x), p)
            if all(map(np.isfinite, value)):
                cases.append({'loss': keras.losses.serialize(loss), 'y': [1, 0, 3, 2], 'p': np.ravel(p).tolist(), 'gradient': value})
    points = [-6., -3., -2.5, -2., -1., -.5, -.2, 0., .2, .5, 1., 2., 2.5, 3., 6., 20.]
    for name in ['relu', 'relu6', 'elu', 'selu', 'celu', 'gelu', 'leaky_relu', 'hard_sigmoid', 'hard_silu', 'hard_tanh', 'hard_shrink',
                 'soft_shrink', 'tanh_shrink', 'softplus', 'softsign', 'sparse_plus', 'sparse_sigmoid', 'squareplus', 'silu',
                 'log_sigmoid', 'mish', 'exponential']:
        f = getattr(keras.activations, name)
        # At -3 and 3 the derivative of hard_silu depends on the version of PyTorch.
        at = [v for v in points if name != 'hard_silu' or abs(v) != 3]
        cases.append({'activation': name, 'x': at, 'gradient': gradient(f, at)})
    for name in ['sparsemax', 'softmax', 'log_softmax']:
        x = [[0., 0., 0., 0.], [1., 0., 0., 1.], [2., 1., 1., 0.], [3., 1., 1., 1.]]
        weight = torch.tensor([1., 2., 4., 8.])
        cases.append({'activation': name, 'x': np.ravel(x).tolist(), 'rows': 4,
                      'gradient': gradient(lambda v: getattr(keras.activations, name)(v) * weight, x)})
    grid = [[0., 1., 1., 0., -1., 1.], [2., 2., 2., 2., 2., 2.], [0., 0., -1., -1., 3., 3.]]
    for layer in [L.MaxPooling1D(2), L.MaxPooling1D(3, padding='same'), L.GlobalMaxPooling1D(), L.AveragePooling1D(2), L.ReLU(),
                  L.ReLU(2.), L.ReLU(2., .1, 1.), L.ReLU(negative_slope=.1, threshold=1.), L.LeakyReLU(), L.ELU(), L.PReLU(), L.UnitNormalization(),
                  L.GlobalMaxPooling1D(keepdims=True)]:
        x = np.array(grid, dtype='f4')[..., None]
        layer.build(x.shape)
        cases.append({'layer': keras.saving.serialize_keras_object(layer), 'shape': [3, 6, 1], 'x': x.ravel().tolist(),
                      'gradient': gradient(lambda v: layer(v), x)})
    for layer in [L.Maximum(), L.Minimum(), L.Multiply(), L.Average()]:
        x = np.array(grid, dtype='f4')
        other = torch.tensor([[0., 1., 2., -1., -1., 1.]] * 3)
        cases.append({'layer': keras.saving.serialize_keras_object(layer), 'shape': [3, 6], 'x': x.ravel().tolist(),
                      'other': other.flatten().tolist(), 'gradient': gradient(lambda v: layer([v, other]), x)})
    return cases


if __name__ == '__main__':
    write('models', models())
    write('attention', own_attention())
    write('batches', batches())
    write('ties', ties())
