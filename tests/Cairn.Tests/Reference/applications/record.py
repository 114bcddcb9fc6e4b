import json, hashlib, re, struct, sys, os
import torch
import keras
from keras.src.initializers import random_initializers as ri
from keras import ops
def zeros(self, shape, dtype=None): return torch.zeros(tuple(shape))
ri.VarianceScaling.__call__ = zeros
A = keras.applications
names = sys.argv[1:]
def canon(x):
    if isinstance(x, dict):
        return {k: canon(v) for k, v in x.items() if k not in ("dtype", "build_config", "module", "registered_name", "optional", "input_axes", "output_axes", "renorm", "renorm_clipping", "renorm_momentum", "quantization_config")}
    if isinstance(x, (list, tuple)): return [canon(v) for v in x]
    if isinstance(x, bool) or x is None or isinstance(x, str): return x
    return struct.unpack("f", struct.pack("f", x))[0]
def describe(m):
    lines = []
    for l in m.operations:
        o = l.output
        lines.append(f"{l.name} {type(l).__name__} {list(o.shape)}".replace("None", "null").replace(" ", "", 0))
    weights = ["/".join(w.path.split("/")[-2:]) + f" {list(w.shape)}" for w in m.weights]
    config = json.dumps(canon(json.loads(m.to_json())["config"]), sort_keys=True, separators=(",", ":"))
    config = re.sub(r"input_layer_\d+", "input_layer", config)
    return "\n".join(lines), "\n".join(weights), config
def h(t): return hashlib.sha256(t.encode()).hexdigest()[:16]
V = []
def add(n, fn, **kw): V.append((n, fn, kw))
for n in ["MobileNet","MobileNetV2","MobileNetV3Small","MobileNetV3Large","ResNet50","ResNet101","ResNet152","ResNet50V2","ResNet101V2","ResNet152V2","VGG16","VGG19","InceptionV3","InceptionResNetV2","Xception","DenseNet121","DenseNet169","DenseNet201","NASNetMobile","NASNetLarge"]+[f"EfficientNetB{i}" for i in range(8)]+[f"EfficientNetV2{s}" for s in ["B0","B1","B2","B3","S","M","L"]]+["ConvNeXtTiny","ConvNeXtSmall","ConvNeXtBase","ConvNeXtLarge","ConvNeXtXLarge"]:
    add(n, n)
# Without the top, other sizes and arguments
for n in ["MobileNet","MobileNetV2","MobileNetV3Small","ResNet50","ResNet50V2","VGG16","VGG19","InceptionV3","InceptionResNetV2","Xception","DenseNet121","NASNetMobile","EfficientNetB0","EfficientNetV2B0","EfficientNetV2S","ConvNeXtTiny"]:
    size = 96
    add(n+" notop avg", n, include_top=False, pooling="avg", input_shape=(size+1, size, 3))
    add(n+" notop max any", n, include_top=False, pooling="max")
    add(n+" notop", n, include_top=False, input_shape=(size, size, 3))
    add(n+" classes", n, classes=7, classifier_activation=None, input_shape=(size, size, 3), name="own")
for a in [0.25, 0.5, 0.75, 1.4]:
    add(f"MobileNet {a}", "MobileNet", alpha=a, input_shape=(128,128,3), depth_multiplier=2, dropout=0.2)
    add(f"MobileNetV2 {a}", "MobileNetV2", alpha=a, input_shape=(160,160,3))
    for v in ["Small", "Large"]:
        add(f"MobileNetV3{v} {a}", "MobileNetV3"+v, alpha=a, input_shape=(97,65,3), minimalistic=a<0.6, dropout_rate=0 if a==0.5 else 0.3, include_preprocessing=a!=0.75)
add("EfficientNetV2B1 raw", "EfficientNetV2B1", include_preprocessing=False)
add("EfficientNetV2B1 grey", "EfficientNetV2B1", input_shape=(64,64,1))
add("ConvNeXtTiny raw", "ConvNeXtTiny", include_preprocessing=False)
add("ConvNeXtTiny grey", "ConvNeXtTiny", input_shape=(64,64,1), classes=3)
table = []
os.makedirs("/tmp/apps/texts", exist_ok=True)
for n, fn, kw in V:
    if names and n not in names: continue
    keras.backend.clear_session()
    try:
        m = getattr(A, fn)(weights=None, **kw)
    except Exception as e:
        print(n, "FAILS", repr(e)[:200], flush=True); continue
    l, w, c = describe(m)
    open(f"/tmp/apps/texts/{n.replace(' ', '_')}.txt", "w").write(l + "\n--\n" + w + "\n--\n" + c)
    table.append({"name": n, "function": fn, "arguments": kw, "model": m.name, "parameters": m.count_params(), "layers": h(l), "weights": h(w), "config": h(c)})
    print(n, m.name, m.count_params(), len(m.layers), flush=True)
    del m
json.dump(table, open("/tmp/apps/table.json" if not names else "/tmp/apps/part.json", "w"))
