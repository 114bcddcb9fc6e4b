"""Sequence to sequence: an encoder and a decoder learn to reverse digits; both are then cut out of the trained model."""
import keras
import numpy as np
from keras import layers

from draws import Draws

TOKENS = 12  # 0 to 9, start and end
START, END = 10, 11
LENGTH = 4
LATENT = 24


def one_hot(tokens):
    return np.eye(TOKENS, dtype="float32")[tokens]


def make_data(count, draws):
    digits = [[draws.integer(10) for _ in range(LENGTH)] for _ in range(count)]
    decoder_input = [[START, *reversed(row)] for row in digits]
    target = [[*reversed(row), END] for row in digits]
    return one_hot(digits), one_hot(decoder_input), one_hot(target)


def decode(encoder_model, decoder_model, sequence):
    states = encoder_model.predict(sequence, verbose=0)
    token, decoded = START, []
    while token != END and len(decoded) < LENGTH + 1:
        output, *states = decoder_model.predict([one_hot([[token]]), *states], verbose=0)
        token = int(output[0, -1].argmax())
        decoded.append(token)
    return decoded


def run(samples=128, epochs=3):
    draws = Draws(9)
    encoder_inputs = keras.Input((None, TOKENS))
    _, *encoder_states = layers.LSTM(LATENT, return_state=True)(encoder_inputs)
    decoder_inputs = keras.Input((None, TOKENS))
    decoder_lstm = layers.LSTM(LATENT, return_sequences=True, return_state=True)
    decoder_outputs, *_ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
    decoder_dense = layers.Dense(TOKENS, activation="softmax")
    decoder_outputs = decoder_dense(decoder_outputs)
    model = keras.Model([encoder_inputs, decoder_inputs], decoder_outputs)
    draws.set_weights(model)

    model.compile(keras.optimizers.RMSprop(0.01), "categorical_crossentropy", metrics=["accuracy"])
    encoder_input, decoder_input, target = make_data(samples, draws)
    history = model.fit([encoder_input, decoder_input], target, epochs=epochs, shuffle=False, verbose=0).history

    # The same layers once more: the encoder alone, and one step of the decoder from given states.
    encoder_model = keras.Model(encoder_inputs, encoder_states)
    states_inputs = [keras.Input((LATENT,)), keras.Input((LATENT,))]
    step_outputs, *step_states = decoder_lstm(decoder_inputs, initial_state=states_inputs)
    decoder_model = keras.Model([decoder_inputs, *states_inputs], [decoder_dense(step_outputs), *step_states])
    return history["loss"] + history["accuracy"] + decode(encoder_model, decoder_model, encoder_input[:1])


if __name__ == "__main__":
    print(run())
