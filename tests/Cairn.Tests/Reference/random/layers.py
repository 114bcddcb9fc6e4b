"""One random layer on a tensor, by its rank."""
import keras
from keras import layers as L
from keras import ops

ACTIVATIONS = ['relu', 'tanh', 'sigmoid', 'elu', 'selu', 'gelu', 'softplus', 'swish', 'linear', 'leaky_relu', 'hard_sigmoid', 'relu6',
               'mish', 'softsign', 'exponential', 'log_softmax', 'softmax', 'celu', 'hard_silu', 'hard_tanh', 'log_sigmoid',
               'squareplus', 'soft_shrink', 'tanh_shrink', 'sparse_plus']
INITIALIZERS = ['glorot_uniform', 'he_normal', 'lecun_uniform', 'orthogonal', 'random_normal', 'truncated_normal', 'variance_scaling']


def activation(r):
    return r.choice(ACTIVATIONS)


def regularizer(r):
    return r.choice([None, None, 'l2', keras.regularizers.L1(0.001), keras.regularizers.L1L2(0.001, 0.002)])


def constraint(r):
    c = keras.constraints
    return r.choice([None, None, None, None, c.MaxNorm(1.0), c.UnitNorm(), c.NonNeg(), c.MinMaxNorm(0.2, 1.0)])


def weights(r):
    return dict(kernel_initializer=r.choice(INITIALIZERS), kernel_regularizer=regularizer(r), use_bias=r.random() < 0.8,
                bias_initializer=r.choice(['zeros', 'zeros', 'random_normal']))


def rnn_cell(r):
    return r.choice([L.LSTMCell, L.GRUCell, L.SimpleRNNCell])(r.randint(1, 4))


def on_vector(x, r):
    d = x.shape[-1]
    return r.choice([
        lambda: L.Dense(r.randint(1, 8), activation=activation(r), kernel_constraint=constraint(r),
                        activity_regularizer=r.choice([None, None, None, 'l2']), **weights(r))(x),
        lambda: L.Dense(r.randint(2, 8), activation=activation(r), **weights(r))(x),
        lambda: L.Dense(r.randint(2, 6), kernel_regularizer=keras.regularizers.OrthogonalRegularizer(0.01))(x),
        lambda: L.BatchNormalization(momentum=r.choice([0.99, 0.8]), center=r.random() < .8, scale=r.random() < .8)(x),
        lambda: L.LayerNormalization(epsilon=r.choice([1e-3, 1e-5]), center=r.random() < .8, scale=r.random() < .8)(x),
        lambda: L.Activation(activation(r))(x),
        lambda: L.UnitNormalization()(x),
        lambda: L.PReLU(alpha_initializer=r.choice(['zeros', 'random_normal']))(x),
        lambda: L.RepeatVector(r.randint(2, 4))(x),
        lambda: L.add([x, L.Dense(d, activation='tanh')(x)]),
        lambda: L.concatenate([x, L.Dense(3)(x)]),
        lambda: L.multiply([x, L.Dense(d, activation='sigmoid')(x)]),
        lambda: L.RMSNormalization()(x),
        lambda: L.Reshape((1, d))(x),
        lambda: L.LeakyReLU(negative_slope=0.2)(x),
        lambda: L.ReLU(max_value=r.choice([None, 1.5]), negative_slope=r.choice([0.0, 0.1]), threshold=r.choice([0.0, 0.2]))(x),
        lambda: L.ELU(0.7)(x),
        lambda: L.Softmax()(x),
        lambda: L.Rescaling(0.5, 0.25)(x),
        lambda: L.ActivityRegularization(l1=r.choice([0, 0.01]), l2=0.01)(x),
        lambda: L.EinsumDense('ab,bc->ac', 3, bias_axes='c', activation='tanh')(x),
        lambda: x * 0.5 + 1,
        lambda: ops.tanh(x) - ops.mean(x, axis=-1, keepdims=True),
        lambda: ops.concatenate([x, ops.square(x)], axis=-1),
    ])()


def on_sequence(x, r):
    d, steps = x.shape[-1], x.shape[1]
    several = r.random() < .5
    return r.choice([
        lambda: L.LSTM(r.randint(1, 6), return_sequences=several, go_backwards=r.random() < .2,
                       activation=r.choice(['tanh', 'relu', 'sigmoid']), recurrent_activation=r.choice(['sigmoid', 'hard_sigmoid']),
                       unit_forget_bias=r.random() < .7)(x),
        lambda: L.LSTM(r.randint(1, 6), return_sequences=several, recurrent_regularizer='l2', unroll=r.random() < .3)(x),
        lambda: L.GRU(r.randint(1, 6), return_sequences=several, reset_after=r.random() < .7, go_backwards=r.random() < .2)(x),
        lambda: L.SimpleRNN(r.randint(1, 6), return_sequences=several, activation=r.choice(['tanh', 'relu']))(x),
        lambda: L.Bidirectional(r.choice([L.LSTM, L.GRU, L.SimpleRNN])(r.randint(1, 4), return_sequences=several),
                                merge_mode=r.choice(['concat', 'sum', 'ave', 'mul']))(x),
        lambda: L.RNN([rnn_cell(r), rnn_cell(r)], return_sequences=several)(x),
        lambda: L.RNN(rnn_cell(r), return_sequences=several, go_backwards=r.random() < .2)(x),
        lambda: L.Conv1D(r.randint(1, 5), r.randint(1, 3), strides=r.choice([1, 1, 2]), padding=r.choice(['valid', 'same', 'causal']),
                         activation=activation(r), **weights(r))(x),
        lambda: L.Conv1D(4, 2, dilation_rate=2, padding=r.choice(['same', 'causal']))(x),
        lambda: L.Conv1D(2 * d, 2, groups=d, padding='same')(x),
        lambda: L.SeparableConv1D(r.randint(1, 4), 2, padding='same', depth_multiplier=r.choice([1, 2]))(x),
        lambda: L.DepthwiseConv1D(2, padding='same', depth_multiplier=r.choice([1, 2]))(x),
        lambda: L.Conv1DTranspose(r.randint(1, 4), r.randint(1, 3), strides=r.choice([1, 2]), padding=r.choice(['same', 'valid']))(x),
        lambda: L.MaxPooling1D(2, padding='same')(x),
        lambda: L.AveragePooling1D(2, strides=1, padding=r.choice(['same', 'valid']))(x) if steps > 2 else x,
        lambda: L.MultiHeadAttention(2, 3, value_dim=r.choice([None, 2]), use_bias=r.random() < .8)(
            x, x, use_causal_mask=r.random() < .3),
        lambda: L.LayerNormalization(axis=r.choice([-1, [1, 2]]))(x),
        lambda: L.BatchNormalization(axis=r.choice([-1, -1, 1]))(x),
        lambda: L.GlobalAveragePooling1D(keepdims=r.random() < .2)(x),
        lambda: L.GlobalMaxPooling1D()(x),
        lambda: L.TimeDistributed(L.Dense(r.randint(1, 5), activation=activation(r)))(x),
        lambda: L.Dense(r.randint(1, 5), activation=activation(r), **weights(r))(x),
        lambda: L.EinsumDense('abc,cd->abd', (None, 4), bias_axes='d')(x),
        lambda: L.Attention(use_scale=r.random() < .5, score_mode=r.choice(['dot', 'concat']))([x, x]),
        lambda: L.AdditiveAttention(use_scale=r.random() < .7)([x, x]),
        lambda: L.Permute((2, 1))(x),
        lambda: L.ZeroPadding1D((1, 2))(x),
        lambda: L.Cropping1D((1, 0))(x) if steps > 2 else x,
        lambda: L.UpSampling1D(2)(x),
        lambda: L.GroupNormalization(groups=r.choice([1, d]))(x),
        lambda: L.GroupQueryAttention(3, 2, 1)(x, x),
        lambda: L.add([x, L.LSTM(d, return_sequences=True)(x)]),
        lambda: L.Reshape((steps, d, 1))(x),
        lambda: ops.max(x, axis=1),
    ])()


def on_image(x, r):
    h, w, d = x.shape[1:]
    small = min(h, w) <= 2
    return r.choice([
        lambda: L.Conv2D(r.randint(1, 6), r.choice([1, 2, 3, (1, 3)]), strides=r.choice([1, 1, 2, (2, 1)]),
                         padding=r.choice(['valid', 'same']), activation=activation(r), **weights(r))(x),
        lambda: L.Conv2D(4, 2, dilation_rate=2, padding='same', activation='relu')(x),
        lambda: L.Conv2D(2 * d, 3, groups=d, padding='same')(x),
        lambda: L.DepthwiseConv2D(3, strides=r.choice([1, 2]), padding='same', depth_multiplier=r.choice([1, 2]))(x),
        lambda: L.SeparableConv2D(r.randint(1, 5), 3, padding='same', strides=r.choice([1, 2]))(x),
        lambda: L.Conv2DTranspose(r.randint(1, 4), r.choice([2, 3]), strides=r.choice([1, 2]), padding=r.choice(['same', 'valid']))(x),
        lambda: L.MaxPooling2D(2, strides=r.choice([None, 1]), padding='same')(x),
        lambda: L.AveragePooling2D(2, padding=r.choice(['same', 'valid']))(x) if not small else x,
        lambda: L.BatchNormalization(axis=r.choice([-1, -1, 1]))(x),
        lambda: L.GlobalAveragePooling2D(keepdims=r.random() < .2)(x),
        lambda: L.GlobalMaxPooling2D()(x),
        lambda: L.Flatten()(x),
        lambda: L.UpSampling2D(2, interpolation=r.choice(['nearest', 'bilinear']))(x),
        lambda: L.ZeroPadding2D(((1, 0), (0, 2)))(x),
        lambda: L.Cropping2D(((1, 0), (0, 1)))(x) if not small else x,
        lambda: L.add([x, L.Conv2D(d, 3, padding='same', activation='relu')(x)]),
        lambda: L.Permute((3, 1, 2))(x),
        lambda: L.Dense(3, activation=activation(r))(x),
        lambda: L.PReLU(shared_axes=[1, 2])(x),
        lambda: L.Reshape((-1, d))(x),
        lambda: L.GroupNormalization(groups=r.choice([1, d]))(x),
        lambda: L.LayerNormalization(axis=r.choice([-1, [1, 2, 3]]))(x),
        lambda: L.ConvLSTM1D(2, 2, padding='same', return_sequences=r.random() < .5)(x),
        lambda: L.TimeDistributed(L.LSTM(2))(x),
        lambda: L.TimeDistributed(L.Conv1D(2, 2, padding='same'))(x),
        lambda: L.Conv2D(2, 3, padding='same', kernel_constraint=constraint(r), activity_regularizer='l2')(x),
    ])()


def on_volume(x, r):
    return r.choice([
        lambda: L.Conv3D(r.randint(1, 4), r.choice([1, 2]), strides=r.choice([1, 1, 2]), padding=r.choice(['valid', 'same']),
                         activation=r.choice(['relu', 'tanh']))(x),
        lambda: L.MaxPooling3D(2, padding='same')(x),
        lambda: L.AveragePooling3D(2, padding='same')(x),
        lambda: L.GlobalAveragePooling3D()(x),
        lambda: L.GlobalMaxPooling3D()(x),
        lambda: L.Conv3DTranspose(2, 2, padding='same')(x),
        lambda: L.BatchNormalization()(x),
        lambda: L.ConvLSTM2D(2, 2, padding='same', return_sequences=r.random() < .3)(x),
        lambda: L.Cropping3D(((1, 0), (0, 1), (0, 0)))(x) if min(x.shape[1:4]) > 2 else x,
        lambda: L.UpSampling3D((2, 1, 1))(x),
        lambda: L.ZeroPadding3D(1)(x) if max(x.shape[1:4]) < 5 else x,
        lambda: L.Flatten()(x),
    ])()


def step(x, r):
    y = [on_vector, on_sequence, on_image, on_volume][len(x.shape) - 2](x, r)
    size = 1
    for d in y.shape[1:]:
        if d is None or d < 1:
            raise ValueError('size')
        size *= d
    if size > 1500 or not 2 <= len(y.shape) <= 5:
        raise ValueError('size')
    return y
