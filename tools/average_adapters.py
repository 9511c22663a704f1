"""The weighted mean of adapters of one base: what a short training taught, without all that it took away.

The mean is of the changes to the weights (B A for each layer, not of A and B by themselves), cut back to the first adapter's rank by
singular values ("model soups", Wortsman et al. 2022, for two points of one training).

Reads    adapter folders (adapter_model.safetensors); all else is copied from the first
Writes   the folder OUT
Usage    python tools/average_adapters.py OUT DIR WEIGHT DIR WEIGHT ...
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from model.lora import cut_to_rank  # noqa: E402

WEIGHTS_FILE = "adapter_model.safetensors"


def mean_of(adapters: list[tuple[dict[str, Any], float]]) -> tuple[dict[str, Any], float]:
    """Tensors of the mean, and the share of its squares that the cut kept. A is (rank, in), B (out, rank)."""
    import torch

    first, found, kept, whole = adapters[0][0], {}, 0.0, 0.0
    for name_a in (name for name in first if ".lora_A." in name):
        name_b = name_a.replace(".lora_A.", ".lora_B.")
        rank = first[name_a].shape[0]
        a, b, sizes = cut_to_rank(torch.cat([tensors[name_a].double() for tensors, _ in adapters]),
                                  torch.cat([weight * tensors[name_b].double() for tensors, weight in adapters], dim=1), rank)
        found[name_a], found[name_b] = a.float().contiguous(), b.float().contiguous()
        kept, whole = kept + float((sizes[:rank] ** 2).sum()), whole + float((sizes ** 2).sum())
    return found, kept / whole if whole else 1.0


def main() -> int:
    from safetensors.torch import load_file, save_file

    if len(sys.argv) < 6 or len(sys.argv) % 2:
        print(__doc__, file=sys.stderr)
        return 64
    out, folders, weights = Path(sys.argv[1]), list(map(Path, sys.argv[2::2])), list(map(float, sys.argv[3::2]))
    mean, kept = mean_of([(load_file(folder / WEIGHTS_FILE), weight) for folder, weight in zip(folders, weights)])
    shutil.copytree(folders[0], out, dirs_exist_ok=True)
    save_file(mean, out / WEIGHTS_FILE, metadata={"format": "pt"})
    print(f"{out}: the cut to the first adapter's rank kept {kept:.5%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
