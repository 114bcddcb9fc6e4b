"""Writes keras_names.json: the public names of Keras 3.16, with the arguments of constructors and their defaults."""
import inspect
import json
import os

import keras
from keras.src import api_export

MODULES = ["layers", "losses", "metrics", "optimizers", "optimizers.schedules", "initializers", "activations", "regularizers", "constraints", "callbacks"]


def plain(value):
    if value is inspect.Parameter.empty:
        return {}
    if value is None or isinstance(value, (bool, int, float, str)):
        return {"default": value}
    return {"default": list(value)} if isinstance(value, (tuple, list)) else {"default": "?"}


result = {}
for name in MODULES:
    module = keras
    for part in name.split("."):
        module = getattr(module, part)
    seen = {}
    for member in sorted(dir(module)):
        thing = getattr(module, member)
        if member.startswith("_") or inspect.ismodule(thing) or member in ("serialize", "deserialize", "get"):
            continue
        canonical = (api_export.get_name_from_symbol(thing) or member).split(".")[-1]
        canonical = canonical if hasattr(module, canonical) and getattr(module, canonical) is thing else member
        entry = seen.setdefault(canonical, {"name": canonical, "kind": "class" if inspect.isclass(thing) else "function", "aliases": [], "arguments": []})
        if member != canonical:
            entry["aliases"].append(member)
        if inspect.isclass(thing):
            entry["arguments"] = [
                {"name": p.name, **plain(p.default)}
                for p in list(inspect.signature(thing.__init__).parameters.values())[1:]
                if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
            ]
    result[name] = list(seen.values())
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras_names.json"), "w") as file:
    modules = (f'"{name}": [\n' + ",\n".join(json.dumps(entry, default=str) for entry in entries) + "\n]" for name, entries in result.items())
    file.write("{\n" + ",\n".join(modules) + "\n}\n")
print({k: len(v) for k, v in result.items()})
