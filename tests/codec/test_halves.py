import numpy as np
import pytest
from PIL import Image

from wlc import halves
from wlc.bitstream.errors import WlcError
from wlc.models.wae.transforms import NAMES
from wlc.pictures import read_picture
from wlc.targets import psnr


def picture(height: int, width: int, layout: str = "RGB") -> np.ndarray:
    """Shades with an edge, as photographs have them."""
    y, x = np.mgrid[:height, :width]
    shade = 120 + 60 * np.sin(x / 9 + y / 15) + 40 * (x + y > width)
    planes = [shade, 0.8 * shade + 20, 255 - shade]
    samples = np.stack(planes, axis=-1).round().clip(0, 255).astype(np.uint8)
    return samples if layout == "RGB" else samples[..., 0]


def through_png(half: np.ndarray, note: halves.Note) -> tuple[np.ndarray, halves.Note | None]:
    data = halves.to_png(half, note)
    return halves.from_png(read_picture(data), data)


@pytest.mark.parametrize("transform", NAMES)
@pytest.mark.parametrize("size", [(64, 80), (33, 47), (1, 1), (2, 5)])
@pytest.mark.parametrize("layout", ["RGB", "L"])
def test_there_and_back_through_two_png_files(transform, size, layout):
    original = read_picture(picture(*size, layout))
    made = halves.split(original, transform)
    low, high = (through_png(half, made.note) for half in (made.low, made.high))
    assert low[1] == high[1] == made.note
    assert low[0].shape == ((size[0] + 1) // 2, (size[1] + 1) // 2, 3)
    back = halves.merge(halves.Halves(made.note, low[0], high[0]))
    assert back.samples.shape == original.samples.shape
    assert psnr(original, back) > (33 if transform == "wae" else 47)


def test_the_low_half_looks_like_the_picture():
    samples = picture(64, 64)
    smaller = np.asarray(Image.fromarray(samples).resize((32, 32), Image.Resampling.BOX)).astype(int)
    for transform in NAMES:
        made = halves.split(read_picture(samples), transform)
        assert np.abs(made.low - smaller).mean() < 6
        assert np.abs(made.high.astype(int) - 128).mean() < 6


def test_energy():
    flat = halves.split(read_picture(np.full((16, 16, 3), 90, np.uint8)), "haar")
    assert flat.high_share == 0
    stripes = np.zeros((16, 16, 3), np.uint8)
    stripes[:, ::2] = 255
    assert halves.split(read_picture(stripes), "haar").high_share == 0  # the same everywhere
    stripes[:, 8:] = 0
    assert halves.split(read_picture(stripes), "haar").high_share == pytest.approx(0.5, abs=0.01)


def test_what_halves_cannot_hold():
    with pytest.raises(WlcError, match="transparent"):
        halves.split(read_picture(np.zeros((4, 4, 4), np.uint8)))
    with pytest.raises(WlcError, match="16 bits"):
        halves.split(read_picture(np.zeros((4, 4, 3), np.uint16)))


def test_halves_that_do_not_belong_together():
    one, other = (halves.split(read_picture(picture(8, width)), "haar") for width in (8, 10))
    with pytest.raises(WlcError, match="two different pictures"):
        halves.note_of(one.note, other.note, None, (4, 4))
    with pytest.raises(WlcError, match="to 4x4 belongs 12x4, not 15x4"):
        halves.merge(halves.Halves(one.note, one.low, other.high))
    with pytest.raises(WlcError, match="a picture of 8x8 has no halves of 5x4"):
        halves.merge(halves.Halves(one.note, other.low, other.high))


def test_weights_that_did_not_make_them():
    made = halves.split(read_picture(picture(8, 8)))
    stranger = halves.Note("wae", 8, 8, weights="0123456789abcdef")
    with pytest.raises(WlcError, match="other weights"):
        halves.merge(halves.Halves(stranger, made.low, made.high))
    with pytest.raises(WlcError, match="no wavelet-like auto-encoder 'photo'"):
        halves.split(read_picture(picture(8, 8)), weights="photo")


def test_without_a_note_one_has_to_say():
    made = halves.split(read_picture(picture(8, 12)), "9/7")
    with pytest.raises(WlcError, match="--transform"):
        halves.note_of(None, None, None, (6, 4))
    assert halves.note_of(None, None, "9/7", (6, 4)) == made.note
    with pytest.raises(WlcError, match="made with --transform 9/7"):
        halves.note_of(made.note, None, "haar", (6, 4))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("no", "is damaged"),
        ("[]", "is damaged"),
        ('{"transform": "haar", "width": "8", "height": 8}', "is damaged"),
        ('{"transform": "db4", "width": 8, "height": 8}', "not known here: 'db4'"),
    ],
)
def test_notes_that_mean_nothing(text, sentence):
    import io

    from PIL import PngImagePlugin

    kept, stream = PngImagePlugin.PngInfo(), io.BytesIO()
    kept.add_text("wlc-split", text)
    Image.new("RGB", (4, 4)).save(stream, "PNG", pnginfo=kept)
    with pytest.raises(WlcError, match=sentence):
        halves.from_png(read_picture(stream.getvalue()), stream.getvalue())
