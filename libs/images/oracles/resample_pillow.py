"""Reference pixels for src/pixels/resample.ts, made with Pillow.

Run in a virtual environment with Pillow and numpy, from this folder:
    python resample_pillow.py > ../src/pixels/resample.fixture.json
"""

import base64
import json

import numpy
import PIL
from PIL import Image

WIDTH, HEIGHT = 37, 23


def source() -> Image.Image:
    """A picture with edges, ramps and noise that the test can draw again: integers only."""
    pixels = numpy.zeros((HEIGHT, WIDTH, 3), numpy.uint8)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            pixels[y, x] = [(x * 7) % 256, 255 if (x // 5 + y // 4) % 2 else 0, (x * 31 + y * 57 + x * y * 13) % 256]
    return Image.fromarray(pixels)


METHODS = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
CASES = [  # width, height, box
    (12, 9, None),
    (37, 23, None),
    (50, 41, None),
    (20, 60, None),
    (1, 1, None),
    (11, 11, (7.0, 0.0, 30.0, 23.0)),
    (16, 10, (0.1, 0.0, 36.9, 23.0)),
]

image = source()
cases = []
for interpolation, method in METHODS.items():
    for width, height, box in CASES:
        resized = numpy.asarray(image.resize((width, height), method, box))
        cases.append(
            {
                "interpolation": interpolation,
                "width": width,
                "height": height,
                "box": list(box or (0, 0, WIDTH, HEIGHT)),
                "pixels": base64.b64encode(resized.tobytes()).decode(),
            }
        )
made_by = f"libs/images/oracles/resample_pillow.py, Pillow {PIL.__version__}, numpy {numpy.__version__}"
print(json.dumps({"madeBy": made_by, "cases": cases}, indent=2))
