import pytest
from PIL import Image

from wlc.benchmarks.codecs.lossless import Png
from wlc.benchmarks.lossless import measure_lossless
from wlc.benchmarks.pictures import pictures_of


@pytest.fixture
def pictures(drawn, tmp_path):
    drawn.save(tmp_path / "a.png")
    drawn.crop((0, 0, 31, 17)).save(tmp_path / "b.png")
    return pictures_of(tmp_path)


class Counted(Png):
    def __init__(self) -> None:
        self.encoded = []

    def encode(self, picture: Image.Image) -> bytes:
        self.encoded.append(picture.size)
        return super().encode(picture)


def test_every_picture_is_a_trial_of_a_whole_file(pictures):
    heard = []
    row = measure_lossless(Png(), pictures, heard.append)
    assert heard == [trial.picture for trial in row.trials] == ["a.png", "b.png"]
    assert (row.codec, row.setting, row.version) == ("png", Png.setting, Png().version())
    assert row.pictures == pictures.digest
    (_, first), (_, second) = pictures
    assert [trial.size for trial in row.trials] == [len(Png().encode(first)), len(Png().encode(second))]
    assert (row.trials[1].pixels, row.trials[1].samples) == (31 * 17, 31 * 17 * 3)
    assert 0 < row.bits_per_sample < 16
    assert row.speed("encode") > 0 and row.speed("decode") > 0


def test_only_the_first_picture_warms_up(pictures):
    codec = Counted()
    measure_lossless(codec, pictures)
    assert codec.encoded == [(104, 72), (104, 72), (31, 17)]


def test_a_picture_that_is_not_equal_ends_the_run(pictures):
    class Careless(Png):
        """Loses the last bit of one sample of the second picture."""

        def decode(self, data: bytes) -> Image.Image:
            picture = super().decode(data)
            if picture.width == 31:
                red, green, blue = picture.getpixel((30, 16))
                picture.putpixel((30, 16), (red, green, blue ^ 1))
            return picture

    with pytest.raises(ValueError, match="PNG is not lossless: b.png"):
        measure_lossless(Careless(), pictures)
