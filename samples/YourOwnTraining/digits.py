"""Handwritten digits of 8 x 8 pixels."""
import pathlib

import numpy as np

FILE = pathlib.Path(__file__).parents[2] / "src/Cairn.Cli/Data/digits.csv"


def load_digits(count):
    """The first images, from 0 to 1, [count, 8, 8, 1], and their digits, [count]."""
    rows = np.loadtxt(FILE, delimiter=",", skiprows=1, max_rows=count, dtype="float32")
    return rows[:, :64].reshape(count, 8, 8, 1) / 16, rows[:, 64].astype("int64")
