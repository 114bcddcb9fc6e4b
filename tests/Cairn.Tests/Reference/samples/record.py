"""Records what the Python originals in samples/YourOwnTraining give in Keras 3.16 on PyTorch: python record.py [NAME ...]."""
import json, os, pathlib, sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import importlib
import torch

torch.set_num_threads(1)


class InOrder(torch.autograd.Function):
    """PyTorch's own convolution, which is used without oneDNN, refuses gradients whose channels are the last axis in memory."""

    @staticmethod
    def forward(context, x):
        return x.view_as(x)

    @staticmethod
    def backward(context, gradient):
        return gradient.contiguous()


convolution = torch.nn.functional.conv2d
torch.nn.functional.conv2d = lambda x, kernel, *args, **kwargs: InOrder.apply(
    convolution(x.contiguous(), kernel.contiguous(), *args, **kwargs)
)
HERE = pathlib.Path(__file__).parent
SAMPLES = HERE.parents[3] / "samples/YourOwnTraining"
sys.path.insert(0, str(SAMPLES))
OUT = HERE / "samples.json"

recorded = json.loads(OUT.read_text()) if OUT.exists() else {}
shared = {"draws", "digits", "cart_pole", "transformer_layers"}
for name in sys.argv[1:] or sorted(file.stem for file in SAMPLES.glob("*.py") if file.stem not in shared):
    recorded[name] = [float(value) for value in importlib.import_module(name).run()]
    print(name, recorded[name], flush=True)
    OUT.write_text("{\n" + ",\n".join(f'  "{key}": {json.dumps(recorded[key])}' for key in sorted(recorded)) + "\n}\n")
