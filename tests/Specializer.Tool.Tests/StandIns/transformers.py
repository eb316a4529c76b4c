"""A stand-in for transformers: every class has a from_pretrained, whose model gives the golden outputs."""
import json
import os
import types

import golden

__version__ = "stand-in"


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (_Model,), {})


class _Model:
    @classmethod
    def from_pretrained(cls, folder):
        model = cls()
        with open(os.path.join(folder, "config.json")) as file:
            model.config = types.SimpleNamespace(**json.load(file))
        named = getattr(model.config, "architectures", None)
        assert named is None or cls.__name__ == named[0], (cls.__name__, named)
        return model

    def float(self):
        return self

    eval = float

    def __call__(self, output_hidden_states, return_dict, **inputs):
        assert output_hidden_states and return_dict and inputs
        return golden.outputs()
