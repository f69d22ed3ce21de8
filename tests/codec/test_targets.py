"""One wish at a time, and PSNR as it is reported."""

import numpy as np
import pytest

from wlc.bitstream.errors import WlcError
from wlc.pictures import Picture
from wlc.targets import Target, encode_to, psnr


class Encoder:
    """Files that grow by ten bytes an index, and pictures that come as much nearer to the truth."""

    def __init__(self, picture: Picture, *, refines: bool = False) -> None:
        self.picture, self.last, self.refines, self.calls = picture, None, refines, 0

    def at(self, rate_index: int) -> bytes:
        self.last = rate_index
        self.calls += 1
        return bytes(100 + 10 * rate_index)

    def glance(self, rate_index: int) -> bytes:
        """A little larger than need be."""
        self.last = rate_index
        return bytes(120 + 10 * rate_index)

    def reconstruct(self) -> Picture:
        off = self.picture.samples.astype(int) + 1 + (255 - self.last) // 8
        return Picture(np.clip(off, 0, 255).astype(np.uint8))


@pytest.fixture
def dark() -> Picture:
    return Picture(np.full((100, 120, 3), 7, np.uint8))


def expected_psnr(rate_index: int) -> float:
    return 20 * np.log10(255 / (1 + (255 - rate_index) // 8))


def test_one_wish_at_a_time():
    assert Target() == Target(None, None, None, None)
    for wishes in ({"quality": 60, "bpp": 1}, {"bpp": 1, "size": 5}, {"size": 5, "psnr": 30}):
        with pytest.raises(ValueError, match="only one of .* not {} and {}".format(*wishes)):
            Target(**wishes)
    for wish in ({"quality": 0}, {"quality": 101}, {"bpp": 0}, {"size": -1}, {"psnr": float("nan")}):
        with pytest.raises(ValueError):
            Target(**wish)


@pytest.mark.parametrize(
    ("target", "rate_index"),
    [
        (Target(), 152),
        (Target(quality=100), 255),
        (Target(size=700), 60),
        (Target(size=709), 60),
        (Target(bpp=0.5), 65),  # 750 bytes
        (Target(psnr=expected_psnr(128)), 128),
    ],
)
@pytest.mark.parametrize("with_psnr", [False, True])
@pytest.mark.parametrize("refines", [False, True])
def test_each_wish_is_met(dark, target, rate_index, with_psnr, refines):
    encoder = Encoder(dark, refines=refines)
    made = encode_to(dark, encoder, target, with_psnr=with_psnr)
    assert not refines or encoder.calls <= 4
    assert made.rate_index == rate_index and len(made.data) == 100 + 10 * rate_index
    if with_psnr or target.psnr:
        assert made.psnr == pytest.approx(expected_psnr(rate_index))
    else:
        assert made.psnr is None


def test_effort_reaches_further_than_a_glance(dark):
    assert encode_to(dark, Encoder(dark, refines=True), Target(size=110)).rate_index == 1
    with pytest.raises(WlcError, match="99 bytes are too few"):
        encode_to(dark, Encoder(dark, refines=True), Target(size=99))
    with pytest.raises(WlcError, match="60 dB cannot be reached"):
        encode_to(dark, Encoder(dark, refines=True), Target(psnr=60))


def test_psnr_by_hand():
    one = Picture(np.zeros((300, 10, 1), np.uint8))
    other = Picture(np.full((300, 10, 1), 5, np.uint8))
    assert psnr(one, other) == pytest.approx(10 * np.log10(255**2 / 25))
    assert psnr(one, one) == float("inf")
    wide = Picture(np.zeros((3, 4, 3), np.uint16)), Picture(np.full((3, 4, 3), 65535, np.uint16))
    assert psnr(*wide) == pytest.approx(0)


def test_what_is_transparent_does_not_count():
    one = np.zeros((4, 4, 4), np.uint8)
    one[:2, :, 3] = 200
    other = one.copy()
    other[2:, :, :3] = 99  # under no alpha
    assert psnr(Picture(one), Picture(other)) == float("inf")
    other[0, 0, 0] = 10
    assert psnr(Picture(one), Picture(other)) == pytest.approx(10 * np.log10(255**2 / (100 / 24)))
    nothing = Picture(np.zeros((4, 4, 2), np.uint8))
    assert psnr(nothing, nothing) == float("inf")
