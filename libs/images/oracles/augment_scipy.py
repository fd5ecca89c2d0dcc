"""Reference tensors for src/pixels/augment.ts, made with scipy the way Keras' ImageDataGenerator uses it.

Run in a virtual environment with scipy and numpy, from this folder:
    python augment_scipy.py > ../src/pixels/augment.fixture.json
"""

import base64
import json

import numpy
import scipy
from scipy import ndimage

WIDTH, HEIGHT = 14, 11


def source() -> numpy.ndarray:
    """A picture with ramps, edges and noise that the test can draw again: integers only."""
    pixels = numpy.zeros((HEIGHT, WIDTH, 3), numpy.float64)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            pixels[y, x] = [(x * 17) % 256, 255 if (x // 3 + y // 4) % 2 else 0, (x * 31 + y * 57 + x * y * 13) % 256]
    return pixels


CASES = [  # rotation, shear, zoom of height, zoom of width, flip
    (0.0, 0.0, 1.0, 1.0, False),
    (0.5, 0.0, 1.0, 1.0, False),
    (0.0, 0.2, 1.0, 1.0, False),
    (0.0, 0.0, 0.8, 1.2, False),
    (0.0, 0.0, 1.0, 1.0, True),
    (-0.4, 0.15, 1.1, 0.85, True),
    (0.3, -0.2, 0.9, 0.95, False),
]


def bend(image, rotation, shear, zoom_height, zoom_width, flip):
    turn = numpy.array([[numpy.cos(rotation), -numpy.sin(rotation)], [numpy.sin(rotation), numpy.cos(rotation)]])
    slant = numpy.array([[1, -numpy.sin(shear)], [0, numpy.cos(shear)]])
    matrix = turn @ slant @ numpy.diag([zoom_height, zoom_width])
    centre = numpy.array([(HEIGHT - 1) / 2, (WIDTH - 1) / 2])
    offset = centre - matrix @ centre
    planes = [
        ndimage.affine_transform(image[..., c], matrix, offset, order=1, mode="nearest", prefilter=False)
        for c in range(3)
    ]
    bent = numpy.stack(planes, axis=-1)
    return bent[:, ::-1] if flip else bent


cases = []
for rotation, shear, zoom_height, zoom_width, flip in CASES:
    bent = bend(source(), rotation, shear, zoom_height, zoom_width, flip)
    cases.append(
        {
            "rotationRadians": rotation,
            "shearRadians": shear,
            "zoomHeight": zoom_height,
            "zoomWidth": zoom_width,
            "flip": flip,
            "float32": base64.b64encode(numpy.ascontiguousarray(bent, "<f4").tobytes()).decode(),
        }
    )
made_by = f"libs/images/oracles/augment_scipy.py, scipy {scipy.__version__}, numpy {numpy.__version__}"
print(json.dumps({"madeBy": made_by, "width": WIDTH, "height": HEIGHT, "cases": cases}, indent=2))
