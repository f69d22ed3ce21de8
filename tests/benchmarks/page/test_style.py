import pytest

from wlc.benchmarks.page.style import THEMES, codec_looks, published_looks

CODECS = ["wlc", "wlc-webp", "wlc-next", "jpeg", "jpeg-444", "webp", "jxl", "avif", "avif-s2", "jp2", "new", "newer"]


def brightness(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_everything_can_be_seen_on_its_ground(theme):
    looks = list(codec_looks(CODECS, theme).values()) + list(published_looks("abcd", theme).values())
    assert all(contrast(look.colour, theme.background) >= 3 for look in looks)
    assert contrast(theme.text, theme.background) >= 7 and contrast(theme.muted, theme.background) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_no_two_codecs_look_the_same(theme):
    looks = codec_looks(CODECS, theme)
    assert len({(look.colour, look.marker, str(look.dash)) for look in looks.values()}) == len(CODECS)
    families = [looks[name] for name in ("wlc", "jpeg", "webp", "jxl", "avif", "jp2", "new", "newer")]
    assert len({look.colour for look in families}) == len({look.marker for look in families}) == 8


def test_wlc_stands_out():
    looks = codec_looks(CODECS, THEMES[0])
    assert all(looks["wlc"].width > look.width for name, look in looks.items() if name != "wlc")


def test_neighbours_among_published_curves_differ():
    looks = [(look.colour, look.dash) for look in published_looks([str(i) for i in range(16)], THEMES[0]).values()]
    assert len(set(looks)) == 16
