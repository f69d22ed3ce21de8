"""What a codec takes beside bits and seconds."""

from PIL import Image

from wlc.benchmarks.codecs import Codec
from wlc.benchmarks.macs import with_kmac
from wlc.benchmarks.peak_memory import peak_memory
from wlc.benchmarks.results import Costs


def costs_of(codec: Codec, picture: Image.Image, quality: float) -> Costs:
    """Of one picture at one quality. Memory is that of a whole process, interpreter and libraries included."""
    pixels = picture.width * picture.height
    data, encode_kmac = with_kmac(lambda: codec.encode(picture, quality), pixels)
    _, decode_kmac = with_kmac(lambda: codec.decode(data), pixels)
    return Costs(
        encode_memory=peak_memory(_encode, codec, picture, quality),
        decode_memory=peak_memory(_decode, codec, data),
        encode_kmac=encode_kmac,
        decode_kmac=decode_kmac,
    )


def _encode(codec: Codec, picture: Image.Image, quality: float) -> None:
    codec.encode(picture, quality)


def _decode(codec: Codec, data: bytes) -> None:
    codec.decode(data)
