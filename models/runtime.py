"""From a weights file to a model that runs."""

import torch
from torch import nn

from .integer_layers import ACTIVATION_MAX, IntConv, prepare_all
from .lossy import LossyConfig, LossyModel
from .microscopy import Microscopy, MicroscopyConfig
from .sample_nets import LosslessConfig, SampleNets
from .weights import FREQUENCIES, LOSSLESS, MICROSCOPY, REACH, Weights


def build(weights: Weights) -> LossyModel | SampleNets | Microscopy:
    """The model in evaluation mode on the CPU. Raises ValueError if its integer nets could be inexact."""
    if weights.kind == LOSSLESS:
        model: nn.Module = SampleNets(LosslessConfig.from_dict(weights.config), IntConv)
    elif weights.kind == MICROSCOPY:
        model = Microscopy(MicroscopyConfig.from_dict(weights.config))
    else:
        model = LossyModel(LossyConfig.from_dict(weights.config), IntConv)
    tensors = {k: torch.from_numpy(v.copy()) for k, v in weights.arrays.items() if k not in (FREQUENCIES, REACH)}
    model.load_state_dict({k: v.float() for k, v in tensors.items()})
    prepare_all(model)
    for name, levels in model.named_buffers():
        if name.endswith("levels") and not torch.equal(levels, levels.round().clamp(0, ACTIVATION_MAX)):
            raise ValueError("features of symbols must be integers from 0 to 255")
    return model.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def quicken(model: LossyModel | SampleNets, device: torch.device) -> LossyModel | SampleNets:
    """Give the correction nets bfloat16 where the processor multiplies it natively, twice as fast as float32.

    Never the integer nets: bits depend on those, and on nothing here.
    """
    if isinstance(model, LossyModel) and device.type == "cpu" and multiplies_bfloat16():
        for net in (model.encoder_net, model.decoder_net):
            net.to(torch.bfloat16)
    return model


def multiplies_bfloat16() -> bool:
    """Whether this processor has instructions for it. Older releases of torch cannot tell."""
    capabilities = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def exact_arithmetic() -> None:
    """Forbid the shortcuts that would make float32 convolutions on integers inexact on a GPU."""
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
