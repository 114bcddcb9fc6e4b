"""A random model: a chain of layers, or a graph with several inputs and outputs, shared parts, states and masks."""
import keras
from keras import layers as L
from keras import losses, metrics
from layers import activation, step


def new_input(kind, r, name=None):
    if kind == 'tokens':
        shape = [r.randint(3, 7)]
    else:
        shape = {'vector': lambda: [r.randint(2, 8)], 'sequence': lambda: [r.randint(3, 7), r.randint(1, 4)],
                 'image': lambda: [r.randint(4, 8), r.randint(4, 8), r.randint(1, 3)],
                 'volume': lambda: [r.randint(3, 4), r.randint(3, 4), r.randint(3, 4), r.randint(1, 2)]}[kind]()
    return keras.Input(shape, dtype='int32' if kind == 'tokens' else 'float32', name=name), {'kind': kind, 'shape': shape}


def entry(x, spec, r):
    """What stands right behind an input: an embedding, or sometimes a mask."""
    if spec['kind'] == 'tokens':
        return L.Embedding(12, r.randint(2, 5), mask_zero=r.random() < .6)(x)
    if spec['kind'] == 'sequence' and r.random() < .4:
        spec['padded'] = True
        return L.Masking(r.choice([0.0, 0.0]))(x)
    return x


def chain(x, r, most):
    for _ in range(r.randint(0, most)):
        x = step(x, r)
    return x


def to_vector(x, r):
    if len(x.shape) == 2:
        return x
    if len(x.shape) == 3 and r.random() < .6:
        return r.choice([L.GlobalAveragePooling1D(), L.GlobalMaxPooling1D(), L.LSTM(3), L.GRU(2), L.Bidirectional(L.GRU(2))])(x)
    return L.Flatten()(x)


def submodel(shape, r):
    """A model to be used as a layer."""
    if r.random() < .5:
        parts = [L.Dense(r.randint(2, 5), activation=activation(r)), L.BatchNormalization(), L.Dense(3)]
        return keras.Sequential(parts if r.random() < .5 else [keras.Input(shape)] + parts)
    i = keras.Input(shape)
    x = chain(i, r, 2)
    return keras.Model(i, L.add([L.Dense(3)(x), L.Dense(3, activation='tanh')(x)]))


def siamese(r, specs):
    """Two inputs of one shape through the same parts."""
    kind = r.choice(['vector', 'sequence', 'tokens', 'image'])
    a, spec = new_input(kind, r)
    b = keras.Input(a.shape[1:], dtype=a.dtype)
    specs += [spec, dict(spec)]
    first, second = a, b
    if kind == 'tokens':
        shared = L.Embedding(12, 3, mask_zero=r.random() < .6)
        first, second = shared(a), shared(b)
    for _ in range(r.randint(1, 3)):
        rank = len(first.shape)
        part = r.choice({
            2: [lambda: L.Dense(4, activation=activation(r)), lambda: L.BatchNormalization(), lambda: submodel(first.shape[1:], r),
                lambda: L.LayerNormalization(), lambda: L.PReLU()],
            3: [lambda: L.LSTM(3, return_sequences=True), lambda: L.GRU(3), lambda: L.Dense(3), lambda: L.Bidirectional(L.LSTM(2)),
                lambda: L.Conv1D(3, 2, padding='same'), lambda: submodel(first.shape[1:], r), lambda: L.TimeDistributed(L.Dense(2))],
            4: [lambda: L.Conv2D(3, 2, padding='same', activation='relu'), lambda: L.BatchNormalization(), lambda: L.Flatten(),
                lambda: L.GlobalAveragePooling2D()],
            5: [lambda: L.Flatten()],
        }[rank])()
        first, second = part(first), part(second)
    return [a, b], [first, second]


def encoder_decoder(r, specs):
    """The last states of a recurrent layer are the first of another."""
    a, spec = new_input(r.choice(['sequence', 'tokens']), r)
    b, other = new_input('sequence', r)
    specs += [spec, other]
    kind, units = r.choice([L.LSTM, L.GRU, L.SimpleRNN]), r.randint(2, 4)
    encoded = kind(units, return_state=True, return_sequences=r.random() < .3)(entry(a, spec, r))
    decoded = kind(units, return_sequences=r.random() < .6)(entry(b, other, r), initial_state=list(encoded[1:]))
    return [a, b], [decoded] + ([encoded[0]] if r.random() < .4 else [])


def attention(r, specs):
    """A query over another sequence."""
    a, spec = new_input('sequence', r)
    b, other = new_input('sequence', r)
    specs += [spec, other]
    query, value = L.Dense(3)(a), L.Dense(3)(b)
    x = r.choice([lambda: L.Attention(use_scale=r.random() < .5)([query, value]), lambda: L.AdditiveAttention()([query, value]),
                  lambda: L.MultiHeadAttention(2, 2, output_shape=r.choice([None, 4]))(query, value),
                  lambda: L.GroupQueryAttention(2, 2, 1)(query, value)])()
    return [a, b], [x]


def branches(r, specs):
    inputs, outputs = [], []
    for _ in range(r.randint(1, 3)):
        i, spec = new_input(r.choice(['vector', 'sequence', 'tokens', 'image', 'vector', 'volume']), r)
        specs.append(spec)
        x = chain(entry(i, spec, r), r, 3)
        inputs.append(i)
        outputs.append(x)
    return inputs, outputs


def stateful(r, case):
    """A chain with a recurrent layer that keeps its state from batch to batch, as the tests do over fit, validation and prediction."""
    shape = [r.randint(3, 6), r.randint(1, 4)]
    i = keras.Input(batch_shape=[4] + shape)
    x = L.Dense(3)(i) if r.random() < .4 else i
    kind = r.choice([L.LSTM, L.GRU, L.SimpleRNN])
    x = r.choice([lambda: kind(3, stateful=True, return_sequences=r.random() < .4)(x),
                  lambda: L.Bidirectional(kind(2, stateful=True))(x),
                  lambda: kind(2, stateful=True)(kind(3, stateful=True, return_sequences=True)(x))])()
    case.update(stateful=True, samples=16, fit={'epochs': r.choice([2, 3]), 'batch_size': 4})
    if r.random() < .4:
        case['fit']['validation_split'] = .25
    return i, {'kind': 'sequence', 'shape': shape}, x


def merge(parts, r):
    vectors = [to_vector(p, r) for p in parts]
    if len(vectors) == 1:
        return vectors[0]
    how = r.choice(['concatenate', 'add', 'multiply', 'average', 'maximum', 'minimum', 'dot', 'subtract'])
    if how == 'concatenate':
        return L.Concatenate()(vectors)
    shared = L.Dense(3) if len({v.shape[-1] for v in vectors}) == 1 and r.random() < .5 else None
    same = [(shared or L.Dense(3, activation=activation(r)))(v) for v in vectors]
    if how == 'dot':
        return L.Concatenate()([L.Dot(1, normalize=r.random() < .5)(same[:2])] + same[2:] + [same[0]])
    if how == 'subtract':
        return L.Subtract()(same[:2])
    return {'add': L.Add, 'multiply': L.Multiply, 'average': L.Average, 'maximum': L.Maximum, 'minimum': L.Minimum}[how]()(same)


def head(x, r, keep):
    """An output with its loss, metrics and targets."""
    task = r.choice(['regression', 'regression', 'binary', 'classes', 'labels'] + (['keep', 'keep'] if keep else []))
    logits = r.random() < .5
    if task == 'keep':
        return x, r.choice(['mse', 'mae', 'huber']), r.choice([[], ['mae']]), {'kind': 'regression', 'shape': list(x.shape[1:])}
    # Sequences keep their steps at times, and so their mask and weights by step.
    if len(x.shape) > 3 or (len(x.shape) == 3 and r.random() < .5):
        x = L.Flatten()(x)
    if task == 'regression':
        o = L.Dense(r.randint(1, 3))(x)
        loss = r.choice(['mse', 'mae', 'huber', 'log_cosh', losses.MeanSquaredError(reduction=r.choice(['sum', 'mean_with_sample_weight'])),
                         losses.Huber(delta=0.5), 'cosine_similarity', losses.LogCosh()])
        wanted = r.choice([[], ['mae'], ['mse', 'root_mean_squared_error'], ['cosine_similarity'], ['r2_score'] if len(o.shape) == 2 else []])
    elif task == 'binary':
        o = L.Dense(1, activation=None if logits else 'sigmoid')(x)
        loss = r.choice([losses.BinaryCrossentropy(from_logits=logits, label_smoothing=r.choice([0, 0.1])),
                         losses.BinaryFocalCrossentropy(from_logits=logits), losses.Hinge(), losses.SquaredHinge()])
        wanted = r.choice([[], ['accuracy'], [metrics.AUC(from_logits=logits, num_thresholds=r.choice([200, 20]))],
                           [metrics.Precision(thresholds=0.4), metrics.Recall()] if not logits else ['binary_accuracy']])
    elif task == 'classes':
        o = L.Dense(r.randint(2, 5), activation=None if logits else 'softmax')(x)
        loss = r.choice([losses.CategoricalCrossentropy(from_logits=logits, label_smoothing=r.choice([0, 0.2])),
                         losses.CategoricalFocalCrossentropy(from_logits=logits), losses.KLDivergence() if not logits else 'categorical_hinge'])
        wanted = r.choice([[], ['accuracy'], [metrics.TopKCategoricalAccuracy(2)], ['categorical_accuracy', 'mae']])
    else:
        o = L.Dense(r.randint(2, 5), activation=None if logits else 'softmax')(x)
        loss = losses.SparseCategoricalCrossentropy(from_logits=logits)
        wanted = r.choice([[], ['accuracy'], [metrics.SparseTopKCategoricalAccuracy(2)]])
    return o, loss, wanted, {'kind': task, 'shape': list(o.shape[1:])}


def optimizer(r):
    O, lr = keras.optimizers, r.choice([0.001, 0.01, 0.05])
    return r.choice([
        lambda: O.SGD(lr), lambda: O.SGD(lr, momentum=0.9, nesterov=r.random() < .5), lambda: O.Adam(lr), lambda: O.Adam(lr, amsgrad=True),
        lambda: O.AdamW(lr, weight_decay=0.01), lambda: O.RMSprop(lr, momentum=r.choice([0.0, 0.5]), centered=r.random() < .3),
        lambda: O.Adagrad(lr), lambda: O.Adamax(lr), lambda: O.Nadam(lr), lambda: O.Ftrl(lr), lambda: O.Lion(lr / 10),
        lambda: O.Adadelta(lr * 10), lambda: O.SGD(O.schedules.ExponentialDecay(lr, 3, 0.5)),
        lambda: O.Adam(O.schedules.CosineDecay(lr, 6, warmup_target=lr * 2, warmup_steps=2)),
        lambda: O.SGD(O.schedules.PiecewiseConstantDecay([2, 5], [lr, lr / 2, lr / 4])), lambda: O.Adam(lr, clipnorm=0.5),
        lambda: O.SGD(lr, global_clipnorm=0.5), lambda: O.SGD(lr, clipvalue=0.1), lambda: O.Adam(lr, use_ema=True, ema_overwrite_frequency=2),
        lambda: O.Adam(lr, gradient_accumulation_steps=2), lambda: O.Lamb(lr), lambda: O.Adafactor(lr), lambda: O.SGD(lr, weight_decay=0.02),
        lambda: O.Muon(lr)])()


def arguments(r, case):
    """Arguments of fit."""
    n = case['samples'] = r.choice([7, 16, 17, 33])
    size = r.choice([4, 8, 16, 32])
    fit = case['fit'] = {'epochs': r.choice([2, 2, 3]), 'batch_size': size}
    if r.random() < .25 and n >= 16:
        fit['validation_split'] = r.choice([0.2, 0.25, 0.5])
    elif r.random() < .3:
        case['validation'] = r.choice([5, 12])
        if r.random() < .3:
            fit['validation_batch_size'] = 4
        if r.random() < .3:
            fit['validation_freq'] = 2
        if r.random() < .2:
            fit['validation_steps'] = 1
    if r.random() < .2:
        fit['steps_per_epoch'] = r.randint(1, 3)
    targets = case['targets']
    if r.random() < .25:
        for target in targets:
            target['weight_rank'] = 2 if len(target['shape']) == 2 and r.random() < .5 else 1
    elif r.random() < .4 and len(targets) == 1 and targets[0]['kind'] in ('labels', 'classes') and len(targets[0]['shape']) == 1:
        case['class_weight'] = {str(c): 0.5 + 0.5 * c for c in range(targets[0]['shape'][-1])}
    # The tests stop here, save, load and go on; Keras ran through.
    if r.random() < .4 and 'steps_per_epoch' not in fit:
        case['resume_after'] = 1


def build(r):
    specs, case, which = [], {}, r.random()
    if which < .06:
        i, spec, trunk = stateful(r, case)
        specs.append(spec)
        inputs, tails = [i], []
    elif which < .5:
        i, spec = new_input(r.choice(['vector', 'vector', 'sequence', 'sequence', 'image', 'image', 'tokens', 'volume']), r)
        specs.append(spec)
        x = entry(i, spec, r)
        for _ in range(r.randint(1, 6)):
            x = step(x, r)
        inputs, trunk, tails = [i], x, []
    else:
        inputs, parts = r.choice([siamese, encoder_decoder, attention, branches, branches])(r, specs)
        if r.random() < .3:
            part = r.randrange(len(parts))
            parts[part] = submodel(parts[part].shape[1:], r)(parts[part])
        tails = parts if r.random() < .3 else []
        trunk = parts[0] if len(parts) == 1 and r.random() < .5 else merge(parts, r)
        trunk = chain(trunk, r, 2)
    heads = [head(t, r, True) for t in [trunk] + (r.sample(tails, 1) if tails else []) + ([trunk] if r.random() < .2 else [])]
    outputs = [h[0] for h in heads]
    if len({id(o) for o in outputs}) < len(outputs):
        raise ValueError('the same output twice')
    model = keras.Model(inputs if len(inputs) > 1 or r.random() < .5 else inputs[0], outputs if len(outputs) > 1 else outputs[0])
    case.update(inputs=specs, targets=[h[3] for h in heads])
    if r.random() < .15 and len(model.layers) > 3:
        model.layers[r.randrange(1, len(model.layers) - 1)].trainable = False
    if 'stateful' not in case:
        arguments(r, case)
    several = len(outputs) > 1
    weighted = any('weight_rank' in t for t in case['targets']) and r.random() < .5
    wanted = [h[2] for h in heads] if several else heads[0][2]
    model.compile(
        optimizer(r), [h[1] for h in heads] if several else heads[0][1],
        loss_weights=[round(r.uniform(.2, 2), 2) for _ in heads] if several and r.random() < .5 else None,
        metrics=None if weighted else wanted, weighted_metrics=wanted if weighted else None)
    layers = [layer.__class__.__name__ for layer in model._flatten_layers()]
    case['attention_with_mask'] = any('Attention' in name for name in layers) and any(
        getattr(layer, 'mask_zero', False) or isinstance(layer, L.Masking) for layer in model._flatten_layers())
    return model, case
