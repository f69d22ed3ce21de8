"""The drawing, from groups that need no file."""

import numpy as np
import pytest

from wlc.bitstream.head import Head
from wlc.coded_groups import CodedGroup, CodedGroups
from wlc.models.groups import GROUPS
from wlc.panel import PCA, View, draw_panel


@pytest.fixture
def coded() -> CodedGroups:
    random = np.random.default_rng(4)
    head = Head(bytes(8), 1, 152, 3, 8, 0, 4, 150, 100)
    groups = []
    for number, group in enumerate(GROUPS):
        symbols = random.laplace(0, 3 / (number + 1), group.shape(16, 24)).round().astype(np.int32)
        groups.append(CodedGroup(group, symbols, 100.0 * (number + 1)))
    return CodedGroups(head, 263, tuple(groups))


def pixels(coded: CodedGroups, *view: object, name: str = "a.wlc") -> np.ndarray:
    return np.asarray(draw_panel(coded, View(*view), name))


def test_the_same_every_time_and_another_with_every_view(coded):
    plain = pixels(coded)
    assert np.array_equal(plain, pixels(coded))
    drawn = [
        plain,
        pixels(coded, "min-max"),
        pixels(coded, "2-98", True),
        pixels(coded, "2-98", False, True),
        pixels(coded, "2-98", False, False, 40),
        pixels(coded, "2-98", False, False, PCA),
    ]
    assert len({picture.tobytes() for picture in drawn}) == len(drawn)


def test_every_channel_has_its_place(coded):
    """One changed symbol changes the panel near that channel's thumbnail, and what its row says stays."""
    before = pixels(coded, "min-max")
    changed = coded.groups[5].symbols
    changed[143, 3, 4] = 50  # the last of all
    differs = (pixels(coded, "min-max") != before).any(axis=2)
    rows, columns = np.nonzero(differs[:, :1050])
    assert len(rows) and rows.min() > before.shape[0] - 80 and columns.min() > 950


def test_one_channel_is_shown_as_it_is(coded):
    shown = pixels(coded, "min-max", False, False, 75)[..., 0]
    plane = coded.groups[5].symbols[0].astype(float)
    levels = np.rint((plane - plane.min()) / np.ptp(plane) * 255)
    cell = 1042 / 24
    top, left = 3 * 14 + 15 + 1, 14  # margins, the title, the caption
    rows, columns = ((np.arange(count) * cell + cell / 2).astype(int) for count in (16, 24))
    assert np.array_equal(shown[np.ix_(top + rows, left + columns)], levels)


def test_what_is_not_there(coded):
    with pytest.raises(ValueError, match="no channel 219: here they are 0 to 218"):
        draw_panel(coded, View(channel=219), "a.wlc")
    few = CodedGroups(coded.head, coded.size, coded.groups[:3])
    with pytest.raises(ValueError, match="0 to 29"):
        draw_panel(few, View(channel=30), "a.wlc")
    assert draw_panel(few, View(channel=PCA), "a.wlc").size[0] == draw_panel(few, View(), "a.wlc").size[0]


def test_names_in_other_letters_and_empty_planes(coded):
    for one in coded.groups:
        one.symbols[:] = 0
    assert pixels(coded, name="写真.wlc").shape == pixels(coded).shape
    for channel in (None, 0, PCA):
        for how in ((True, False), (False, True)):
            pixels(coded, "2-98", *how, channel)
