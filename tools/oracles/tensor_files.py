"""Writes .npy and .safetensors files with numpy and safetensors, for the tests of libs/artifacts.

Usage: python tensor_files.py libs/artifacts/fixtures    (needs numpy 2 and safetensors 0.8)
"""

import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)


def numbers(dtype, *shape):
    """0, 1, 2, … scaled by 0.37 and shifted, so that every test can say what each element is."""
    count = int(np.prod(shape))
    values = np.arange(count) - 3 if np.dtype(dtype).kind == "i" else np.arange(count) * 0.37 - 1
    return values.astype(dtype).reshape(shape)


np.save(folder / "float32-5.npy", numbers("<f4", 5))
np.save(folder / "float64-3x4.npy", numbers("<f8", 3, 4))
np.save(folder / "int32-2x3.npy", numbers("<i4", 2, 3))
np.save(folder / "float32-0x4.npy", numbers("<f4", 0, 4))
with open(folder / "version-2.npy", "wb") as file:
    np.lib.format.write_array(file, numbers("<f4", 2, 2), version=(2, 0))
np.save(folder / "fortran.npy", np.asfortranarray(numbers("<f8", 3, 4)))
np.save(folder / "int64.npy", numbers("<i8", 3))

save_file(
    {"relevant.kernel": numbers("<f4", 3, 2), "bias": numbers("<f4", 2), "a.steps": numbers("<i4", 4), "mean": numbers("<f8", 2), "10": numbers("<f4", 1)},
    folder / "head.safetensors",
    metadata={"format": "outsider.head"},
)
