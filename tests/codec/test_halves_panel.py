import io

import numpy as np
from PIL import Image

from wlc import halves
from wlc.halves_panel import draw_panel
from wlc.pictures import read_picture


def test_everything_is_on_it():
    samples = np.random.default_rng(0).integers(0, 256, (90, 110, 3), dtype=np.uint8)
    picture = read_picture(samples)
    for transform, details in (("wae", 1), ("9/7", 3)):
        made = halves.split(picture, transform)
        panel = Image.open(io.BytesIO(draw_panel(picture, made, halves.merge(made), 30.0)))
        seen = np.asarray(panel)
        assert (seen[24:114, 8:118] == samples).all()
        left = 8 + 110 + 8
        assert (seen[24 : 24 + 45, left : left + 55] == made.low).all()
        assert panel.height >= 24 + details * (45 + 8)


def test_a_grey_picture():
    picture = read_picture(np.full((20, 30), 90, np.uint8))
    made = halves.split(picture, "haar")
    seen = np.asarray(Image.open(io.BytesIO(draw_panel(picture, made, halves.merge(made), 60.0))))
    assert (seen[24:44, 8:38] == 90).all()
