"""What a codec's tensors say of its sizes, so that no checkpoint needs to be believed about them.

Three numbers are not in the tensors: channels and J, of which only channels * bands is seen, and the bits of a latent.
"""

from collections.abc import Mapping

from .codecs import Codec, Codec1D, Codec2D, Slim2D, Walloc

Shapes = Mapping[str, tuple[int, ...]]
TOLD = ("channels", "J", "latent_bits")
_MOST_LEVELS = 16
_TELLING: dict[str, type[Codec]] = {  # tensors that only one class has: the first of its decoder
    "decoder.1.conv1.weight_v": Codec1D,
    "decoder.1.conv_in.weight": Codec2D,
    "decoder.0.conv_in.weight": Walloc,
    "decoder.1.plain.weight": Slim2D,
}


class NotTold(ValueError):
    """One of `TOLD` is nowhere to be found."""


def class_of(shapes: Shapes) -> type[Codec]:
    for name, found in _TELLING.items():
        if name in shapes:
            return found
    raise ValueError("its tensors are not those of a WaLLoC codec")


def arguments(shapes: Shapes, told: Mapping[str, object]) -> dict[str, object]:
    """All arguments of the class that `class_of` finds, with the three of `TOLD` taken from elsewhere.

    Raises ValueError where something is missing or contradicts the tensors.
    """
    found = class_of(shapes)
    missing = [name for name in TOLD if told.get(name) is None]
    if missing:
        raise NotTold(f"nothing says what its {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'}")
    channels, levels, bits = values = [told[name] for name in TOLD]
    if any(type(value) is not int for value in values) or channels < 1 or not 1 <= levels <= _MOST_LEVELS:
        raise ValueError(f"{', '.join(TOLD)} cannot be {', '.join(repr(value) for value in values)}")
    try:
        packets, sizes = _SIZES[found](shapes)
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(f"it holds only a part of a {found.__name__}") from error
    if channels * found.bands(levels) != packets:
        raise ValueError(f"{channels} channels split {levels} times do not give the {packets} channels of its packets")
    return {"channels": channels, "J": levels, "latent_bits": bits, **sizes}


# Channels of the packets, and the other arguments, of each class.


def _of_first(shapes: Shapes) -> tuple[int, dict[str, object]]:
    width, latent_dim = shapes["decoder.0.conv_in.weight"][:2]
    return shapes["decoder.0.conv_out.weight"][0], {"N": width, "latent_dim": latent_dim}


def _of_pictures(shapes: Shapes) -> tuple[int, dict[str, object]]:
    width, latent_dim = shapes["decoder.1.conv_in.weight"][:2]
    light = "encoder.0.weight" in shapes
    encoder_width = None if light else shapes["encoder.0.conv_in.weight"][0]
    sizes = {"Ne": encoder_width, "Nd": width, "latent_dim": latent_dim, "lightweight_encode": light}
    return shapes["decoder.1.conv_out.weight"][0], sizes


def _of_slim(shapes: Shapes) -> tuple[int, dict[str, object]]:
    packets, latent_dim = shapes["decoder.1.plain.weight"][:2]
    layers = {name.split(".")[3] for name in shapes if name.startswith("decoder.1.correction.")}
    width = shapes["decoder.1.correction.0.weight"][0]
    return packets, {"Nd": width, "blocks": len(layers) - 2, "latent_dim": latent_dim}


def _of_sound(shapes: Shapes) -> tuple[int, dict[str, object]]:
    packets = shapes["decoder.1.conv2.weight_v"][0]
    width, latent_dim = shapes["decoder.1.conv1.weight_v"][:2]
    light = "encoder.0.weight" in shapes
    return packets, {
        "Ne": None if light else shapes["encoder.0.conv2.weight_v"][1],
        "Nd": width,
        "latent_dim": latent_dim,
        "lightweight_encode": light,
        "post_filter": "post.weight" in shapes,
    }


_SIZES = {Codec1D: _of_sound, Codec2D: _of_pictures, Slim2D: _of_slim, Walloc: _of_first}
