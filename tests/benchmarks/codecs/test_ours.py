from PIL import ImageCms

from wlc.benchmarks.codecs import Wlc
from wlc.benchmarks.metrics.psnr import psnr


def test_wlc_answers_as_a_peer_does(drawn):
    ours = Wlc(device="cpu")
    assert ours.missing() is None
    small, large = ours.encode(drawn, 20), ours.encode(drawn, 90)
    assert len(small) < len(large)
    assert psnr(drawn, ours.decode(small)) < psnr(drawn, ours.decode(large))
    assert ours.decode(small).size == drawn.size


def test_its_version_names_the_weights(drawn):
    import wlc

    ours = Wlc(device="cpu")
    assert wlc.info(ours.encode(drawn, 20)).fingerprint in ours.version()


def test_metadata_is_not_counted(drawn):
    plain = Wlc(device="cpu").encode(drawn, 20)
    drawn.info["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert Wlc(device="cpu").encode(drawn, 20) == plain


def test_the_webp_coder_gives_the_same_pixels_in_another_file(drawn):
    ranged, webp = Wlc(device="cpu"), Wlc(coder="webp", device="cpu")
    one, other = ranged.encode(drawn, 40), webp.encode(drawn, 40)
    assert one != other
    assert ranged.decode(one).tobytes() == ranged.decode(other).tobytes()
    assert (ranged.name, webp.name) == ("wlc", "wlc-webp")
