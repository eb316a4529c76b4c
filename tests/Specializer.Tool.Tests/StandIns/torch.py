"""A stand-in for the few functions of PyTorch that the program of `specializer verify --script` calls."""
import struct

import golden

__version__ = "stand-in"
long = "I64"


def manual_seed(seed):
    assert isinstance(seed, int)


def randint(low, high, shape):
    assert 0 <= low < high and len(shape) == 2 and shape[0] == 1 and shape[1] > 0
    return golden.inputs.pop(0)


def rand(*shape):
    assert shape[0] == 1 and all(extent > 0 for extent in shape)
    return golden.inputs.pop(0)


def _filled(value, shape, dtype):
    assert dtype == long
    return golden.Tensor("I64", list(shape), struct.pack("<q", value) * (shape[0] * shape[1]))


def ones(*shape, dtype):
    return _filled(1, shape, dtype)


def zeros(*shape, dtype):
    return _filled(0, shape, dtype)


class no_grad:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False
