"""Scores of OpenOOD's own postprocessors, run on the CPU on features, for libs/detectors.

Usage: python openood.py FOLDER, where FOLDER holds a checkout of https://github.com/Jingkang50/OpenOOD at 3c35632.
Needs numpy, scipy, scikit-learn, torch (CPU), faiss-cpu and tqdm. OpenOOD is run, not copied: features stand in for
images, a linear layer for the network, and `.cuda()` does nothing. Its scores are negated: here higher = more novel.
"""

import importlib
import json
import pathlib
import sys
import types
from types import SimpleNamespace

import numpy as np
import torch

from fixture import ROOT, write

COMMIT = "3c35632ee91b54b09d1f085d04f94744cece7d0b"


def import_from(folder):
    """Makes single modules importable without the packages' __init__, which would import everything."""
    for name in ["openood", "openood.postprocessors", "openood.networks", "openood.utils"]:
        package = types.ModuleType(name)
        package.__path__ = [str(pathlib.Path(folder, *name.split(".")))]
        sys.modules[name] = package
    sys.modules["openood.utils.comm"] = types.ModuleType("openood.utils.comm")
    sys.modules["openood.utils"].comm = sys.modules["openood.utils.comm"]
    torch.Tensor.cuda = lambda self, *_: self


class Head(torch.nn.Module):
    """A network whose images are its features already."""

    def __init__(self, weights, bias):
        super().__init__()
        self.fc = torch.nn.Linear(*weights.shape)
        self.fc.weight.data = torch.tensor(weights.T.copy(), dtype=torch.float32)
        self.fc.bias.data = torch.tensor(bias, dtype=torch.float32)

    def forward(self, features, return_feature=False, *_):
        logits = self.fc(features)
        return (logits, features) if return_feature else logits

    def get_fc(self):
        return self.fc.weight.detach().numpy(), self.fc.bias.detach().numpy()

    def get_fc_layer(self):
        return self.fc


class Batches(list):
    """One batch, with what a data loader is asked for."""

    def __init__(self, x):
        super().__init__([{"data": torch.tensor(x, dtype=torch.float32)}])
        self.batch_size = len(x)
        self.dataset = x


def run(module, name, net, x, z, **args):
    postprocessor = getattr(importlib.import_module(f"openood.postprocessors.{module}_postprocessor"), name)(
        SimpleNamespace(postprocessor=SimpleNamespace(postprocessor_args=SimpleNamespace(**args), postprocessor_sweep={}))
    )
    postprocessor.setup(net, {"train": Batches(x), "val": Batches(x)}, {})
    _, confidence = postprocessor.postprocess(net, torch.tensor(z, dtype=torch.float32))
    return (-np.asarray(confidence.detach(), dtype=np.float64)).tolist()


def main():
    import_from(sys.argv[1])
    fixture = json.loads((ROOT / "libs/detectors/src/fixtures/detectors.json").read_text())
    case = next(each for each in fixture["cases"] if each["name"] == "after a ReLU")
    x, z = np.array(case["x"]), np.array(case["z"])
    head = Head(np.array(case["weights"]), np.array(case["bias"]))
    networks = {name: importlib.import_module(f"openood.networks.{name}_net") for name in ["react", "scale"]}
    scores = {
        "msp": run("base", "BasePostprocessor", head, x, z),
        "max-logit": run("maxlogit", "MaxLogitPostprocessor", head, x, z),
        "energy": run("ebo", "EBOPostprocessor", head, x, z, temperature=1),
        "gen": run("gen", "GENPostprocessor", head, x, z, gamma=0.1, M=100),
        "react": run("react", "ReactPostprocessor", networks["react"].ReactNet(head), x, z, percentile=90),
        "scale": run("scale", "ScalePostprocessor", networks["scale"].ScaleNet(head), x, z, percentile=85),
        "fdbd": run("fdbd", "fDBDPostprocessor", head, x, z, distance_as_normalizer=True),
        "nci": run("nci", "NCIPostprocessor", head, x, z, alpha=1e-4),
        "vim": run("vim", "VIMPostprocessor", head, x, z, dim=case["dimensions"]),
        "knn": run("knn", "KNNPostprocessor", head, x, z, K=case["k"]),
        "nnguide": run("nnguide", "NNGuidePostprocessor", head, x, z, K=case["k"], alpha=1),
    }
    write(
        "libs/detectors/src/fixtures/openood.json",
        {"openood": COMMIT, "case": case["name"], "scores": scores},
        ("numpy", "scipy", "scikit-learn", "torch", "faiss-cpu"),
    )


if __name__ == "__main__":
    main()
