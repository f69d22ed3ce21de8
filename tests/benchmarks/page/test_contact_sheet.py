import io

from PIL import Image

from wlc.benchmarks.page.contact_sheet import by_rate, contact_sheet, encoded
from wlc.benchmarks.page.crops import Crop


def test_a_row_a_crop_and_a_column_a_codec(crops):
    of_rate = by_rate(crops)
    assert {rate: len(some) for rate, some in of_rate.items()} == {0.25: 2, 0.5: 2}
    two, one = contact_sheet(of_rate[0.25]), contact_sheet(of_rate[0.25][:1])
    assert two.width == one.width and two.height > one.height
    assert two.width >= 4 * crops[0].original.width


def test_pixels_are_shown_as_they_are(crops):
    sheet = contact_sheet(crops[:1])
    small = crops[0].original
    places = [(x, y) for x in range(20) for y in range(60)]
    assert any(sheet.crop((x, y, x + 32, y + 24)).tobytes() == small.tobytes() for x, y in places)


def test_names_of_any_length_fit(crops):
    crop = crops[0]
    long = Crop("a very long name " * 20, crop.kind, crop.rate, crop.original, crop.shown)
    assert contact_sheet([long]).size == contact_sheet([crop]).size


def test_is_written_as_asked(crops):
    with Image.open(io.BytesIO(encoded(contact_sheet(crops), "PNG"))) as read:
        assert read.format == "PNG"
