"""Sizes are read from tensors, and what is said of them must agree."""

import pytest

from wlc.models.walloc import Codec1D, Codec2D, Walloc, sizes

TOLD = {"channels": 1, "J": 2, "latent_bits": 5}


def shapes_of(tensors) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


@pytest.mark.parametrize("light", [True, False])
def test_pictures(picture_tensors, light):
    shapes = shapes_of(picture_tensors(1, 2, 4, 64, light))
    assert sizes.class_of(shapes) is Codec2D
    widths = {"Ne": None if light else 64, "Nd": 64, "latent_dim": 4, "lightweight_encode": light}
    assert sizes.arguments(shapes, TOLD | {"Nd": 1000, "loss": "MSE"}) == TOLD | widths


def test_first_pictures(first_picture_tensors):
    shapes = shapes_of(first_picture_tensors(1, 2, 4, 32))
    assert sizes.class_of(shapes) is Walloc
    assert sizes.arguments(shapes, TOLD) == TOLD | {"N": 32, "latent_dim": 4}


@pytest.mark.parametrize("light", [True, False])
@pytest.mark.parametrize("post", [True, False])
def test_sound(sound_tensors, light, post):
    shapes = shapes_of(sound_tensors(1, 2, 4, 16, light, post))
    assert sizes.class_of(shapes) is Codec1D
    widths = {"Ne": None if light else 16, "Nd": 16, "latent_dim": 4, "lightweight_encode": light, "post_filter": post}
    assert sizes.arguments(shapes, TOLD) == TOLD | widths


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({}, "nothing says what its channels and J and latent_bits are"),
        ({"latent_bits": None}, "nothing says what its latent_bits is"),
        ({"channels": 2}, "2 channels split 2 times do not give the 16 channels"),
        ({"J": 3}, "1 channels split 3 times do not give"),
        ({"J": 10**9}, "cannot be 1, 1000000000, 5"),
        ({"channels": -1}, "cannot be -1, 2, 5"),
        ({"J": 2.0}, "cannot be 1, 2.0, 5"),
        ({"J": "2"}, "cannot be 1, '2', 5"),
        ({"J": True}, "cannot be 1, True, 5"),
    ],
)
def test_what_cannot_be(picture_tensors, told, sentence):
    shapes = shapes_of(picture_tensors(1, 2, 4, 32, True))
    with pytest.raises(ValueError, match=sentence.replace(".", r"\.")):
        sizes.arguments(shapes, TOLD | told if told else {})


def test_other_tensors():
    with pytest.raises(ValueError, match="not those of a WaLLoC codec"):
        sizes.class_of({"conv.weight": (1, 1, 3, 3)})


@pytest.mark.parametrize("gone", ["decoder.1.conv_out.weight", "encoder.0.weight"])
def test_a_part_of_a_codec(picture_tensors, gone):
    shapes = shapes_of(picture_tensors(1, 2, 4, 32, True))
    del shapes[gone]
    with pytest.raises(ValueError, match="only a part of a Codec2D"):
        sizes.arguments(shapes, TOLD)


def test_odd_shapes(picture_tensors):
    shapes = shapes_of(picture_tensors(1, 2, 4, 32, True)) | {"decoder.1.conv_in.weight": ()}
    with pytest.raises(ValueError, match="only a part of a Codec2D"):
        sizes.arguments(shapes, TOLD)
